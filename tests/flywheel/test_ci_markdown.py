"""The summary of a job: a verdict that a person can act on, and nothing in it that acts by itself."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.gate.verdict import Decision, Verdict
from flywheel.answer import Answer
from flywheel.ci.markdown import LONGEST, answer_markdown, append_summary, require_summary
from flywheel.ci.wording import Wording
from flywheel.errors import FlywheelError

AnswerOf = Callable[..., Answer]


def page(answer: Answer) -> str:
    """The summary with the usual rules."""
    return answer_markdown(answer, Wording())


def row(text: str, name: str) -> str:
    """What the table of facts says of something."""
    return next(line for line in text.splitlines() if line.startswith(f"| {name} |"))


def test_the_claim_is_the_lower_bound(answer_of: AnswerOf, verdict: Verdict) -> None:
    """The effect at the stop is labelled as biased upward wherever it stands."""
    text = page(answer_of(verdict))

    assert "at least +3.0" in row(text, "claimed effect")
    assert "+25.0 points, biased upward" in row(text, "effect at stop")
    assert all("biased upward" in line for line in text.splitlines() if "+25.0" in line)
    assert "new groups" in row(text, "claim")


def test_flips_name_task_passes_and_runs(answer_of: AnswerOf, verdict: Verdict) -> None:
    """A row for each task on which the arms differ, with a run of each arm to look at."""
    lines = page(answer_of(verdict)).splitlines()
    rows = [line for line in lines if "suite/G" in line]

    assert "### Tasks that flipped: 1 better, 1 worse" in lines
    assert rows == [
        f"| `suite/G{pair.group[1]}/m1` | {control} of 1 | {candidate} of 1 | `{pair.control_run}` | `{pair.candidate_run}` |"
        for pair, control, candidate in ((verdict.pairs[1], 1, 0), (verdict.pairs[0], 0, 1))
    ]


def test_a_veto_is_named_with_its_runs(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Which guard, by which runs, and the command that shows one of them."""
    blocked = dataclasses.replace(
        verdict,
        decision=Decision.REJECT,
        blocked_by="regression",
        blocking_runs=("ab" * 16,) * 2 + ("cd" * 16,),
    )
    text = page(answer_of(blocked))

    assert "regression objects" in row(text, "guards")
    assert f"`{'ab' * 16}`, `{'cd' * 16}`" in row(text, "guards")
    assert "`flywheel traces show abababababab`" in text


@pytest.mark.parametrize("decision", list(Decision))
def test_every_verdict_says_what_it_means_and_what_to_do(
    decision: Decision, answer_of: AnswerOf, verdict: Verdict
) -> None:
    """In the first lines what it means, in the last ones a command."""
    text = page(answer_of(dataclasses.replace(verdict, decision=decision)))
    head, _, steps = text.partition("### Next")

    assert text.startswith(f"## Flywheel: {decision.value}\n")
    assert f"**{decision.value}**: " in head
    assert re.search(r"`(git|flywheel) [a-z]", steps)
    assert "1 of 8 candidates used" in row(text, "budget")


def test_cost_is_the_ratio_where_the_runs_are_elsewhere(answer_of: AnswerOf, verdict: Verdict) -> None:
    """A clone with the ledger alone knows no runs."""
    known = row(page(answer_of(dataclasses.replace(verdict, cost_ratio=1.5))), "cost")
    unknown = row(page(answer_of(verdict)), "cost")

    assert "1.50 times the control's per run; the runs are not stored here" in known
    assert "ratio not known" in unknown


def test_a_long_table_is_cut_with_a_count(answer_of: AnswerOf, verdict: Verdict) -> None:
    """A hosting service drops what is too long, so it is cut here and says by how much."""
    lost = verdict.pairs[1]
    many = tuple(
        dataclasses.replace(lost, task=f"{'<' * 200}{number}", control_run=f"{number:032x}")
        for number in range(400)
    )
    text = page(answer_of(dataclasses.replace(verdict, pairs=many)))
    shown = sum("&#60;" in line for line in text.splitlines())
    left_out = re.search(r"^(\d+) more tasks flipped", text, re.MULTILINE)

    assert len(text) <= LONGEST
    assert left_out
    assert shown + int(left_out[1]) == 400
    assert "### Next" in text


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "x | y\n| z |", "@team `x` [a](http://b.c)", "-->"]
)
def test_nothing_from_outside_acts(text: str, answer_of: AnswerOf, verdict: Verdict) -> None:
    """Names of tasks and branches, reasons and notes reach the page as text only."""
    pair = dataclasses.replace(verdict.pairs[1], task=text, group=text, candidate_run=text, control_run=text)
    hostile = dataclasses.replace(
        verdict, pairs=(pair,), reason=text, notes=(text,), more=text, blocking_runs=(text,)
    )
    for decision in Decision:
        shown = page(answer_of(dataclasses.replace(hostile, decision=decision), candidate=text))
        tags = set(re.findall(r"<[^>]*>", shown))
        tables = {line.count("|") for line in shown.splitlines() if line.startswith("| ")}

        assert tags <= {"<code>", "</code>"}
        assert tables <= {3, 6}
        assert "@team" not in shown
        assert "](" not in shown


def test_a_local_ledger_is_said_aloud(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Who reads only the summary must not take the verdict for one that counts."""
    assert "counts for nothing elsewhere" in page(answer_of(verdict, sharing="local"))
    assert "counts for nothing elsewhere" not in page(answer_of(verdict))


def test_the_summary_of_a_job_is_appended_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other steps write there too; outside of a job there is none, and the message names the other way."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    (tmp_path / "summary").write_text("before\n")

    append_summary("## ours")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")

    assert (tmp_path / "summary").read_text() == "before\n## ours\n"
    with pytest.raises(FlywheelError, match="--markdown"):
        require_summary()
