"""The analyst that needs no model: it knows a remedy for every signal."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.drafting import draft, passing_tasks_that_show
from analyzers.lesson import Memory
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Claim, Finding, Proposal
from analyzers.remedies.catalogue import remedies_for
from analyzers.remedies.remedy import Remedy
from analyzers.span_text import quote_of
from analyzers.surface_kind import surface_kind
from harness.edits import Tree
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest

_MOST_CLAIMS = 3
_MOST_PROPOSALS = 4
_PROMISE = 0.6  # each further choice is worth this much of the one before
_COMPANION = 0.5  # what cures something that merely comes along is worth half


class Playbook:
    """Looks a pattern's mechanism up among the known remedies; the same input gives the same finding.

    What ``memory`` has seen fail is not proposed again unchanged, and a kind of surface that failed twice comes last.
    """

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()

    @property
    def name(self) -> str:
        """``playbook``."""
        return "playbook"

    def diagnose(self, pattern: Pattern, view: MineView, harness: Tree) -> Finding:
        """Claims from the signals' spans, and up to four proposals, the most promising first.

        Raises ``KeyError`` where a run of the pattern is not in the view, ``ManifestError`` for a harness
        that does not load.
        """
        manifest = parse_manifest(harness)
        claims = claims_for(pattern, view)
        proposals = tuple(self._proposals(pattern, manifest, claims, view))
        return Finding(
            pattern=pattern.id,
            analyst=self.name,
            diagnosis=_diagnosis(pattern),
            claims=claims,
            proposals=proposals[:_MOST_PROPOSALS],
        )

    def _proposals(
        self, pattern: Pattern, manifest: Manifest, claims: tuple[Claim, ...], view: MineView
    ) -> Iterator[Proposal]:
        breakages = passing_tasks_that_show(pattern.signature.mechanism, view)
        spent = self._memory.spent(pattern.id)
        drafts = self._drafts(pattern, manifest, claims, breakages)
        fresh = [proposal for proposal in drafts if proposal.id not in self._memory.passed_over]
        yield from sorted(fresh, key=lambda proposal: surface_kind(proposal.edits) in spent)

    def _drafts(
        self, pattern: Pattern, manifest: Manifest, claims: tuple[Claim, ...], breakages: tuple[str, ...]
    ) -> Iterator[Proposal]:
        for remedy, promise in remedies_with_promise(pattern):
            proposal = draft(
                remedy,
                pattern,
                manifest,
                claims=claims,
                breakages=breakages,
                analyst=self.name,
                priority=pattern.rank * promise,
            )
            if proposal is not None:
                yield proposal


def remedies_with_promise(pattern: Pattern) -> tuple[tuple[Remedy, float], ...]:
    """Remedies of the mechanism, then of what comes along with it, each with its promise within 0..1."""
    found: dict[str, tuple[Remedy, float]] = {}
    for detector in (pattern.signature.mechanism, *pattern.companions):
        share = 1.0 if detector == pattern.signature.mechanism else _COMPANION
        for position, remedy in enumerate(remedies_for(detector)):
            found.setdefault(remedy.name, (remedy, share * _PROMISE**position))
    return tuple(sorted(found.values(), key=lambda pair: -pair[1]))


def claims_for(pattern: Pattern, view: MineView) -> tuple[Claim, ...]:
    """The signals of the medoid and the typical runs, each with a quote from a span that shows it."""
    claims = []
    wanted = (pattern.medoid, *pattern.typical)
    signals = sorted(
        (signal for signal in pattern.signals if signal.run_id in wanted),
        key=lambda signal: wanted.index(signal.run_id),
    )
    for signal in signals[:_MOST_CLAIMS]:
        spans = {span.span_id: span for span in view.run(signal.run_id).spans}
        quotes = (
            (span_id, quote_of(spans[span_id], signal.shows))
            for span_id in signal.span_ids
            if span_id in spans
        )
        span_id, quote = next(((span_id, quote) for span_id, quote in quotes if quote), ("", ""))
        if quote:
            claims.append(Claim(text=signal.sentence, run_id=signal.run_id, span_id=span_id, quote=quote))
    return tuple(claims)


def _diagnosis(pattern: Pattern) -> str:
    low, high = (round(100 * end) for end in pattern.contrast.interval)
    compared = {
        "task": f"{low} to {high} points more often than in passes of the same tasks",
        "repository": f"{low} to {high} points more often than in passes of the same repositories",
        "suite": f"{low} to {high} points more often than in passes (not adjusted for how hard tasks are)",
        "none": "no passing run to compare with",
    }[pattern.contrast.basis]
    return f"{pattern.name}: {len(pattern.run_ids)} runs, {pattern.share:.0%} of all failures; {compared}."
