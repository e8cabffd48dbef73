"""From a folder of segments to its runs."""

from __future__ import annotations

from pathlib import Path

from traces.evaluations import apply_evaluations
from traces.normal import assemble_all
from traces.run import Run
from traces.segments import DamageReport, read_spans


def read_runs(folder: Path, *, trusted: bool = True, damage: DamageReport | None = None) -> tuple[Run, ...]:
    """All runs of a folder with the outcomes that evaluations gave them, in order of first appearance.

    ``trusted`` as in ``traces.normal.assemble``. Raises ``SegmentError`` where a segment cannot be opened.
    """
    spans = tuple(read_spans(folder, damage=damage))
    return tuple(apply_evaluations(assemble_all(spans, trusted=trusted), spans))
