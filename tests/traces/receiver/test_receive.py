"""A whole receiver: its processes, its end, and what is left when it is killed."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from traces.embedded import EmbeddedIndex
from traces.index import Query
from traces.receiver.load import Body, make_body, send

pytestmark = pytest.mark.enable_socket

Wait = Callable[[Callable[[], object]], None]


def _bodies(count: int, *, spans: int = 32, seed: int = 1) -> list[Body]:
    return [make_body(number, spans=spans, seed=seed) for number in range(count)]


def _found(path: Path) -> Counter[tuple[str, str]]:
    """Every span in an index and how often it is there."""
    found: Counter[tuple[str, str]] = Counter()
    with EmbeddedIndex(path) as index:
        offset = 0
        while hits := index.search(Query(limit=1000, offset=offset)).hits:
            found.update((hit.run_id, hit.span_id) for hit in hits)
            offset += len(hits)
    return found


def test_what_is_received_is_searchable_soon(start: Any, wait_until: Wait) -> None:
    """While the receiver runs; each span once."""
    receiver = start(index=True)
    bodies = _bodies(6)

    sent = send(receiver.url, bodies)
    wait_until(lambda: receiver.stats()["indexed"].get("spans", 0) == 6 * 32)

    assert sent.acknowledged == frozenset(range(6))
    assert _found(receiver.store.index) == Counter(key for body in bodies for key in body.spans)
    assert receiver.stats()["now"]["index_behind_bytes"] == 0


def test_a_graceful_end_finishes_what_has_begun_and_indexes_the_rest(start: Any, wait_until: Wait) -> None:
    """A body that is on its way is waited for, stored and answered."""
    receiver = start(index=True, durability="batch")
    body = make_body(1, spans=40)
    parts = urlsplit(receiver.url)
    head = f"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body.content)}\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(f"{head}Content-Type: application/x-protobuf\r\n\r\n".encode())
        connection.sendall(body.content[:-10])
        wait_until(lambda: receiver.stats()["now"]["bytes_in_flight"] > 0)
        receiver.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(body.content[-10:])
        answer = connection.recv(1000)
    output, _ = receiver.process.communicate(timeout=20)

    assert answer.startswith(b"HTTP/1.1 200")
    assert '"stored":{"spans":40}' in output.replace(" ", "")
    assert _found(receiver.store.index) == Counter(body.spans)
    assert sorted(path.name for path in receiver.store.root.iterdir() if path.is_dir()) == ["received"]


def test_a_sender_that_stalls_does_not_hold_up_the_end(start: Any, wait_until: Wait) -> None:
    """After the time that is left to it, it is told to come again."""
    receiver = start(stop_seconds=0.2)
    parts = urlsplit(receiver.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n")
        connection.sendall(b"Content-Type: application/x-protobuf\r\n\r\n1234")
        wait_until(lambda: receiver.stats()["now"]["bytes_in_flight"] > 0)
        receiver.process.send_signal(signal.SIGTERM)
        answer = connection.recv(1000)

    assert answer.startswith(b"HTTP/1.1 503")
    receiver.process.communicate(timeout=5)
    assert receiver.process.returncode == 0


def test_a_second_signal_ends_it_at_once(start: Any, wait_until: Wait) -> None:
    """Somebody does not want to wait for a sender that stalls."""
    receiver = start(stop_seconds=60.0)
    parts = urlsplit(receiver.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n")
        connection.sendall(b"Content-Type: application/x-protobuf\r\n\r\n1234")
        wait_until(lambda: receiver.stats()["now"]["bytes_in_flight"] > 0)
        receiver.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert receiver.process.poll() is None
        receiver.process.send_signal(signal.SIGINT)

        receiver.process.communicate(timeout=5)

    assert receiver.process.returncode == 0


def test_a_receiver_that_cannot_start_says_why(start: Any, tmp_path: Path) -> None:
    """At once, in the words of the process that cannot."""
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "received").write_text("no folder")

    with pytest.raises(RuntimeError, match=r"worker-1 cannot start: .*cannot create a segment"):
        start()


def test_a_worker_that_dies_is_replaced(start: Any, wait_until: Wait, alive: Callable[[int], bool]) -> None:
    """The port stays open meanwhile, and what the dead one counted is not forgotten."""
    receiver = start()
    first = _bodies(1)
    send(receiver.url, first)
    wait_until(lambda: receiver.stats()["stored"].get("spans") == 32)
    time.sleep(0.3)

    os.kill(receiver.processes["worker-1"], signal.SIGKILL)
    second = send(receiver.url, _bodies(1, seed=2), patience=10)

    assert second.acknowledged
    assert receiver.stats()["stored"]["spans"] == 64
    assert receiver.stop(signal.SIGINT)["restarts"] == 1
    assert not alive(receiver.processes["worker-1"])


def test_a_port_in_use_and_a_second_receiver_are_clear_errors(start: Any) -> None:
    """They name what is taken."""
    receiver = start()
    port = urlsplit(receiver.url).port

    with pytest.raises(RuntimeError, match="another receiver keeps its spans in"):
        start()
    with pytest.raises(RuntimeError, match=f"port {port} of 127.0.0.1 is in use"):
        start(root=str(receiver.store.root / "elsewhere"), port=port)


def test_processes_die_with_their_parent(start: Any, wait_until: Wait, alive: Callable[[int], bool]) -> None:
    """However it dies: no orphan keeps the port or the index."""
    receiver = start(index=True, workers=2)
    assert sorted(receiver.processes) == ["indexer-1", "worker-1", "worker-2"]

    receiver.process.kill()

    wait_until(lambda: not any(alive(number) for number in receiver.processes.values()))


def _kill_under_load(start: Any, seed: int, *, count: int, workers: int) -> None:
    """Send, kill the whole receiver in the middle, start it again, and compare."""
    receiver = start(index=True, workers=workers)
    bodies = _bodies(count, spans=64, seed=seed)
    last = 2 + (count - 10) * (seed % 20) // 20
    sent = send(
        receiver.url,
        bodies,
        on_acknowledged=lambda so_far: receiver.process.kill() if so_far >= last else None,
    )
    receiver.process.wait()
    assert last <= len(sent.acknowledged) < count
    # What was not acknowledged is sent again, as exporters do, and with it some that was stored already.
    again = start(index=True, workers=workers)
    rest = send(again.url, [body for number, body in enumerate(bodies) if number not in sent.acknowledged])
    again.stop()

    found = _found(again.store.index)
    stored = {(span.trace_id, span.span_id) for span in again.spans()}
    keys = {key for body in bodies for key in body.spans}
    assert len(rest.acknowledged) == len(bodies) - len(sent.acknowledged)
    assert stored == keys
    assert {key: count for key, count in found.items() if count > 1} == {}
    assert keys <= set(found)


def test_nothing_acknowledged_is_lost_and_nothing_is_twice_after_a_kill(start: Any) -> None:
    """A kill of the parent takes all processes with it, in the middle of whatever they do."""
    _kill_under_load(start, 10, count=40, workers=1)


@pytest.mark.parametrize("name", [pytest.param("worker-1", marks=pytest.mark.slow), "indexer-1"])
def test_a_kill_of_one_process_loses_nothing(start: Any, name: str) -> None:
    """Senders try again, and the index goes on where it was."""
    receiver = start(index=True)
    bodies = _bodies(40, seed=4)
    victim = [receiver.processes[name]]
    sent = send(
        receiver.url,
        bodies,
        patience=10,
        on_acknowledged=lambda so_far: (
            os.kill(victim.pop(), signal.SIGKILL) if so_far == 15 and victim else None
        ),
    )
    report = receiver.stop()

    assert len(sent.acknowledged) == 40
    assert report["restarts"] == 1
    assert _found(receiver.store.index) == Counter(key for body in bodies for key in body.spans)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_twenty_kills_under_load_lose_nothing(start: Any, seed: int) -> None:
    """At twenty different moments."""
    _kill_under_load(start, seed, count=150, workers=2)
