"""After a verdict: an effect from fresh pairs, once, that changes nothing else."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from benchmarks.gate.testing import SimulatedExecutor, pass_rates
from benchmarks.splits import tasks_of
from benchmarks.task import Split, Suite
from flywheel.answer import answer_from, question_document
from flywheel.campaigns import budget, open_campaign
from flywheel.ci.junit import answer_junit
from flywheel.ci.markdown import answer_markdown
from flywheel.ci.text import answer_text
from flywheel.ci.wording import Wording
from flywheel.cli import run
from flywheel.comparison import Question, compare
from flywheel.confirmations import Confirming, confirm_verdict, confirmations
from flywheel.errors import FlywheelError
from flywheel.looks import held_out_keys
from flywheel.measuring import Measured, Measurement, measure, parts, stored_plan
from flywheel.observer import SilentObserver
from flywheel.project import Project
from flywheel.shared_ledger import SharedLedger
from flywheel.suites import open_suite

ASKED = Question(candidate="my-change", against="HEAD", suite="humaneval-repair", asks="safe")
KEY = "humaneval-repair/epoch-1"


@pytest.fixture
def suite(small_suite: None) -> Suite:
    """The small suite."""
    return open_suite("humaneval-repair", seed=1, observer=SilentObserver())


def judged(project: Project, suite: Suite, **more: Any) -> Measured:
    """A verdict on the change, its runs simulated."""
    policy = project.policy()
    fields: dict[str, Any] = {"margin": 0.3, **more}
    measurement = Measurement(
        project=project,
        campaign=open_campaign(project, suite=suite.name, seed=1, policy=policy),
        policy=policy,
        suite=suite,
        tasks=tasks_of(suite, Split.GATE, per_group=1, seed=1),
        executor=SimulatedExecutor(ends=pass_rates(0.6, 0.5)),
        in_flight=2,
        observer=SilentObserver(),
        claim="suite",
        question="safe",
        **fields,
    )
    return measure(measurement, compare(project, ASKED).subject)


def confirming(
    project: Project, suite: Suite, *, control: float = 0.5, runs: int | None = None
) -> Confirming:
    """With a candidate that always passes; ``control`` is how often the control does."""
    return Confirming(
        project=project,
        suite=suite,
        executor=SimulatedExecutor(ends=pass_rates(control, 1.0)),
        in_flight=2,
        observer=SilentObserver(),
        shared=SharedLedger(project=project, sharing="alone"),
        runs=runs,
    )


def confirmed(project: Project, work: Confirming) -> Any:
    """Confirm the one experiment there is."""
    subject = compare(project, ASKED).subject
    known = parts(project, f"{KEY}/{subject.name}")
    tasks = frozenset(pair.task for part in known for pair in stored_plan(project, part).pairs)
    return confirm_verdict(work, stored_plan(project, known[-1]), tasks)


def test_fresh_pairs_follow_their_look_and_change_no_verdict(change: Any, suite: Suite) -> None:
    """Their number and their look are in the ledger first; verdict and error budget stay."""
    project = change.project
    measured = judged(project, suite)
    before = budget(project, open_campaign(project, suite=suite.name, seed=1, policy=project.policy()))
    verdicts = project.ledger.entries("verdict")

    found = confirmed(project, confirming(project, suite))

    kinds = [entry.kind for entry in project.ledger.entries()][-3:]
    look = project.ledger.entries("look")[-1]
    assert kinds == ["confirmation_opened", "look", "confirmation"]
    assert look.body["why"] == f"confirmation of {measured.experiment}"
    assert set(look.body["run_keys"]) <= held_out_keys(project.ledger)  # type: ignore[arg-type]
    assert (found.units, len(found.pairs)) == (14, 14)
    assert found.interval[0] < found.effect < found.interval[1]
    assert not {pair.control_run for pair in found.pairs} & {
        pair.control_run for pair in measured.verdict.pairs
    }
    assert project.ledger.entries("verdict") == verdicts
    after = budget(project, open_campaign(project, suite=suite.name, seed=1, policy=project.policy()))
    assert after == before


def test_a_confirmation_is_made_once(change: Any, suite: Suite) -> None:
    """Asked again, with another budget, it is read back: nobody repeats it until it looks well."""
    project = change.project
    judged(project, suite)
    first = confirmed(project, confirming(project, suite))
    entries = len(project.ledger.entries())

    again = confirmed(project, confirming(project, suite, control=0.0, runs=280))

    assert again == first
    assert len(project.ledger.entries()) == entries


def test_a_killed_confirmation_goes_on_as_it_was_planned(change: Any, suite: Suite) -> None:
    """The number of pairs that was written down first holds, whatever is asked for then."""
    project = change.project
    measured = judged(project, suite)
    project.ledger.append("confirmation_opened", measured.experiment, {"repeats": 2})

    found = confirmed(project, confirming(project, suite, runs=28))

    assert len(found.pairs) == 28


@pytest.mark.parametrize(("runs", "pairs"), [(28, 14), (83, 28), (84, 42)])
def test_a_budget_is_whole_rounds(change: Any, suite: Suite, runs: int, pairs: int) -> None:
    """Every task equally often, never more runs than that."""
    judged(change.project, suite)

    assert len(confirmed(change.project, confirming(change.project, suite, runs=runs)).pairs) == pairs


def test_less_than_one_round_is_refused(change: Any, suite: Suite) -> None:
    """Before anything is written."""
    judged(change.project, suite)
    entries = len(change.project.ledger.entries())

    with pytest.raises(FlywheelError, match="28 runs at least, not 27"):
        confirmed(change.project, confirming(change.project, suite, runs=27))
    assert len(change.project.ledger.entries()) == entries


def test_every_form_of_an_answer_shows_it(change: Any, suite: Suite) -> None:
    """Text, Markdown, JUnit and JSON; without one, the next step names the command."""
    project = change.project
    measured = judged(project, suite)
    bare = answer_from(project, ASKED, measured, sharing="alone")
    confirmed(project, confirming(project, suite))

    answer = answer_from(project, ASKED, measured, sharing="alone")

    shown = [form(answer, Wording()) for form in (answer_text, answer_markdown, answer_junit)]
    assert all("28 fresh runs after the verdict" in text for text in shown)
    assert all(
        "fresh runs after the verdict" not in form(bare, Wording()) for form in (answer_text, answer_junit)
    )
    assert question_document(answer)["confirmation"] == confirmations(project)[measured.experiment]
    assert question_document(bare)["confirmation"] is None


def test_the_command_reads_it_back_by_any_name(
    change: Any, suite: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the question, by the experiment, by what begins its name; the exit code is the verdict's."""
    project = change.project
    measured = judged(project, suite)
    confirmed(project, confirming(project, suite))
    where = ["-C", str(project.repository.path), "--confirm", "--json"]

    codes = [
        run(["evaluate", *words, *where])
        for words in (["my-change", "--safe"], [measured.experiment], [measured.experiment[:8]])
    ]

    said = capsys.readouterr().out.replace("}\n{", "}\n\0{").split("\0")
    documents = [json.loads(part) for part in said]
    assert codes == [{"promote": 0, "reject": 1, "inconclusive": 3}[measured.verdict.decision.value]] * 3
    assert documents[0] == documents[1] == documents[2]
    assert documents[0]["confirmation"]["runs"] == 28


def test_without_a_verdict_there_is_nothing_to_confirm(
    change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names the command that gives one; nothing is written or opened."""
    code = run([*change.words, "--confirm"])

    assert code == 2
    assert "flywheel evaluate my-change --against HEAD" in capsys.readouterr().err
    assert change.project.ledger.entries() == ()


def test_a_forced_experiment_says_so_everywhere(change: Any, suite: Suite) -> None:
    """It ran although it could not decide, and even evidence that reaches the threshold promotes nothing."""
    project = change.project
    measured = judged(project, suite, max_bets=3, margin=0.05, force=True)
    answer = answer_from(project, ASKED, measured, sharing="alone")

    shown = [form(answer, Wording()) for form in (answer_text, answer_markdown, answer_junit)]
    assert measured.verdict.decision.value in {"inconclusive", "reject"}
    assert all("could not decide" in text for text in shown)
    assert question_document(answer)["forced"] is True
    assert dataclasses.replace(answer, forced=False).verdict.notes[0].startswith("forced")
