"""What a model may look up is within its view, bounded and counted."""

from __future__ import annotations

import pytest

from analyzers.analysts.budget import Budget, Meter
from analyzers.analysts.lookup import Lookup
from analyzers.mine_view import RunsView
from analyzers.testing import Story, looping_run, unverified_run

RUN = f"{1:032x}"
VIEW = RunsView(
    [
        unverified_run(1, "failed"),
        looping_run(2, times=40),
        Story(3).shell("cat log", "line of the log\n" * 2000).run(),
    ]
)


def desk(*, lookups: int = 12, characters: int = 16_000) -> tuple[Lookup, Meter]:
    meter = Meter(Budget())
    return Lookup(VIEW, budget=Budget(lookups=lookups), characters=characters, meter=meter), meter


def inside(result: str) -> str:
    """What stands between the marks."""
    first, *lines, last = result.split("\n")
    assert first == f"<<<{last.removesuffix('>>>')}"
    return "\n".join(lines)


def test_search_names_runs_and_spans() -> None:
    """Ten at once, with the number of all."""
    at, _ = desk()
    found = inside(at.look_up("search_runs", {"words": "old_string"}))
    later = inside(at.look_up("search_runs", {"words": "old_string", "offset": 10}))
    other = inside(at.look_up("search_runs", {"words": "edit_file", "run_id": RUN}))

    assert found.splitlines()[0].endswith("spans hold these words.")
    assert len(found.splitlines()) == 11
    assert set(found.splitlines()[1:]).isdisjoint(later.splitlines()[1:])
    assert {line.split()[1] for line in other.splitlines()[1:]} == {RUN}


def test_a_run_is_read_in_pages() -> None:
    """Forty steps at once, numbered over the whole run."""
    at, _ = desk()
    first = inside(at.look_up("read_run", {"run_id": f"{2:032x}"})).splitlines()
    next_page = inside(at.look_up("read_run", {"run_id": f"{2:032x}", "first_step": 41})).splitlines()

    assert first[0] == "160 steps; ended as limit_reached."
    assert len(first) == len(next_page) == 41
    assert next_page[1].startswith("41. ")


def test_a_span_is_read_letter_by_letter() -> None:
    """In pieces, each saying where the next begins."""
    at, _ = desk()
    span = next(span for span in VIEW.run(f"{3:032x}").spans if "execute_tool" in span.name)
    where = {"run_id": f"{3:032x}", "span_id": span.span_id}
    text = inside(at.look_up("read_span", where))
    more = inside(at.look_up("read_span", {**where, "offset": 3900}))

    assert "line of the log\nline of the log" in text
    assert text.endswith("more characters from offset 3900)")
    assert not more.startswith(text[:100])


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("read_run", {"run_id": "f" * 32}, "There is no such run or span."),
        ("read_span", {"run_id": RUN, "span_id": "e" * 16}, "There is no such run or span."),
        ("read_run", {}, "do not fit: 1 of them"),
        ("read_run", {"run_id": RUN, "first_step": 0}, "do not fit: 1 of them"),
        (
            "open_file",
            {"path": "/etc/passwd"},
            "There is no such tool; there is: search_runs, read_run, read_span.",
        ),
    ],
)
def test_what_is_not_there_is_said_and_counted(name: str, arguments: dict[str, object], answer: str) -> None:
    """A held-out run is one that never was."""
    at, meter = desk()

    assert answer in at.look_up(name, arguments)
    assert meter.spent.lookups == 1
    assert at.shown == ()


def test_lookups_end_with_their_number() -> None:
    """Then no tool is offered any more."""
    at, meter = desk(lookups=2)
    results = [at.look_up("read_run", {"run_id": RUN}) for _ in range(4)]

    assert results[0] == results[1] != results[2]
    assert results[3].startswith("Nothing more can be looked up")
    assert (at.tools, meter.spent.lookups) == ((), 2)


def test_all_that_is_shown_keeps_within_the_characters() -> None:
    """The last result is cut, the next one is not given."""
    at, _ = desk(characters=500)
    results = [at.look_up("read_run", {"run_id": f"{2:032x}"}) for _ in range(3)]

    assert sum(len(inside(result)) for result in results if result.startswith("<<<")) == 500
    assert results[-1].startswith("Nothing more")


def test_it_remembers_whose_runs_were_shown() -> None:
    """What own words must not be copied from."""
    at, _ = desk()
    at.look_up("search_runs", {"words": "log"})
    at.look_up("read_run", {"run_id": RUN})

    assert set(at.shown) == {f"{3:032x}", RUN}
