"""Which proposals are measured, and in what order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from analyzers.proposal import Finding, Proposal
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
class _Ranked:
    """A proposal and its place among those of its finding, 0 for the first choice."""

    proposal: Proposal
    choice: int


def rank_proposals(findings: Iterable[Finding], *, tried: Collection[str] = ()) -> tuple[Proposal, ...]:
    """Proposals in the order in which to measure them.

    Near-duplicates (the same change, other numbers or other words) become one, with the predictions and
    evidence of all and the priorities of their patterns added up. What was ``tried`` (proposal ids) is left
    out. First choices of all patterns come before any second choice.
    """
    ideas: list[list[_Ranked]] = []
    for ranked in sorted((r for finding in findings for r in _ranked(finding, tried)), key=_by_priority):
        same = (idea for idea in ideas if alike(idea[0].proposal.edits, ranked.proposal.edits))
        idea = next(same, None)
        if idea is None:
            ideas.append([ranked])
        else:
            idea.append(ranked)
    merged = ((min(ranked.choice for ranked in idea), _merged([r.proposal for r in idea])) for idea in ideas)
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
    return replace(
        idea[0],
        expected_fixes=tuple(sorted({task for proposal in idea for task in proposal.expected_fixes})),
        plausible_breakages=tuple(
            sorted({task for proposal in idea for task in proposal.plausible_breakages})
        ),
        evidence=tuple(dict.fromkeys(claim for proposal in idea for claim in proposal.evidence)),
        priority=sum({proposal.pattern: proposal.priority for proposal in reversed(idea)}.values()),
    )


def _ranked(finding: Finding, tried: Collection[str]) -> list[_Ranked]:
    """What is left of a finding's proposals, counted from its best."""
    fresh = sorted((proposal for proposal in finding.proposals if proposal.id not in tried), key=_order)
    return [_Ranked(proposal=proposal, choice=choice) for choice, proposal in enumerate(fresh)]


def _by_priority(ranked: _Ranked) -> tuple[float, str, str]:
    return *_order(ranked.proposal), ranked.proposal.pattern


def _order(proposal: Proposal) -> tuple[float, str]:
    return -round(proposal.priority, 9), proposal.id
