"""Tests of calling git so that no repository can run anything through it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import RepositoryError
from harness.git_commands import ABSENT, GitCommands, Identity
from harness.repository import HarnessRepository


def test_objects_come_back_as_they_were_stored(repository: HarnessRepository) -> None:
    """Bytes are neither filtered nor converted, and the id is git's own."""
    content = b"a\r\nb\0\xff\n"
    object_id = repository.git.store("blob", content)

    assert repository.git.read(object_id) == content
    assert repository.git.run("cat-file", "blob", object_id) == content


def test_threads_may_read_at_once(repository: HarnessRepository) -> None:
    """One process answers all reads, and no answer goes to the wrong reader."""
    contents = [str(n).encode() * 500 for n in range(20)]
    ids = [repository.git.store("blob", content) for content in contents]
    wrong: list[int] = []

    def read(offset: int) -> None:
        for n in range(100):
            index = (n * 7 + offset) % 20
            if repository.git.read(ids[index]) != contents[index]:
                wrong.append(index)

    threads = [threading.Thread(target=read, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_missing_object_is_a_typed_error_and_reading_goes_on(repository: HarnessRepository) -> None:
    """The next read is answered as if nothing had happened."""
    there = repository.git.store("blob", b"x")
    with pytest.raises(RepositoryError):
        repository.git.read("1" * 40)

    assert repository.git.read(there) == b"x"


def test_a_reference_moves_only_from_where_it_was(repository: HarnessRepository) -> None:
    """Compare and swap: a wrong expectation changes nothing."""
    git, head = repository.git, repository.current()
    tree = repository.tree_hash(head)
    other = git.commit(tree, (head,), "other", seconds=1)

    assert git.move("refs/heads/x", to=head, expected=ABSENT)
    assert not git.move("refs/heads/x", to=other, expected=ABSENT)
    assert not git.move("refs/heads/x", to=head, expected=other)
    assert git.move("refs/heads/x", to=other, expected=head)
    assert git.find("refs/heads/x") == other


def test_a_reference_that_cannot_exist_is_an_error_and_no_lost_race(repository: HarnessRepository) -> None:
    """Trying again would never help."""
    repository.git.move("refs/heads/x", to=repository.current(), expected=ABSENT)

    with pytest.raises(RepositoryError, match="update-ref"):
        repository.git.move("refs/heads/x/y", to=repository.current(), expected=ABSENT)


def test_the_identity_is_ours_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: HarnessRepository
) -> None:
    """Neither a missing nor a foreign identity matters; a caller may give one."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "else@example.com")
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    tree = repository.tree_hash("HEAD")
    ours = repository.git.commit(tree, (), "m", seconds=5)
    given = GitCommands(repository.path, Identity(name="Ada", email="ada@example.com"))
    theirs = given.commit(tree, (), "m", seconds=5)

    shown = "--format=%an <%ae> %cn <%ce> %ct"
    assert (
        repository.git.run("show", "-s", shown, ours)
        == b"Flywheel <flywheel@localhost> Flywheel <flywheel@localhost> 5\n"
    )
    assert given.run("show", "-s", shown, theirs) == b"Ada <ada@example.com> Ada <ada@example.com> 5\n"


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "/nonexistent"},
        {"GIT_WORK_TREE": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent/index"},
        {"GIT_OBJECT_DIRECTORY": "/nonexistent", "GIT_COMMON_DIR": "/nonexistent"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "nonsense"},
        {"GIT_CONFIG_PARAMETERS": "'core.bare=nonsense'"},
        {"GIT_NAMESPACE": "other"},
    ],
)
def test_the_environment_cannot_point_git_elsewhere(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, repository: HarnessRepository
) -> None:
    """As when a command is called from within another repository's hook."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert repository.current()
    repository.require_clean()


def test_replacements_do_not_change_what_is_read(repository: HarnessRepository) -> None:
    """``refs/replace`` would let a repository show another content under the same id."""
    git = repository.git
    real, fake = git.store("blob", b"real"), git.store("blob", b"fake")
    git.move(f"refs/replace/{real}", to=fake, expected=ABSENT)

    assert git.read(real) == b"real"
    assert (
        subprocess.run(
            ["git", "cat-file", "blob", real], cwd=repository.path, check=True, capture_output=True
        ).stdout
        == b"fake"
    )


CONFIGURED = """
[core]
    fsmonitor = {act}
    hooksPath = {hooks}
    pager = {act}
    editor = {act}
    sshCommand = {act}
    attributesFile = {attributes}
    alternateRefsCommand = {act}
    worktree = /tmp
[diff]
    external = {act}
[diff "x"]
    command = {act}
    textconv = {act}
[filter "x"]
    clean = {act}
    smudge = {act}
    process = {act}
    required = true
[merge "x"]
    driver = {act}
[gpg]
    program = {act}
[commit]
    gpgSign = true
[credential]
    helper = !{act}
[protocol "ext"]
    allow = always
[remote "lazy"]
    url = ext::{act}
    promisor = true
    uploadpack = {act}
[extensions]
    partialClone = lazy
"""


def arm(path: Path, tmp_path: Path) -> Path:
    """Configure a repository so that whatever git would run leaves a mark; gives the mark's path."""
    mark, act, hooks = tmp_path / "configured-program-ran", tmp_path / "act", tmp_path / "hooks"
    act.write_text(f"#!/bin/sh\necho ran >> '{mark}'\ncat\n")
    act.chmod(0o755)
    hooks.mkdir()
    for name in ("post-index-change", "reference-transaction", "post-checkout", "pre-commit", "post-merge"):
        (hooks / name).write_text(f"#!/bin/sh\necho hook >> '{mark}'\n")
        (hooks / name).chmod(0o755)
    attributes = tmp_path / "attributes"
    attributes.write_text("* filter=x diff=x merge=x\n")
    (path / ".git" / "info" / "attributes").write_text("* filter=x diff=x merge=x\n")
    with (path / ".git" / "config").open("a") as config:
        config.write(CONFIGURED.format(act=act, hooks=hooks, attributes=attributes))
    return mark


def test_nothing_that_a_repository_configures_is_ever_run(
    repository: HarnessRepository, tmp_path: Path
) -> None:
    """Every operation works on a repository whose configuration is full of programs, and runs none."""
    mark = arm(repository.path, tmp_path)
    opened = HarnessRepository.open(repository.path)
    opened.require_clean()
    tree = {
        **opened.tree("HEAD"),
        "prompts/new.md": b"new\r\n",
        ".gitattributes": b"* filter=x diff=x text=auto\n",
    }
    candidate = opened.commit_candidate(tree, "Candidate", opened.current(), "armed")
    opened.checkout(candidate)
    patch = opened.diff("HEAD", candidate)
    opened.promote(candidate, subject="Promote", trailers={})
    opened.require_clean()
    opened.rollback(trailers={})
    with pytest.raises(RepositoryError):
        opened.git.read("2" * 40)  # a lazy fetch would run the remote's program

    assert "+new" in patch
    assert not mark.exists()


def test_the_trap_is_a_real_one(repository: HarnessRepository, tmp_path: Path) -> None:
    """Git called without our precautions runs what the same configuration says."""
    mark = arm(repository.path, tmp_path)
    subprocess.run(["git", "status"], cwd=repository.path, check=False, capture_output=True)

    assert mark.exists()


def test_hooks_in_the_repository_are_never_run(
    repository: HarnessRepository, marked_hooks: Callable[[Path], Path]
) -> None:
    """Commits, promotions and rollbacks leave all hooks alone."""
    mark = marked_hooks(repository.path)
    tree = {**repository.tree("HEAD"), "prompts/new.md": b"new\n"}
    repository.promote(
        repository.commit_candidate(tree, "Candidate", "HEAD", "hooked"), subject="Promote", trailers={}
    )
    repository.rollback(trailers={})

    assert not mark.exists()


def test_without_git_the_system_is_broken(repository: HarnessRepository) -> None:
    """A missing program says nothing about a harness."""
    program = (
        "import os, sys, pathlib\n"
        "from harness.repository import HarnessRepository\n"
        "from harness.errors import BrokenSystemError\n"
        "os.environ['PATH'] = '/nonexistent'\n"
        "try:\n"
        "    HarnessRepository.open(pathlib.Path(sys.argv[1]))\n"
        "except BrokenSystemError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(repository.path)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    )

    assert ran.stdout == "git is not installed, or not on PATH\n"


def test_a_full_disk_is_a_broken_system(repository: HarnessRepository) -> None:
    """A file-size limit of the process stands in for a disk without room."""
    program = (
        "import sys, pathlib, resource, signal\n"
        "from harness.git_commands import GitCommands\n"
        "git = GitCommands(pathlib.Path(sys.argv[1]))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "git.store('blob', b'x' * 100)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(repository.path)], check=False, capture_output=True, text=True
    )

    assert ran.returncode == 1
    assert "BrokenSystemError: the disk cannot be written to" in ran.stderr
