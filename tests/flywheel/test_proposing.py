"""What a round's order rests on: the ledger's memory, the cost of tests, and what is idle."""

from __future__ import annotations

import dataclasses

from analyzers.testing import unverified_run
from flywheel.experiment_runs import runs_to_decide
from flywheel.idle import LEAST_RUNS, offer_removals
from flywheel.observer import Observer, SilentObserver
from flywheel.proposing import propose
from flywheel.wheel import Mined, Wheel
from harness.edits import RemoveMiddleware


class Noted(SilentObserver):
    """Keeps what is noted."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep it."""
        self.notes.append(text)


def test_a_larger_gain_is_decided_in_fewer_runs(wheel: Wheel) -> None:
    """And gains more for each run that its test takes, so that nothing overtakes it for being small."""
    harness = wheel.project.repository.current()
    project_budget = dataclasses.replace(wheel.policy, candidates=8, error_budget=0.05)
    wheel = dataclasses.replace(
        wheel, policy=project_budget, settings=dataclasses.replace(wheel.settings, suite="another")
    )
    runs = runs_to_decide(wheel, harness)
    gains = (0.01, 0.05, 0.1, 0.2, 0.4, 0.8)

    assert runs(0.8) < runs(0.2)
    assert sorted(gains, key=lambda gain: gain / runs(gain)) == list(gains)
    assert runs(5.0) == runs(0.99)
    assert runs(-1.0) == runs(0.0) >= 1.0


def test_where_no_candidate_is_left_all_tests_cost_the_same(wheel: Wheel) -> None:
    """Nothing can be measured then anyway."""
    spent = dataclasses.replace(wheel.policy, candidates=1)
    other = dataclasses.replace(wheel, policy=spent)
    runs = runs_to_decide(other, wheel.project.repository.current())

    assert runs(0.1) >= 1.0


def test_the_entry_of_a_round_says_what_its_order_rests_on(wheel: Wheel) -> None:
    """Failing tasks with their shares; the proposals carry weight, gain and cost."""
    first = wheel.project.ledger.entries("proposed")[0]
    proposal = wheel.project.ledger.entries("proposal")[0]

    assert set(first.body["failing"].values()) <= {0.5, 1.0}  # type: ignore[union-attr]
    assert first.body["failing"]
    assert proposal.body["answers"] == "no_verification"
    assert float(str(proposal.body["expected_gain"])) > 0.0
    assert float(str(proposal.body["test_runs"])) > 1.0


def test_a_round_that_was_proposed_is_read_back(wheel: Wheel) -> None:
    """Whatever the memory says now."""
    first = wheel.project.ledger.entries("proposed")[0]
    number, _, _ = first.key.partition("/")
    commit = str(wheel.project.ledger.entries("mining")[0].body["harness"])
    mined = Mined(
        round=int(number), commit=commit, runs=12, passed=0, set_apart={}, patterns=(), unexplained=0
    )
    before = len(wheel.project.ledger.entries())

    assert [proposal.id for proposal in propose(wheel, mined)] == first.body["proposals"]
    assert len(wheel.project.ledger.entries()) == before


def test_the_removal_of_what_never_acts_is_offered_to_a_person(wheel: Wheel) -> None:
    """As a candidate with the command that asks the gate; twice is once, and a few runs say too little."""
    observer = Noted()
    asked: Observer = observer
    wheel = dataclasses.replace(wheel, observer=asked)
    commit = wheel.project.repository.current()
    runs = [unverified_run(number, "failed") for number in range(LEAST_RUNS)]

    offer_removals(wheel, commit, runs[1:])
    assert observer.notes == []
    offer_removals(wheel, commit, runs)
    offer_removals(wheel, commit, runs)
    offered = [entry for entry in wheel.project.ledger.entries("proposal") if entry.body["pattern"] == "idle"]

    assert len(offered) == 1
    assert offered[0].body["edits"] == [
        {"edit": RemoveMiddleware.__name__, "use": "stock:PreCompletionChecklist"}
    ]
    assert f"flywheel evaluate flywheel/candidates/{offered[0].key}" in observer.notes[0]
