"""What can be said of containers where no engine answers: errors, the runtime, the door, what waits ahead."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.choose import agent_processes, choose_sandbox, why_not
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.docker.agents import ContainedAgents
from harness.sandboxes.docker.agents_inside import wipe
from harness.sandboxes.docker.container import Container
from harness.sandboxes.docker.doorway import Doorway
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.runtime import find_runtime
from harness.sandboxes.docker.sandbox import DockerSandbox
from harness.sandboxes.docker.warm import WarmContainers
from harness.sandboxes.fork_service import ForkService


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nobody listens where the engine should."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")


def test_no_engine_is_one_clear_error(no_engine: None) -> None:
    """It names Docker and the way out, and says nothing about a harness."""
    with pytest.raises(BrokenSystemError, match="no engine answers; start dockerd"):
        choose_sandbox("docker")
    with pytest.raises(BrokenSystemError, match="no engine answers"):
        ContainedAgents().start()


def test_a_machine_without_an_engine_can_be_asked(no_engine: None) -> None:
    """The reason is a text, as for every other sandbox."""
    with DockerSandbox() as sandbox:
        reason = why_not(sandbox)

    assert reason is not None
    assert reason.startswith("Docker, no engine answers")


def test_an_engine_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket in a folder does not reach it, so the first run would wait for nothing."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")

    with pytest.raises(BrokenSystemError, match="the engine must be on this machine"):
        Engine().image("any")


def test_agent_processes_are_as_far_apart_as_commands(no_engine: None) -> None:
    """Where commands run in containers, so does a harness's own code; nothing is started by choosing."""
    services = [agent_processes(sandbox) for sandbox in (DockerSandbox(), DirectorySandbox())]

    assert [type(service) for service in services] == [ContainedAgents, ForkService]


def test_an_unknown_sandbox_names_the_choices() -> None:
    """As every registry does."""
    with pytest.raises(ValueError, match="'podman'; the sandboxes are auto, namespace, directory, docker"):
        choose_sandbox("podman")


def test_the_runtime_is_complete_and_small() -> None:
    """Interpreter, loader, libraries, and the few files of ours that a first process needs: no suites, no verifiers."""
    runtime = find_runtime()
    targets = [target for _, target in runtime.binds]

    assert all(Path(source).exists() for source, _ in runtime.binds)
    assert len(set(targets)) == len(targets)
    assert {"/flywheel/loader", "/flywheel/bin/python3", "/flywheel/libraries/libc.so.6"} <= set(targets)
    assert [target for target in targets if "/code/" in target] == [
        "/flywheel/code/harness/__init__.py", "/flywheel/code/harness/wire.py", "/flywheel/code/harness/sandboxes",
    ]  # fmt: skip
    assert runtime.program[0] == "/flywheel/loader"


def test_a_door_opens_once() -> None:
    """Whoever comes first is in, and then there is no socket any more."""
    with Doorway() as door:
        path = Path(door.bind[0], Path(door.inside).name)
        with socket.socket(socket.AF_UNIX) as guest:
            guest.connect(str(path))
            admitted = door.admit(5.0, lambda: True)
            assert admitted is not None
            with admitted:
                guest.sendall(b"hello")
                said = admitted.recv(5)

        assert said == b"hello"
        assert not path.exists()
    assert not path.parent.exists()


def test_nobody_comes() -> None:
    """The wait ends with the time, or at once when nobody is coming."""
    began = time.monotonic()
    with Doorway() as door:
        assert door.admit(0.3, lambda: True) is None
        assert door.admit(60.0, lambda: False) is None

    assert time.monotonic() - began < 5


def test_what_lies_beside_a_door_cannot_be_listed() -> None:
    """The folder may be entered by who knows a name, and names cannot be guessed."""
    with Doorway() as door:
        ((source, target),) = door.lay_out({"/verifier/check.py": b"secret"})
        folder = Path(source).parent

        assert target == "/verifier/check.py"
        assert Path(source).read_bytes() == b"secret"
        assert len(Path(source).name) == 32
        assert stat.S_IMODE(folder.stat().st_mode) == 0o711


def test_wiping_empties_a_folder_and_follows_no_link(tmp_path: Path) -> None:
    """What a link points at stays, and so does the folder itself."""
    folder, outside = tmp_path / "scratch", tmp_path / "outside"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "file").write_text("x")
    outside.mkdir()
    (outside / "kept").write_text("x")
    (folder / "link").symlink_to(outside)
    (folder / "deep" / "link").symlink_to(outside / "kept")
    clean = wipe(str(folder))

    assert clean
    assert list(folder.iterdir()) == []
    assert (outside / "kept").exists()


def test_what_cannot_be_wiped_is_said(tmp_path: Path) -> None:
    """The container is then thrown away rather than used again."""
    here = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(here)
    clean = wipe(str(tmp_path))
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)

    assert not clean
    assert not wipe(str(tmp_path / "missing"))


class Yard:
    """Makes containers of sockets alone, and counts them."""

    def __init__(self) -> None:
        self.made: list[socket.socket] = []
        self.removed = 0
        self.broken = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def make(self) -> Iterator[Container]:
        """A container whose first process is the other end of a socket."""
        ours, theirs = socket.socketpair()
        with self._lock:
            self.made.append(theirs)
        yield Container(engine=Engine(), identity="", connection=ours, began=0.0, epoch=time.time)
        ours.close()
        theirs.close()
        self.removed += 1
        if self.broken:
            raise BrokenSystemError("the engine is gone")


def test_one_container_waits_ahead_and_each_is_used_once() -> None:
    """While one is open the next is being made; at the end none is left."""
    yard = Yard()
    warm = WarmContainers(yard.make)
    used = []
    for _ in range(3):
        with warm.take() as container:
            used.append(container.connection)
    warm.close()

    assert len(set(map(id, used))) == 3
    assert len(yard.made) == 4
    assert yard.removed == 4


def test_nothing_is_made_ahead_where_it_might_never_be_used() -> None:
    """A suite may have an image for each task."""
    yard = Yard()
    warm = WarmContainers(yard.make, ahead=False)
    for _ in range(2):
        with warm.take():
            pass
    warm.close()

    assert len(yard.made) == 2
    assert yard.removed == 2


def test_one_that_died_while_waiting_is_not_handed_out() -> None:
    """An engine that was restarted takes what waited with it; the next is made on the spot."""
    yard = Yard()
    warm = WarmContainers(yard.make)
    with warm.take():
        pass
    while len(yard.made) < 2:
        time.sleep(0.01)
    yard.made[1].close()
    with warm.take() as container:
        container.connection.sendall(b"x")
        said = yard.made[2].recv(1)
    warm.close()

    assert said == b"x"


def test_a_removal_that_failed_is_told() -> None:
    """It happened behind the back of the run before, so the next one hears of it."""
    yard = Yard()
    warm = WarmContainers(yard.make)
    yard.broken = True
    with warm.take():
        pass
    while yard.removed < 1:
        time.sleep(0.01)
    time.sleep(0.05)

    with pytest.raises(BrokenSystemError, match="the engine is gone"), warm.take():
        pass
    warm.close()
