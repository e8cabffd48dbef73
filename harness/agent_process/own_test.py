"""Runs the test that came with a middleware, in the process in which the middleware would run."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from langchain.agents.middleware import AgentMiddleware

from harness.wire import send_frame

_MESSAGE = 300  # characters of an error's text that are passed on


class NoTestError(Exception):
    """There is nothing to run, or not what should be tested."""


def run_test(start: Mapping[str, Any], connection: socket.socket, folder: Path) -> None:
    """Run every ``test_…`` function of ``start["test"]`` and tell how that ended.

    The middleware's file is a module named as the file is, so that the test imports its class from there. With
    ``start["idle"]`` the class is one that does nothing: a test which passes then tests nothing.
    """
    answer = {"status": "passed", "message": ""}
    try:
        module = _loaded(folder / start["path"])
        kind = _class_of(module, start["class"])
        if start["idle"]:
            setattr(module, start["class"], _idle(kind))
        for test in _tests(_loaded(folder / start["test"])):
            test()
    except BaseException as error:  # noqa: BLE001 - the trial ends here, whatever a stranger's code raised
        answer = {"status": "failed", "message": f"{type(error).__name__}: {error}"[:_MESSAGE]}
    with contextlib.suppress(OSError):
        send_frame(connection, {"operation": "end", **answer})


def _loaded(path: Path) -> ModuleType:
    """The file as a module of its own name; ``sys.path`` plays no part."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise NoTestError(f"cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _class_of(module: ModuleType, name: str) -> type[AgentMiddleware[Any, Any]]:
    kind = getattr(module, name)
    if not (isinstance(kind, type) and issubclass(kind, AgentMiddleware)):
        raise NoTestError(f"{name} is no AgentMiddleware")
    return kind


def _tests(module: ModuleType) -> Iterator[Callable[[], object]]:
    found = [
        function
        for name, function in vars(module).items()
        if name.startswith("test_") and inspect.isfunction(function)
    ]
    if not found:
        raise NoTestError("the test has no function named test_…")
    yield from found


def _idle(kind: type) -> type:
    """A middleware of the same name that takes any argument and does nothing."""

    def accept(self: object, *_: object, **__: object) -> None:
        """Take what the real one takes."""

    return type(kind.__name__, (AgentMiddleware,), {"__init__": accept})
