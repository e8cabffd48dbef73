"""Containers of dead owners are removed; those of living ones are not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.owners import is_orphan, reap, this_process
from harness.sandboxes.docker.sandbox import DockerSandbox
from tests.harness.containers import IMAGE, engine_with_image, labelled

ROOT = Path(__file__).parents[3]


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait for a condition that becomes true soon."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_living_owner_keeps_its_containers() -> None:
    """Its number and its start are those of a process that runs."""
    here = this_process()

    assert not is_orphan(here.labels(), here)
    assert here.process == str(os.getpid())


def test_a_dead_owner_loses_them() -> None:
    """No such process, or a later one with its number."""
    here = this_process()
    with subprocess.Popen(["true"]) as ended:
        pass

    assert is_orphan(replace(here, process=str(ended.pid)).labels(), here)
    assert is_orphan(replace(here, started="1").labels(), here)
    assert is_orphan(replace(here, process="../1").labels(), here)


def test_a_boot_ends_every_owner() -> None:
    """Whatever process has the number now, it is another one."""
    here = this_process()

    assert is_orphan(replace(here, boot="earlier").labels(), here)


def test_an_owner_that_cannot_be_seen_is_left_alone() -> None:
    """In another namespace of process numbers the same number says nothing."""
    here = this_process()

    assert not is_orphan(replace(here, namespace="pid:[1]", process="1").labels(), here)


def test_a_zombie_owns_nothing() -> None:
    """A killed supervisor that nobody has waited for is dead all the same."""
    here = this_process()
    ended = subprocess.Popen(["true"])
    stat = Path(f"/proc/{ended.pid}/stat")
    wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z")
    started = stat.read_text().rpartition(")")[2].split()[19]

    assert is_orphan(replace(here, process=str(ended.pid), started=started).labels(), here)
    ended.wait()


def running(engine: Engine) -> set[str]:
    """Containers of ours in which something runs."""
    return {
        found["Id"] for found in engine.containers("flywheel.owner.process") if found["State"] == "running"
    }


@pytest.mark.docker
def test_kill_nine_of_the_owner_leaves_no_container() -> None:
    """The first process inside sees that nobody is there any more, and the engine removes what is left."""
    engine = engine_with_image()
    before = set(labelled(engine))
    program = f"""
from harness.sandboxes.docker.sandbox import DockerSandbox
with DockerSandbox({IMAGE!r}).open({{}}) as session:
    print("open", flush=True)
    session.execute(("bash", "-c", "setsid sleep 60 & sleep 60"), timeout=60)
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        during = set(labelled(engine)) - before
        owner.kill()
    wait_until(lambda: not running(engine) - before)
    ended = running(engine) - before
    with DockerSandbox(IMAGE) as sandbox, sandbox.open({}):
        pass

    assert during
    assert not ended
    assert set(labelled(engine)) <= before


@pytest.mark.docker
def test_what_never_started_is_removed_by_the_next_start() -> None:
    """An owner killed between creating and starting leaves a container that nothing inside can end."""
    engine: Engine = engine_with_image()
    dead = replace(this_process(), started="1").labels()
    orphan = engine.create({"image": IMAGE, "command": ["true"], "labels": dead}, {"network_mode": "none"})
    stopped = engine.create(
        {"image": IMAGE, "command": ["sleep", "60"], "labels": dead}, {"network_mode": "none"}
    )
    engine.start(stopped)
    living = engine.create(
        {"image": IMAGE, "command": ["true"], "labels": this_process().labels()}, {"network_mode": "none"}
    )
    with DockerSandbox(IMAGE) as sandbox, sandbox.open({}):
        left = labelled(engine)
    engine.remove(living)

    assert orphan not in left
    assert stopped not in left
    assert living in left
    assert reap(engine) == 0
