"""A harness repository: the commits of a harness, its candidates, its promotions and their undoing."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from harness.checkouts import write_checkout
from harness.commit_log import (
    KIND,
    PROMOTION,
    RESTORES,
    ROLLBACK,
    LoggedCommit,
    message,
    read_log,
    standing_promotions,
)
from harness.disk_errors import disk_errors
from harness.edits import Tree
from harness.errors import RepositoryError, StaleError
from harness.git_commands import ABSENT, GitCommands, Identity
from harness.git_trees import list_blobs, read_blobs, write_tree
from harness.repository_lock import hold
from harness.runs import Checkout
from harness.strict_toml import listed
from harness.tree_paths import MANIFEST_PATH
from harness.working_tree import WorkingTree

STATE = ".flywheel"
BRANCH = "main"
CANDIDATES = "refs/flywheel/candidates"
LEDGER_REFERENCE = "refs/heads/flywheel/ledger"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
Clock = Callable[[], float]  # seconds since the epoch


class HarnessRepository:
    """The repository whose working tree is ``path``; commits are named by their full id.

    Its hooks, filters and configured programs are never run. Callers that change it hold ``lock``.
    All methods raise ``RepositoryError`` where git does, and ``BrokenSystemError`` for a full disk.
    """

    def __init__(self, path: Path, *, identity: Identity | None = None, clock: Clock = time.time) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links out of what was named
        self.git = GitCommands(self.path, identity)
        self._clock = clock
        self._working_tree = WorkingTree(self.git, self.path / STATE)

    @classmethod
    def init(
        cls,
        path: Path,
        tree: Tree,
        message: str,
        *,
        identity: Identity | None = None,
        clock: Clock = time.time,
    ) -> Self:
        """Make a repository at ``path`` (absent or an empty folder) whose first commit is ``tree``."""
        if MANIFEST_PATH not in tree:
            raise RepositoryError(f"a harness needs a {MANIFEST_PATH}")
        if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
            raise RepositoryError(f"{path} is not an empty folder; choose another")
        path.mkdir(parents=True, exist_ok=True)
        repository = cls(path, identity=identity, clock=clock)
        repository._create(tree, message)
        return repository

    @classmethod
    def open(cls, path: Path, *, identity: Identity | None = None, clock: Clock = time.time) -> Self:
        """The repository at ``path``, which must be its top folder and hold a ``harness.toml``."""
        folder = path / ".git"
        if folder.is_file() or folder.is_symlink():
            raise RepositoryError(
                f"{path} is a linked working tree or a submodule; use the repository itself"
            )
        if not (folder / "HEAD").is_file():
            raise RepositoryError(f"{path} is no git repository; `flywheel init {path}` makes one")
        repository = cls(path, identity=identity, clock=clock)
        if len(repository.current()) != len(ABSENT):
            raise RepositoryError(f"{path} names its objects by SHA-256; only SHA-1 repositories can be used")
        if MANIFEST_PATH not in list_blobs(repository.git, repository.current()):
            raise RepositoryError(f"{path} has no committed {MANIFEST_PATH}; `flywheel init` makes a harness")
        repository._prepare_state()
        return repository

    @property
    def state(self) -> Path:
        """The folder for spans, indexes and checkouts; git ignores it."""
        return self.path / STATE

    def current(self) -> str:
        """The commit that is checked out; the harness that runs are compared with."""
        found = self.git.find("HEAD")
        if found is None:
            raise RepositoryError(
                f"{self.path} has no commit yet; commit a {MANIFEST_PATH} first, or check out a branch that has one "
                "(.git/HEAD names none)"
            )
        return found

    def tree(self, commit: str) -> dict[str, bytes]:
        """The files of a commit; raises for symbolic links, submodules, odd modes and odd paths."""
        return read_blobs(self.git, list_blobs(self.git, self.resolve(commit)))

    def modes(self, commit: str) -> dict[str, str]:
        """The mode of each file of a commit: ``100644`` or ``100755``."""
        return {path: blob.mode for path, blob in list_blobs(self.git, self.resolve(commit)).items()}

    def tree_hash(self, commit: str) -> str:
        """The id of a commit's tree: equal for equal harnesses."""
        found = self.git.find(commit, "tree")
        if found is None:
            raise RepositoryError(f"no commit {commit!r} in {self.path}")
        return found

    def resolve(self, revision: str) -> str:
        """The full commit id of a branch, tag or abbreviated id."""
        found = self.git.find(revision)
        if found is None:
            raise RepositoryError(f"no commit {revision!r} in {self.path}")
        return found

    def require_clean(self, *, untracked: bool = True) -> None:
        """Raise if a file differs from the current commit, naming it; ends a cut-short promotion first.

        Files that git does not know count only with ``untracked``.
        """
        self._working_tree.settle()
        if changes := self._working_tree.changes(untracked=untracked):
            raise RepositoryError(
                f"{self.path} has uncommitted changes: {listed(changes)}; commit, stash or remove them"
            )

    def commit_candidate(self, tree: Tree, message: str, parent: str, name: str) -> str:
        """Commit ``tree`` on top of ``parent`` without touching working tree or branches.

        It is kept by ``refs/flywheel/candidates/<name>`` (``<name>-2`` and so on where the name stands for
        another one). It is dated as its parent, so that the same candidate has the same id on every machine.
        """
        if not _NAME.fullmatch(name) or name.endswith(".lock"):
            raise RepositoryError(
                f"candidate name {name!r} may hold letters, digits, '-', '_' and inner dots only"
            )
        parent = self.resolve(parent)
        seconds = int(self.git.run("show", "-s", "--format=%ct", parent))
        tree_id = write_tree(self.git, tree, self.modes(parent))
        commit = self.git.commit(tree_id, (parent,), message, seconds=seconds)
        self._keep(commit, f"{CANDIDATES}/{name}")
        return commit

    def squash(self, commit: str, message: str, onto: str, name: str) -> str:
        """One commit with exactly the tree of ``commit`` on top of ``onto``; kept and dated as ``commit_candidate`` does."""
        onto = self.resolve(onto)
        seconds = int(self.git.run("show", "-s", "--format=%ct", onto))
        squashed = self.git.commit(self.tree_hash(commit), (onto,), message, seconds=seconds)
        self._keep(squashed, f"{CANDIDATES}/{name}")
        return squashed

    def checkout(self, commit: str) -> Checkout:
        """A read-only copy of a commit's files under ``.flywheel/checkouts``, made once per tree."""
        commit = self.resolve(commit)
        tree = self.tree_hash(commit)
        blobs = list_blobs(self.git, commit)
        folder = self.state / "checkouts" / tree
        with disk_errors():
            write_checkout(folder, read_blobs(self.git, blobs), blobs)
        return Checkout(path=folder, commit=commit, tree=tree)

    def diff(self, a: str, b: str) -> str:
        """The patch from ``a`` to ``b``, complete whatever git attributes say; text is untrusted."""
        options = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--text", "--submodule=short",
                   "--src-prefix=a/", "--dst-prefix=b/")  # fmt: skip
        return self.git.run("diff", *options, self.resolve(a), self.resolve(b), "--").decode(errors="replace")

    def promote(self, candidate: str, *, subject: str, trailers: Mapping[str, str]) -> str:
        """Make ``candidate`` the current harness by a merge commit [current, candidate] with its exact tree.

        Raises ``StaleError`` if the tree that the candidate was made from is not the current one.
        """
        self._working_tree.settle()
        current, candidate = self.current(), self.resolve(candidate)
        control = self.git.find(f"{candidate}^1")
        if control is None or self.tree_hash(control) != self.tree_hash(current):
            raise StaleError(f"{candidate[:12]} was measured against another harness than the current {current[:12]}; "
                             "measure it again")  # fmt: skip
        if self.tree_hash(candidate) == self.tree_hash(current):
            raise RepositoryError(f"{candidate[:12]} changes nothing; there is nothing to promote")
        text = message(subject, {**trailers, KIND: PROMOTION})
        return self._advance(self.tree_hash(candidate), (current, candidate), text)

    def rollback(self, *, to: str | None = None, trailers: Mapping[str, str]) -> str:
        """Commit the exact tree from before the last promotion that stands, or of ``to``; returns the commit.

        Raises if there is nothing to roll back, and where commits made since the promotion would be lost
        without being asked for (``to`` asks for it).
        """
        self._working_tree.settle()
        log = self.log()
        target = self._before_last_promotion(log) if to is None else self._ancestor(log, to)
        if target.tree == log[0].tree:
            raise RepositoryError(f"nothing to roll back: the current harness equals {target.commit[:12]}")
        text = message(
            f"Roll back to {target.subject}", {**trailers, KIND: ROLLBACK, RESTORES: target.commit}
        )
        return self._advance(target.tree, (log[0].commit,), text)

    def promotions(self) -> list[LoggedCommit]:
        """The promotions that stand (no rollback has undone them), newest first."""
        return standing_promotions(self.log())

    def log(self) -> list[LoggedCommit]:
        """The current branch's commits along first parents, newest first."""
        return read_log(self.git, self.current())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the repository for one process; raises ``RepositoryError`` at once if another holds it."""
        with hold(self.state / "lock", self.path):
            yield

    def close(self) -> None:
        """End the git process that reads objects."""
        self.git.close()

    def _create(self, tree: Tree, text: str) -> None:
        self.git.run("init", "--quiet", "--template=", f"--initial-branch={BRANCH}", "--object-format=sha1")
        self._prepare_state()
        first = self.git.commit(write_tree(self.git, tree, {}), (), text, seconds=int(self._clock()))
        self._working_tree.prepare(None, first)
        self.git.move(f"refs/heads/{BRANCH}", to=first, expected=ABSENT)
        self._working_tree.settle()

    def _prepare_state(self) -> None:
        """Make ``.flywheel`` and have git ignore it, for this clone only."""
        if self.state.is_symlink():
            raise RepositoryError(f"{self.state} is a symbolic link; remove it")
        self.state.mkdir(exist_ok=True)
        exclude = self.git.folder / "info" / "exclude"
        exclude.parent.mkdir(exist_ok=True)
        text = exclude.read_text() if exclude.exists() else ""
        if f"/{STATE}/" not in text.splitlines():
            exclude.write_text(f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}/{STATE}/\n")

    def _keep(self, commit: str, reference: str) -> None:
        for number in range(1, 10_000):
            numbered = reference if number == 1 else f"{reference}-{number}"
            if self.git.move(numbered, to=commit, expected=ABSENT) or self.git.find(numbered) == commit:
                return
        raise RepositoryError(f"too many candidates are named {reference}")

    def _advance(self, tree: str, parents: tuple[str, ...], text: str) -> str:
        """Move the current branch by one commit, and the working tree with it; a kill in between is settled later."""
        branch = self._branch()
        if changes := self._working_tree.changes():
            raise RepositoryError(
                f"uncommitted changes would be lost: {listed(changes)}; commit or remove them"
            )
        commit = self.git.commit(tree, parents, text, seconds=int(self._clock()))
        self._working_tree.prepare(parents[0], commit)
        if not self.git.move(branch, to=commit, expected=parents[0]):
            raise StaleError(f"{branch} moved while {self.path} was being changed; try again")
        self._working_tree.settle()
        return commit

    def _branch(self) -> str:
        try:
            branch = self.git.run("symbolic-ref", "--quiet", "HEAD").decode().strip()
        except RepositoryError:
            raise RepositoryError(
                f"no branch is checked out in {self.path}; `git switch {BRANCH}` first"
            ) from None
        if branch == LEDGER_REFERENCE:
            raise RepositoryError(f"the ledger is checked out in {self.path}; `git switch {BRANCH}` first")
        return branch

    def _before_last_promotion(self, log: list[LoggedCommit]) -> LoggedCommit:
        standing = standing_promotions(log)
        if not standing:
            raise RepositoryError(f"nothing to roll back: no promotion stands in {self.path}")
        last = standing[0]
        since = log[: log.index(last)]
        if since and since[0].tree != last.tree:
            made = listed(f"{logged.commit[:12]} ({logged.subject})" for logged in since)
            raise RepositoryError(f"rolling back {last.commit[:12]} would lose what was committed since: {made}; "
                                  f"say so with --to {last.parents[0][:12]}")  # fmt: skip
        return next(logged for logged in log if logged.commit == last.parents[0])

    def _ancestor(self, log: list[LoggedCommit], revision: str) -> LoggedCommit:
        commit = self.resolve(revision)
        found = next((logged for logged in log if logged.commit == commit), None)
        if found is None:
            raise RepositoryError(
                f"{revision} was never the current harness; `git log --first-parent` lists those that were"
            )
        return found
