"""What runs in the analysts' process; imports nothing that leads to suites, which are out of its reach."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzers.analysts.budget import Budget
from analyzers.analysts.chat_model import ChatModelAnalyst
from analyzers.analysts.parallel import AnalystReport, diagnose_all
from analyzers.analysts.playbook import Playbook
from analyzers.lesson import Memory
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Analyst
from harness.edits import Tree
from harness.models import create_model
from traces.run import Run

PLAYBOOK = "playbook"


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything that analysts get: values, nothing that opens more. ``analysts`` are names.

    ``memory`` is what was tried before: an analyst does not propose it again unchanged. ``budget`` is what each analyst may
    spend on each pattern.
    """

    patterns: tuple[Pattern, ...]
    runs: tuple[Run, ...]
    harness: Tree
    analysts: tuple[str, ...]
    memory: Memory = field(default_factory=Memory)
    budget: Budget = field(default_factory=Budget)


def diagnose(brief: Brief) -> tuple[AnalystReport, ...]:
    """What the process does."""
    return diagnose_all(
        brief.patterns,
        RunsView(brief.runs),
        brief.harness,
        [build_analyst(name, brief.memory, brief.budget) for name in brief.analysts],
        budget=brief.budget,
    )


def build_analyst(name: str, memory: Memory | None = None, budget: Budget | None = None) -> Analyst:
    """``playbook``, or a chat model by the name that ``init_chat_model`` takes."""
    if name == PLAYBOOK:
        return Playbook(memory)
    return ChatModelAnalyst(create_model(name, seed=0), name=name, memory=memory, budget=budget)
