"""Where earlier rounds failed is read from the ledger alone."""

from __future__ import annotations

import dataclasses

from analyzers.pattern import Pattern
from analyzers.proposal import Proposal
from analyzers.testing import unverified_run, verified_run
from benchmarks.gate.verdict import Decision, Verdict
from flywheel.attention import attention_now, earlier_rounds, failing_tasks
from flywheel.project import Project
from flywheel.records import proposal_record, verdict_record


def turn(
    project: Project, number: int, proposal: Proposal, verdict: Verdict | None, **failing: float
) -> None:
    """A round that proposed one patch, and measured it if there is a verdict."""
    ledger = project.ledger
    named = dataclasses.replace(proposal, id=f"q-{number}")
    ledger.append("proposal", named.id, proposal_record(named))
    ledger.append("proposed", f"{number}/abc", {"proposals": [named.id], "failing": failing})
    if verdict is not None:
        body = {
            "campaign": "c",
            "budgeted_as": named.id,
            "proposal": named.id,
            "control": "",
            "candidate": "",
        }
        ledger.append("verdict", f"e-{number}", {**body, "verdict": verdict_record(verdict)})


def test_failing_tasks_are_those_with_a_failed_run() -> None:
    """Each with the share of its judged runs; broken infrastructure counts for nothing."""
    runs = [
        unverified_run(1, "failed", task="a"),
        verified_run(2, "passed", task="a"),
        verified_run(3, "passed", task="b"),
        unverified_run(4, "errored", task="c"),
        unverified_run(5, "timed_out", task="d"),
    ]

    assert failing_tasks(runs) == {"a": 0.5, "d": 1.0}


def test_a_round_counts_once_something_of_it_was_measured(
    project: Project, proposal: Proposal, verdict: Verdict
) -> None:
    """Up to the round that is asked about."""
    turn(project, 1, proposal, dataclasses.replace(verdict, decision=Decision.REJECT), a=1.0)
    turn(project, 2, proposal, None, a=0.5)
    turn(project, 3, proposal, verdict, b=1.0)
    rounds = earlier_rounds(project.ledger)

    assert [(found.name, dict(found.failing)) for found in rounds] == [
        ("1/abc", {"a": 1.0}),
        ("3/abc", {"b": 1.0}),
    ]
    assert rounds[0].missed == {proposal.pattern}
    assert rounds[1].missed == frozenset()
    assert [found.name for found in earlier_rounds(project.ledger, before="3/abc")] == ["1/abc"]


def test_rounds_from_before_weights_were_kept_still_count(
    project: Project, proposal: Proposal, verdict: Verdict, pattern: Pattern
) -> None:
    """Their failing tasks are not known; that they missed a pattern is."""
    project.ledger.append("proposal", proposal.id, proposal_record(proposal))
    project.ledger.append("proposed", "1/abc", {"proposals": [proposal.id]})
    missed = verdict_record(dataclasses.replace(verdict, decision=Decision.INCONCLUSIVE))
    body = {
        "campaign": "c",
        "budgeted_as": proposal.id,
        "proposal": proposal.id,
        "control": "",
        "candidate": "",
    }
    project.ledger.append("verdict", "e", {**body, "verdict": missed})
    other = dataclasses.replace(pattern, id="pattern-2")
    weights = attention_now(project.ledger, [pattern, other], {"suite/G0/m1": 1.0})

    assert weights.of("pattern-1") > 1.0 > weights.of("pattern-2")
