"""Where earlier rounds failed, read from the ledger, and the weights that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analyzers.boosting import Attention, Round, attention
from analyzers.pattern import Pattern
from benchmarks.gate.verdict import Decision
from flywheel.records import mapping, names
from harness.ledger import Entry, Ledger
from traces.run import Run


def failing_tasks(runs: Iterable[Run]) -> dict[str, float]:
    """The tasks of which a run failed, each with the share of its judged runs that did."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for run in runs:
        if run.task and run.outcome.is_scored:
            counts[run.task].append(run.outcome.value != "passed")
    return {task: round(sum(seen) / len(seen), 4) for task, seen in sorted(counts.items()) if any(seen)}


def earlier_rounds(ledger: Ledger, *, before: str = "") -> tuple[Round, ...]:
    """The rounds after which something was measured, up to the one of that name (``proposed``), which is not among them."""
    found: list[_Made] = []
    for entry in ledger.entries():
        if entry.kind == "proposed":
            if entry.key == before:
                break
            found.append(_Made(entry=entry))
        elif entry.kind == "verdict":
            for made in found:
                made.take(entry)
    return tuple(made.round(ledger) for made in found if made.verdicts)


def attention_now(
    ledger: Ledger, patterns: Sequence[Pattern], failing: Mapping[str, float], *, before: str = ""
) -> Attention:
    """The weights of tasks and patterns in the round of that name, or in one that would come next."""
    return attention(patterns, failing, earlier_rounds(ledger, before=before))


@dataclass(kw_only=True)
class _Made:
    """The proposals of a round and the verdicts on them so far, by proposal."""

    entry: Entry
    verdicts: dict[str, str] = field(default_factory=dict)

    def take(self, verdict: Entry) -> None:
        name = str(verdict.body["proposal"])
        if name in names(self.entry.body["proposals"]):
            self.verdicts[name] = str(mapping(verdict.body["verdict"])["decision"])

    def round(self, ledger: Ledger) -> Round:
        by_pattern: dict[str, list[str]] = defaultdict(list)
        for name, decision in self.verdicts.items():
            proposal = ledger.get("proposal", name)
            if proposal is not None:
                by_pattern[str(proposal.body["pattern"])].append(decision)
        return Round(
            name=self.entry.key,
            failing={task: float(share) for task, share in mapping(self.entry.body.get("failing")).items()},
            missed=frozenset(
                pattern for pattern, said in by_pattern.items() if Decision.PROMOTE.value not in said
            ),
        )
