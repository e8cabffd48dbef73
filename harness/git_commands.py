"""Git as this project calls it: nothing that a repository or a machine configures can run."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from git.cmd import Git
from git.exc import GitCommandError, GitCommandNotFound
from gitdb import IStream  # type: ignore[import-untyped]
from gitdb.db import LooseObjectDB  # type: ignore[import-untyped]

from harness.disk_errors import disk_errors
from harness.errors import BrokenSystemError, RepositoryError

ABSENT = "0" * 40  # what a reference that does not exist yet is compared with
# Each of these, set in .git/config, would make git run a program, act on other files, or tell another history.
_OPTIONS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.pager=cat",
    "core.sshCommand=ssh", "core.alternateRefsCommand=", "core.autocrlf=false", "core.commitGraph=false",
    "commit.gpgSign=false", "tag.gpgSign=false", "push.gpgSign=false", "log.showSignature=false",
    "credential.helper=", "diff.external=", "gc.auto=0", "maintenance.auto=false",
    "submodule.recurse=false", "fetch.recurseSubmodules=no", "push.recurseSubmodules=no",
    "fetch.fsckObjects=true", "protocol.ext.allow=never",
)  # fmt: skip
_ENVIRONMENT = MappingProxyType({
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "0", "GIT_CONFIG_PARAMETERS": "", "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_NAMESPACE": "", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "GIT_EDITOR": "false", "GIT_PAGER": "cat",
    "GIT_EXTERNAL_DIFF": "", "GIT_ALLOW_PROTOCOL": "none",
})  # fmt: skip
_LOST_RACE = (
    "but expected",
    "reference already exists",
    "File exists",
)  # git's words for it, in the C locale
_REMOTE = MappingProxyType({"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who commits are by."""

    name: str = "Flywheel"
    email: str = "flywheel@localhost"


class GitCommands:
    """Git commands and objects of the repository whose working tree is ``path``.

    Hooks, signing, filters, system and global configuration, file-system monitors, external diffs and
    lazy fetches are off; only ``remote`` reaches other repositories. Safe to share between threads.
    """

    def __init__(self, path: Path, identity: Identity | None = None) -> None:
        self.path = path
        self.folder = path / ".git"
        self._git = Git(str(path))
        self._git.update_environment(**_ENVIRONMENT, **_location(path), **_author(identity or Identity()))
        self._objects = LooseObjectDB(str(self.folder / "objects"))
        self._reading = threading.Lock()  # one `git cat-file` process answers all reads

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> bytes:
        """The output of a git command, exactly; raises ``RepositoryError`` with git's own words."""
        with _typed_errors():
            return self._git.execute(
                self._command(arguments),
                env=dict(environment or {}),
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )

    def remote(self, *arguments: str) -> bytes:
        """Like ``run``, for commands that talk to another repository."""
        return self.run(*arguments, environment=_REMOTE)

    def succeeds(self, *arguments: str) -> bool:
        """Whether a git command that answers by its exit code says yes."""
        try:
            self.run(*arguments)
        except RepositoryError:
            return False
        return True

    def read(self, object_id: str) -> bytes:
        """The content of an object; raises ``RepositoryError`` if there is none."""
        with _typed_errors(), self._reading:
            if self._git.cat_file_all is None:
                self._git.cat_file_all = self._git.execute(
                    self._command(("cat-file", "--batch")), istream=-1, as_process=True
                )
            return self._git.get_object_data(object_id)[3]

    def store(self, kind: str, content: bytes) -> str:
        """Write a ``blob`` or ``tree`` object, without any filter; returns its id."""
        with _typed_errors():
            stream = IStream(kind, len(content), io.BytesIO(content))
            return str(self._objects.store(stream).hexsha.decode())

    def find(self, revision: str, kind: str = "commit") -> str | None:
        """The object id of a revision, peeled to ``kind``; ``None`` if there is none."""
        try:
            found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{{kind}}}")
        except RepositoryError:
            return None
        return found.decode().strip()

    def commit(self, tree: str, parents: tuple[str, ...], message: str, *, seconds: int) -> str:
        """Write a commit object, dated ``seconds`` since the epoch; no reference moves. Returns its id."""
        date = f"@{seconds} +0000"
        arguments = [part for parent in parents for part in ("-p", parent)]
        dated = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return self.run("commit-tree", tree, *arguments, "-m", message, environment=dated).decode().strip()

    def move(self, reference: str, *, to: str, expected: str) -> bool:
        """Compare and swap a reference; false if it is not at ``expected`` (``ABSENT``: not there)."""
        try:
            self.run("update-ref", "--create-reflog", "-m", "flywheel", reference, to, expected)
        except RepositoryError as error:
            if any(sign in str(error) for sign in _LOST_RACE):
                return False
            raise
        return True

    def close(self) -> None:
        """End the process that reads objects; the next read starts another."""
        with self._reading:
            self._git.clear_cache()

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        options = [part for option in _OPTIONS for part in ("-c", option)]
        return [str(Git.GIT_PYTHON_GIT_EXECUTABLE), *options, *arguments]


def _location(path: Path) -> dict[str, str]:
    """Say where everything is, so that neither our environment nor ``core.worktree`` can point elsewhere."""
    folder = path / ".git"
    return {
        "GIT_DIR": str(folder),
        "GIT_COMMON_DIR": str(folder),
        "GIT_WORK_TREE": str(path),
        "GIT_INDEX_FILE": str(folder / "index"),
        "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
    }


def _author(identity: Identity) -> dict[str, str]:
    roles = ("AUTHOR", "COMMITTER")
    return {
        f"GIT_{role}_{key}": value
        for role in roles
        for key, value in (("NAME", identity.name), ("EMAIL", identity.email))
    }


@contextmanager
def _typed_errors() -> Iterator[None]:
    try:
        with disk_errors():
            yield
    except GitCommandNotFound:
        raise BrokenSystemError("git is not installed, or not on PATH") from None
    except GitCommandError as error:
        said = " ".join(str(error.stderr).removeprefix("\n  stderr: ").strip("' ").split())
        if "No space left on device" in said or "Disk quota exceeded" in said:
            raise BrokenSystemError(f"git: {said}") from None
        raise RepositoryError(f"git {_verb(error)}: {said or f'exit code {error.status}'}") from None
    except ValueError as error:  # GitPython's word for an object that is not there
        raise RepositoryError(f"git: {' '.join(str(error).split())}") from None
    except OSError as error:
        raise RepositoryError(f"git: {error}") from None


def _verb(error: GitCommandError) -> str:
    words = list(error.command)[1:]
    while words[:1] == ["-c"]:
        words = words[2:]
    return str(words[0]) if words else ""
