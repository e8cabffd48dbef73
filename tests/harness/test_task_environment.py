"""The environment that a task wants, as a value."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from harness.sandboxes.docker.build_context import ContextFile
from harness.sandboxes.docker.limits import ContainerLimits
from harness.task_environment import TaskEnvironment, folder_problem

BUILT = TaskEnvironment(context={"Dockerfile": ContextFile(content=b"FROM a\n")})


def test_a_built_image_is_known_by_what_it_is_made_of() -> None:
    """Its content and whether its building may fetch more; nothing else."""
    other = replace(BUILT, context={"Dockerfile": ContextFile(content=b"FROM b\n")})
    names = [BUILT.image_name, other.image_name, replace(BUILT, build_network=True).image_name]

    assert len(set(names)) == 3
    assert all(name is not None and name.startswith("flywheel-task:") for name in names)
    assert replace(BUILT, network=True).image_name == BUILT.image_name


def test_a_named_image_keeps_its_name() -> None:
    """And one that wants any image has none."""
    assert TaskEnvironment(image="a:1").image_name == "a:1"
    assert TaskEnvironment().image_name is None


@pytest.mark.parametrize(
    "change",
    [
        {"network": True},
        {"home": "/app"},
        {"folders": ("/logs",)},
        {"variables": {"A": "1"}},
        {"limits": ContainerLimits(processes=20)},
    ],
)
def test_what_a_container_is_given_tells_environments_apart(change: dict[str, object]) -> None:
    """Containers of one are never handed out for the other; a pickled copy is the same one."""
    changed = replace(BUILT, **change)  # type: ignore[arg-type]

    assert changed.digest != BUILT.digest
    assert pickle.loads(pickle.dumps(changed)).digest == changed.digest
    assert changed.image_name == BUILT.image_name


def test_time_is_no_part_of_a_container() -> None:
    """Two tasks that differ in it share what is kept of an image."""
    assert replace(BUILT, seconds=5.0).digest == BUILT.digest


@pytest.mark.parametrize(
    "folder", ["app", "/", "/usr", "/app/", "/a/../b", "//app", "/proc/1", "/flywheel/x", "/tests"]
)
def test_folders_that_a_container_needs_cannot_be_a_workspace(folder: str) -> None:
    """Those of the system, of ours, and of the verifier."""
    assert folder_problem(folder) is not None
    with pytest.raises(ValueError, match=r"absolute path|folder of the system"):
        TaskEnvironment(home=folder)


@pytest.mark.parametrize("folder", ["/app", "/usr/src/app", "/root", "/home/agent/x"])
def test_others_can(folder: str) -> None:
    """Also below those of the system, as images do."""
    assert folder_problem(folder) is None


def test_a_context_stays_in_its_folder() -> None:
    """Whatever made it."""
    with pytest.raises(ValueError, match="is not a relative path"):
        TaskEnvironment(context={"../x": ContextFile(content=b"")})


def test_variables_of_ours_are_not_a_task_s() -> None:
    """They say where our first process finds us."""
    with pytest.raises(ValueError, match="FLYWHEEL_DOOR"):
        TaskEnvironment(variables={"FLYWHEEL_DOOR": "/x"})
