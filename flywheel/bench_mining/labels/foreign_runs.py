"""The runs in files that other people wrote, brought in by the importers and held in memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from traces.ingest import ingest
from traces.normal import assemble_all
from traces.run import Run
from traces.span import Span


def runs_below(paths: Sequence[Path]) -> tuple[Run, ...]:
    """Every run that an importer finds below the paths, in the order of the files; verdicts beside them apply."""
    kept = _Kept()
    ingest(paths, writer=kept, known=lambda _: {})
    return tuple(assemble_all(kept.spans))


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects in a file of JSON lines, compressed or not. Raises ``OSError`` and ``ValueError``."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for line in lines:
            if line.strip():
                yield json.loads(line)


def json_file(path: Path) -> Any:
    """The document in a JSON file, compressed or not. Raises ``OSError`` and ``ValueError``."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        return json.load(file)


class _Kept:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def append_many(self, spans: Sequence[Span], /) -> None:
        """Keep them."""
        self.spans.extend(spans)
