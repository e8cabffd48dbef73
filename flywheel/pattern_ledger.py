"""Patterns in the ledger: which were found in which round, and what persons said of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from analyzers.correction import Correction
from analyzers.known_pattern import KnownPattern
from analyzers.pattern import Pattern, RoundCount, Signature
from flywheel.records import names
from flywheel.wheel import Mined
from harness.ledger import Ledger
from harness.ledger_entry import Entry

_TERMS = 20


def round_name(number: int, commit: str) -> str:
    """How the ledger names the mining round of a harness commit, or of runs that came from elsewhere."""
    return f"{number}/{commit[:12] or 'imported'}"


def record_patterns(ledger: Ledger, mined: Mined) -> None:
    """Enter a round and the patterns that were found in it; what is entered already stays as it is."""
    name = round_name(mined.round, mined.commit)
    if ledger.get("mining", name) is None:
        counts: dict[str, Any] = {
            "runs": mined.runs,
            "passed": mined.passed,
            "set_apart": dict(mined.set_apart),
        }
        ledger.append("mining", name, {"round": mined.round, "harness": mined.commit, **counts})
    for pattern in mined.patterns:
        key = f"{name}/{pattern.id}"
        if ledger.get("pattern", key) is None:
            ledger.append("pattern", key, _record(pattern, mined))


def known_patterns(ledger: Ledger, *, before: str = "") -> tuple[KnownPattern, ...]:
    """The patterns of the rounds that were entered before the round of that name; of all, where it is not entered yet.

    So a round that is looked at again knows what it knew when it was first mined.
    """
    entries = ledger.entries()
    until = next((e.sequence for e in entries if e.kind == "mining" and e.key == before), None)
    earlier = [e for e in entries if until is None or e.sequence < until]
    rounds = {e.key: _whole(e.body["runs"]) for e in earlier if e.kind == "mining"}
    found: dict[str, list[Entry]] = {}
    for entry in earlier:
        if entry.kind == "pattern":
            rounds.setdefault(_round_of(entry), 0)
            found.setdefault(str(entry.body["id"]), []).append(entry)
    return tuple(_known(seen, rounds) for seen in found.values())


def correct(ledger: Ledger, correction: Correction) -> None:
    """Enter what a person says of a pattern; saying the same again changes nothing."""
    body = _correction_record(correction)
    count = len(ledger.entries("pattern_correction"))
    latest = ledger.entries("pattern_correction")[-1:]
    if latest and latest[0].says(body):
        return
    content = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:10]
    ledger.append("pattern_correction", f"{count + 1}/{correction.pattern}/{content}", body)


def corrections(ledger: Ledger) -> tuple[Correction, ...]:
    """What persons said of patterns, in order."""
    return tuple(_correction(entry.body) for entry in ledger.entries("pattern_correction"))


def _record(pattern: Pattern, mined: Mined) -> dict[str, Any]:
    return {
        "id": pattern.id,
        "round": mined.round,
        "harness": mined.commit,
        "name": pattern.name,
        "cause": pattern.signature.cause,
        "mechanism": pattern.signature.mechanism,
        "part": pattern.part,
        "status": pattern.status,
        "runs": list(pattern.run_ids),
        "also": list(pattern.also),
        "terms": list(pattern.terms[:_TERMS]),
        "merged": list(pattern.merged),
        "share": round(pattern.share, 4),
        "rank": round(pattern.rank, 4),
    }


def _known(seen: Sequence[Entry], rounds: Mapping[str, int]) -> KnownPattern:
    last = seen[-1].body
    counts = {_round_of(entry): len(names(entry.body["runs"])) for entry in seen}
    order = list(rounds)
    since = order[min(order.index(name) for name in counts) :]
    return KnownPattern(
        id=str(last["id"]),
        name=str(last["name"]),
        signature=Signature(cause=str(last["cause"]), mechanism=str(last["mechanism"])),
        # A merged pattern's runs are of several signatures: by them the wrong one would be known again.
        run_ids=() if last.get("merged") else names(last["runs"]),
        terms=names(last.get("terms", ())),
        part=str(last.get("part", "")),
        history=tuple(
            RoundCount(round=name, count=counts.get(name, 0), runs=max(rounds[name], counts.get(name, 0)))
            for name in since
        ),
    )


def _round_of(entry: Entry) -> str:
    return entry.key.rpartition("/")[0]


def _correction_record(correction: Correction) -> dict[str, Any]:
    return {
        "correction": correction.kind,
        "pattern": correction.pattern,
        "name": correction.name,
        "into": correction.into,
        "runs": list(correction.run_ids),
    }


def _correction(body: Mapping[str, Any]) -> Correction:
    return Correction(
        kind=body["correction"],
        pattern=str(body["pattern"]),
        name=str(body["name"]),
        into=str(body["into"]),
        run_ids=names(body["runs"]),
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
