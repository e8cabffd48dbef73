"""The traces of a folder: a harness repository with its runs, or any folder with what was brought there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flywheel.errors import FlywheelError
from flywheel.looks import held_out_run_ids
from flywheel.project import Project, open_project
from harness.folder_ledger import folder_ledger
from harness.ledger import Ledger
from harness.repository import STATE
from harness.tree_paths import MANIFEST_PATH
from traces.segments import segment_paths
from traces.store import TraceStore

_BRING = "`flywheel traces ingest FILE…` and `flywheel traces receive` bring some"


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A store of traces, and the project whose runs it holds, where it belongs to one."""

    store: TraceStore
    project: Project | None = None

    @classmethod
    def of(cls, project: Project) -> Self:
        """The archive of a harness repository that is open."""
        return cls(store=project.store, project=project)

    def ledger(self, *, create: bool = False) -> Ledger | None:
        """The ledger of what was decided about these runs: the repository's, or the folder's own in ``.flywheel``.

        ``None`` where a folder has none yet and none is to be made; always one where ``create`` is set.
        """
        if self.project is not None:
            return self.project.ledger
        return folder_ledger(self.store.root / "decisions", create=create)

    def held_out(self) -> frozenset[str]:
        """The ids of runs whose reading is a look: those of ``gate`` and ``sealed``."""
        return frozenset() if self.project is None else held_out_run_ids(self.project.ledger)

    def require_traces(self) -> None:
        """Raise where there is nothing to read yet, and say how to change that."""
        if not any(segment_paths(folder) for folder in (self.store.own, self.store.foreign)):
            own = "`flywheel run` makes some, " if self.project is not None else ""
            raise FlywheelError(f"no traces in {self.store.root}; {own}{_BRING}")


def open_archive(folder: Path) -> Archive:
    """The archive of ``folder``, a harness repository where it has a ``harness.toml``; changes nothing.

    Raises ``FlywheelError`` where there is no such folder.
    """
    if (folder / MANIFEST_PATH).exists():
        project = open_project(folder)
        return Archive.of(project)
    if not folder.is_dir():
        raise FlywheelError(f"{folder} is no folder; -C names a harness repository or a folder for traces")
    return Archive(store=TraceStore(root=folder.absolute() / STATE))


def create_archive(folder: Path) -> Archive:
    """As ``open_archive``, and makes the folders that a writer needs."""
    archive = open_archive(folder)
    archive.store.foreign.mkdir(parents=True, exist_ok=True)
    ignore = archive.store.root / ".gitignore"
    if archive.project is None and not ignore.exists():
        # Spans belong into nobody's commit; a harness repository excludes them by itself.
        ignore.write_text("*\n", encoding="utf-8")
    return archive
