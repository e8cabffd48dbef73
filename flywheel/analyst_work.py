"""What runs in the analysts' process; imports nothing that leads to suites, which are out of its reach."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.analysts.chat_model import ChatModelAnalyst
from analyzers.analysts.parallel import AnalystReport, diagnose_all
from analyzers.analysts.playbook import Playbook
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Analyst
from harness.edits import Tree
from harness.models import create_model
from traces.run import Run

PLAYBOOK = "playbook"
ANALYST_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything that analysts get: values, nothing that opens more. ``analysts`` are names."""

    patterns: tuple[Pattern, ...]
    runs: tuple[Run, ...]
    harness: Tree
    analysts: tuple[str, ...]


def diagnose(brief: Brief) -> tuple[AnalystReport, ...]:
    """What the process does."""
    return diagnose_all(
        brief.patterns,
        RunsView(brief.runs),
        brief.harness,
        [build_analyst(name) for name in brief.analysts],
        timeout_seconds=ANALYST_SECONDS,
    )


def build_analyst(name: str) -> Analyst:
    """``playbook``, or a chat model by the name that ``init_chat_model`` takes."""
    if name == PLAYBOOK:
        return Playbook()
    return ChatModelAnalyst(create_model(name, seed=0), name=name)
