"""Ledger bodies of proposals and verdicts, and back: what was decided survives as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from analyzers.proposal import Claim, Proposal
from benchmarks.gate.verdict import Decision, EvidencePoint, PairResult, Verdict
from harness import edits
from traces.outcome import Outcome

_EDITS = {
    kind.__name__: kind
    for kind in (
        edits.SetValue,
        edits.AddMiddleware,
        edits.TuneMiddleware,
        edits.RemoveMiddleware,
        edits.AppendText,
        edits.WriteFile,
    )
}


def proposal_record(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON; ``proposal_of`` reads it back."""
    record: dict[str, Any] = _plain(dataclasses.asdict(proposal))
    record["edits"] = [edit_record(edit) for edit in proposal.edits]
    if not proposal.parents:
        del record["parents"]
    return record


def proposal_of(record: Mapping[str, Any]) -> Proposal:
    """The proposal that a ledger entry holds."""
    fields = dict(record)
    fields["edits"] = tuple(edit_of(entry) for entry in fields["edits"])
    fields["evidence"] = tuple(Claim(**claim) for claim in fields["evidence"])
    for name in ("expected_fixes", "plausible_breakages", "parents"):
        fields[name] = tuple(fields.get(name, ()))
    return Proposal(**fields)


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON; ``verdict_of`` reads it back."""
    record: dict[str, Any] = _plain(dataclasses.asdict(verdict))
    return record


def verdict_of(record: Mapping[str, Any]) -> Verdict:
    """The verdict that a ledger entry holds."""
    fields = dict(record)
    fields["decision"] = Decision(fields["decision"])
    fields["interval"] = tuple(fields["interval"])
    fields["pairs"] = tuple(pair_of(pair) for pair in fields["pairs"])
    fields["evidence"] = tuple(EvidencePoint(**point) for point in fields["evidence"])
    for name in ("blocking_runs", "notes"):
        fields[name] = tuple(fields[name])
    return Verdict(**fields)


def pair_record(pair: PairResult) -> dict[str, Any]:
    """A pair of runs as JSON; ``pair_of`` reads it back."""
    record: dict[str, Any] = _plain(dataclasses.asdict(pair))
    return record


def pair_of(record: Mapping[str, Any]) -> PairResult:
    """A pair of runs that a ledger entry holds."""
    fields = dict(record)
    for name in ("control_outcome", "candidate_outcome"):
        fields[name] = Outcome(fields[name])
    return PairResult(**fields)


def mapping(value: object) -> Mapping[str, Any]:
    """A part of a ledger body that is an object; empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def names(value: object) -> tuple[str, ...]:
    """A part of a ledger body that is a list of names; empty where it is none."""
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()


def edit_record(edit: edits.Edit) -> dict[str, Any]:
    """An edit as JSON; ``edit_of`` reads it back."""
    return {"edit": type(edit).__name__, **_plain(dataclasses.asdict(edit))}


def edit_of(entry: Mapping[str, Any]) -> edits.Edit:
    """The edit that a record holds; raises ``KeyError`` or ``TypeError`` for what is none."""
    fields = dict(entry)
    kind = _EDITS[fields.pop("edit")]
    if "parameters" in fields:
        fields["parameters"] = {key: _tuple(value) for key, value in fields["parameters"].items()}
    if "value" in fields:
        fields["value"] = _tuple(fields["value"])
    edit: edits.Edit = kind(**fields)
    return edit


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Tuples as lists and enums as their values, all the way down."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return _finite(value)
    return value.value if isinstance(value, Decision | Outcome) else value


def _finite(value: float) -> float:
    """JSON knows no infinities: a wealth beyond all bounds is written as the largest float."""
    largest = 1.7976931348623157e308
    return max(-largest, min(largest, value))
