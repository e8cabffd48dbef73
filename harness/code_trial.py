"""Tries a harness's new middleware with its own test, in the sandbox of agent processes, before anything else sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.edits import Tree
from harness.errors import BrokenSystemError
from harness.middleware_registry import resolve
from harness.sandboxes.choose import (
    ANY_SANDBOX,
    SandboxChoice,
    agent_processes,
    choose_sandbox,
    close_sandbox,
)
from harness.sandboxes.processes import ConnectedProcess, ProcessService
from harness.sandboxes.session_process import pack
from harness.wire import WireError, receive_frame, send_frame
from traces.terminal import one_line

SECONDS = 20.0  # that a test may take


@dataclass(frozen=True, kw_only=True)
class OwnCode:
    """A middleware of a harness (``./FILE.py:CLASS``) and the path of its test."""

    use: str
    test: str


def code_problem(
    tree: Tree, code: OwnCode, *, sandbox: SandboxChoice = ANY_SANDBOX, seconds: float = SECONDS
) -> str | None:
    """Why a middleware is no candidate, in one line; ``None`` where its test passes, and fails if it does nothing.

    Nothing of it runs outside namespaces or a container: where this machine has neither, that is the answer. The test speaks
    for the author's good faith and against mistakes, no more: what the code says of itself is not proof, the sandbox and
    the gate are.
    """
    with _service(sandbox) as service:
        if service is None:
            return "its test was not run: this machine has neither namespaces nor containers to run it in"
        return problem_in(service, tree, code, seconds=seconds)


def problem_in(service: ProcessService, tree: Tree, code: OwnCode, *, seconds: float = SECONDS) -> str | None:
    """The same in isolated processes of ``service``: one with the middleware, one with a class that does nothing."""
    failed = _tried(service, tree, code, seconds=seconds, idle=False)
    if failed is not None:
        return f"its test does not pass: {failed}"
    if _tried(service, tree, code, seconds=seconds, idle=True) is None:
        return "its test passes also where the middleware does nothing: it tests nothing"
    return None


@contextmanager
def _service(wanted: SandboxChoice) -> Iterator[ProcessService | None]:
    """A service of isolated agent processes; ``None`` where there are none to be had."""
    sandbox = choose_sandbox(wanted.name, image=wanted.image)
    try:
        if sandbox.isolation == "directory":
            yield None
            return
        service = agent_processes(sandbox)
        try:
            yield service
        finally:
            service.close()
    finally:
        close_sandbox(sandbox)


def _tried(service: ProcessService, tree: Tree, code: OwnCode, *, seconds: float, idle: bool) -> str | None:
    """How a test failed; ``None`` if it passed. A process that says nothing in time, or ends, has failed it."""
    with service.fork() as process:
        try:
            _begin(process, tree, code, seconds=seconds, idle=idle)
            answer, _ = receive_frame(process.connection, seconds=seconds, body_limit=0)
        except TimeoutError:
            return f"it did not end within {seconds:g} seconds"
        except (WireError, ConnectionError):
            return "its process ended"
    if answer.get("operation") == "end" and answer.get("status") == "passed":
        return None
    return one_line(str(answer.get("message", "")), 300) or "it gave no reason"


def _begin(process: ConnectedProcess, tree: Tree, code: OwnCode, *, seconds: float, idle: bool) -> None:
    spec = resolve(code.use)
    index, body = pack(tree)
    start = {
        "files": index,
        "tree": "trial",
        "path": spec.path,
        "class": spec.class_name,
        "test": code.test,
        "idle": idle,
    }
    process.connection.settimeout(seconds)
    send_frame(process.connection, start, body)
    frame, _ = receive_frame(process.connection, seconds=seconds, body_limit=0)
    if frame.get("operation") != "ready":
        message = one_line(str(frame.get("message", "")), 200)
        raise BrokenSystemError(f"an agent process found no sandbox: {message}")
