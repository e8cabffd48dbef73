"""Tasks in an image of their own: what comes of a folder with a Dockerfile, with and without an engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.imports.finding import find_sources
from benchmarks.imports.importing import ImportOrder, import_suite
from benchmarks.imports.keeping.store import ImportStore
from benchmarks.imports.own_image import Images, OwnImages
from benchmarks.imports.refusal import Reason
from benchmarks.imports.trial import Outcome, try_source
from benchmarks.suite_check import check_suite
from harness.sandbox import Sandbox
from harness.sandboxes.task_containers import TaskContainers
from tests.harness.containers import IMAGE, engine_with_image, ids

Make = Callable[..., Path]
Try = Callable[..., Outcome]
DOCKERFILE = (
    f"FROM {IMAGE}\nENV WORD=six\nRUN mkdir /data && echo 42 > /data/answer\nWORKDIR /app\n"
    "COPY data.txt /app/\nRUN echo made > /app/made.txt\n"
)
PYTEST = """import os
from pathlib import Path
import shipped

def test_answer():
    assert Path("/app/answer.txt").read_text().strip() == Path("/data/answer").read_text().strip()

def test_image():
    assert (os.environ["WORD"], shipped.VALUE) == ("six", 6)
"""


@pytest.fixture(scope="module")
def engine_images() -> set[str]:
    """The containers that were there before."""
    return ids(engine_with_image())


@pytest.fixture
def attempt(sandbox: Sandbox) -> Iterator[Try]:
    """Tries the task of a folder, in its own image where it needs one."""
    containers = TaskContainers(sandbox)

    def tried(folder: Path, wanted: Images = "needed") -> Outcome:
        (source,) = find_sources(folder, suite="s")
        return try_source(source, source.load(), sandbox, OwnImages(containers=containers, wanted=wanted))

    yield tried
    containers.close()


def reasons(outcome: Outcome) -> list[Reason]:
    return [refusal.reason for refusal in outcome.refusals]


@pytest.mark.docker
def test_a_dockerfile_is_built_and_the_task_counts(
    harbor: Make, attempt: Try, tmp_path: Path, engine_images: set[str]
) -> None:
    """Every path is as its author wrote it: the workspace is the image's working folder, with what the image has there."""
    outcome = attempt(harbor(tmp_path / "h", **{"environment/Dockerfile": DOCKERFILE}))

    assert outcome.refusals == ()
    assert outcome.task is not None
    assignment = outcome.task.assignment
    assert assignment.environment is not None
    assert assignment.environment.home == "/app"
    assert assignment.instruction == "Write 42 to /app/answer.txt.\n"
    assert assignment.files == {"data.txt": b"see /app/data.txt\n", "made.txt": b"made\n"}
    assert outcome.task.reference == {"answer.txt": b"42\n"}


@pytest.mark.docker
def test_pytest_runs_with_the_image_s_own_packages(terminal: Make, attempt: Try, tmp_path: Path) -> None:
    """Those that its Dockerfile installed, and the variables that it set."""
    package = "RUN mkdir -p /usr/lib/python3/dist-packages && echo VALUE = 6 > /usr/lib/python3/dist-packages/shipped.py\n"
    files = {
        "Dockerfile": DOCKERFILE.replace("COPY data.txt /app/\n", package),
        "tests/test_outputs.py": PYTEST,
        "run-tests.sh": "apt-get update\npip install numpy\nuv run pytest $TEST_DIR/test_outputs.py -rA\n",
    }
    outcome = attempt(terminal(tmp_path / "t", **files))

    assert outcome.refusals == ()
    assert outcome.task is not None
    assert outcome.task.assignment.environment is not None


@pytest.mark.docker
@pytest.mark.parametrize(
    ("files", "reason", "words"),
    [
        (
            {"environment/Dockerfile": "FROM no-such-base:7\nWORKDIR /app\n"},
            Reason.NEEDS_IMAGE,
            "docker pull no-such",
        ),
        (
            {"task.toml": '[environment]\ndocker_image = "no-such:1"\n'},
            Reason.NEEDS_IMAGE,
            "docker pull no-such:1",
        ),
        ({"environment/Dockerfile": f"FROM {IMAGE}\nRUN echo last; exit 3\n"}, Reason.IMAGE_FAILS, "last"),
        ({"task.toml": "[environment]\ngpus = 1\n"}, Reason.NEEDS_DOCKER, "GPU"),
        (
            {"environment/Dockerfile": f"FROM {IMAGE}\nWORKDIR /usr\nRUN true\n"},
            Reason.NEEDS_DOCKER,
            "/usr is a folder of the system",
        ),
        (
            {
                "environment/Dockerfile": f"FROM {IMAGE}\nWORKDIR /app\nCOPY s.sh /app/\nRUN true && true\n",
                "environment/s.sh": "#!/bin/bash\necho 42 > /app/answer.txt\n",
            },
            Reason.GIVES_AWAY,
            "s.sh",
        ),
    ],
)
def test_what_no_image_can_do_is_listed_with_the_reason(
    harbor: Make, attempt: Try, tmp_path: Path, files: dict[str, str], reason: Reason, words: str
) -> None:
    """And with the way out, where there is one."""
    engine_with_image()
    outcome = attempt(harbor(tmp_path / "h", **files))

    assert not outcome.accepted
    assert reasons(outcome)[-1] is reason
    assert any(words in refusal.detail for refusal in outcome.refusals), outcome.refusals


