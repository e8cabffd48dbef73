"""Memory that is free goes back."""

from __future__ import annotations

from pathlib import Path

from traces.receiver.memory import give_back


def _resident_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


def test_what_was_freed_is_given_back() -> None:
    """Many small pieces, of which only the last is kept: glibc alone would keep them all."""
    pieces = [bytes(2000) for _ in range(20_000)]
    before = _resident_pages()
    del pieces[:-1]

    give_back()

    assert _resident_pages() < before - 5000
    assert len(pieces) == 1
