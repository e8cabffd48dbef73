"""The ledger: every decision about a harness, on a branch that rollbacks do not touch."""

from __future__ import annotations

import threading
import time as time_module
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Protocol

from harness.errors import LedgerError, RepositoryError
from harness.git_commands import ABSENT, GitCommands
from harness.ledger_entry import Entry, JsonValue, new_entry
from harness.ledger_remote import REFERENCE, fetch_ledger, push_ledger
from harness.ledger_view import LedgerView, extended, read_view, write_entry
from traces.redaction import Redactor

__all__ = ["Entry", "JsonValue", "Ledger"]

ATTEMPTS = 100  # at one append; each lost race means that somebody else's append got through
REMOTE_ATTEMPTS = 10
TRACKING = "refs/remotes/origin/flywheel/ledger"  # where a plain clone has it


class Holder(Protocol):
    """A git repository that can hold a ledger: a harness repository, or a folder's own."""

    @property
    def git(self) -> GitCommands:
        """Its git commands."""
        ...


class Ledger:
    """Entries on the orphan branch ``flywheel/ledger`` of a repository, appended and never changed.

    ``clock`` gives seconds since the epoch. Secrets that the redaction rules know are taken out of bodies
    before they are written. Safe to share between threads and processes. Reading raises
    ``LedgerError`` where the branch holds anything but an unbroken chain of entries.
    """

    def __init__(self, repository: Holder, *, clock: Callable[[], float] = time_module.time) -> None:
        self._git = repository.git
        self._clock = clock
        self._redactor = Redactor()
        self._view = LedgerView()
        self._updating = threading.RLock()

    def append(
        self,
        kind: str,
        key: str,
        body: Mapping[str, JsonValue],
        *,
        time: str | None = None,
        remote: str | None = None,
    ) -> Entry:
        """Append an entry; the name (``kind``, ``key``) with an equal body is answered by the entry that is there.

        With ``remote`` (such as ``origin``) its entries are taken over first and ours pushed to it. Raises
        ``LedgerError`` if the name stands for another body, or if the remote cannot be reached.
        """
        if remote is not None:
            self.synchronise(remote)
        with self._updating:
            entry = self._append(kind, key, self._redacted(body), time or self._now())
        if remote is not None:
            self.synchronise(remote)
        return self._current().names[kind, key] if remote is not None else entry

    def entries(self, kind: str | None = None) -> tuple[Entry, ...]:
        """All entries in order, or those of one kind."""
        return tuple(entry for entry in self._current().entries if kind is None or entry.kind == kind)

    def get(self, kind: str, key: str) -> Entry | None:
        """The entry of that name, if there is one."""
        return self._current().names.get((kind, key))

    def verify(self) -> int:
        """Read everything anew and check the chain and the branch's history; returns the number of entries.

        Raises ``LedgerError`` if an entry was changed or removed, now or at any time in the past.
        """
        tip = self._tip()
        count = len(self._read(tip, LedgerView()).entries)
        if tip is not None:
            options = ("--format=", "--name-only", "--no-renames", "--first-parent", "-m", "--diff-filter=a")
            if names := self._git.run("log", *options, tip, "--").decode().split():
                raise LedgerError(f"ledger: {names[0]} was changed or removed by a later commit")
        return count

    def synchronise(self, remote: str, *, yielding: Collection[str] = ()) -> None:
        """Take over a remote's entries, put ours that it lacks after them, and push; bounded retries.

        Where both wrote an entry of one name with different bodies, theirs stands for the kinds that are ``yielding``,
        and what hangs on ours is to be read anew; any other kind raises ``LedgerError``.
        """
        for _ in range(REMOTE_ATTEMPTS):
            theirs = fetch_ledger(self._git, remote)
            with self._updating:
                self._adopt(theirs, yielding)
                tip = self._tip()
            if tip is None or push_ledger(self._git, remote, tip):
                return
        raise LedgerError(
            f"the ledger at {remote!r} moved {REMOTE_ATTEMPTS} times while ours was pushed; try again"
        )

    def _append(self, kind: str, key: str, body: Mapping[str, JsonValue], time: str) -> Entry:
        for attempt in range(ATTEMPTS):
            view = self._current()
            entry = new_entry(kind, key, body, time=time, after=view.last)
            if (there := view.names.get((kind, key))) is not None:
                return _same(there, body)
            tree, blob = write_entry(self._git, view, entry)
            tip = self._commit(tree, view.tip, entry)
            if self._git.move(
                REFERENCE, to=tip, expected=view.tip if view.tip and self._branch() else ABSENT
            ):
                self._view = extended(view, tip, entry, blob)
                return entry
            time_module.sleep(0.001 * min(attempt, 20))  # real time: another process holds the reference
        lock = self._git.folder / f"{REFERENCE}.lock"
        raise LedgerError(
            f"the ledger moved {ATTEMPTS} times under an append; try again (if no git runs, remove {lock})"
        )

    def _redacted(self, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        return {self._redactor.redact(name): self._redacted_value(value) for name, value in body.items()}

    def _redacted_value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self._redactor.redact(value)
        if isinstance(value, Mapping):
            return self._redacted(value)
        if isinstance(value, list | tuple):
            return [self._redacted_value(item) for item in value]
        return value

    def _adopt(self, theirs: str | None, yielding: Collection[str]) -> None:
        """Make the local branch a continuation of ``theirs``."""
        ours = self._tip()
        if (
            theirs is None
            or theirs == ours
            or (ours and self._git.succeeds("merge-base", "--is-ancestor", theirs, ours))
        ):
            return
        local = self._current().entries
        expected = self._branch() or ABSENT
        base = self._read(theirs, LedgerView())
        missing = [entry for entry in local if not _is_held(base, entry, yielding)]
        tip, view = theirs, base
        for entry in missing:
            moved = new_entry(entry.kind, entry.key, entry.body, time=entry.time, after=view.last)
            tree, blob = write_entry(self._git, view, moved)
            tip = self._commit(tree, view.tip, moved)
            view = extended(view, tip, moved, blob)
        if not self._git.move(REFERENCE, to=tip, expected=expected):
            return  # an append got in between; the caller fetches and tries again
        self._view = view

    def _commit(self, tree: str, parent: str | None, entry: Entry) -> str:
        parents = (parent,) if parent else ()
        subject = f"{entry.kind}: {' '.join(entry.key.split())}"
        return self._git.commit(tree, parents, subject, seconds=int(self._clock()))

    def _current(self) -> LedgerView:
        with self._updating:
            self._view = self._read(self._tip(), self._view)
            return self._view

    def _read(self, tip: str | None, known: LedgerView) -> LedgerView:
        try:
            return read_view(self._git, tip, known)
        except RepositoryError as error:
            raise LedgerError(f"ledger: {error}") from None

    def _tip(self) -> str | None:
        return self._branch() or self._git.find(TRACKING)

    def _branch(self) -> str | None:
        return self._git.find(REFERENCE)

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")


def _same(there: Entry, body: Mapping[str, JsonValue]) -> Entry:
    if not there.says(body):
        raise LedgerError(
            f"ledger: {there.kind} {there.key!r} is recorded already, with another body ({there.path})"
        )
    return there


def _is_held(view: LedgerView, entry: Entry, yielding: Collection[str]) -> bool:
    """Whether the entry is there already; raises if its name stands for something else there and it does not yield."""
    there = view.names.get((entry.kind, entry.key))
    if there is None or entry.kind in yielding:
        return there is not None
    return _same(there, entry.body) is there
