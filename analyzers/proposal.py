"""What an analyst says, and the patch that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from analyzers.analysts.spent import Spent
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from harness.edits import Edit, Tree


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement with the span that shows it and a verbatim quote from that span."""

    text: str
    run_id: str
    span_id: str
    quote: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A patch of one mechanism and its manifest.

    ``id`` is stable for the same surface and edits, whichever pattern they answer: what was tried once
    is known again. ``surface`` is the entry of ``[surfaces]`` that it touches and ``mechanism`` what is
    meant to act: ``middleware:stock:LoopDetection``, ``prompt``, ``limits.steps``,
    ``model.reasoning_effort``, ``tools``. Predictions are task ids of ``mine``. ``parents`` are the proposals that a merge is
    made of; it alone may touch several surfaces. ``answers`` is the detector whose pattern it answers.

    ``priority`` is ``weight`` × ``expected_gain`` ÷ ``test_runs``: the pattern's weight (1 unless earlier rounds failed on it), the
    gain in pass rate that is expected if it works, and the runs that its experiment would take. Before the ranking it is the analyst's
    own: the pattern's rank × what the remedy promises.
    """

    id: str
    pattern: str
    title: str
    hypothesis: str
    surface: str
    mechanism: str
    edits: tuple[Edit, ...]
    expected_fixes: tuple[str, ...]
    plausible_breakages: tuple[str, ...]
    evidence: tuple[Claim, ...]
    remedy: str
    analyst: str = "playbook"
    priority: float = 0.0
    parents: tuple[str, ...] = ()
    answers: str = ""
    weight: float = 1.0
    expected_gain: float = 0.0
    test_runs: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An analyst's diagnosis of a pattern, with the proposals that it makes of it.

    ``refused`` says which of a model's choices code did not take over, and why; ``spent`` what the finding took.
    """

    pattern: str
    analyst: str
    diagnosis: str
    claims: tuple[Claim, ...]
    proposals: tuple[Proposal, ...]
    refused: tuple[str, ...] = ()
    spent: Spent = field(default_factory=Spent)


class Analyst(Protocol):
    """Diagnoses one pattern; sees the mine split only, and of the harness its tree."""

    @property
    def name(self) -> str:
        """Who speaks: ``playbook`` or a model's name."""
        ...

    def diagnose(self, pattern: Pattern, view: MineView, harness: Tree) -> Finding:
        """A finding; an analyst that fails raises, and loses only its own finding."""
        ...
