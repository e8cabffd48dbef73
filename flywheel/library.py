"""The library: what was tried, with verdict and effect interval, read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzers.lesson import Came, Lesson, Memory
from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Verdict
from flywheel.library_file import lesson_of
from flywheel.project import Project
from flywheel.records import mapping, names, proposal_of, verdict_of
from harness.ledger import Entry

JUDGED = ("verdict", "refusal")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which lessons are wanted; what is empty chooses nothing out. ``answers`` is a detector, ``came`` a verdict's word."""

    kind: str = ""
    came: str = ""
    answers: str = ""
    reusable: bool = False

    def holds(self, lesson: Lesson) -> bool:
        """Whether a lesson is wanted."""
        return (
            self.kind in {"", lesson.kind}
            and self.came in {"", lesson.came}
            and self.answers in {"", lesson.answers}
            and (lesson.is_reusable or not self.reusable)
        )


def lessons(project: Project) -> tuple[Lesson, ...]:
    """What was tried here, in the order of the latest verdict on each, and then what was imported.

    A proposal that was measured more than once is there with its latest verdict; one that was only refused because it
    could not gain enough is none.
    """
    known = {entry.key: proposal_of(entry.body) for entry in project.ledger.entries("proposal")}
    latest: dict[str, Entry] = {}
    for entry in project.ledger.entries():
        name = str(entry.body.get("proposal", ""))
        if entry.kind in JUDGED and name in known and _says_more(entry, latest.get(name)):
            latest.pop(name, None)
            latest[name] = entry
    answered, undone = _mechanisms(project), _undone(project)
    own = (_own(known[name], entry, answered, undone) for name, entry in latest.items())
    return (*own, *(lesson_of(entry.body) for entry in project.ledger.entries("lesson")))


def memory(project: Project) -> Memory:
    """What analysts and the ranking know of the past: the lessons, and which proposals are not made again unchanged.

    What was only refused because it could not gain enough may be proposed again for another harness, where it may.
    """
    return Memory(
        lessons=lessons(project),
        passed_over=frozenset(
            str(entry.body["proposal"])
            for kind in JUDGED
            for entry in project.ledger.entries(kind)
            if not entry.body.get("cannot_decide")
        ),
    )


def _says_more(entry: Entry, before: Entry | None) -> bool:
    """A verdict says more than any refusal, a later verdict more than an earlier one."""
    if entry.body.get("cannot_decide"):
        return False
    return entry.kind == "verdict" or before is None or before.kind == "refusal"


def _own(proposal: Proposal, entry: Entry, answered: Mapping[str, str], undone: frozenset[str]) -> Lesson:
    is_verdict = entry.kind == "verdict"
    verdict = verdict_of(mapping(entry.body["verdict"])) if is_verdict else None
    return Lesson(
        id=proposal.id,
        pattern="" if proposal.parents else proposal.pattern,
        answers=proposal.answers or answered.get(proposal.pattern, ""),
        remedy=proposal.remedy,
        title=proposal.title,
        surface=proposal.surface,
        mechanism=proposal.mechanism,
        edits=proposal.edits,
        came=_came(verdict),
        reason=verdict.reason if verdict else "; ".join(names(entry.body["problems"])),
        effect=verdict.effect_at_stop if verdict else None,
        interval=verdict.interval if verdict else None,
        groups=verdict.groups_used if verdict else 0,
        analyst=proposal.analyst,
        undone=is_verdict and entry.key in undone,
    )


def _came(verdict: Verdict | None) -> Came:
    if verdict is None:
        return "refused"
    if verdict.question != "better" and verdict.decision == "promote":
        return "inconclusive"  # safe is not better: another harness has no reason to take it over
    return verdict.decision.value


def _mechanisms(project: Project) -> dict[str, str]:
    """The detector of each pattern."""
    return {
        str(entry.body["id"]): str(entry.body["mechanism"]) for entry in project.ledger.entries("pattern")
    }


def _undone(project: Project) -> frozenset[str]:
    """Experiments whose promotion was rolled back."""
    promotions = project.ledger.entries("promotion")
    if not promotions:
        return frozenset()
    standing = {logged.commit for logged in project.repository.promotions()}
    return frozenset(entry.key for entry in promotions if entry.body["commit"] not in standing)
