"""The GitHub Action and the workflow that is to be copied: what they call exists, and forks get no keys."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from flywheel.cli import build

ROOT = Path(__file__).parents[2]
FORK = "github.event.pull_request.head.repo.full_name"


def read(path: str) -> dict[Any, Any]:
    """A YAML file of the repository; its key ``on`` is read as a truth value, as YAML 1.1 has it."""
    found: dict[Any, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def action() -> dict[Any, Any]:
    """The composite action."""
    return read("action.yml")


@pytest.fixture
def workflow() -> dict[Any, Any]:
    """The example."""
    return read("docs/examples/harness-change.yml")


def scripts(action: dict[Any, Any]) -> dict[str, str]:
    """The shell scripts of the action's steps, by name."""
    return {step["name"]: step["run"] for step in action["runs"]["steps"] if "run" in step}


def test_every_command_and_option_of_the_action_exists(action: dict[Any, Any]) -> None:
    """A renamed option would break every job that uses the action."""
    root: Any = typer.main.get_command(build())
    script = scripts(action)["Evaluate"]
    called = re.findall(r"^flywheel (\w+)", script, re.MULTILINE)
    known = {option for parameter in root.commands["evaluate"].params for option in parameter.opts}
    used = set(re.findall(r"(?<!\w)(--[a-z][a-z-]+)", script))

    assert called == ["evaluate"]
    assert len(used) > 8
    assert used <= known


def test_every_input_is_used_and_declared(action: dict[Any, Any]) -> None:
    """What is declared has an effect, and what is read is declared, with a description."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    read_somewhere = set(re.findall(r"inputs\.([a-z-]+)", text))

    assert read_somewhere == set(action["inputs"])
    assert all(entry["description"] for entry in action["inputs"].values())


def test_no_input_is_written_into_a_script(action: dict[Any, Any]) -> None:
    """A branch may be called anything: expressions come as environment variables only."""
    steps = [step for step in action["runs"]["steps"] if "run" in step]

    assert all("${{" not in step["run"] for step in steps)
    assert all(step["shell"] == "bash" for step in steps)


@pytest.mark.parametrize("name", ["Refuse pull requests of forks", "Evaluate", "Verdict", "Install"])
def test_scripts_are_shell(name: str, action: dict[Any, Any]) -> None:
    """Bash can read each."""
    done = subprocess.run(
        ["bash", "-n"], input=scripts(action)[name], text=True, check=False, capture_output=True
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("code", "inconclusive", "ends"),
    [(0, "fail", 0), (1, "pass", 1), (3, "fail", 3), (3, "pass", 0), (4, "pass", 4)],
)
def test_the_job_ends_as_the_verdict_says(
    code: int, inconclusive: str, ends: int, action: dict[Any, Any]
) -> None:
    """Only an inconclusive verdict may be let through, and only where that was chosen."""
    done = subprocess.run(
        ["bash", "-c", scripts(action)["Verdict"]],
        env={"CODE": str(code), "INCONCLUSIVE": inconclusive},
        check=False,
    )

    assert done.returncode == ends


def test_the_action_calls_flywheel_with_its_inputs(action: dict[Any, Any], tmp_path: Path) -> None:
    """Run with a stand-in for the program: each word is one word, and the exit code is handed on."""
    program = tmp_path / "bin" / "flywheel"
    program.parent.mkdir()
    program.write_text('#!/bin/bash\nprintf "%s\\n" "$@"\nexit 3\n')
    program.chmod(0o755)
    names = ("BUDGET", "IN_FLIGHT", "BETTER", "CONTINUE", "LOCAL_LEDGER", "TRUST_CODE")
    environment = {
        **dict.fromkeys(names, ""),
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "CANDIDATE": "$(touch hacked) --trust-code",
        "AGAINST": "main",
        "SUITE": "s",
        "REPOSITORY": ".",
        "SEED": "1",
        "BUDGET": "40",
        "BETTER": "true",
        "FOLDER": str(tmp_path / "out"),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
    }

    subprocess.run(
        ["bash", "-e", "-c", scripts(action)["Evaluate"]], env=environment, cwd=tmp_path, check=True
    )

    words = (tmp_path / "out" / "verdict.json").read_text().splitlines()
    assert words[:3] == ["evaluate", "--repository", "."]
    assert words[-2:] == ["--", "$(touch hacked) --trust-code"]
    assert words[words.index("--budget") + 1] == "40"
    assert "--better" in words
    assert "--continue" not in words
    assert "exit-code=3" in (tmp_path / "outputs").read_text()
    assert not (tmp_path / "hacked").exists()


def test_the_example_gives_the_action_what_it_takes(action: dict[Any, Any], workflow: dict[Any, Any]) -> None:
    """Its inputs exist, and both commits and the ledger are checked out."""
    steps = workflow["jobs"]["evaluate"]["steps"]
    ours = next(step for step in steps if "flywheel@" in step["uses"])
    checkout = next(step for step in steps if "checkout@" in step["uses"])

    assert set(ours["with"]) <= set(action["inputs"])
    assert checkout["with"]["fetch-depth"] == 0
    assert workflow["permissions"] == {"contents": "write"}


def test_forks_never_get_keys(action: dict[Any, Any], workflow: dict[Any, Any]) -> None:
    """By the event, by the job's condition, and by the action's first step."""
    job, first = workflow["jobs"]["evaluate"], action["runs"]["steps"][0]

    assert "pull_request_target" not in workflow[True]
    assert job["if"] == f"{FORK} == github.repository"
    assert f"{FORK} != github.repository" in first["if"]
    assert "exit 2" in first["run"]
    assert "secrets." not in (ROOT / "action.yml").read_text(encoding="utf-8")
