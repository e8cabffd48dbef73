"""Work in a process of its own, so that no measurement finds what another one left in memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, ParamSpec, TypeVar

from flywheel.memory import tree_memory_mb

_SAMPLE_SECONDS = 0.25
_T = TypeVar("_T")
_P = ParamSpec("_P")


@dataclass(frozen=True, kw_only=True)
class Worked(Generic[_T]):
    """What came out, and the most memory that the process and its children held at once, in MiB."""

    result: _T
    peak_memory_mb: float


def in_fresh_process(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Worked[_T]:
    """Do ``work`` in a new interpreter; raises ``RuntimeError`` where it fails, which it says on stderr."""
    with _Child(work, args, kwargs) as child:
        peak = 0.0
        while not child.results.poll(_SAMPLE_SECONDS):
            peak = max(peak, tree_memory_mb(child.process_id))
        return Worked(result=child.result(), peak_memory_mb=peak)


def in_fresh_processes(work: Callable[..., _T], arguments: Sequence[tuple[object, ...]]) -> list[_T]:
    """The same work on several arguments, at once."""
    children: list[_Child[_T]] = []
    try:
        children.extend(_Child(work, args, {}) for args in arguments)
        return [child.result() for child in children]
    finally:
        for child in children:
            child.end()


class _Child(Generic[_T]):
    """A process that is gone when its context ends, whatever it is at."""

    def __init__(self, work: Callable[..., _T], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        context = get_context("spawn")
        self.results, answers = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(answers, work, args, kwargs))
        self._process.start()
        answers.close()

    def __enter__(self) -> _Child[_T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def process_id(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def result(self) -> _T:
        try:
            found: _T = self.results.recv()
        except EOFError:
            raise RuntimeError("a process of the benchmark failed; it said why above") from None
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def _work(
    answers: Connection, work: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    try:
        answers.send(work(*args, **kwargs))
    except KeyboardInterrupt:
        sys.exit(1)  # the parent got it too, and says so
