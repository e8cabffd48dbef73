"""Which proposals are measured, and in what order."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from analyzers.boosting import Attention
from analyzers.lesson import Memory
from analyzers.proposal import Finding, Proposal
from analyzers.surface_kind import SurfaceKind, surface_kind, turns_after
from harness.edits import (
    AddMiddleware,
    AppendText,
    Edit,
    RemoveMiddleware,
    SetValue,
    TuneMiddleware,
    WriteFile,
)

_ALIKE = 0.7  # shared words over all words, from which on two texts say the same


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known beside the findings when proposals are put in order.

    ``failure_rate`` is the share of the mined runs that failed; ``attention`` the patterns' weights. ``runs`` tells how many
    runs the experiment takes on a proposal that is expected to gain so much, in pass rate within 0..1.
    """

    memory: Memory = field(default_factory=Memory)
    attention: Attention = field(default_factory=Attention)
    failure_rate: float = 1.0
    runs: Callable[[float], float] = lambda _: 1.0


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """A proposal and its place among those of its finding, 0 for the first choice."""

    proposal: Proposal
    choice: int


def rank_proposals(
    findings: Iterable[Finding], *, tried: Collection[str] = (), standing: Standing | None = None
) -> tuple[Proposal, ...]:
    """Proposals in the order in which to measure them: by weight × expected gain ÷ cost of testing.

    Near-duplicates (the same change, other numbers or other words) become one, with the predictions and
    evidence of all and the gains of their patterns added up. What was ``tried`` (proposal ids) is left
    out. First choices of all patterns come before any second choice. Where a pattern was answered in vain twice on one kind of
    surface, the other kinds are its first choices, beginning with the next in turn.
    """
    known = standing or Standing()
    out = {*tried, *known.memory.passed_over}
    ideas: list[list[_Ranked]] = []
    for ranked in sorted((r for finding in findings for r in _ranked(finding, out, known)), key=_by_priority):
        same = (idea for idea in ideas if alike(idea[0].proposal.edits, ranked.proposal.edits))
        idea = next(same, None)
        if idea is None:
            ideas.append([ranked])
        else:
            idea.append(ranked)
    merged = (
        (min(ranked.choice for ranked in idea), _costed(_merged([r.proposal for r in idea]), known))
        for idea in ideas
    )
    return tuple(proposal for _, proposal in sorted(merged, key=lambda pair: (pair[0], *_order(pair[1]))))


def alike(first: Sequence[Edit], second: Sequence[Edit]) -> bool:
    """Whether two patches are the same change in essence."""
    return len(first) == len(second) and all(
        type(a) is type(b) and _target(a) == _target(b) and _say_the_same(_words(a), _words(b))
        for a, b in zip(first, second, strict=True)
    )


def _target(edit: Edit) -> tuple[str, ...]:
    """What an edit changes, without the value that it gives it."""
    match edit:
        case AddMiddleware() | TuneMiddleware():
            return edit.use, *sorted(edit.parameters)
        case RemoveMiddleware():
            return (edit.use,)
        case SetValue():
            return (edit.key,)
        case AppendText() | WriteFile():
            return (edit.path,)


def _words(edit: Edit) -> frozenset[str]:
    text = getattr(edit, "text", getattr(edit, "content", ""))
    return frozenset(re.findall(r"\w+", text.lower()))


def _say_the_same(first: frozenset[str], second: frozenset[str]) -> bool:
    return len(first & second) >= _ALIKE * len(first | second)


def _merged(idea: Sequence[Proposal]) -> Proposal:
    """One proposal for all that mean the same; several voices for one pattern count once."""
    by_pattern = {proposal.pattern: proposal for proposal in reversed(idea)}.values()
    gain = sum(proposal.expected_gain for proposal in by_pattern)
    priority = sum(proposal.priority for proposal in by_pattern)
    return replace(
        idea[0],
        expected_fixes=tuple(sorted({task for proposal in idea for task in proposal.expected_fixes})),
        plausible_breakages=tuple(
            sorted({task for proposal in idea for task in proposal.plausible_breakages})
        ),
        evidence=tuple(dict.fromkeys(claim for proposal in idea for claim in proposal.evidence)),
        expected_gain=gain,
        weight=priority / gain if gain > 0.0 else idea[0].weight,
        priority=priority,
    )


def _valued(proposal: Proposal, known: Standing) -> Proposal:
    """With what it is expected to gain, and how much that weighs."""
    success = known.memory.success(proposal.remedy, proposal.mechanism)
    gain = proposal.priority * known.failure_rate * success
    weight = known.attention.of(proposal.pattern)
    return replace(proposal, expected_gain=gain, weight=weight, priority=weight * gain)


def _costed(proposal: Proposal, known: Standing) -> Proposal:
    runs = known.runs(proposal.expected_gain)
    return replace(proposal, test_runs=runs, priority=proposal.priority / runs)


def _ranked(finding: Finding, out: Collection[str], known: Standing) -> list[_Ranked]:
    """What is left of a finding's proposals, counted from its best; those on a spent kind of surface come last."""
    spent = known.memory.spent(finding.pattern)
    fresh = sorted(
        (_valued(proposal, known) for proposal in finding.proposals if proposal.id not in out),
        key=lambda proposal: (*_turn(proposal, spent), *_order(proposal)),
    )
    return [_Ranked(proposal=proposal, choice=choice) for choice, proposal in enumerate(fresh)]


def _turn(proposal: Proposal, spent: Sequence[SurfaceKind]) -> tuple[bool, int]:
    kind = surface_kind(proposal.edits)
    return kind in spent, turns_after(kind, spent[-1]) if spent else 0


def _by_priority(ranked: _Ranked) -> tuple[float, str, str]:
    return *_order(ranked.proposal), ranked.proposal.pattern


def _order(proposal: Proposal) -> tuple[float, str]:
    return -round(proposal.priority, 9), proposal.id
