"""Phoenix side by side: the same bodies to its own server, until its count of spans says that they are there."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flywheel.bench_traces.bodies import Bodies
from flywheel.bench_traces.sending import sender

VARIABLE = "BENCH_PHOENIX_PYTHON"
_LOOK_SECONDS = 0.25
_START_SECONDS = 120.0
_PATIENCE_SECONDS = 300.0
_COUNT = json.dumps({"query": "{projects{edges{node{recordCount}}}}"}).encode()


@dataclass(frozen=True, kw_only=True)
class PhoenixReceived:
    """Spans per second until acknowledged, and until queryable."""

    version: str
    spans: int
    durable_per_s: float
    searchable_per_s: float


def phoenix_python() -> str | None:
    """An interpreter that has Phoenix: the one that ``BENCH_PHOENIX_PYTHON`` names, or this one; else ``None``."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    return sys.executable if importlib.util.find_spec("phoenix") else None


def phoenix_receives(python: str, folder: Path, warm: Bodies, bodies: Bodies) -> PhoenixReceived:
    """Let a new Phoenix server take the bodies of ``warm`` first, which do not count, and then the others."""
    with _running(python, folder) as url:
        _receive(url, warm, before=0)
        accepted, queryable = _receive(url, bodies, before=warm.spans)
    return PhoenixReceived(
        version=_version(python),
        spans=bodies.spans,
        durable_per_s=bodies.spans / accepted,
        searchable_per_s=bodies.spans / queryable,
    )


def _receive(url: str, bodies: Bodies, *, before: int) -> tuple[float, float]:
    with sender(url, bodies) as sending:
        sending.go()
        sent = sending.result()
    latest = time.monotonic() + _PATIENCE_SECONDS
    while _count(url) < before + bodies.spans:
        if time.monotonic() > latest:
            raise RuntimeError("Phoenix does not show what it acknowledged")
        time.sleep(_LOOK_SECONDS)
    return sent.end - sent.begin, time.monotonic() - sent.begin


@contextmanager
def _running(python: str, folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True)
    port, other = _free_ports()
    settings = {
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(other),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [python, "-m", "phoenix.server.main", "serve"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, process, folder / "log")
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < latest:
        try:
            _count(url)
        except OSError:
            time.sleep(_LOOK_SECONDS)
        else:
            return
    raise RuntimeError(f"Phoenix does not start: {log.read_text(errors='replace')[-2000:]}")


def _count(url: str) -> int:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/graphql", data=_COUNT, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        found: Any = json.loads(answer.read())
    return sum(edge["node"]["recordCount"] for edge in found["data"]["projects"]["edges"])


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _version(python: str) -> str:
    code = "from importlib.metadata import version; print(version('arize-phoenix'))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
