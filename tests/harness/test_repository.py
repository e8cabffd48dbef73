"""Tests of harness repositories: candidates, promotions and their undoing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.apply_edits import apply_edits
from harness.edits import AppendText, SetValue
from harness.errors import RepositoryError, StaleError
from harness.git_commands import Identity
from harness.repository import HarnessRepository
from harness.template import coder_template


def run_git(path: Path, *arguments: str) -> str:
    ran = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
        cwd=path,
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip()


def candidate(repository: HarnessRepository, steps: int, parent: str = "HEAD") -> str:
    tree = apply_edits(repository.tree(parent), [SetValue(key="limits.steps", value=steps)])
    return repository.commit_candidate(tree, f"{steps} steps", parent, f"steps-{steps}")


def promote(repository: HarnessRepository, commit: str) -> str:
    return repository.promote(commit, subject="Promote: steps", trailers={"Flywheel-Proposal": "p1"})


def commit_by_hand(repository: HarnessRepository, text: str = "by hand\n") -> str:
    (repository.path / "README.md").write_text(text)
    run_git(repository.path, "commit", "-qam", "By hand")
    return repository.current()


def test_a_new_repository_holds_the_tree_and_is_clean(repository: HarnessRepository) -> None:
    """One commit on main, files in place, our folder ignored, and git agrees."""
    assert repository.tree("HEAD") == coder_template()
    assert run_git(repository.path, "log", "--format=%s|%an|%ct") == "Start|Flywheel|1700000000"
    assert run_git(repository.path, "status", "--porcelain", "--branch") == "## main"
    assert run_git(repository.path, "fsck", "--strict") == ""
    assert "/.flywheel/" in (repository.path / ".git/info/exclude").read_text().splitlines()


def test_the_same_start_has_the_same_commit_anywhere(repository: HarnessRepository, tmp_path: Path) -> None:
    """Time and identity are parameters, so nothing else differs."""
    same = HarnessRepository.init(tmp_path / "b", coder_template(), "Start", clock=lambda: 1_700_000_000.0)
    other = HarnessRepository.init(tmp_path / "c", coder_template(), "Start", clock=lambda: 1_700_000_000.0, identity=Identity(name="Ada"))  # fmt: skip

    assert same.current() == repository.current() != other.current()
    assert other.tree_hash("HEAD") == repository.tree_hash("HEAD")


@pytest.mark.parametrize("there", ["file", "folder with a file", "link", "repository"])
def test_init_refuses_a_place_that_is_taken(tmp_path: Path, there: str) -> None:
    """Nothing of a person's is ever overwritten."""
    place = tmp_path / "place"
    match there:
        case "file":
            place.write_text("mine")
        case "folder with a file":
            place.mkdir()
            (place / "mine").touch()
        case "link":
            (tmp_path / "elsewhere").mkdir()
            place.symlink_to(tmp_path / "elsewhere")
        case "repository":
            HarnessRepository.init(place, coder_template(), "Start")

    with pytest.raises(RepositoryError, match="is not an empty folder; choose another"):
        HarnessRepository.init(place, coder_template(), "Start")


def test_init_takes_an_empty_folder_and_needs_a_manifest(tmp_path: Path) -> None:
    """A tree without ``harness.toml`` is no harness."""
    (tmp_path / "empty").mkdir()
    HarnessRepository.init(tmp_path / "empty", coder_template(), "Start")
    with pytest.raises(RepositoryError, match=r"a harness needs a harness\.toml"):
        HarnessRepository.init(tmp_path / "x", {"README.md": b""}, "Start")

    assert not (tmp_path / "x").exists()


def test_open_says_what_a_folder_is_missing(tmp_path: Path, repository: HarnessRepository) -> None:
    """No repository, no commit, no manifest, or not the top folder: each with the way out."""
    with pytest.raises(RepositoryError, match=r"is no git repository; `flywheel init .*` makes one"):
        HarnessRepository.open(tmp_path / "nowhere")
    with pytest.raises(RepositoryError, match="is no git repository"):
        HarnessRepository.open(repository.path / "prompts")
    plain = tmp_path / "plain"
    plain.mkdir()
    run_git(plain, "init", "-q")
    with pytest.raises(RepositoryError, match="has no commit yet"):
        HarnessRepository.open(plain)
    (plain / "x").touch()
    run_git(plain, "add", "x")
    run_git(plain, "commit", "-qm", "x")
    with pytest.raises(RepositoryError, match=r"has no committed harness\.toml"):
        HarnessRepository.open(plain)


