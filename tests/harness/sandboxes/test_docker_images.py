"""The image of a task: named, or built from its Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.build_context import ContextFile
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.images import image_of, why_not_built
from harness.sandboxes.docker.limits import ContainerLimits
from harness.sandboxes.docker.sandbox import DockerSandbox
from harness.task_environment import REPOSITORY, TaskEnvironment
from tests.harness.containers import IMAGE, engine_with_image, ids

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = engine_with_image()
    yield made
    for image in made.api.images(REPOSITORY):
        made.api.remove_image(image["Id"], force=True)


def of(*lines: str, **more: str) -> TaskEnvironment:
    """A task with a Dockerfile of these lines, and files beside it."""
    text = "\n".join((f"FROM {IMAGE}", *lines, ""))
    return TaskEnvironment(
        context={
            "Dockerfile": ContextFile(content=text.encode()),
            **{name: ContextFile(content=content.encode()) for name, content in more.items()},
        }
    )


def test_an_image_is_built_and_runs(engine: Engine) -> None:
    """Its files are there, its variables are the commands', its user, entry point and volumes are not ours."""
    environment = of(
        "COPY tool /opt/tool", "ENV COLOUR=green LD_PRELOAD=/nowhere.so", "ENV PATH=/opt:$PATH", "USER root",
        'ENTRYPOINT ["false"]', "VOLUME /data", "HEALTHCHECK CMD false", tool="kept\n",
    )  # fmt: skip
    with DockerSandbox(IMAGE) as chosen, chosen.of_task(environment).open({}) as session:
        script = "cat /opt/tool; echo $COLOUR $PATH; id -u; echo > /data/x && df -m /data | tail -1"
        output = session.execute(("bash", "-c", script)).output.split()

    assert output[:3] == [
        "kept",
        "green",
        "/opt:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]
    assert output[3] == "65534"
    assert output[5] == "16"


def test_an_image_is_built_once(engine: Engine) -> None:
    """The same files are the same image; another file makes another one."""
    name = image_of(of("COPY a /a", a="1"), engine, IMAGE)
    built = engine.image(name)["Id"]

    assert image_of(of("COPY a /a", a="1"), engine, IMAGE) == name
    assert engine.image(name)["Id"] == built
    assert image_of(of("COPY a /a", a="2"), engine, IMAGE) != name


def test_a_build_has_no_network(engine: Engine) -> None:
    """Unless the task asks for one."""
    name = image_of(of("RUN ls /sys/class/net > /interfaces"), engine, IMAGE)
    with DockerSandbox(name) as sandbox, sandbox.open({}) as session:
        seen = session.read("/interfaces")

    assert seen == b"lo\n"


def test_a_build_that_fails_says_how(engine: Engine) -> None:
    """A failure of infrastructure, with the end of the log; nothing is left of it."""
    before = ids(engine)
    with pytest.raises(
        BrokenSystemError, match=r"returned a non-zero code: 3; the log ends:(.|\n)*the last words"
    ):
        image_of(of("RUN echo the last words; exit 3"), engine, IMAGE)

    assert ids(engine) == before


def test_a_build_that_takes_too_long_is_ended(engine: Engine) -> None:
    """Time is checked at each word of the engine."""
    times = iter([0.0, 1.0, 700.0, 701.0])
    with pytest.raises(BrokenSystemError, match="it took too long"):
        image_of(of("RUN echo 1", "RUN echo 2"), engine, IMAGE, monotonic=lambda: next(times))


def test_a_base_that_is_not_here_is_the_reason(engine: Engine) -> None:
    """Known before anything is built, so that a suite can list the task with it."""
    environment = TaskEnvironment(context={"Dockerfile": ContextFile(content=b"FROM no-such-base:1\n")})

    assert (
        why_not_built(environment, engine) == "needs the image no-such-base:1, which is not on this machine; "
        "get it by: docker pull no-such-base:1"
    )
    assert why_not_built(of(), engine) is None
    with pytest.raises(BrokenSystemError, match="needs the image no-such-base:1"):
        image_of(environment, engine, IMAGE)


def test_a_context_that_leaves_its_folder_is_refused() -> None:
    """Before an engine sees it."""
    with pytest.raises(ValueError, match=r"\.\./x' in a build context is not a relative path"):
        of(**{"../x": ""})


def test_a_task_without_wishes_gets_the_default(engine: Engine) -> None:
    """A named image comes before it, and limits and network are the task's."""
    limits = ContainerLimits(processes=20)
    chosen = DockerSandbox(IMAGE)
    sandbox = chosen.of_task(TaskEnvironment(limits=limits))

    assert chosen.of_task(TaskEnvironment(limits=limits)) is sandbox
    assert not sandbox.ahead
    assert sandbox.image == IMAGE
    assert sandbox.limits == limits
    assert not sandbox.network
    assert image_of(TaskEnvironment(image="named:1"), engine, IMAGE) == "named:1"
