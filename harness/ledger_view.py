"""What the ledger branch says as of one commit, read once and extended as the branch grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.errors import LedgerError
from harness.git_commands import GitCommands
from harness.git_trees import Blob, list_blobs, store_tree
from harness.ledger_entry import FIRST, Entry, parse_entry

_FOLDER, _FILE = 0o040000, 0o100644


@dataclass(frozen=True, kw_only=True)
class LedgerView:
    """The entries in order, and the files and folders of git that hold them (path or folder → object id)."""

    tip: str | None = None
    entries: tuple[Entry, ...] = ()
    names: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    blobs: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> Entry | None:
        """The entry that the next one follows."""
        return self.entries[-1] if self.entries else None


def read_view(git: GitCommands, tip: str | None, known: LedgerView) -> LedgerView:
    """The ledger as of ``tip``; files that ``known`` holds are not read again.

    Raises ``LedgerError`` if the chain is broken: an entry is missing, changed, or stands out of turn.
    """
    if tip == known.tip:
        return known
    blobs = {path: blob.object_id for path, blob in _listed(git, tip).items()}
    by_path = {entry.path: entry for entry in known.entries}
    view = LedgerView(tip=tip)
    entries: list[Entry] = []
    for path in sorted(blobs):
        same = known.blobs.get(path) == blobs[path]
        entry = by_path[path] if same else parse_entry(path, git.read(blobs[path]))
        _check_link(entry, entries[-1] if entries else None)
        entries.append(entry)
    return LedgerView(tip=view.tip, entries=tuple(entries), names=_named(entries), blobs=blobs)


def write_entry(git: GitCommands, view: LedgerView, entry: Entry) -> tuple[str, str]:
    """Write the blob and trees of the ledger with one more entry; returns (tree id, blob id)."""
    blob = git.store("blob", entry.text.encode())
    folder, _, name = entry.path.partition("/")
    held = {
        path.partition("/")[2]: object_id
        for path, object_id in view.blobs.items()
        if path.startswith(f"{folder}/")
    }
    inner = store_tree(git, {name: (_FILE, object_id) for name, object_id in {**held, name: blob}.items()})
    root = _folders(git, view.tip)
    return store_tree(git, {**root, folder: (_FOLDER, inner)}), blob


def extended(view: LedgerView, tip: str, entry: Entry, blob: str) -> LedgerView:
    """The view after an entry that this process appended itself."""
    return LedgerView(
        tip=tip,
        entries=(*view.entries, entry),
        names={**view.names, (entry.kind, entry.key): entry},
        blobs={**view.blobs, entry.path: blob},
    )


def _listed(git: GitCommands, tip: str | None) -> dict[str, Blob]:
    return {} if tip is None else list_blobs(git, tip)


def _folders(git: GitCommands, tip: str | None) -> dict[str, tuple[int, str]]:
    if tip is None:
        return {}
    records = git.run("ls-tree", "-z", "--full-tree", tip).decode().split("\0")[:-1]
    return {
        name: (_FOLDER, head.split(" ")[2])
        for head, _, name in (record.partition("\t") for record in records)
    }


def _check_link(entry: Entry, before: Entry | None) -> None:
    sequence, previous = (before.sequence + 1, before.hash) if before else (1, FIRST)
    if entry.sequence != sequence or entry.previous != previous:
        raise LedgerError(
            f"ledger: the chain is broken at {entry.path}; restore the branch from a clone that has it whole"
        )


def _named(entries: list[Entry]) -> dict[tuple[str, str], Entry]:
    names: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if names.setdefault((entry.kind, entry.key), entry) is not entry:
            raise LedgerError(f"ledger: {entry.path} repeats the name of an earlier entry")
    return names
