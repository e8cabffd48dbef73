"""What changed in the index is handed over, all of it, and once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flywheel.indexing import _deal_with_changes
from traces.embedded import EmbeddedIndex
from traces.testing import small_run


def test_annotating_what_changed_is_no_change_to_deal_with(tmp_path: Path) -> None:
    """Dealt with once; nothing is left for the next time."""
    seen: list[str] = []
    with EmbeddedIndex(tmp_path / "index.sqlite") as index:
        index.add([small_run(1), small_run(2)])

        def deal(changed: Sequence[str]) -> None:
            seen.extend(changed)
            index.annotate_all({run: {"signal": ["x"]} for run in changed})

        sequence = _deal_with_changes(index, 0, deal)
        again = _deal_with_changes(index, sequence, deal)

    assert sorted(seen) == [small_run(1).run_id, small_run(2).run_id]
    assert again == sequence


def test_what_others_change_all_the_time_is_never_lost(tmp_path: Path) -> None:
    """A writer that brings a run whenever we look: the last one is handed over the next time."""
    seen: list[str] = []
    with EmbeddedIndex(tmp_path / "index.sqlite") as index:
        index.add([small_run(1)])
        coming = iter(range(2, 30))

        def deal(changed: Sequence[str]) -> None:
            seen.extend(changed)
            index.add([small_run(next(coming))])

        sequence = _deal_with_changes(index, 0, deal)
        brought = {run_id for run_id in index.run_ids() if run_id not in seen}
        left, _ = index.changed_since(sequence)

    assert brought
    assert brought <= set(left)
