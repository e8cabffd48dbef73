"""Merges: accepted patches put together on the current harness, as a candidate that is measured like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyzers.lint import mechanisms
from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Decision
from flywheel.errors import FlywheelError
from flywheel.history import Judged, find_judged, proposals
from flywheel.project import Project
from flywheel.records import proposal_record
from harness.apply_edits import apply_edits
from harness.edits import AppendText, SetValue, WriteFile
from harness.errors import EditError


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A merge that could be made. ``left_out`` says of each patch that is not in it why; ``tree`` is what it comes to."""

    proposal: Proposal
    control: str
    tree: dict[str, bytes]
    left_out: tuple[str, ...] = ()


def plan_merge(project: Project, wanted: Sequence[str]) -> Merge:
    """What the accepted proposals come to on the current harness; nothing is written.

    Those that are promoted already are in that harness. The best by lower bound goes first; what touches the same file, key
    or middleware as a better one is left out. A merge of one is that patch, to be measured again.

    Raises ``FlywheelError`` where one did not pass the gate, or nothing is left to be merged.
    """
    judged = sorted((_accepted(project, name) for name in wanted), key=lambda each: -each.verdict.interval[0])
    standing = {logged.trailers.get("Flywheel-Experiment") for logged in project.repository.promotions()}
    taken: list[Judged] = [each for each in judged if each.experiment in standing]
    fresh: list[Judged] = []
    left_out: list[str] = []
    for each in judged:
        if each in taken:
            continue
        if clash := _clash(each, taken):
            left_out.append(clash)
            continue
        taken.append(each)
        fresh.append(each)
    if not fresh:
        raise FlywheelError("; ".join(left_out) or "all of it is in the current harness already")
    return _merge(project, taken, fresh, tuple(left_out))


def propose_merge(project: Project, wanted: Sequence[str], *, strict: bool = True) -> Merge:
    """Write a merge down as a proposal and as a candidate commit; doing it twice is doing it once.

    ``strict`` raises ``FlywheelError`` instead of leaving something out.
    """
    merge = plan_merge(project, wanted)
    if strict and merge.left_out:
        raise FlywheelError("; ".join(merge.left_out))
    proposal = merge.proposal
    message = f"{proposal.title}\n\n{proposal.hypothesis}\n"
    project.repository.commit_candidate(merge.tree, message, merge.control, proposal.id)
    if project.ledger.get("proposal", proposal.id) is None:
        project.ledger.append("proposal", proposal.id, proposal_record(proposal))
    if project.ledger.get("merge", proposal.id) is None:
        body: dict[str, Any] = {"control": merge.control, "parents": list(proposal.parents)}
        project.ledger.append("merge", proposal.id, body)
    return merge


def merges_on(project: Project, harness: str) -> tuple[Proposal, ...]:
    """The merges that were made for a harness commit, in the order in which they were made."""
    made = [entry.key for entry in project.ledger.entries("merge") if entry.body["control"] == harness]
    known = {proposal.id: proposal for proposal in proposals(project)}
    return tuple(known[name] for name in made)


def measuring_commands(project: Project, wanted: Sequence[str]) -> str:
    """The commands that put accepted proposals on the current harness and ask the gate about it."""
    first = f"flywheel proposals merge {' '.join(wanted)}"
    try:
        name = plan_merge(project, wanted).proposal.id
    except FlywheelError:
        return first  # it says what is in the way
    return f"{first} && {evaluating_command(project, name, wanted[0])}"


def evaluating_command(project: Project, merge: str, parent: str) -> str:
    """The command that asks the gate about a merge, on the suite of a parent's campaign."""
    entry = project.ledger.get("verdict", find_judged(project, parent).experiment)
    campaign = project.ledger.get("campaign", str(entry.body["campaign"])) if entry else None
    where = f" --suite {campaign.body['suite']} --seed {campaign.body['seed']}" if campaign else ""
    return f"flywheel evaluate flywheel/candidates/{merge} --against HEAD --better{where}"


def _accepted(project: Project, wanted: str) -> Judged:
    judged = find_judged(project, wanted)
    if judged.verdict.decision is not Decision.PROMOTE or judged.verdict.question != "better":
        raise FlywheelError(
            f"{judged.proposal.id} was not let through by the gate ({judged.verdict.decision.value}); only what passed is merged"
        )
    return judged


def _clash(judged: Judged, taken: Sequence[Judged]) -> str:
    """Why a patch cannot stand beside those that are taken; empty where it can."""
    for other in taken:
        if both := _places(judged.proposal) & _places(other.proposal):
            return f"{judged.proposal.id} and {other.proposal.id} both change {min(both)}"
        nested = [
            (mine, its)
            for mine in _places(judged.proposal)
            for its in _places(other.proposal)
            if mine.startswith(f"{its}.") or its.startswith(f"{mine}.")
        ]
        if nested:
            return (
                f"{judged.proposal.id} changes {nested[0][0]} and {other.proposal.id} changes {nested[0][1]}"
            )
    return ""


def _places(proposal: Proposal) -> frozenset[str]:
    """What a patch changes: files, keys of ``harness.toml``, and middleware by what it uses."""
    places: set[str] = set()
    for edit in proposal.edits:
        match edit:
            case AppendText() | WriteFile():
                places.add(edit.path)
            case SetValue():
                places.add(f"harness.toml:{edit.key}")
            case _:
                places.add(f"middleware {edit.use}")
    return frozenset(places)


def _merge(
    project: Project, taken: Sequence[Judged], fresh: Sequence[Judged], left_out: tuple[str, ...]
) -> Merge:
    control = project.repository.current()
    edits = tuple(edit for judged in fresh for edit in judged.proposal.edits)
    try:
        tree = apply_edits(project.repository.tree(control), edits)
    except EditError as error:
        raise FlywheelError(f"this does not apply to the current harness any more: {error}") from error
    parents = tuple(judged.proposal.id for judged in taken)
    name = "/".join([control, *sorted(judged.proposal.id for judged in fresh)])
    touched = mechanisms(edits)
    best = fresh[0].proposal
    proposal = replace(
        best,
        pattern=best.pattern if len(fresh) == 1 else "merge",
        id=f"m-{hashlib.sha256(name.encode()).hexdigest()[:12]}",
        title=f"{'Merge' if len(taken) > 1 else 'Again'}: {'; '.join(judged.proposal.title for judged in taken)}",
        hypothesis="What passed the gate against another harness; gains do not add up, so it is measured on this one.",
        surface=", ".join(dict.fromkeys(judged.proposal.surface for judged in fresh)),
        mechanism=best.mechanism if len(touched) == 1 else "other",
        edits=edits,
        expected_fixes=_union(fresh, "expected_fixes"),
        plausible_breakages=_union(fresh, "plausible_breakages"),
        evidence=tuple(dict.fromkeys(claim for judged in fresh for claim in judged.proposal.evidence)),
        remedy="merge",
        parents=parents,
    )
    return Merge(proposal=proposal, control=control, tree=tree, left_out=left_out)


def _union(judged: Sequence[Judged], field: str) -> tuple[str, ...]:
    return tuple(sorted({task for each in judged for task in getattr(each.proposal, field)}))
