"""Looks: which results of ``gate`` and ``sealed`` anybody read, and so which runs no analyst may see."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Sequence

from benchmarks.task import Split
from flywheel.records import names
from harness.ledger import JsonValue, Ledger
from harness.runs import run_id

ATTEMPTS = range(1, 17)  # two retries, and one more for every time that a kill cut the run short


def record_look(
    ledger: Ledger,
    key: str,
    *,
    split: Split,
    groups: Iterable[str],
    run_keys: Sequence[str],
    candidate: str,
    why: str,
    suite: str = "",
) -> None:
    """Write the look before its first run starts; writing the same look again changes nothing.

    ``suite`` is left out where the looker does not know it; the groups tell then.
    """
    if ledger.get("look", key) is not None:
        return
    body: dict[str, JsonValue] = {
        "split": split.value,
        "groups": sorted(set(groups)),
        "candidate": candidate,
        "why": why,
        "who": _who(),
        "run_keys": list(run_keys),
    }
    ledger.append("look", key, {**body, "suite": suite} if suite else body)


def held_out_run_ids(ledger: Ledger) -> frozenset[str]:
    """Every run id of every attempt that a look covers: what a MineView must not show."""
    return frozenset(run_id(key, attempt) for key in held_out_keys(ledger) for attempt in ATTEMPTS)


def held_out_keys(ledger: Ledger) -> frozenset[str]:
    """Every run key that a look covers."""
    return frozenset(key for entry in ledger.entries("look") for key in names(entry.body["run_keys"]))


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
