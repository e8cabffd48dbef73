"""What the ledger says of proposals: what was proposed, judged, promoted and undone."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Verdict
from flywheel.errors import FlywheelError, UnknownName
from flywheel.project import Project
from flywheel.records import mapping, names, proposal_of, verdict_of
from harness.ledger import Entry

LEAST_NAME = 6  # characters of an abbreviated name


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A proposal with the verdict on it. ``experiment`` is the plan's id; commits are full hashes."""

    proposal: Proposal
    experiment: str
    control: str
    candidate: str
    verdict: Verdict


def proposals(project: Project) -> tuple[Proposal, ...]:
    """Every proposal in the ledger, in the order in which they were made."""
    return tuple(proposal_of(entry.body) for entry in project.ledger.entries("proposal"))


def find_proposal(project: Project, wanted: str) -> Proposal:
    """The proposal whose id begins with ``wanted``; raises ``UnknownName`` or ``FlywheelError``."""
    everything = {proposal.id: proposal for proposal in proposals(project)}
    if wanted in everything:
        return everything[wanted]
    matching = [proposal for name, proposal in everything.items() if name.startswith(wanted)]
    if not matching:
        raise UnknownName("proposal", wanted, everything)
    if len(matching) > 1:
        raise FlywheelError(f"{wanted!r} begins {len(matching)} proposal ids; give more of it")
    return matching[0]


def judged_proposals(project: Project) -> tuple[Judged, ...]:
    """Every proposal that has a verdict, in the order of the verdicts."""
    known = {proposal.id: proposal for proposal in proposals(project)}
    return tuple(
        Judged(
            proposal=known[str(entry.body["proposal"])],
            experiment=entry.key,
            control=str(entry.body["control"]),
            candidate=str(entry.body["candidate"]),
            verdict=verdict_of(mapping(entry.body["verdict"])),
        )
        for entry in project.ledger.entries("verdict")
        if str(entry.body["proposal"]) in known
    )


def find_judged(project: Project, wanted: str) -> Judged:
    """The latest verdict on a proposal; raises ``FlywheelError`` where it has none."""
    proposal = find_proposal(project, wanted)
    verdicts = [judged for judged in judged_proposals(project) if judged.proposal.id == proposal.id]
    if not verdicts:
        raise FlywheelError(
            f"{proposal.id} has no verdict: `flywheel optimize` has not measured it, or lint refused it"
        )
    return verdicts[-1]


def find_verdict(project: Project, wanted: str) -> Entry | None:
    """The latest verdict whose experiment or proposal has this id, or one that begins with it (six characters at least).

    ``None`` where nothing is named so; raises ``FlywheelError`` where several are.
    """
    verdicts = project.ledger.entries("verdict")
    named = {entry.key: entry.key for entry in verdicts} | {
        str(entry.body["proposal"]): entry.key for entry in verdicts
    }
    if wanted in named:
        return project.ledger.get("verdict", named[wanted])
    found = {key for name, key in named.items() if len(wanted) >= LEAST_NAME and name.startswith(wanted)}
    if len(found) > 1:
        raise FlywheelError(f"{wanted!r} begins the names of {len(found)} experiments; give more of it")
    return project.ledger.get("verdict", found.pop()) if found else None


def refusal(project: Project, proposal: Proposal) -> str | None:
    """Why lint refused a proposal before any run, if it did."""
    for entry in project.ledger.entries("refusal"):
        if entry.body["proposal"] == proposal.id:
            return "; ".join(names(entry.body["problems"]))
    return None


def is_stale(project: Project, control: str) -> bool:
    """Whether what was measured against a control commit says nothing of the current harness."""
    repository = project.repository
    return repository.tree_hash(control) != repository.tree_hash(repository.current())


def status_of(project: Project, proposal: Proposal) -> str:
    """``proposed``, ``refused``, ``promoted``, ``rolled back``, ``stale``, or the verdict's word (``promote`` waits)."""
    verdicts = [judged for judged in judged_proposals(project) if judged.proposal.id == proposal.id]
    if not verdicts:
        return "refused" if refusal(project, proposal) is not None else "proposed"
    promotion = project.ledger.get("promotion", verdicts[-1].experiment)
    if promotion is None:
        word = verdicts[-1].verdict.decision.value
        if word != "promote":
            return word
        return "stale" if is_stale(project, verdicts[-1].control) else "waiting for promote"
    standing = {logged.commit for logged in project.repository.promotions()}
    return "promoted" if promotion.body["commit"] in standing else "rolled back"
