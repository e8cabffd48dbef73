"""Where imported tasks come from and under which licence, as far as the files tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from git import Repo
from git.exc import InvalidGitRepositoryError, NoSuchPathError

_NAMES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENCE.md", "COPYING")
_KNOWN = (
    ("Apache-2.0", re.compile(r"Apache License\s+Version 2\.0")),
    ("GPL-3.0", re.compile(r"GNU GENERAL PUBLIC LICENSE\s+Version 3")),
    ("GPL-2.0", re.compile(r"GNU GENERAL PUBLIC LICENSE\s+Version 2")),
    ("MPL-2.0", re.compile(r"Mozilla Public License,? Version 2\.0", re.IGNORECASE)),
    ("BSD", re.compile(r"Redistribution and use in source and binary forms")),
    ("MIT", re.compile(r"Permission is hereby granted, free of charge")),
    ("CC-BY", re.compile(r"Creative Commons Attribution")),
)
_HEAD = 16_384  # characters of a licence that are looked at


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A folder or repository with its commit, and a licence's name, ``see FILE`` or ``unknown``."""

    source: str
    licence: str


def origin_of(path: Path) -> Origin:
    """The origin of the tasks at ``path``; no credentials of a remote's address are kept."""
    repository = _repository(path)
    root = Path(str(repository.working_tree_dir)) if repository else None
    return Origin(source=_source(path, repository), licence=_licence(path, root))


def _repository(path: Path) -> Repo | None:
    try:
        found = Repo(path if path.is_dir() else path.parent, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError, ValueError):
        return None
    return found if found.working_tree_dir else None


def _source(path: Path, repository: Repo | None) -> str:
    if repository is None:
        return str(path.resolve())
    try:
        commit = f" at {repository.head.commit.hexsha[:12]}"
    except ValueError:  # no commit yet
        commit = ""
    remotes = [remote.url for remote in repository.remotes]
    return (_without_credentials(remotes[0]) if remotes else str(path.resolve())) + commit


def _without_credentials(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "a repository"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", "")) if parts.netloc else address


def _licence(path: Path, root: Path | None) -> str:
    for folder in _upwards(path.resolve(), root.resolve() if root else None):
        for name in _NAMES:
            file = folder / name
            if file.is_file() and not file.is_symlink():
                return _name_of(file)
    return "unknown"


def _upwards(path: Path, root: Path | None) -> Iterator[Path]:
    start = path if path.is_dir() else path.parent
    yield start
    if root is not None and start != root and start.is_relative_to(root):
        yield from (folder for folder in start.parents if folder.is_relative_to(root))


def _name_of(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as stream:
        head = stream.read(_HEAD)
    return next((name for name, pattern in _KNOWN if pattern.search(head)), f"see {file.name}")
