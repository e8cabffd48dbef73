"""Taking one promoted middleware out by hand and evaluating shows the loss, end to end through the commands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from flywheel.exit_codes import ExitCode
from flywheel.mine_index import stored_runs
from flywheel.project import open_project

STACK = """
[[middleware]]
use = "stock:PreCompletionChecklist"

[[middleware]]
use = "stock:LoopDetection"

"""


REFUSALS = (ExitCode.NEGATIVE, ExitCode.INCONCLUSIVE)  # shown worse, or not shown safe and futile to go on


def flywheel(*words: str, expected: Sequence[int] = (ExitCode.DONE,)) -> str:
    """What a command writes to its standard output; it must end with one of these codes."""
    done = subprocess.run(
        [sys.executable, "-m", "flywheel", *words], capture_output=True, text=True, check=False
    )

    assert done.returncode in expected, done.stderr
    return done.stdout


def commit(folder: Path, toml: str, why: str) -> None:
    """Change ``harness.toml`` as a person does."""
    (folder / "harness.toml").write_text(toml)
    person = ("-c", "user.name=Person", "-c", "user.email=person@example.org")
    subprocess.run(["git", *person, "commit", "-qam", why], cwd=folder, check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A harness with a checklist and loop detection, as it stands after two promotions."""
    flywheel("init", str(tmp_path / "coder"))
    toml = (tmp_path / "coder" / "harness.toml").read_text()
    commit(tmp_path / "coder", toml.replace("[limits]", f"{STACK}[limits]"), "Checklist and loop detection")
    return tmp_path / "coder"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["PreCompletionChecklist", "LoopDetection"])
def test_removing_a_promoted_middleware_shows_the_loss(
    folder: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """The CI job is told that it is worse, or not safe; the middleware's event is in runs of the control only."""
    toml = (folder / "harness.toml").read_text()
    commit(folder, toml.replace(f'[[middleware]]\nuse = "stock:{name}"\n', ""), f"Without {name}")

    told = flywheel("evaluate", "HEAD", "--against", "HEAD~1", "-C", str(folder), "--json", expected=REFUSALS)
    document: dict[str, Any] = json.loads(told)
    verdict = document["verdict"]
    project = open_project(folder)
    acted = {
        arm: sum(
            any(activation.middleware == name for activation in run.activations)
            for run in stored_runs(project)
            if run.arm == arm
        )
        for arm in ("control", "candidate")
    }
    record_property("decision", document["decision"])
    record_property("effect_at_stop", round(verdict["effect_at_stop"], 4))
    record_property("interval", str([round(end, 3) for end in verdict["interval"]]))
    record_property("pairs", len(verdict["pairs"]))
    record_property("runs_with_event", str(acted))

    assert document["question"] == "safe"
    assert document["decision"] == "reject" or verdict["futile"]
    assert "shown to be worse" in document["reason"] or "not shown safe" in document["reason"]
    assert verdict["effect_at_stop"] < -0.1
    assert verdict["wealth"] < 1.0
    assert verdict["activation"] == "fired"
    assert acted["control"] > 0
    assert acted["candidate"] == 0
    shown = flywheel("evaluate", "HEAD", "--against", "HEAD~1", "-C", str(folder), expected=REFUSALS)
    assert shown.startswith(("reject: shown to be worse", "inconclusive: not shown safe"))
    assert shown.count("broken ") > shown.count("fixed ")
