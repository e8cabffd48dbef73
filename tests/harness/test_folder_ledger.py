"""Decisions about traces that somebody brought, in a folder that is no repository."""

from __future__ import annotations

from pathlib import Path

from harness.folder_ledger import folder_ledger


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """There is none until something is to be entered."""
    assert folder_ledger(tmp_path / "decisions") is None
    assert not (tmp_path / "decisions").exists()


def test_what_is_entered_is_there_the_next_time(tmp_path: Path) -> None:
    """With the chain that every ledger has."""
    made = folder_ledger(tmp_path / "decisions", create=True)
    assert made is not None
    made.append("label", "one", {"name": "x"})
    again = folder_ledger(tmp_path / "decisions")
    assert again is not None

    assert [entry.key for entry in again.entries()] == ["one"]
    assert again.verify() == 1


def test_making_it_twice_keeps_it(tmp_path: Path) -> None:
    """Nothing is lost by asking for it again."""
    first = folder_ledger(tmp_path / "decisions", create=True)
    assert first is not None
    first.append("label", "one", {})
    second = folder_ledger(tmp_path / "decisions", create=True)
    assert second is not None

    assert len(second.entries()) == 1
