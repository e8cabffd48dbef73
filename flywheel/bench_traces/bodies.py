"""Bodies made beforehand and kept in files, so that making them is not measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flywheel.bench_traces.workload import SPANS_OF_A_BODY, Workload, marker


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """``count`` files in ``folder``, each a request with 512 spans.

    ``span_bytes`` is what a span takes on the wire, on average; ``markers`` are the words that only the last
    span of each body holds.
    """

    folder: Path
    count: int
    span_bytes: float
    markers: tuple[str, ...]

    @property
    def spans(self) -> int:
        """How many spans all bodies hold."""
        return self.count * SPANS_OF_A_BODY

    def read(self) -> list[bytes]:
        """The contents, in order."""
        return read_bodies(self.folder)


def make_bodies(folder: Path, spans: int, *, seed: int, span_bytes: int) -> Bodies:
    """Write bodies of at least so many spans; each seed has its own ids."""
    workload = Workload(seed=seed, span_bytes=span_bytes)
    count = max(1, -(-spans // SPANS_OF_A_BODY))
    folder.mkdir(parents=True)
    size = 0
    for number in range(count):
        body = workload.body()
        size += len(body)
        (folder / f"{number:06}").write_bytes(body)
    return Bodies(
        folder=folder,
        count=count,
        span_bytes=size / (count * SPANS_OF_A_BODY),
        markers=tuple(marker(seed, number) for number in range(count)),
    )


def read_bodies(folder: Path) -> list[bytes]:
    """The contents of the files in a folder, in order."""
    return [path.read_bytes() for path in sorted(folder.iterdir())]
