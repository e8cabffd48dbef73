"""Which sandbox a task gets, and what is said where there is none for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.docker.build_context import ContextFile
from harness.sandboxes.docker.sandbox import DockerSandbox
from harness.sandboxes.task_containers import TaskContainers
from harness.task_environment import TaskEnvironment
from tests.harness.containers import IMAGE, engine_with_image, ids

NAMED = TaskEnvironment(image=IMAGE)


@pytest.fixture
def containers() -> Iterator[TaskContainers]:
    """Beside a sandbox that needs nothing of the machine."""
    with closing(TaskContainers(DirectorySandbox())) as made:
        yield made


def test_a_task_without_wishes_gets_the_usual(containers: TaskContainers) -> None:
    """And needs no engine."""
    usual = containers.of(None)
    containers.make_ready(None, task="t")

    assert usual.isolation == "directory"
    assert containers.why_not(None) is None


def test_without_an_engine_the_task_is_named(
    containers: TaskContainers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do about it."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")

    with pytest.raises(
        BrokenSystemError, match=r"task t cannot run here: it needs a container.*start dockerd"
    ):
        containers.make_ready(NAMED, task="t")


@pytest.mark.docker
def test_an_image_that_is_not_here_is_named(containers: TaskContainers) -> None:
    """With the command that gets it; building is not even begun."""
    engine_with_image()
    built = TaskEnvironment(context={"Dockerfile": ContextFile(content=b"FROM no-such:1\n")})

    for missing in (built, TaskEnvironment(image="no-such:1")):
        with pytest.raises(
            BrokenSystemError, match=r"task t cannot run here: it needs the image no-such:1.*docker pull"
        ):
            containers.make_ready(missing, task="t")


@pytest.mark.docker
def test_workspace_folders_and_variables_are_the_task_s(containers: TaskContainers) -> None:
    """What the agent's container is given, its verifier's is given, too; each is fresh."""
    engine_with_image()
    environment = replace(NAMED, home="/app/work", folders=("/logs",), variables={"WORD": "six"})
    sandbox = containers.of(environment)
    script = "pwd; echo $HOME $WORD; cat a; echo 1 > /logs/x && ls /logs; echo 2 > b; touch /app/c || echo no"
    with sandbox.open({"a": b"1\n"}) as session:
        said = session.execute(("bash", "-c", script)).output
        files = session.snapshot()
    with containers.of(environment).open({}) as session:
        after = session.execute(("bash", "-c", "ls /logs /app/work")).output

    assert said.startswith("/app/work\n/app/work six\n1\nx\n")
    assert said.endswith("no\n")
    assert files == {"a": b"1\n", "b": b"2\n"}
    assert after == "/app/work:\n\n/logs:\n"
    assert containers.of(environment) is sandbox


@pytest.mark.docker
def test_several_that_want_one_image_build_it_once(tmp_path: Path) -> None:
    """The others wait for it; threads here, and processes alike, since the lock is the kernel's."""
    engine = engine_with_image()
    before = ids(engine)
    lines = f"FROM {IMAGE}\nRUN echo {tmp_path.name} && cat /proc/sys/kernel/random/uuid > /built\n"
    environment = TaskEnvironment(context={"Dockerfile": ContextFile(content=lines.encode())})

    def built(_: int) -> bytes:
        with closing(TaskContainers(DirectorySandbox())) as own, own.of(environment).open({}) as session:
            return session.read("/built")

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(built, range(4)))
    engine.api.remove_image(environment.image_name)

    assert len(found) == 1
    assert ids(engine) <= before


@pytest.mark.docker
def test_a_docker_sandbox_opens_its_tasks_itself() -> None:
    """So that a task that names no image gets the policy's."""
    engine_with_image()
    with DockerSandbox(IMAGE) as usual, closing(TaskContainers(usual)) as containers:
        sandbox = containers.of(TaskEnvironment(network=False, seconds=1.0))

        assert isinstance(sandbox, DockerSandbox)
        assert sandbox.image == IMAGE
        assert containers.of(None) is usual
