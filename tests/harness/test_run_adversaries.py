"""Whole runs whose agent turns on its machine: the right outcome, and nothing left behind, in both kinds of sandboxes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.runs import Assignment, Verification
from harness.sandbox import Sandbox
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.task_containers import TaskContainers
from harness.task_environment import TaskEnvironment
from tests.harness.containers import IMAGE, engine_with_image, ids
from tests.harness.scripted import Harness
from tests.harness.supervised import Supervised
from traces.outcome import Outcome

ROOT = Path(__file__).parents[2]
MARK = "8642.75"  # seconds of a sleep that nobody else asks for
TOKEN = "a-word-that-only-the-verifier-has"
NAMESPACE = pytest.param("namespace", id="namespace")
DOCKER = pytest.param("docker", id="docker", marks=pytest.mark.docker)


@dataclass(frozen=True)
class KnowsToken:
    """A verifier whose own files hold the answer."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Compare the answer with a file beside the workspace."""
        with sandbox.open(workspace, extra={"/tests/token": TOKEN.encode()}) as session:
            done = session.execute(("cmp", "answer.txt", "/tests/token"))
        passed = done.exit_code == 0
        return Verification(passed=passed, score=float(passed), cause="passed" if passed else "assertion")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the agent runs, and what was on the machine before it."""

    supervised: Supervised
    environment: TaskEnvironment | None
    engine: Engine | None
    before: set[str]

    def run(self, script: str, *, seconds: float = 20.0) -> tuple[Outcome, str]:
        """Let a shell script be the agent of one run."""
        harness = Harness(
            head=f'agent = "command"\nargv = ["bash", "-c", {json.dumps(script)}]\n', wall_seconds=seconds
        )
        task = Assignment(
            task="t", instruction="Say it.", files={"readme": b"x\n"}, environment=self.environment
        )
        result = self.supervised(harness, assignment=task, verifier=KnowsToken())
        return result.outcome, result.reason

    def left(self) -> set[str]:
        """What is on the machine now that was not there before."""
        return traces_of(self.engine) - self.before


def traces_of(engine: Engine | None) -> set[str]:
    """Processes with our mark, folders of ours, containers and volumes, whoever made them."""
    found = {f"process {path.parent.name}" for path in Path("/proc").glob("[0-9]*/cmdline") if marked(path)}
    found |= {f"folder {path}" for path in Path(tempfile.gettempdir()).glob("flywheel-*")}
    if engine is not None:
        volumes = engine.api.volumes()["Volumes"] or []
        found |= {f"container {name}" for name in ids(engine)} | {f"volume {one['Name']}" for one in volumes}
    return {name for name in found if "flywheel-images" not in name}


def marked(path: Path) -> bool:
    """Whether a process was started with our mark."""
    try:
        return MARK.encode() in path.read_bytes()
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait for a condition that becomes true soon."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return met


@pytest.fixture
def place(request: pytest.FixtureRequest, supervised: Supervised) -> Iterator[Place]:
    """The machine's namespaces, or a container of an image of the task's own; at the end nothing of it is left."""
    contained = request.param == "docker"
    engine = engine_with_image() if contained else None
    before = traces_of(engine)
    with closing(TaskContainers(supervised.sandbox)) as containers:
        made = Place(
            supervised=replace(supervised, containers=containers),
            environment=TaskEnvironment(image=IMAGE) if contained else None,
            engine=engine,
            before=before,
        )
        yield made
    assert wait_until(lambda: not made.left()), made.left()


REACH_HOST = f"""
for path in {ROOT} /run/docker.sock /proc/1/root/ /proc/1/fd/; do ls $path && exit 4; done
kill -9 1; kill -9 -1; exit 5
"""
ATTACKS = {
    "forks": (
        "exec python3 -c 'import os\nwhile True:\n try: os.fork()\n except OSError: pass'",
        "wall_clock",
    ),
    "memory": ("python3 -c 'x = bytearray(64 << 30)'; exit 7", "verification_failed;exit_code:7"),
    "disk": (
        "head -c 100M /dev/zero > /workspace/large; head -c 400M /dev/zero > /tmp/large",
        "workspace_unusable:OSError",
    ),
    "many files": (
        "python3 -c 'for n in range(12000): open(str(n), \"w\").close()'",
        "workspace_unusable:OSError",
    ),
    "a link": (f"ln -s /etc/shadow answer.txt; ln -s / all; sleep {MARK} &", "verification_failed"),
    "network": (
        "python3 -c 'import socket; socket.create_connection((\"192.0.2.1\", 80), timeout=2)' || exit 3",
        "verification_failed;exit_code:3",
    ),
    "verifier": (
        f"cat /tests/token > answer.txt; grep -rhs {TOKEN[:6]} /tests /tmp /run /flywheel/door /dev/shm >> answer.txt; exit 0",
        "verification_failed",
    ),
    "host": (
        REACH_HOST,
        "verification_failed;exit_code:5",
    ),
}


@pytest.mark.parametrize("place", [NAMESPACE, DOCKER], indirect=True)
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_a_failure_of_its_harness(place: Place, attack: str) -> None:
    """Never one of infrastructure, which would be run again; and the run after it is as good as ever."""
    script, reason = ATTACKS[attack]
    outcome, found = place.run(script, seconds=1.5 if attack == "forks" else 40.0)

    assert outcome is (Outcome.TIMED_OUT if reason == "wall_clock" else Outcome.FAILED), found
    assert found.startswith(reason)


@pytest.mark.parametrize("place", [NAMESPACE, DOCKER], indirect=True)
def test_a_process_left_behind_changes_nothing(place: Place) -> None:
    """It is ended before the workspace is copied, whatever group it has escaped to."""
    keeps_on = f"while true; do echo later > answer.txt; sleep 0.01; done & sleep {MARK}"
    script = f"printf {TOKEN} > kept; setsid bash -c '({keeps_on}) &'; sleep 0.3; exec 9> answer.txt; printf {TOKEN} >&9"
    outcome, reason = place.run(script)

    assert outcome in {Outcome.PASSED, Outcome.FAILED}, reason
    assert wait_until(lambda: not any(name.startswith("process") for name in place.left()))


@pytest.mark.parametrize("place", [NAMESPACE, DOCKER], indirect=True)
def test_an_honest_run_beside_them_passes(place: Place) -> None:
    """The place itself is fine."""
    assert place.run(f"printf {TOKEN} > answer.txt") == (Outcome.PASSED, "verified")


@pytest.mark.docker
def test_kill_nine_of_a_run_in_its_own_image_leaves_nothing(tmp_path: Path) -> None:
    """Worker and all: what runs inside ends with its connection, and the next opening removes what never started."""
    engine = engine_with_image()
    before = traces_of(engine)
    program = f"""
from pathlib import Path
from harness.local_executor import LocalExecutor
from harness.runs import Assignment
from harness.task_environment import TaskEnvironment
from tests.harness.scripted import Harness, request
harness = Harness(head='agent = "command"\\nargv = ["bash", "-c", "setsid sleep {MARK} & sleep {MARK}"]\\n')
checkout = harness.checkout(Path({str(tmp_path)!r}))
task = Assignment(task="t", instruction="i", files={{}}, environment=TaskEnvironment(image={IMAGE!r}))
with LocalExecutor(Path({str(tmp_path / "segments")!r}), in_flight=1) as executor:
    list(executor.run([request(checkout, assignment=task)]))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment) as owner:
        assert wait_until(lambda: any(name.startswith("process") for name in traces_of(engine) - before), 60)
        owner.kill()

    assert wait_until(lambda: not traces_of(engine) - before), traces_of(engine) - before
