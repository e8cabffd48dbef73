"""The numbers of an index, and its notes."""

from __future__ import annotations

from pathlib import Path

from traces.embedded import EmbeddedIndex
from traces.normal import assemble
from traces.testing import START_NS, TraceBuilder, small_run


def test_an_empty_index_has_no_time(index: EmbeddedIndex) -> None:
    """Zeros, and no error."""
    stats = index.stats()

    assert (stats.runs, stats.spans, stats.others, stats.start, stats.end) == (0, 0, 0, None, None)
    assert stats.size > 0


def test_runs_and_others_are_counted_apart(index: EmbeddedIndex) -> None:
    """A run that is only annotated is none; one that was deleted is none either."""
    web = TraceBuilder("9" * 32)
    index.add([small_run(1), small_run(2, "passed"), assemble([web.span("GET /")])])
    index.annotate("8" * 32, {"label": ["early"]})
    stats = index.stats()

    assert (stats.runs, stats.spans, stats.others) == (2, 7, 1)
    assert stats.runs_by["outcome"] == {"failed": 1, "passed": 1}
    assert stats.start is not None
    assert stats.start == START_NS / 1e9 + 1


def test_ids_by_their_beginning(index: EmbeddedIndex) -> None:
    """In order, of runs and others."""
    index.add([small_run(2), small_run(1), assemble([TraceBuilder("ab" * 16).span("x")])])

    assert index.run_ids() == (f"{1:032x}", f"{2:032x}", "ab" * 16)
    assert index.run_ids("ab") == ("ab" * 16,)
    assert index.run_ids("zz%") == ()


def test_notes_are_kept_with_the_index(path: Path) -> None:
    """Set anew they replace the old; none is an empty text."""
    with EmbeddedIndex(path) as index:
        index.set_note("pushed", "1")
        index.set_note("pushed", "2")
    with EmbeddedIndex(path) as again:
        assert (again.note("pushed"), again.note("other")) == ("2", "")
