"""What the gate's guards ask of runs, asked of real ones: was the change in effect, and what did it cost?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from benchmarks.gate.activation import activation, activation_guard, parse_mechanism
from benchmarks.gate.cost_guard import CostLimits, cost_guard, cost_ratios
from benchmarks.gate.paired_runs import PairedRuns
from tests.harness.scripted import SOLVE, Harness, Say, bash
from tests.harness.supervised import Supervised

CHECKLIST = '[[middleware]]\nuse = "stock:PreCompletionChecklist"\n'
LOOPS = '[[middleware]]\nuse = "stock:LoopDetection"\nrepeat_limit = 2\n'
CALLS = '[[middleware]]\nuse = "langchain:ModelCallLimitMiddleware"\nrun_limit = 9\n'
TUNED = '[[middleware]]\nuse = "./own.py:Own"\n'
LOW = (
    "from langchain.agents.middleware import AgentMiddleware\n"
    "class Own(AgentMiddleware):\n"
    "    def wrap_model_call(self, request, handler):\n"
    "        settings = {**request.model_settings, 'reasoning_effort': 'low'}\n"
    "        return handler(request.override(model_settings=settings))\n"
)
REPEATED = (*(bash("cat answer.txt") for _ in range(4)), *SOLVE)


def paired(
    supervised: Supervised, control: Harness, candidate: Harness, *says: tuple[Say, ...]
) -> tuple[PairedRuns, ...]:
    """A pair of real runs for each script."""
    return tuple(
        PairedRuns(
            position=number,
            task="task-1",
            group="group-1",
            control=supervised(control, script, key=f"{number}/control"),
            candidate=supervised(candidate, script, key=f"{number}/candidate"),
        )
        for number, script in enumerate(says)
    )


def changed(before: Harness, old: str, new: str) -> Harness:
    """A harness whose ``harness.toml`` has another text in one place."""
    toml = before.tree()["harness.toml"].decode()
    assert old in toml
    return replace(before, files={**before.files, "harness.toml": toml.replace(old, new)})


PLAIN = Harness()
CASES: Mapping[str, tuple[Harness, Harness, str, str]] = {
    "middleware that acted": (PLAIN, Harness(middleware=LOOPS), "middleware:stock:LoopDetection", "fired"),
    "middleware that another one's event is no sign of": (
        PLAIN,
        Harness(middleware=LOOPS + CHECKLIST),
        "middleware:stock:TimeBudget",
        "never_fired",
    ),
    "middleware that only the control has": (
        Harness(middleware=LOOPS),
        PLAIN,
        "middleware:stock:LoopDetection",
        "never_fired",
    ),
    "middleware that does not tell": (
        PLAIN,
        Harness(middleware=CALLS),
        "middleware:langchain:ModelCallLimitMiddleware",
        "not_applicable",
    ),
    "removal": (Harness(middleware=LOOPS), PLAIN, "removal:stock:LoopDetection", "fired"),
    "removal of one of two": (
        Harness(middleware=LOOPS + LOOPS),
        Harness(middleware=LOOPS),
        "removal:stock:LoopDetection",
        "never_fired",
    ),
    "removal of what never acted": (
        Harness(middleware=LOOPS.replace("2", "40")),
        PLAIN,
        "removal:stock:LoopDetection",
        "never_fired",
    ),
    "prompt": (PLAIN, Harness(files={"system.md": "Work well.\n"}), "prompt", "fired"),
    "prompt that nobody reads": (PLAIN, Harness(files={"other.md": "Work well.\n"}), "prompt", "never_fired"),
    "tools": (
        PLAIN,
        Harness(head='[tools]\nenabled = ["bash", "read_file"]\n'),
        "tools.enabled",
        "fired",
    ),
    "limits": (PLAIN, Harness(steps=11), "limits.steps", "fired"),
    "the same limits": (PLAIN, Harness(files={"a": "b"}), "limits.steps", "never_fired"),
    "effort": (
        PLAIN,
        changed(PLAIN, 'effort = "high"', 'effort = "low"'),
        "model.reasoning_effort",
        "fired",
    ),
    "effort that middleware sets anyway": (
        Harness(middleware=TUNED, files={"own.py": LOW}),
        changed(Harness(middleware=TUNED, files={"own.py": LOW}), 'effort = "high"', 'effort = "medium"'),
        "model.reasoning_effort",
        "never_fired",
    ),
    "several at once": (PLAIN, Harness(steps=11, middleware=LOOPS), "other", "not_applicable"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_change_shows_in_real_runs(supervised: Supervised, case: str) -> None:
    """And what was not in effect does not; the guard objects exactly to what could have shown and did not."""
    control, candidate, mechanism, answer = CASES[case]
    meant = parse_mechanism(mechanism)

    pairs = paired(supervised, control, candidate, REPEATED)

    assert activation(meant, pairs) == answer
    assert (activation_guard(meant, pairs) is not None) is (answer == "never_fired")


def test_one_run_of_many_is_enough(supervised: Supervised) -> None:
    """A middleware that had cause to act in one run has acted in the experiment."""
    meant = parse_mechanism("middleware:stock:LoopDetection")
    harness = Harness(middleware=LOOPS)

    assert activation(meant, paired(supervised, PLAIN, harness, SOLVE, SOLVE)) == "never_fired"
    assert activation(meant, paired(supervised, PLAIN, harness, SOLVE, REPEATED)) == "fired"


def pair_of(supervised: Supervised, cheap: tuple[Say, ...], dear: tuple[Say, ...]) -> tuple[PairedRuns, ...]:
    """One pair whose candidate said something else."""
    return (
        PairedRuns(
            position=0,
            task="task-1",
            group="group-1",
            control=supervised(PLAIN, cheap, key="cheap"),
            candidate=supervised(PLAIN, dear, key="dear"),
        ),
    )


def priced(says: tuple[Say, ...], *, cost: float = 0.0, seconds: float = 2.0) -> tuple[Say, ...]:
    """The same answers at another price."""
    return tuple(replace(say, cost=cost, seconds=seconds) for say in says)


def test_tokens_are_guarded(supervised: Supervised) -> None:
    """Three times the calls take three times the tokens; the run that took them is named."""
    pairs = pair_of(supervised, SOLVE, (*(bash(f"echo {number}") for number in range(4)), *SOLVE))
    block = cost_guard(CostLimits(seconds=100.0), pairs)

    assert cost_ratios(pairs).tokens == 3.0
    assert block is not None
    assert "3.00 times the control's tokens" in block.reason
    assert block.runs == (pairs[0].candidate.run_id,)


def test_seconds_are_guarded(supervised: Supervised) -> None:
    """By the run's own clock: the same calls, each thinking for longer."""
    pairs = pair_of(supervised, priced(SOLVE), priced(SOLVE, seconds=30.0))
    block = cost_guard(CostLimits(), pairs)

    assert cost_ratios(pairs).tokens == 1.0
    assert block is not None
    assert "the control's seconds" in block.reason


def test_money_is_guarded(supervised: Supervised) -> None:
    """As the provider tells it: the same tokens at five times the price."""
    pairs = pair_of(supervised, priced(SOLVE, cost=0.01), priced(SOLVE, cost=0.05))
    block = cost_guard(CostLimits(), pairs)

    assert pairs[0].control.usage.cost_usd == pytest.approx(0.02)
    assert cost_ratios(pairs).headline == pytest.approx(5.0)
    assert block is not None
    assert "5.00 times the control's money" in block.reason
    assert supervised.run_of("dear").usage.cost_usd == pytest.approx(0.1)


def test_what_costs_nothing_is_not_compared(supervised: Supervised) -> None:
    """A provider that tells no price leaves money out of it."""
    pairs = pair_of(supervised, SOLVE, SOLVE)

    assert cost_ratios(pairs).money is None
    assert cost_guard(CostLimits(tokens=1.0, seconds=1.5, money=0.001), pairs) is None
