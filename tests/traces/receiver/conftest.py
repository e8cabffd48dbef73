"""Receivers as real processes, and what sends to them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from traces.segments import read_spans
from traces.span import Span
from traces.store import TraceStore

_PROGRAM = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from traces.receiver.config import ReceiverConfig
from traces.receiver.errors import ReceiverError
from traces.receiver.receive import receive
from traces.store import TraceStore
options = json.loads(sys.argv[1])
config = ReceiverConfig(store=TraceStore(root=Path(options.pop("root"))), **options)
try:
    report = receive(config, on_ready=lambda found: print(json.dumps(asdict(found)), flush=True))
except ReceiverError as error:
    sys.exit(str(error))
print(json.dumps({**report.counts.to_json(), "restarts": report.restarts}))
"""


@dataclass(kw_only=True)
class Receiver:
    """A receiver that takes requests at ``url``; ``processes`` are the ids of its processes."""

    process: subprocess.Popen[str]
    store: TraceStore
    url: str
    processes: dict[str, int]
    session: requests.Session = field(default_factory=requests.Session)

    def post(
        self, body: bytes | Iterator[bytes], path: str = "/v1/traces", **headers: str
    ) -> requests.Response:
        """A request in protobuf, if no other ``content_type`` is given."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("content-type", "application/x-protobuf")
        return self.session.post(self.url + path, data=body, headers=named, timeout=10)

    def stats(self, **headers: str) -> Any:
        """The counts of all processes."""
        return self.session.get(f"{self.url}/stats", headers=headers, timeout=10).json()

    def spans(self) -> list[Span]:
        """What is stored of what was received."""
        return list(read_spans(self.store.foreign))

    def stop(self, number: int = signal.SIGTERM) -> Any:
        """End it and return its report."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors
        return json.loads(output)


Start = Callable[..., Receiver]


def _start(folder: Path, **options: object) -> Receiver:
    settings = {"root": str(folder), "port": 0, "host": "127.0.0.1", "workers": 1, "index": False} | options
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, json.dumps(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(process.communicate()[1])
    return Receiver(process=process, store=TraceStore(root=folder), **json.loads(line))


def _end(receiver: Receiver) -> None:
    receiver.session.close()
    if receiver.process.poll() is None:
        receiver.process.kill()
    receiver.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts receivers in a test's folder; raises ``RuntimeError`` with what one says that does not start."""
    started: list[Receiver] = []

    def begin(**options: object) -> Receiver:
        started.append(_start(tmp_path / "store", **options))
        return started[-1]

    yield begin
    for receiver in started:
        _end(receiver)


@pytest.fixture(scope="session")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """One receiver for all tests that change nothing in it; bodies are limited to a megabyte."""
    found = _start(
        tmp_path_factory.mktemp("shared"),
        max_body_bytes=1 << 20,
        request_seconds=1.0,
        max_in_flight_bytes=2 << 20,
    )
    yield found
    _end(found)


def is_alive(process_id: int) -> bool:
    """Whether a process still runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def wait_until() -> Callable[[Callable[[], object]], None]:
    """Waits for a condition to become true, ten seconds at most."""

    def wait(condition: Callable[[], object]) -> None:
        latest = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < latest
            time.sleep(0.02)

    return wait


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process still runs."""
    assert is_alive(os.getpid())
    return is_alive
