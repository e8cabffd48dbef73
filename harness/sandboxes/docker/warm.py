"""Keeps one container ahead: started and connected, with nothing in it yet, so that opening one need not wait."""

from __future__ import annotations

import atexit
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.container import Container

Make = Callable[[], AbstractContextManager[Container]]
_THREADS = 3
_LEAVING = 4  # containers that may still be on their way out


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A container and what removes it."""

    container: Container
    removal: ExitStack

    def is_alive(self) -> bool:
        """Whether its first process still waits: it says nothing before it is asked."""
        try:
            self.container.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


class WarmContainers:
    """Hands out containers that ``make`` makes, each once; starts the next and removes all behind one's back.

    What goes wrong there is raised by the next call. Safe for threads. Without ``ahead`` none is started before it
    is asked for.
    """

    def __init__(self, make: Make, *, ahead: bool = True) -> None:
        self._make = make
        self._ahead = ahead
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="containers")
        self._spare: deque[Future[_Opened]] = deque()
        self._leaving: deque[Future[None]] = deque()
        atexit.register(self.close)

    @contextlib.contextmanager
    def take(self, make: Make | None = None) -> Iterator[Container]:
        """A container nobody has used, made by ``make`` where that is given; raises ``BrokenSystemError``."""
        self._settle()
        opened = self._open(make) if make else self._next()
        if self._ahead and not make:
            self._spare.append(self._threads.submit(self._open, self._make))
        try:
            yield opened.container
        finally:
            opened.container.connection.close()  # its first process ends, and with it all that runs inside
            self._leaving.append(self._threads.submit(opened.removal.close))

    def close(self) -> None:
        """Remove the spare one, and wait until all are gone; happens at the end of the process, too."""
        atexit.unregister(self.close)
        self._threads.shutdown()
        while self._spare:
            with contextlib.suppress(BrokenSystemError):  # one that never came need not go
                self._spare.popleft().result().removal.close()
        while self._leaving:
            self._leaving.popleft().result()

    def _next(self) -> _Opened:
        try:
            opened = self._spare.popleft().result()
        except IndexError:
            return self._open(self._make)
        if opened.is_alive():
            return opened
        opened.removal.close()
        return self._open(self._make)

    def _open(self, make: Make) -> _Opened:
        with ExitStack() as stack:
            container = stack.enter_context(make())
            return _Opened(container=container, removal=stack.pop_all())

    def _settle(self) -> None:
        """Take note of removals that are done, and wait where too many are not."""
        with contextlib.suppress(IndexError):  # none is left, or another thread took it
            while True:
                first = self._leaving.popleft()
                if not first.done() and len(self._leaving) < _LEAVING:
                    self._leaving.appendleft(first)
                    return
                first.result()
