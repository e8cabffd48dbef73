"""Which proposals are measured, and in what order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

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


def rank_proposals(findings: Iterable[Finding], *, tried: Collection[str] = ()) -> tuple[Proposal, ...]:
    """Proposals in the order in which to measure them.

    Near-duplicates (the same change, other numbers or other words) become one, with the predictions and
    evidence of all and the priorities of their patterns added up. What was ``tried`` (proposal ids) is left
    out. First choices of all patterns come before any second choice.
    """
    fresh = [p for finding in findings for p in finding.proposals if p.id not in tried]
    ideas: list[list[Proposal]] = []
    for proposal in sorted(fresh, key=_by_priority):
        idea = next((idea for idea in ideas if alike(idea[0].edits, proposal.edits)), None)
        if idea is None:
            ideas.append([proposal])
        else:
            idea.append(proposal)
    return _in_turns(_merged(idea) for idea in ideas)


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


def _in_turns(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """By choice within the pattern first, then by priority: every pattern has its best shot early."""
    choices: dict[str, int] = {}
    turns = []
    for proposal in sorted(proposals, key=_by_priority):
        choice = choices.get(proposal.pattern, 0)
        choices[proposal.pattern] = choice + 1
        turns.append((choice, *_by_priority(proposal), proposal))
    return tuple(turn[-1] for turn in sorted(turns, key=lambda turn: turn[:-1]))


def _by_priority(proposal: Proposal) -> tuple[float, str]:
    return -round(proposal.priority, 9), proposal.id