def test_open_refuses_what_would_lead_elsewhere(tmp_path: Path, repository: HarnessRepository) -> None:
    """Linked working trees, a linked ``.git`` and a linked state folder are not followed."""
    run_git(repository.path, "worktree", "add", "-q", str(tmp_path / "linked"), "HEAD")
    with pytest.raises(RepositoryError, match="linked working tree"):
        HarnessRepository.open(tmp_path / "linked")
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake/.git").symlink_to(repository.path / ".git")
    with pytest.raises(RepositoryError, match="linked working tree"):
        HarnessRepository.open(tmp_path / "fake")
    repository.state.rmdir()
    repository.state.symlink_to(tmp_path)
    with pytest.raises(RepositoryError, match=r"\.flywheel is a symbolic link"):
        HarnessRepository.open(repository.path)


def test_a_sha256_repository_is_refused(tmp_path: Path) -> None:
    """Ids are SHA-1 throughout, and say so rather than fail later."""
    run_git(tmp_path, "init", "-q", "--object-format=sha256")
    (tmp_path / "harness.toml").touch()
    run_git(tmp_path, "add", "harness.toml")
    run_git(tmp_path, "commit", "-qm", "x")

    with pytest.raises(RepositoryError, match="SHA-256"):
        HarnessRepository.open(tmp_path)


def test_a_clone_opens_and_gets_its_own_state(repository: HarnessRepository, tmp_path: Path) -> None:
    """What git brings along is enough."""
    run_git(tmp_path, "clone", "-q", str(repository.path), "clone")
    clone = HarnessRepository.open(tmp_path / "clone")
    clone.require_clean()

    assert clone.current() == repository.current()
    assert clone.state.is_dir()


def test_a_candidate_touches_neither_working_tree_nor_branch(repository: HarnessRepository) -> None:
    """It is a commit on top of its parent, kept alive by a reference of its own."""
    before = repository.current()
    commit = candidate(repository, 60)
    run_git(repository.path, "gc", "-q", "--prune=now")
    repository.require_clean()

    assert repository.current() == before
    assert run_git(repository.path, "rev-parse", f"{commit}^") == before
    assert run_git(repository.path, "rev-parse", "refs/flywheel/candidates/steps-60") == commit
    assert b"steps = 60" in repository.tree(commit)["harness.toml"]


def test_the_same_candidate_is_the_same_commit(repository: HarnessRepository) -> None:
    """A turn of the wheel that is repeated after a kill finds what it made before."""
    first = candidate(repository, 60)

    assert candidate(repository, 60) == first
    assert run_git(repository.path, "for-each-ref", "refs/flywheel", "--format=%(refname)") == "refs/flywheel/candidates/steps-60"  # fmt: skip


def test_a_name_that_stands_for_another_candidate_is_numbered(repository: HarnessRepository) -> None:
    """Neither of them is lost."""
    tree = dict(repository.tree("HEAD"))
    commits = [
        repository.commit_candidate({**tree, "prompts/a.md": text}, "c", "HEAD", "name")
        for text in (b"1", b"2", b"3", b"2")
    ]
    kept = run_git(
        repository.path, "for-each-ref", "refs/flywheel", "--format=%(refname:lstrip=3) %(objectname)"
    ).split("\n")

    assert commits[1] == commits[3]
    assert kept == [f"name {commits[0]}", f"name-2 {commits[1]}", f"name-3 {commits[2]}"]


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a..b", "a b", "-a", "a.lock", ".a", "a~1", "a\n"])
def test_a_candidates_name_is_a_plain_word(repository: HarnessRepository, name: str) -> None:
    """Names come from proposals, which a model may have written."""
    with pytest.raises(RepositoryError, match="candidate name"):
        repository.commit_candidate(repository.tree("HEAD"), "c", "HEAD", name)


def test_unknown_commits_are_named(repository: HarnessRepository) -> None:
    """For trees, hashes, diffs and checkouts alike; an option is no commit."""
    for name in ("nope", "1" * 40, "--all", ""):
        for call in (repository.tree, repository.tree_hash, repository.checkout, repository.resolve):
            with pytest.raises(RepositoryError, match="no commit"):
                call(name)


def test_the_diff_shows_everything_whatever_attributes_say(repository: HarnessRepository) -> None:
    """A file that is declared binary, and bytes that are no text, are still shown."""
    tree = {**repository.tree("HEAD"), ".gitattributes": b"* -diff\n", "prompts/system.md": b"hidden \xff\n"}
    patch = repository.diff("HEAD", repository.commit_candidate(tree, "c", "HEAD", "hidden"))

    assert "+hidden �" in patch
    assert "Binary files" not in patch
    assert "--- a/prompts/system.md\n+++ b/prompts/system.md\n" in patch


