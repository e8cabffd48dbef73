"""An analysis as a round in the ledger, so that the next one knows its patterns again."""

from __future__ import annotations

from dataclasses import replace

from flywheel.archive import Archive
from flywheel.pattern_ledger import record_patterns
from flywheel.wheel import Mined


def record_analysis(archive: Archive, mined: Mined) -> Mined:
    """Enter it after all rounds that are there, and return it with its number; of a plain folder: in its own ledger."""
    ledger = archive.ledger(create=True)
    assert ledger is not None
    numbers = [entry.body["round"] for entry in ledger.entries("mining")]
    latest = max((number for number in numbers if isinstance(number, int)), default=0)
    numbered = replace(mined, round=latest + 1)
    record_patterns(ledger, numbered)
    return numbered
