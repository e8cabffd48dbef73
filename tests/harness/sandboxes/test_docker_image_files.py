"""Reading a folder of an image, without running anything of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.sandboxes.docker.build_context import ContextFile
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.image_files import folder_files, working_folder
from harness.sandboxes.docker.images import image_of
from harness.task_environment import TaskEnvironment
from tests.harness.containers import IMAGE, engine_with_image, ids

pytestmark = pytest.mark.docker
DOCKERFILE = (
    f"FROM {IMAGE}\nWORKDIR /app/work\nRUN mkdir d && echo 1 > d/e && ln -s /etc/passwd link && mkfifo p\n"
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = engine_with_image()
    before = ids(made)
    yield made
    assert ids(made) <= before  # nothing is left of what was read


def test_regular_files_are_read(engine: Engine) -> None:
    """Links and pipes are left out, wherever they point."""
    environment = TaskEnvironment(context={"Dockerfile": ContextFile(content=DOCKERFILE.encode())})
    name = image_of(environment, engine, IMAGE)

    assert name == environment.image_name
    assert working_folder(engine, name) == "/app/work"
    assert folder_files(engine, name, "/app/work") == {"d/e": b"1\n"}


def test_an_image_may_have_no_such_folder(engine: Engine) -> None:
    """It then has no files there, and this one names no working folder."""
    assert folder_files(engine, IMAGE, "/no/such/folder") == {}
    assert working_folder(engine, IMAGE) == ""


def test_a_folder_larger_than_a_workspace_is_refused(engine: Engine) -> None:
    """Before all of it was read; the engine can be asked again."""
    with pytest.raises(OSError, match=r"larger than|more than"):
        folder_files(engine, IMAGE, "/usr")

    assert folder_files(engine, IMAGE, "/etc/dpkg/origins")