@pytest.mark.docker
def test_a_named_image_is_used(harbor: Make, attempt: Try, tmp_path: Path) -> None:
    """A folder need not have a Dockerfile, and an image need not name a working folder."""
    engine_with_image()
    folder = harbor(
        tmp_path / "h",
        **{
            "task.toml": f'[environment]\ndocker_image = "{IMAGE}"\nmemory = "1G"\n[agent]\ntimeout_sec = 30.0\n',
            "tests/test.sh": "mkdir -p /logs/verifier; grep -c 42 answer.txt > /logs/verifier/reward.txt\n",
            "solution/solve.sh": "echo 42 > answer.txt\n",
        },
    )
    (folder / "environment" / "Dockerfile").unlink()
    task = attempt(folder).task

    assert task is not None
    environment = task.assignment.environment
    assert environment is not None
    assert (environment.image, environment.home, environment.seconds) == (IMAGE, "/workspace", 30.0)
    assert environment.limits.memory == 1 << 30


@pytest.mark.docker
def test_a_suite_of_images_is_kept_and_checked(
    harbor: Make, sandbox: Sandbox, tmp_path: Path, engine_images: set[str]
) -> None:
    """What is loaded again is what was imported; nothing of all the containers is left."""
    for name in ("one", "two"):
        harbor(tmp_path / "set" / name, **{"environment/Dockerfile": DOCKERFILE})
    store = ImportStore(tmp_path / "cache")
    imported = import_suite(ImportOrder(path=tmp_path / "set", name="set"), store, sandbox)
    suite = store.load("set")
    checks = check_suite(suite, sandbox)

    assert len(imported.accepted) == 2
    assert [task.assignment for task in suite.tasks] == [
        outcome.task.assignment for outcome in imported.accepted if outcome.task
    ]
    assert [check.sound for check in checks] == [True, True]
    assert ids(engine_with_image()) <= engine_images


@pytest.mark.docker
def test_a_task_whose_image_is_gone_is_listed_by_the_check(
    sandbox: Sandbox, write: Make, tmp_path: Path
) -> None:
    """With the reason, and not as a failure of its reference."""
    engine_with_image()
    record = {
        "id": "answer",
        "instruction": "Write 42.",
        "environment": {"image": IMAGE},
        "verifier": {"command": ["bash", "check.sh"], "files": {"check.sh": "test $(cat out.txt) = 42"}},
        "reference": {"out.txt": "42"},
    }
    file = write(tmp_path, {"x.jsonl": json.dumps(record)}) / "x.jsonl"
    store = ImportStore(tmp_path / "cache")
    import_suite(ImportOrder(path=file, name="set"), store, sandbox)
    (task,) = store.load("set").tasks
    assert task.assignment.environment is not None
    gone = _with_image(store, "no-such-image:1")
    (check,) = check_suite(gone, sandbox)

    assert not check.sound
    assert "docker pull no-such-image:1" in check.reasons[0]


def _with_image(store: ImportStore, image: str) -> object:
    from dataclasses import replace

    suite = store.load("set")
    (task,) = suite.tasks
    environment = replace(task.assignment.environment, image=image)
    return replace(
        suite, tasks=(replace(task, assignment=replace(task.assignment, environment=environment)),)
    )


def test_without_an_engine_a_task_keeps_its_reasons(
    harbor: Make, attempt: Try, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says that an engine would do."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    outcome = attempt(harbor(tmp_path / "h", **{"environment/Dockerfile": DOCKERFILE}))

    assert reasons(outcome)[:2] == [Reason.NEEDS_DOCKER, Reason.NEEDS_IMAGE]
    assert "start dockerd" in outcome.refusals[0].detail


def test_without_an_engine_a_plain_task_runs_as_ever(
    harbor: Make, attempt: Try, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Dockerfile that a plain sandbox can do needs no image, unless that is asked for."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    folder = harbor(tmp_path / "h")
    usual, asked = attempt(folder), attempt(folder, "always")

    assert usual.accepted
    assert usual.task is not None
    assert usual.task.assignment.environment is None
    assert reasons(asked) == [Reason.NEEDS_DOCKER]


def test_images_that_are_not_wanted_are_not_made(write: Make, attempt: Try, tmp_path: Path) -> None:
    """A task that only runs in a container is listed."""
    record = {
        "id": "answer",
        "instruction": "Write 42.",
        "environment": {"image": "any:1"},
        "verifier": {"command": ["true"]},
        "reference": {"out.txt": "42"},
    }
    outcome = attempt(write(tmp_path, {"x.jsonl": json.dumps(record)}) / "x.jsonl", "never")

    assert reasons(outcome) == [Reason.NEEDS_DOCKER]
