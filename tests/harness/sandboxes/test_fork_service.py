"""A process that forks on demand, and ends with its owner."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.fork_service import ForkCommand, ForkService
from harness.wire import ConnectionClosedError, receive_frame, send_frame

SERVICE = """
import contextlib, socket
from functools import partial
from harness.sandboxes.fork_loop import fork_plain, serve_forks
from harness.sandboxes.kernel import Kernel
from harness.wire import receive_frame, send_frame

def child(connection):
    header, body = receive_frame(connection)
    send_frame(connection, {"echo": header}, body)
    with contextlib.suppress(OSError):
        receive_frame(connection)

def main(descriptor):
    with socket.socket(fileno=descriptor) as control:
        setup, _ = receive_frame(control)
        if setup.get("fail"):
            send_frame(control, {"ready": False, "message": setup["fail"]})
        elif not setup.get("die"):
            serve_forks(control, partial(fork_plain, Kernel()), child)
"""


def service(folder: Path, **setup: object) -> ForkService:
    """A service whose children echo one frame."""
    (folder / "echo_service.py").write_text(SERVICE)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = ForkCommand(interpreter=(sys.executable,), module="echo_service", environment=environment)
    return ForkService(command, setup)


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[ForkService]:
    made = service(tmp_path)
    yield made
    made.close()


def test_a_child_speaks_over_its_own_connection(echo: ForkService) -> None:
    """Two at a time do not hear each other."""
    with echo.fork() as one, echo.fork() as other:
        for number, process in enumerate((one, other)):
            send_frame(process.connection, {"number": number}, b"body")
        answers = [receive_frame(process.connection, seconds=5) for process in (one, other)]

    assert answers == [({"echo": {"number": number}}, b"body") for number in range(2)]


def test_a_child_ends_with_its_use(echo: ForkService) -> None:
    """When the block is left it is gone, whatever it was doing."""
    with echo.fork() as process:
        handle = os.dup(process.handle)
    gone = select.select([handle], [], [], 0)[0]
    os.close(handle)

    assert gone


def test_killing_a_child_closes_its_connection(echo: ForkService) -> None:
    """The owner sees the end of the stream; killing twice does no harm."""
    with echo.fork() as process:
        process.kill()
        process.kill()

        with pytest.raises(ConnectionClosedError):
            receive_frame(process.connection, seconds=5)


def test_children_end_with_the_service(echo: ForkService) -> None:
    """Closing it leaves none."""
    with echo.fork() as process:
        echo.close()
        gone = select.select([process.handle], [], [], 5)[0]

    assert gone


def test_it_starts_again_after_closing(echo: ForkService) -> None:
    """Closing is no final state."""
    echo.start()
    echo.close()

    with echo.fork() as process:
        send_frame(process.connection, {})
        assert receive_frame(process.connection, seconds=5) == ({"echo": {}}, b"")


def test_a_service_that_cannot_start_says_why(tmp_path: Path) -> None:
    """The message is its own."""
    broken = service(tmp_path, fail="no module named x")

    with pytest.raises(BrokenSystemError, match="no module named x"):
        broken.start()
    broken.close()


def test_a_service_that_dies_is_a_broken_system(tmp_path: Path) -> None:
    """Nobody waits for it for long."""
    dead = service(tmp_path, die=True)

    with pytest.raises(BrokenSystemError, match="echo_service ended"), dead.fork():
        pass
    dead.close()


def test_a_service_that_was_killed_is_replaced(echo: ForkService) -> None:
    """The fork that meets its death fails; the next one gets a new service."""
    echo.start()
    assert echo._process is not None
    echo._process.kill()
    echo._process.wait()

    with pytest.raises(BrokenSystemError, match="echo_service ended"), echo.fork():
        pass
    with echo.fork() as process:
        send_frame(process.connection, {"again": 1})
        assert receive_frame(process.connection, seconds=5) == ({"echo": {"again": 1}}, b"")


def test_a_child_without_namespaces_ends_with_its_group(echo: ForkService, tmp_path: Path) -> None:
    """What it started itself too, where the owner says that there is no isolation."""
    plain = service(tmp_path, isolated=False)
    with plain.fork() as process:
        group = process.group
    plain.close()

    assert group is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    with echo.fork() as process:
        assert process.group is None


def test_threads_share_a_service(echo: ForkService) -> None:
    """Each gets a process of its own."""
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        with echo.fork() as process:
            send_frame(process.connection, {"number": number})
            answers[number] = receive_frame(process.connection, seconds=5)[0]["echo"]["number"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {number: number for number in range(4)}


def test_a_program_that_is_not_there_is_a_broken_system() -> None:
    """As any other reason for which there can be no service."""
    command = ForkCommand(interpreter=("/no/such/python",), module="m", environment={})
    with pytest.raises(BrokenSystemError, match=r"m does not start: .*No such file"):
        ForkService(command, {}).start()