def test_a_promotion_is_a_merge_with_exactly_the_candidates_tree(repository: HarnessRepository) -> None:
    """Parents are the harness before and the candidate; trailers carry the evidence; files follow."""
    before, commit = repository.current(), candidate(repository, 60)
    promoted = promote(repository, commit)
    repository.require_clean()

    assert repository.current() == promoted
    assert run_git(repository.path, "show", "-s", "--format=%P", promoted) == f"{before} {commit}"
    assert repository.tree_hash(promoted) == repository.tree_hash(commit)
    assert run_git(repository.path, "show", "-s", "--format=%(trailers:only)", promoted) == (
        "Flywheel-Proposal: p1\nFlywheel-Kind: promotion"
    )
    assert b"steps = 60" in (repository.path / "harness.toml").read_bytes()
    assert run_git(repository.path, "status", "--porcelain") == ""
    assert [entry.commit for entry in repository.promotions()] == [promoted]


def test_a_stale_candidate_is_refused(repository: HarnessRepository) -> None:
    """What was measured against another tree than the current one must be measured again."""
    first, second = candidate(repository, 60), candidate(repository, 70)
    promoted = promote(repository, first)
    with pytest.raises(StaleError, match="was measured against another harness than the current"):
        promote(repository, second)
    with pytest.raises(StaleError):
        promote(repository, first)

    assert repository.current() == promoted


def test_a_person_s_commit_makes_candidates_stale(repository: HarnessRepository) -> None:
    """Any change of the tree counts, not only promotions."""
    commit = candidate(repository, 60)
    commit_by_hand(repository)

    with pytest.raises(StaleError):
        promote(repository, commit)


def test_an_equal_tree_is_not_stale(repository: HarnessRepository) -> None:
    """After a rollback the candidate's control is the current harness again, in another commit."""
    commit = candidate(repository, 60)
    promote(repository, commit)
    repository.rollback(trailers={})
    again = promote(repository, commit)

    assert repository.tree_hash(again) == repository.tree_hash(commit)


def test_a_first_commit_and_an_empty_candidate_cannot_be_promoted(repository: HarnessRepository) -> None:
    """There is nothing that they were compared with, or nothing that they change."""
    with pytest.raises(StaleError):
        promote(repository, repository.current())
    with pytest.raises(RepositoryError, match="changes nothing"):
        promote(repository, repository.commit_candidate(repository.tree("HEAD"), "c", "HEAD", "empty"))


def test_a_dirty_working_tree_stops_promotion_and_rollback(repository: HarnessRepository) -> None:
    """A person's work is never overwritten; nothing moves."""
    promoted = promote(repository, candidate(repository, 60))
    commit = candidate(repository, 70)
    (repository.path / "README.md").write_text("unsaved work")
    with pytest.raises(RepositoryError, match=r"uncommitted changes would be lost: README\.md"):
        promote(repository, commit)
    with pytest.raises(RepositoryError, match=r"uncommitted changes would be lost: README\.md"):
        repository.rollback(trailers={})

    assert repository.current() == promoted
    assert (repository.path / "README.md").read_text() == "unsaved work"


def test_a_rollback_restores_the_exact_tree(repository: HarnessRepository) -> None:
    """A new commit on top; history keeps what happened."""
    before = repository.tree_hash("HEAD")
    promoted = promote(repository, candidate(repository, 60))
    undone = repository.rollback(trailers={"Flywheel-Reason": "slower"})
    repository.require_clean()

    assert repository.tree_hash(undone) == before
    assert run_git(repository.path, "rev-parse", f"{undone}^") == promoted
    assert repository.log()[0].trailers["Flywheel-Reason"] == "slower"
    assert repository.log()[0].subject == "Roll back to Start"
    assert repository.promotions() == []
    assert run_git(repository.path, "status", "--porcelain") == ""


def test_rollbacks_undo_promotions_one_after_the_other(repository: HarnessRepository) -> None:
    """The second rollback goes further back instead of undoing the first, and then there is nothing left."""
    trees = [repository.tree_hash("HEAD")]
    trees += [repository.tree_hash(promote(repository, candidate(repository, steps))) for steps in (60, 70)]

    assert repository.tree_hash(repository.rollback(trailers={})) == trees[1]
    assert repository.tree_hash(repository.rollback(trailers={})) == trees[0]
    with pytest.raises(RepositoryError, match="nothing to roll back: no promotion stands"):
        repository.rollback(trailers={})


def test_a_rollback_does_not_swallow_later_work(repository: HarnessRepository) -> None:
    """What was committed since is named, with the command that gives it up knowingly."""
    before = repository.current()
    promote(repository, candidate(repository, 60))
    made = commit_by_hand(repository)
    with pytest.raises(
        RepositoryError, match=rf"would lose .* {made[:12]} \(By hand\); say so with --to {before[:12]}"
    ):
        repository.rollback(trailers={})

    assert repository.tree_hash(repository.rollback(to=before[:12], trailers={})) == repository.tree_hash(
        before
    )


