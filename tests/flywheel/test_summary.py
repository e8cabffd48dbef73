"""The closing tables for every verdict, and text of others on a terminal."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from rich.console import Console

from benchmarks.gate.verdict import Decision
from flywheel.observer import LiveObserver, PlainObserver
from flywheel.result import result_document
from flywheel.summary import print_summary
from flywheel.wheel import Settings, Trial, WheelResult

HOSTILE = "\x1b]0;owned\x07[/nothing] [bold]\u202etitle"
SHOWN = r"\x1b]0;owned\x07[/nothing] [bold]\u202etitle"


def document_of(result: WheelResult, *, simulated: bool = True) -> dict[str, Any]:
    """The document of a result."""
    return result_document(result, seconds=1.0, peak_memory_mb=2.0, simulated=simulated)


def tables_of(document: dict[str, Any]) -> str:
    """What a person reads."""
    stream = io.StringIO()
    print_summary(Console(file=stream, width=200), document)
    return stream.getvalue()


@pytest.mark.parametrize("decision", list(Decision))
def test_each_verdict_is_named_with_its_numbers(wheel_result: WheelResult, decision: Decision) -> None:
    """The word, the effect in points, the interval and the groups are on one row, whatever was decided."""
    trial = wheel_result.trials[0]
    assert trial.verdict is not None
    verdict = dataclasses.replace(
        trial.verdict, decision=decision, effect_at_stop=-0.25, interval=(-0.6, -0.03), groups_used=17
    )
    judged = dataclasses.replace(trial, status="judged", verdict=verdict, promotion="")
    document = document_of(dataclasses.replace(wheel_result, trials=(judged,)))

    row = next(line for line in tables_of(document).splitlines() if trial.proposal.title in line)

    assert document["proposals"][0]["verdict"] == decision.value
    assert decision.value in row
    assert "-25" in row
    assert "-60 … -3" in row
    assert "17" in row


def test_only_what_was_applied_is_called_promoted(wheel_result: WheelResult) -> None:
    """A verdict of promote that waits for a person is not a promotion."""
    waiting = dataclasses.replace(wheel_result.trials[0], status="waiting", promotion="")

    promoted = tables_of(document_of(wheel_result))
    waits = tables_of(document_of(dataclasses.replace(wheel_result, trials=(waiting,))))

    assert "promoted" in promoted
    assert "promoted" not in waits
    assert "promote" in waits


def test_a_closed_sealed_split_says_how_it_is_opened(wheel_result: WheelResult) -> None:
    """No numbers are made up for it."""
    text = tables_of(document_of(dataclasses.replace(wheel_result, sealed=None)))

    assert "--open-sealed" in text
    assert "confidence" not in text


def test_only_a_simulated_model_is_called_one(wheel_result: WheelResult) -> None:
    """Real runs carry no such remark."""
    assert "simulated" in tables_of(document_of(wheel_result))
    assert "simulated" not in tables_of(document_of(wheel_result, simulated=False))


def test_nothing_found_is_two_empty_tables(wheel_result: WheelResult) -> None:
    """A wheel that found no pattern has still its tables, with their titles."""
    empty = dataclasses.replace(wheel_result, rounds=(), trials=(), sealed=None)

    text = tables_of(document_of(empty))

    assert "Patterns in the failures" in text
    assert "Proposals and verdicts" in text


def test_markup_in_a_title_neither_ends_the_work_nor_acts(wheel_result: WheelResult) -> None:
    """An analyst's words with a tag that closes nothing are shown as they are, their controls written out."""
    proposal = dataclasses.replace(wheel_result.trials[0].proposal, title=HOSTILE)
    refused = Trial(round=1, proposal=proposal, status="refused", refusals=(HOSTILE,))
    pattern = dataclasses.replace(wheel_result.rounds[0].patterns[0], name=HOSTILE)
    mined = dataclasses.replace(wheel_result.rounds[0], patterns=(pattern,))
    result = dataclasses.replace(wheel_result, rounds=(mined,), trials=(refused,))

    text = tables_of(document_of(result))

    assert text.count(SHOWN) == 3
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_a_live_display_takes_markup_in_everything_as_text() -> None:
    """Stages carry titles of proposals: none ends the display, none acts on the terminal."""
    stream = io.StringIO()

    with LiveObserver(Console(file=stream, force_terminal=False, width=200)) as observer:
        observer.stage(HOSTILE)
        observer.progress(1, 2, HOSTILE)
        observer.note(HOSTILE)

    text = stream.getvalue()
    assert text.count(SHOWN) >= 2
    assert not {"\x07", "\u202e"} & set(text)


def test_a_long_note_is_kept_whole() -> None:
    """Plain lines are logs: nothing is cut and nothing acts; each note is one write."""
    stream = io.StringIO()
    observer = PlainObserver(stream)

    observer.note("word " * 2000 + HOSTILE)

    assert stream.getvalue() == "   " + "word " * 2000 + SHOWN + "\n"


@pytest.mark.parametrize("status", ["refused", "judged", "waiting", "promoted", "rolled_back"])
def test_a_trial_is_a_miss_only_where_it_was_measured_in_vain(wheel_result: WheelResult, status: Any) -> None:
    """What the gate let through is no miss whatever became of it, and a refusal cost no candidate."""
    measured = dataclasses.replace(wheel_result.trials[0], status=status)
    refused = dataclasses.replace(wheel_result.trials[1], status=status)

    assert (measured.is_accepted, measured.is_miss) == (True, False)
    assert (refused.is_accepted, refused.is_miss, refused.decision) == (False, False, "refused")


def test_a_round_without_runs_has_a_pass_rate(wheel_result: WheelResult) -> None:
    """Zero, instead of a division by it."""
    mined = wheel_result.rounds[0]

    assert mined.pass_rate == pytest.approx(1 / 3)
    assert dataclasses.replace(mined, runs=0, passed=0).pass_rate == 0.0


def test_a_document_names_its_settings(wheel_result: WheelResult) -> None:
    """Suite and seed of the settings, both ends of the harness, and every set-apart reason."""
    settings = Settings(suite="workshop", seed=9)
    document = document_of(dataclasses.replace(wheel_result, settings=settings))

    assert (document["suite"], document["seed"]) == ("workshop", 9)
    assert document["harness"] == {"before": wheel_result.start, "after": wheel_result.end}
    assert document["rounds"][0]["set_apart"] == {"errored": 1}
