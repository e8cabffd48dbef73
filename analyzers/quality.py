"""Which runs may enter the loop: bad observations spin the wheel in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from traces.outcome import Outcome
from traces.run import ModelCall, Run

ENOUGH_VERDICTS = 20
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "errored": "infrastructure or verifier broke, which says nothing of the agent",
        "rootless": "the span of the run itself is missing",
        "truncated": "spans are missing",
        "duplicate": "the same observation again",
        "unknown": "no verdict, where others have one; `flywheel traces label` gives it",
    }
)


@dataclass(frozen=True, kw_only=True)
class Sifted:
    """``kept`` in the order given; ``set_apart`` maps a reason to the ids of the runs it kept out.

    The reasons are those of ``REASONS``. ``rests_on_outcomes`` is decided here, once: whether enough of the given
    runs have a verdict to compare failures with passes, or patterns rest on signals alone.
    """

    kept: tuple[Run, ...]
    set_apart: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rests_on_outcomes: bool = True


def rests_on_outcomes(runs: Iterable[Run]) -> bool:
    """Whether enough runs have a verdict to compare failures with passes: half of them, or twenty.

    A first label must not throw out all the runs that nobody has judged yet.
    """
    everything = tuple(runs)
    scored = sum(run.outcome.is_scored for run in everything)
    return scored >= ENOUGH_VERDICTS or 0 < len(everything) <= 2 * scored


def sift(runs: Iterable[Run]) -> Sifted:
    """Keep what can be counted. Runs without a verdict stay where too few have one (``rests_on_outcomes``)."""
    seen: set[str] = set()
    good: list[Run] = []
    apart: dict[str, list[str]] = {}
    for run in runs:
        reason = _defect(run, seen)
        if reason is None:
            good.append(run)
            seen.update(_identities(run))
        else:
            apart.setdefault(reason, []).append(run.run_id)
    judged = not good or rests_on_outcomes(good)
    kept = tuple(run for run in good if run.outcome.is_scored or not judged)
    unlabelled = [run.run_id for run in good if judged and not run.outcome.is_scored]
    if unlabelled:
        apart["unknown"] = unlabelled
    return Sifted(
        kept=kept,
        set_apart={reason: tuple(apart[reason]) for reason in sorted(apart)},
        rests_on_outcomes=judged,
    )


def _defect(run: Run, seen: set[str]) -> str | None:
    if run.outcome is Outcome.ERRORED:
        return "errored"
    if run.root is None:
        return "rootless"
    if _is_truncated(run):
        return "truncated"
    return None if seen.isdisjoint(_identities(run)) else "duplicate"


def _is_truncated(run: Run) -> bool:
    """Whether spans are missing: an unknown parent, a root that never ended, or nothing below an unjudged root."""
    root = run.root
    known = {span.span_id for span in run.spans}
    orphaned = any(
        span.parent_id is not None and span.parent_id not in known for span in run.spans if span is not root
    )
    never_ended = root is not None and root.end_ns < root.start_ns
    return orphaned or never_ended or (not run.steps and not run.outcome.is_scored)


def _identities(run: Run) -> tuple[str, ...]:
    """What two observations of the same thing have in common; runs alike by chance differ in the seed."""
    names = [f"id:{run.run_id}"]
    if run.digest:
        origin = "\n".join((run.digest, run.task, run.harness_tree or run.harness_commit, str(run.seed)))
        names.append(f"digest:{origin}")
    elif not run.key and len(run.steps) >= 3:
        content = _content(run)
        names.extend([f"content:{content}"] if content else [])
    return tuple(names)


def _content(run: Run) -> str:
    """A hash of what was said and done with its times, by which a trace imported twice is known again."""
    texts = [
        step.text if isinstance(step, ModelCall) else step.arguments_text + step.result for step in run.steps
    ]
    if not any(texts):
        return ""
    stamped = "\n".join(f"{step.start_ns} {text}" for step, text in zip(run.steps, texts, strict=True))
    return hashlib.sha256(stamped.encode("utf-8", "surrogatepass")).hexdigest()
