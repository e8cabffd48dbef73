"""The agent ended although its own plan still had open items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import counted, observe
from analyzers.signal import Signal
from analyzers.tool_kinds import argument_of, plain, plain_name
from traces.run import Run

_PLANNERS = frozenset(
    {"todowrite", "todo", "writetodos", "updatetodos", "updateplan", "managetodolist", "settodolist"}
)
_KEYS = ("todos", "plan", "items", "todolist", "tasks", "steps")
_OPEN = frozenset({"pending", "inprogress", "notstarted", "todo", "open"})


@dataclass(frozen=True, kw_only=True)
class OpenPlan:
    """Sees a to-do list, kept by a planning tool, whose last state had open items when the agent ended.

    Silent where the arguments are redacted, and where the run was cut off.
    """

    name: str = "open_plan"
    title: str = "Ends with its own plan unfinished"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the last state of the plan and the final answer."""
        account = account_of(run)
        answer = account.final_answer
        plan = next((act for act in reversed(account.acts) if plain_name(act.call) in _PLANNERS), None)
        if answer is None or plan is None:
            return ()
        states = _states(plan)
        left = sum(state in _OPEN for state in states)
        if not left:
            return ()
        sentence = f"Ended with {left} of {counted(len(states), 'item')} of its plan open."
        return observe(self, run, (plan, answer), sentence, severity=0.5)


def _states(plan: Act) -> list[str]:
    items = argument_of(plan.call, _KEYS)
    if not isinstance(items, list | tuple):
        return []
    return [
        plain(str(item.get("status", ""))).replace(" ", "") for item in items if isinstance(item, Mapping)
    ]
