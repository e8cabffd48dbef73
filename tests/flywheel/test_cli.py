"""The command line: help, errors with a way out, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flywheel.cli import run
from flywheel.project import Project, open_project
from flywheel.reference import reference

COMMANDS = [
    ["init"],
    ["run"],
    ["analyze"],
    ["evaluate"],
    ["optimize"],
    ["promote"],
    ["rollback"],
    ["status"],
    ["demo"],
    ["proposals", "list"],
    ["proposals", "show"],
    ["suites", "list"],
    ["suites", "show"],
    ["suites", "check"],
    ["traces", "search"],
    ["traces", "show"],
    ["traces", "reindex"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_and_json(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What a command is for, how it is called, and that it speaks JSON."""
    code = run([*command, "--help"])

    text = capsys.readouterr().out
    assert code == 0
    assert "Example" in text
    assert "--json" in text


def test_the_cli_reference_is_current() -> None:
    """docs/cli.md is what ``make docs`` would write."""
    page = Path(__file__).parents[2] / "docs" / "cli.md"

    assert page.read_text(encoding="utf-8") == reference()


def test_a_wrong_option_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line that says where help is."""
    assert run(["status", "--nonsense"]) == 2
    assert "flywheel status --help" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["status", "-C", "{empty}"], "flywheel init"),
        (["suites", "show", "nope"], "humaneval-repair"),
        (["suites", "check", "nope"], "workshop"),
        (["run", "-C", "{harness}", "--suite", "nope"], "workshop"),
        (["optimize", "-C", "{harness}", "--suite", "nope"], "humaneval-repair"),
        (["promote", "p-nope", "-C", "{harness}"], "no proposal"),
        (["proposals", "show", "p-nope", "-C", "{harness}"], "no proposal"),
        (["rollback", "-C", "{harness}"], "roll"),
        (["traces", "show", "abc", "-C", "{harness}"], "no traces"),
        (["traces", "search", "x", "-C", "{harness}", "--where", "nonsense=1"], "outcome"),
        (["traces", "search", "x", "-C", "{harness}", "--where", "nonsense"], "outcome=failed"),
        (["analyze", "-C", "{harness}"], "flywheel run"),
        (["evaluate", "HEAD", "-C", "{harness}"], "same harness"),
        (["init", "{harness}"], "not empty"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_bad_input_names_the_way_out(
    arguments: list[str], hint: str, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error, exit code 2, nothing changed."""
    empty = tmp_path / "empty"
    empty.mkdir()
    before = project.repository.current()
    places = {"{empty}": str(empty), "{harness}": str(project.repository.path)}

    code = run([places.get(word, word) for word in arguments])

    error = [line for line in capsys.readouterr().err.splitlines() if line.startswith("flywheel:")]
    assert code == 2
    assert len(error) == 1
    assert hint in error[0]
    assert project.repository.current() == before


def test_a_dirty_harness_repository_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Work on it would not be what the commits say; the files are named."""
    (project.repository.path / "harness.toml").write_text("[harness]\nname = 'x'\n")

    code = run(["run", "-C", str(project.repository.path), "--suite", "workshop"])

    assert code == 2
    assert "harness.toml" in capsys.readouterr().err


def test_a_second_optimize_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Two at once would spend one error budget twice."""
    with project.repository.lock():
        code = run(["optimize", "-C", str(project.repository.path), "--suite", "humaneval-repair"])

    assert code == 2
    assert "another" in capsys.readouterr().err


def test_init_makes_a_repository_that_status_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The two first commands of a new user, in JSON."""
    made = run(["init", str(tmp_path / "new"), "--json"])
    created = json.loads(capsys.readouterr().out)
    read = run(["status", "-C", str(tmp_path / "new"), "--json"])
    status = json.loads(capsys.readouterr().out)

    assert (made, read) == (0, 0)
    assert status["harness"]["commit"] == created["commit"]
    assert open_project(tmp_path / "new").manifest().model == "simulated:coder"


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("\n[limits2]\nsteps = 3\n", "limits2"),
        ('\n[[middleware]]\nuse = "stock:Nope"\n', "LoopDetection"),
        ('\n[[middleware]]\nuse = "stock:LoopDetection"\nsoft_limit = "many"\n', "soft_limit"),
        ('\n[[middleware]]\nuse = "stock:LoopDetection"\nsoft = 3\n', "soft_limit"),
    ],
    ids=["unknown table", "unknown middleware", "wrong type", "unknown parameter"],
)
@pytest.mark.parametrize(
    "command", [["run", "--suite", "workshop"], ["optimize"]], ids=lambda words: words[0]
)
def test_a_harness_that_does_not_load_is_said_so_before_anything_runs(
    command: list[str], wrong: str, hint: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file, the line and the valid choices, in one line with exit code 2."""
    path = project.repository.path / "harness.toml"
    path.write_text(path.read_text() + wrong)
    project.repository.git.run("add", "harness.toml")
    project.repository.git.run("commit", "-m", "wrong")

    code = run([command[0], "-C", str(project.repository.path), *command[1:]])

    error = capsys.readouterr().err
    assert code == 2
    assert "harness.toml:" in error
    assert hint in error
    assert not project.segments.exists()
