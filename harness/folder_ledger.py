"""A ledger for a folder that is no harness repository: decisions about traces that somebody brought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.git_commands import GitCommands
from harness.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class _Holder:
    """A repository with no commits of its own, that holds the ledger's branch and nothing else."""

    git: GitCommands


def folder_ledger(path: Path, *, create: bool = False) -> Ledger | None:
    """The ledger that is kept in the git repository at ``path``; ``None`` where there is none and none is to be made.

    Raises ``RepositoryError`` where it cannot be made.
    """
    if not (path / ".git" / "HEAD").is_file():
        if not create:
            return None
        path.mkdir(parents=True, exist_ok=True)
        GitCommands(path).run("init", "--quiet", "--template=", "--object-format=sha1")
    return Ledger(_Holder(git=GitCommands(path)))