def test_a_rollback_goes_only_to_what_was_once_current(repository: HarnessRepository) -> None:
    """A candidate is no such commit, and the current one changes nothing."""
    commit = candidate(repository, 60)
    with pytest.raises(RepositoryError, match="was never the current harness"):
        repository.rollback(to=commit, trailers={})
    with pytest.raises(RepositoryError, match="nothing to roll back: the current harness equals"):
        repository.rollback(to="HEAD", trailers={})


def test_without_a_branch_nothing_is_promoted(repository: HarnessRepository) -> None:
    """As in a CI checkout: reading works, moving a branch that is not there does not."""
    commit = candidate(repository, 60)
    run_git(repository.path, "switch", "-q", "--detach", "HEAD")
    with pytest.raises(RepositoryError, match="no branch is checked out"):
        promote(repository, commit)

    assert HarnessRepository.open(repository.path).current() == repository.current()


def test_a_promotion_moves_the_branch_that_is_checked_out(repository: HarnessRepository) -> None:
    """Whatever its name is; the others stay."""
    main = repository.current()
    run_git(repository.path, "switch", "-qc", "feature/x")
    promoted = promote(repository, candidate(repository, 60))

    assert run_git(repository.path, "rev-parse", "feature/x") == promoted
    assert run_git(repository.path, "rev-parse", "main") == main


def test_a_branch_that_moves_meanwhile_is_not_overwritten(repository: HarnessRepository) -> None:
    """Somebody else's commit wins; ours is to be tried again."""
    commit = candidate(repository, 60)
    repository_moved = HarnessRepository.open(repository.path)
    original = repository_moved._working_tree.prepare

    def prepare(old: str | None, new: str) -> None:
        original(old, new)
        run_git(repository.path, "commit", "-q", "--allow-empty", "-m", "meanwhile")

    repository_moved._working_tree.prepare = prepare  # type: ignore[method-assign]
    with pytest.raises(StaleError, match="moved while"):
        promote(repository_moved, commit)

    assert repository.log()[0].subject == "meanwhile"
    repository.require_clean()


@pytest.mark.parametrize("step", ["GitCommands.commit", "GitCommands.move", "WorkingTree._write"])
def test_a_promotion_that_is_killed_can_be_made_again(repository: HarnessRepository, step: str) -> None:
    """Before the branch moved it has not happened; after, it has, and the files follow."""
    commit = candidate(repository, 60)
    program = (
        "import os, pathlib, sys\n"
        "from harness.git_commands import GitCommands\n"
        "from harness.repository import HarnessRepository\n"
        "from harness.working_tree import WorkingTree\n"
        f"{step} = lambda *_, **__: os.kill(os.getpid(), 9)\n"
        "HarnessRepository.open(pathlib.Path(sys.argv[1])).promote(sys.argv[2], subject='P', trailers={})\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(repository.path), commit], check=False, env=os.environ
    )
    assert killed.returncode == -9
    repository.require_clean()
    if not repository.promotions():
        promote(repository, commit)

    repository.require_clean()
    assert len(repository.promotions()) == 1
    assert len(repository.log()) == 2
    assert b"steps = 60" in (repository.path / "harness.toml").read_bytes()


def test_prompts_with_odd_bytes_survive_promotion_and_rollback(repository: HarnessRepository) -> None:
    """Exact means to the byte, in the working tree too."""
    tree = {
        **apply_edits(repository.tree("HEAD"), [AppendText(path="prompts/system.md", text="x")]),
        "prompts/raw.md": b"\xff\r\n\0",
    }
    promote(repository, repository.commit_candidate(tree, "c", "HEAD", "raw"))

    assert (repository.path / "prompts/raw.md").read_bytes() == b"\xff\r\n\0"
    repository.rollback(trailers={})
    assert not (repository.path / "prompts/raw.md").exists()
    repository.require_clean()


def test_a_branch_of_many_commits_becomes_one_with_exactly_its_tree(repository: HarnessRepository) -> None:
    """Dated as what it stands on, so that it has one id everywhere; the branch stays as it is."""
    control = commit = repository.current()
    for number in range(2):
        tree = {**repository.tree(commit), "prompts/extra.md": f"{number}\n".encode()}
        commit = repository.commit_candidate(tree, f"step {number}", commit, "branch")

    squashed = repository.squash(commit, "all of it", control, "squashed")

    assert repository.squash(commit, "all of it", control, "squashed") == squashed
    assert repository.tree_hash(squashed) == repository.tree_hash(commit)
    assert repository.resolve(f"{squashed}^") == control
    assert repository.promote(squashed, subject="Promote", trailers={}) == repository.current()
