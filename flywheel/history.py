"""What the ledger says of proposals: what was proposed, judged, promoted and undone."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Verdict
from flywheel.errors import FlywheelError, UnknownName
from flywheel.project import Project
from flywheel.records import mapping, names, proposal_of, verdict_of
from harness.ledger import Entry
from harness.repository import CANDIDATES

LEAST_NAME = 6  # characters of an abbreviated name


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A proposal with the verdict on it. ``experiment`` is the plan's id; commits are full hashes."""

    proposal: Proposal
    experiment: str
    control: str
    candidate: str
    verdict: Verdict

    @property
    def name(self) -> str:
        """What people call it."""
        return self.proposal.id

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        return self.proposal.title


@dataclass(frozen=True, kw_only=True)
class EvaluatedCommit:
    """A commit that somebody made and ``evaluate`` judged. ``experiment`` is the plan's id; ``title`` its subject."""

    experiment: str
    control: str
    candidate: str
    verdict: Verdict
    title: str

    @property
    def name(self) -> str:
        """What people call it."""
        return f"experiment {self.experiment}"


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


def find_promotable(project: Project, wanted: str) -> Judged | EvaluatedCommit:
    """The proposal or experiment of this name with the latest verdict on it.

    A proposal that ``evaluate`` judged as a commit (a merge) is that commit. Raises ``UnknownName`` or ``FlywheelError``.
    """
    entry = find_verdict(project, wanted) or _verdict_on_commit(project, wanted)
    if entry is None:
        known = [proposal.id for proposal in proposals(project)]
        if any(name.startswith(wanted) for name in known):
            return find_judged(project, wanted)
        raise UnknownName(
            "proposal or experiment", wanted, [*known, *map(_key, project.ledger.entries("verdict"))]
        )
    proposal = {proposal.id: proposal for proposal in proposals(project)}.get(str(entry.body["proposal"]))
    verdict = verdict_of(mapping(entry.body["verdict"]))
    control, candidate = (_here(project, entry, arm) for arm in ("control", "candidate"))
    if proposal is not None:
        return Judged(
            proposal=proposal, experiment=entry.key, control=control, candidate=candidate, verdict=verdict
        )
    subject = project.repository.git.run("show", "-s", "--format=%s", candidate).decode(errors="replace")
    return EvaluatedCommit(
        experiment=entry.key, control=control, candidate=candidate, verdict=verdict, title=subject.strip()
    )


def _here(project: Project, verdict: Entry, arm: str) -> str:
    """The commit of an arm; raises ``FlywheelError`` where this clone does not have it."""
    commit = str(verdict.body[arm])
    if project.repository.git.find(commit) is None:
        raise FlywheelError(
            f"the {arm} {commit[:12]} of experiment {verdict.key} is not in this clone: fetch its branch, or go to the "
            "repository in which it was measured (candidates of `flywheel optimize` stay there)"
        )
    return commit


def _verdict_on_commit(project: Project, proposal: str) -> Entry | None:
    """The latest verdict on the candidate commit of a proposal that was judged under no name of its own."""
    commit = project.repository.git.find(f"{CANDIDATES}/{proposal}")
    found = [entry for entry in project.ledger.entries("verdict") if entry.body["candidate"] == commit]
    return found[-1] if commit and found else None


def _key(entry: Entry) -> str:
    return entry.key


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
