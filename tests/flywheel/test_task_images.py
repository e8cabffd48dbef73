"""Suites whose tasks bring an image of their own: imported, checked, run, and refused where they cannot run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.suite_store import load_suite
from flywheel.cli import run
from flywheel.exit_codes import ExitCode
from flywheel.observer import SilentObserver
from flywheel.project import open_project
from flywheel.task_images import require_images
from harness.repository import HarnessRepository
from harness.root_attributes import IMAGE as IMAGE_ATTRIBUTE
from harness.root_attributes import is_root
from harness.sandboxes.choose import choose_sandbox
from tests.harness.containers import IMAGE, engine_with_image, ids
from traces import attributes as names
from traces.segments import read_spans

DOCKERFILE = f"FROM {IMAGE}\nRUN mkdir /data && echo 42 > /data/answer\nWORKDIR /app\nCOPY hint.txt /app/\n"
TEST = """#!/bin/bash
mkdir -p /logs/verifier
cmp -s /app/answer.txt /data/answer && echo 1 > /logs/verifier/reward.txt || echo 0 > /logs/verifier/reward.txt
"""
AGENT = "cat hint.txt; cp /data/answer answer.txt"


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two Harbor folders that no plain sandbox can run, and an empty cache."""
    monkeypatch.setenv("FLYWHEEL_CACHE", str(tmp_path / "cache"))
    for name in ("first", "second"):
        files = {
            "task.toml": "[verifier]\ntimeout_sec = 20.0\n",
            "instruction.md": "Copy the answer to /app/answer.txt.",
            "environment/Dockerfile": DOCKERFILE,
            "environment/hint.txt": "look in /data\n",
            "tests/test.sh": TEST,
            "solution/solve.sh": "#!/bin/bash\ncp /data/answer /app/answer.txt\n",
        }
        for path, text in files.items():
            file = tmp_path / "set" / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return tmp_path / "set"


@pytest.fixture
def harness(tmp_path: Path) -> Path:
    """A harness whose agent is a shell script."""
    toml = f'[harness]\nname = "script"\nagent = "command"\nargv = ["bash", "-c", {AGENT!r}]\n'
    tree = {"harness.toml": toml.encode()}
    HarnessRepository.init(tmp_path / "harness", tree, "Start", clock=lambda: 1_700_000_000.0)
    return tmp_path / "harness"


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """No container is left behind by what a test does."""
    engine = engine_with_image()
    before = ids(engine)
    yield
    assert ids(engine) <= before


@pytest.mark.docker
def test_a_folder_is_imported_checked_and_run_in_its_image(
    tasks: Path, harness: Path, nothing_left: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The agent and its verifier see what the Dockerfile made, at the paths its author wrote."""
    codes = [
        run(["suites", "import", str(tasks), "--name", "own", "--no-splits"]),
        run(["suites", "check", "own"]),
    ]
    capsys.readouterr()
    codes.append(run(["run", "-C", str(harness), "--suite", "own", "--json"]))
    said = capsys.readouterr()
    assert codes == [ExitCode.DONE] * 3, said.err
    document = json.loads(said.out)
    roots = [span.attributes for span in read_spans(open_project(harness).segments) if is_root(span)]

    assert (document["passed"], document["scored"]) == (2, 2)
    assert {root[names.ISOLATION] for root in roots} == {"docker"}
    assert all(str(root[IMAGE_ATTRIBUTE]).startswith("flywheel-task:") for root in roots)


@pytest.mark.docker
def test_a_suite_for_benchmarking_only_cannot_be_optimised_on(
    tasks: Path, harness: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor can a candidate be evaluated on it; both are said before anything runs."""
    engine_with_image()
    run(["suites", "import", str(tasks), "--name", "own", "--no-splits"])
    project = open_project(harness)
    now = project.repository.current()
    tree = {**project.repository.tree(now), "home/more": b"x"}
    other = project.repository.commit_candidate(tree, "more", now, "more")
    words = [["optimize"], ["plan"], ["evaluate", other, "--against", now]]
    codes = [run([*command, "-C", str(harness), "--suite", "own"]) for command in words]
    said = capsys.readouterr().err

    assert codes == [ExitCode.WRONG_USE] * 3
    assert said.count("holds no groups out for the gate") == 3
    assert not list(open_project(harness).segments.glob("*"))


def test_without_an_engine_a_run_is_refused_before_it_starts(
    tmp_path: Path, harness: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the tasks and the way out; no run is recorded, none is errored."""
    monkeypatch.setenv("FLYWHEEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    _keep_contained_task(tmp_path / "cache")
    code = run(["run", "-C", str(harness), "--suite", "own"])
    said = capsys.readouterr().err
    check = run(["suites", "check", "own"])
    listed = capsys.readouterr().out

    assert code == ExitCode.WRONG_USE
    with pytest.raises(SuiteError, match="own/answer cannot run here: it needs a container"):
        require_images(
            load_suite("own", seed=1, cache=tmp_path / "cache", sandbox=choose_sandbox()).tasks,
            SilentObserver(),
        )
    assert "1 of 1 tasks cannot run on this machine" in said
    assert "own/answer" in said
    assert "start dockerd" in said
    assert not list(open_project(harness).segments.glob("*"))
    assert check == ExitCode.NEGATIVE
    assert "own/answer: task own/answer cannot run here: it needs a container" in listed


def _keep_contained_task(cache: Path) -> None:
    """A suite as it was imported where there was an engine."""
    from benchmarks.imports.keeping.store import ImportedSuite, ImportStore
    from benchmarks.imports.trial import Outcome
    from benchmarks.imports.verifying.command_verifier import CommandVerifier
    from benchmarks.task import Task
    from harness.runs import Assignment
    from harness.task_environment import TaskEnvironment

    task = Task(
        id="own/answer",
        group="answer",
        assignment=Assignment(
            task="own/answer", instruction="Write 42.", files={}, environment=TaskEnvironment(image="a:1")
        ),
        verifier=CommandVerifier(argv=("true",), files={}),
        reference={"out.txt": b"42"},
    )
    store = ImportStore(cache)
    store.keep("own", "0" * 64, Outcome(id=task.id, format="jsonl", task=task), machine="m")
    store.keep_suite(
        ImportedSuite(name="own", splits=False, source="there", licence="CC0", digests={task.id: "0" * 64})
    )
