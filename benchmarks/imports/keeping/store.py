"""Keeps imported suites below the cache: one checked file per task, and one that says which make a suite."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import SuiteError
from benchmarks.imports.keeping.records import read_task, task_record
from benchmarks.imports.refusal import Reason, Refusal, RefusedError
from benchmarks.imports.trial import Outcome
from benchmarks.splits import assign_splits
from benchmarks.suite_cache import read_cached, write_cached
from benchmarks.task import Split, Suite

FOLDER = "imported"
_PASSING = frozenset({Reason.TIMES_OUT, Reason.NEEDS_IMAGE, Reason.NEEDS_DOCKER, Reason.IMAGE_FAILS})
VERSION = "1"  # of what an importer makes of a folder; a new one checks every task again
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_INDEX = "suite.json"
_SUITE_KEY = {"kind": "imported suite", "version": VERSION}


@dataclass(frozen=True, kw_only=True)
class ImportedSuite:
    """What is known of a suite beside its tasks. ``digests`` maps a task's id to its content's hash."""

    name: str
    splits: bool
    source: str
    licence: str
    digests: Mapping[str, str]
    refused: tuple[Outcome, ...] = ()

    @property
    def version(self) -> str:
        """A hash of all tasks' contents: 12 hexadecimal digits."""
        text = "\n".join(f"{task} {digest}" for task, digest in sorted(self.digests.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def description(self) -> str:
        """A sentence for the list of suites."""
        held_out = "splits mine, gate and sealed" if self.splits else "no held-out splits"
        source = self.source if len(self.source) <= 60 else "…" + self.source[-59:]
        return f"imported from {source} ({self.licence}), {len(self.digests)} tasks; {held_out}"


class ImportStore:
    """The imported suites below one cache folder."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER

    def names(self) -> tuple[str, ...]:
        """The suites that are whole, in the order of their names."""
        files = self._folder.glob(f"*/{_INDEX}")
        return tuple(sorted(file.parent.name for file in files if _NAME.fullmatch(file.parent.name)))

    def find(self, name: str) -> ImportedSuite | None:
        """A suite's description, or ``None`` where there is none that can be trusted."""
        if _NAME.fullmatch(name) is None:
            return None
        kept = read_cached(self._folder / name / _INDEX, key=_SUITE_KEY)
        return _read_index(kept[0]) if kept else None

    def load(self, name: str) -> Suite:
        """A suite with its splits; raises ``SuiteError`` where it is not whole."""
        known = self.find(name)
        if known is None:
            raise SuiteError(f"the imported suite {name!r} is damaged; import it again")
        tasks = []
        for task, digest in known.digests.items():
            kept = self._kept(name, digest)
            outcome = _read_outcome(kept) if kept else None
            if outcome is None or outcome.task is None:
                raise SuiteError(f"task {task!r} of the imported suite {name!r} is damaged; import it again")
            tasks.append(outcome.task)
        groups = [task.group for task in tasks]
        splits = assign_splits(groups, key=name) if known.splits else dict.fromkeys(groups, Split.MINE)
        return Suite(name=name, tasks=tuple(tasks), splits=splits)

    def recall(self, name: str, digest: str, *, machine: str) -> Outcome | None:
        """What came of a task with this content before.

        A refusal only counts where it was given on the same ``machine``, and never for taking too long or for an image,
        which may have come since.
        """
        kept = self._kept(name, digest)
        outcome = _read_outcome(kept) if kept else None
        if kept is None or outcome is None or outcome.accepted:
            return outcome
        passing = any(refusal.reason in _PASSING for refusal in outcome.refusals)
        return None if passing or kept.get("machine") != machine else outcome

    def keep(self, name: str, digest: str, outcome: Outcome, *, machine: str) -> None:
        """Keep what came of a task; raises ``SuiteError`` where the disk does not take it."""
        record = {**_outcome_record(outcome), "machine": machine}
        self._write(self._task_file(name, digest), _task_key(digest), record)

    def keep_suite(self, suite: ImportedSuite) -> None:
        """Make a suite of kept tasks; the last step of an import."""
        self._write(self._folder / suite.name / _INDEX, _SUITE_KEY, _index_record(suite))

    def _kept(self, name: str, digest: str) -> dict[str, Any] | None:
        kept = read_cached(self._task_file(name, digest), key=_task_key(digest))
        return kept[0] if kept else None

    def _task_file(self, name: str, digest: str) -> Path:
        return self._folder / name / "tasks" / f"{digest}.json"

    def _write(self, file: Path, key: Mapping[str, str], record: Mapping[str, Any]) -> None:
        write_cached(file, key=key, records=[record])
        if read_cached(file, key=key) is None:
            raise SuiteError(f"{file} cannot be written; is the disk full or read-only?")


def checked_name(name: str, *, taken: Iterable[str]) -> str:
    """A name that an imported suite may have; raises ``SuiteError``."""
    if _NAME.fullmatch(name) is None:
        raise SuiteError(f"{name!r} cannot be a suite's name: small letters, digits and -, at most 40")
    if name in taken:
        raise SuiteError(f"{name!r} is a suite of its own; choose another name")
    return name


def _task_key(digest: str) -> dict[str, str]:
    return {"kind": "imported task", "version": VERSION, "digest": digest}


def _outcome_record(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "format": outcome.format,
        "task": task_record(outcome.task, licence=outcome.licence) if outcome.task else None,
        "refusals": [
            {"reason": refusal.reason.value, "detail": refusal.detail} for refusal in outcome.refusals
        ],
    }


def _read_outcome(record: Mapping[str, Any]) -> Outcome | None:
    try:
        return Outcome(
            id=record["id"],
            format=record["format"],
            task=read_task(record["task"]) if record["task"] else None,
            refusals=tuple(
                Refusal(reason=Reason(refusal["reason"]), detail=refusal["detail"])
                for refusal in record["refusals"]
            ),
        )
    except (KeyError, TypeError, ValueError, RefusedError):
        return None


def _index_record(suite: ImportedSuite) -> dict[str, Any]:
    return {
        "name": suite.name,
        "splits": suite.splits,
        "source": suite.source,
        "licence": suite.licence,
        "version": suite.version,
        "digests": dict(suite.digests),
        "refused": [_outcome_record(outcome) for outcome in suite.refused],
    }


def _read_index(record: Mapping[str, Any]) -> ImportedSuite | None:
    try:
        refused = [_read_outcome(outcome) for outcome in record["refused"]]
        return ImportedSuite(
            name=record["name"],
            splits=record["splits"],
            source=record["source"],
            licence=record["licence"],
            digests=record["digests"],
            refused=tuple(outcome for outcome in refused if outcome is not None),
        )
    except (KeyError, TypeError):
        return None
