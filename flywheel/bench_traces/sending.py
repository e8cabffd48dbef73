"""A process that sends bodies, as ``python -m flywheel.bench_traces.sending URL FOLDER`` runs it."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flywheel.bench_traces.bodies import Bodies, read_bodies
from traces.receiver.load import Body, send

CONNECTIONS = 4
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Sent:
    """When the first body was sent and the last one acknowledged, by ``time.monotonic``."""

    begin: float
    end: float


class Sender:
    """A process that has read its bodies and waits for ``go``."""

    def __init__(self, process: subprocess.Popen[str], count: int) -> None:
        self._process = process
        self._count = count

    def go(self) -> None:
        """Send, over four connections."""
        self._write("go")

    def is_done(self, seconds: float) -> bool:
        """Wait so long at most for the last acknowledgement."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def result(self) -> Sent:
        """Wait for the end; raises ``RuntimeError`` where a body was not acknowledged."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sender failed; it said why above")
        found = json.loads(line)
        if found["acknowledged"] != self._count:
            raise RuntimeError(f"only {found['acknowledged']} of {self._count} bodies were acknowledged")
        return Sent(begin=found["begin"], end=found["end"])

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


@contextmanager
def sender(url: str, bodies: Bodies) -> Iterator[Sender]:
    """A sender of the bodies to ``url``, ready to go; it is gone when the context ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flywheel.bench_traces.sending", url, str(bodies.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield Sender(process, bodies.count)
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Read the bodies, say so, and send them when told to."""
    url, folder = sys.argv[1:]
    bodies = [Body(content=content, spans=()) for content in read_bodies(Path(folder))]
    print("ready", flush=True)  # noqa: T201
    if not sys.stdin.readline():
        return
    begin = time.monotonic()
    sent = send(url, bodies, connections=CONNECTIONS, patience=_PATIENCE_SECONDS)
    found = {"begin": begin, "end": time.monotonic(), "acknowledged": len(sent.acknowledged)}
    print(json.dumps(found), flush=True)  # noqa: T201


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):  # the benchmark got it too, and says so
        main()
