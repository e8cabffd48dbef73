"""The Docker sandbox keeps the contract, and what happens in a container stays there."""

from __future__ import annotations

import os
import pickle
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandbox import ExecResult, Sandbox
from harness.sandboxes.choose import choose_sandbox
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.limits import ContainerLimits
from harness.sandboxes.docker.sandbox import DockerSandbox
from harness.sandboxes.layout import MEGABYTE
from tests.harness.containers import IMAGE, engine_with_image, labelled, skip_where_others_work
from tests.harness.sandboxes.sandbox_contract import SandboxContract

pytestmark = pytest.mark.docker
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_with_image()


@pytest.fixture(scope="module")
def containers(engine: Engine) -> Iterator[DockerSandbox]:
    with DockerSandbox(IMAGE) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(containers: DockerSandbox) -> Sandbox:
    return containers


class TestDockerSandbox(SandboxContract):
    """Containers."""


def run(sandbox: Sandbox, script: str, *, timeout: float = 20.0) -> ExecResult:
    """A shell script in a fresh container."""
    with sandbox.open({}) as session:
        return session.execute(("bash", "-c", script), timeout=timeout)


def test_it_says_what_it_is(sandbox: Sandbox) -> None:
    """Each run records the level of isolation that it had."""
    isolation = sandbox.isolation

    assert isolation == "docker"


def test_only_scratch_folders_can_be_written(sandbox: Sandbox) -> None:
    """The image's root is read-only: what can be written is memory of limited size."""
    program = """
import os
for folder, folders, _ in os.walk("/"):
    if folder in ("/proc", "/sys"):
        folders.clear()
    elif os.access(folder, os.W_OK):
        print(folder)
"""
    with sandbox.open({"walk.py": program.encode()}) as session:
        found = session.execute(("python3", "walk.py")).output.split()

    assert sorted(found) == ["/dev/mqueue", "/dev/shm", "/tmp", "/workspace"]


def test_no_privilege_is_left(sandbox: Sandbox) -> None:
    """Nobody, without capabilities, none to gain, both filters of system calls on."""
    script = "id -u; grep -E 'Cap|NoNewPrivs|Seccomp' /proc/self/status; unshare --user true; mount -t tmpfs x /tmp"
    found = run(sandbox, script).output

    capabilities = [line.split()[1] for line in found.splitlines() if line.startswith("Cap")]
    assert found.startswith("65534\n")
    assert capabilities == ["0000000000000000"] * 5
    assert "NoNewPrivs:\t1" in found
    assert "Seccomp:\t2" in found
    assert "unshare failed" in found
    assert "permission denied" in found.lower() or "must be superuser" in found


def test_there_is_no_network(sandbox: Sandbox) -> None:
    """Only the loopback interface exists, and it works; not even the engine's own bridge is reached."""
    program = """
import socket
print([name for _, name in socket.if_nameindex()])
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
for address in ("192.0.2.1", "172.17.0.1"):
    try:
        socket.create_connection((address, 80), timeout=2)
    except OSError as error:
        print(error.strerror)
try:
    socket.getaddrinfo("example.org", 80)
except OSError:
    print("no names")
"""
    with sandbox.open({"net.py": program.encode()}) as session:
        output = session.execute(("python3", "net.py"), timeout=20).output

    assert output == "['lo']\n" + "Network is unreachable\n" * 2 + "no names\n"


def test_a_network_is_there_when_it_is_asked_for(engine: Engine) -> None:
    """A task may ask; it then has the engine's bridge, if the engine has one."""
    if not any(found["Name"] == "bridge" for found in engine.api.networks()):
        pytest.skip("this engine has no bridge")
    with DockerSandbox(IMAGE, network=True) as sandbox:
        names = run(sandbox, "ls /sys/class/net").output.split()

    assert len(names) == 2


def test_the_host_is_hidden(sandbox: Sandbox) -> None:
    """No file of this project beyond the first process's own, no suites, no engine to speak to, no host name."""
    script = (
        f"ls {ROOT} /run/docker.sock /var/run/docker.sock; ls -R /flywheel/code | grep -cE 'verifier|suites|ledger'; "
        "cat /proc/1/environ /proc/1/mem; ls /proc/1/root /proc/1/fd; hostname; cat /etc/resolv.conf; echo end"
    )
    output = run(sandbox, script).output

    assert output.count("No such file") == 3
    assert output.count("Permission denied") == 4
    assert "\n0\n" in output
    assert output.endswith("\nsandbox\nend\n")
    assert os.uname().nodename not in output.split()


def test_the_door_is_shut_behind_the_first(sandbox: Sandbox) -> None:
    """The socket over which a container reached us is gone before any command starts."""
    with sandbox.open({}) as session:
        output = session.execute(("bash", "-c", "env | grep -c DOOR; ls /flywheel/door; find /flywheel/door"))

    assert "Permission denied" in output.output
    assert output.output.startswith("0\n")


def test_a_verifier_is_out_of_reach(sandbox: Sandbox) -> None:
    """What lies in a verifier's container cannot be found from an agent's, nor changed from within."""
    with sandbox.open({}, extra={"/verifier/check.py": b"SECRET = 1\n"}) as judge, sandbox.open({}) as agent:
        found = agent.execute(("bash", "-c", "ls /verifier; grep -rl SECRET /flywheel/door /tmp /run")).output
        changed = judge.execute(("bash", "-c", "echo > /verifier/check.py; cat /verifier/check.py")).output

    assert "SECRET" not in found
    assert "No such file" in found
    assert changed.endswith("SECRET = 1\n")


def test_forking_without_end_is_bounded(sandbox: Sandbox, engine: Engine) -> None:
    """The container runs out of processes, the machine does not; the time's end kills them all."""
    bomb = "import os\nwhile True:\n try: os.fork()\n except OSError: pass"
    with sandbox.open({"kept": b"1", "bomb.py": bomb.encode()}) as session:
        result = session.execute(("python3", "bomb.py"), timeout=2.0)
        after = session.execute(("bash", "-c", "ls -d /proc/[0-9]* | wc -l"))
        files = session.snapshot()

    assert result.timed_out
    assert int(after.output) < 6
    assert set(files) == {"kept", "bomb.py"}


def test_a_swarm_left_behind_does_not_stop_the_copy(sandbox: Sandbox) -> None:
    """Processes that fork on after their command has ended are gone from the snapshot on."""
    swarm = "f() { f | f & }; setsid bash -c 'f() { sleep 0.01; f & f & }; f; sleep 60' & echo made > made"
    with sandbox.open({}) as session:
        session.execute(("bash", "-c", swarm))
        time.sleep(0.5)
        files = session.snapshot()

        assert files == {"made": b"made\n"}
        assert session.execute(("echo", "alive")).output == "alive\n"


def test_filling_memory_ends_the_command(engine: Engine) -> None:
    """The kernel ends what is too large, or one of many; the container and its first process live on."""
    many = (
        "for i in {1..40}; do python3 -c 'import time; x = bytearray(12 << 20); time.sleep(2)' & done; wait"
    )
    limits = ContainerLimits(memory=256 * MEGABYTE)
    with DockerSandbox(IMAGE, limits=limits) as sandbox, sandbox.open({"kept": b"1"}) as session:
        large = session.execute(("python3", "-c", "x = bytearray(1 << 30)"))
        session.execute(("bash", "-c", many), timeout=20)
        after = session.execute(("echo", "alive"))

        assert large.exit_code == -9
        assert after.output == "alive\n"
        assert session.snapshot() == {"kept": b"1"}


def test_memory_full_of_files_is_no_fault_of_ours(engine: Engine) -> None:
    """Where files that no process holds end even the first process, that is an ``OSError``, not a broken system."""
    limits = ContainerLimits(memory=192 * MEGABYTE, workspace=512 * MEGABYTE)
    with DockerSandbox(IMAGE, limits=limits) as sandbox:
        with pytest.raises(OSError, match="ran out of memory"), sandbox.open({}) as session:  # noqa: PT012
            session.execute(("bash", "-c", "head -c 400M /dev/zero > large"))
            session.write("more", bytes(60 * MEGABYTE))

        assert run(sandbox, "echo alive").output == "alive\n"


def test_filling_the_disk_is_bounded(sandbox: Sandbox) -> None:
    """Every folder that can be written has an end, in bytes and in files; the machine's disk sees none of it."""
    before = os.statvfs("/var/lib").f_bavail
    fill = "for d in /workspace /tmp /dev/shm; do head -c 400M /dev/zero > $d/large; done; du -sm /workspace /tmp /dev/shm"
    many = "import itertools\nfor n in itertools.count():\n open(f'/tmp/{n}', 'w').close()"
    with sandbox.open({}) as session:
        filled = session.execute(("bash", "-c", fill), timeout=30)
        flood = session.execute(("python3", "-c", many), timeout=30)
        sizes = [int(line.split()[0]) for line in filled.output.splitlines() if "\t" in line]

        assert filled.output.count("No space left") == 3
        assert sizes == [128, 128, 16]
        assert "No space left" in flood.output
        with pytest.raises(OSError, match="larger than"):
            session.snapshot()
    assert before - os.statvfs("/var/lib").f_bavail < 50_000


@pytest.mark.parametrize(
    "attack",
    [
        "for signal in INT HUP TERM QUIT USR1 ALRM PIPE XFSZ STOP KILL; do kill -$signal 1; done",
        "for limit in as cpu nofile nproc data stack fsize; do prlimit --pid 1 --$limit=1:1; done",
        "renice 19 1; renice 19 -u 65534; chrt --idle -p 0 1; taskset -p 2 1; ionice -c 3 -p 1",
        "echo 1000 > /proc/1/oom_score_adj; echo x > /proc/1/clear_refs; kill -9 -1",
    ],
)
def test_a_command_cannot_break_its_container(sandbox: Sandbox, attack: str) -> None:
    """A first process that a task can end or starve would make any failed run one of infrastructure."""
    with sandbox.open({"kept": b"1"}) as session:
        session.execute(("bash", "-c", attack))
        after = session.execute(
            ("bash", "-c", "nproc; cut -d' ' -f19 /proc/1/stat; ulimit -n; ulimit -c; echo alive")
        )

        assert after.output.split()[1:] == ["0", "1024", "0", "alive"]
        assert session.snapshot() == {"kept": b"1"}


def test_a_process_that_escapes_its_group_ends_with_the_session(
    containers: DockerSandbox, engine: Engine
) -> None:
    """``setsid`` and double forks do not help: the container ends as a whole, and nothing is left of it."""
    containers.close()
    before = labelled(engine)
    with containers.open({}) as session:
        session.execute(("bash", "-c", "setsid bash -c 'sleep 60' & sleep 0.2"))
        during = labelled(engine)
    containers.close()

    assert len(during) > len(before)
    assert labelled(engine) == before


def test_two_at_once(sandbox: Sandbox) -> None:
    """Threads open containers of one sandbox side by side; each has its own files."""
    found: dict[int, bytes] = {}

    def work(number: int) -> None:
        with sandbox.open({"n": str(number).encode()}) as session:
            session.execute(("bash", "-c", "sleep 0.2; cat n n > twice"))
            found[number] = session.read("twice")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {number: f"{number}{number}".encode() for number in range(4)}


def test_no_container_is_used_twice(sandbox: Sandbox) -> None:
    """Containers are started ahead, but nothing of one opening is there in the next."""
    outputs = [
        run(sandbox, "cat /proc/sys/kernel/random/uuid > /tmp/x; ls /tmp /dev/shm").output for _ in range(3)
    ]
    times = {run(sandbox, "stat -c %i.%Z /workspace; cat /proc/self/mountinfo").output for _ in range(3)}

    assert outputs == ["/dev/shm:\n\n/tmp:\nx\n"] * 3
    assert len(times) == 3


def test_it_travels_to_another_process(engine: Engine) -> None:
    """A pickled sandbox opens containers of its own, under the same limits."""
    made = DockerSandbox(IMAGE, limits=ContainerLimits(processes=16))
    with pickle.loads(pickle.dumps(made)) as copy:
        output = run(copy, "for i in {1..30}; do sleep 1 & done; wait").output

    assert "Resource temporarily unavailable" in output
    assert copy.limits == made.limits


def test_a_container_removed_from_outside_is_a_broken_system(engine: Engine) -> None:
    """That is infrastructure's fault and no result of the command."""
    with DockerSandbox(IMAGE) as own:
        before = set(labelled(engine))
        with pytest.raises(BrokenSystemError, match="first process is gone"), own.open({}) as session:  # noqa: PT012
            for container in set(labelled(engine)) - before:
                engine.remove(container)
            session.execute(("true",))


def test_extra_files_cannot_take_the_place_of_our_own(sandbox: Sandbox) -> None:
    """Paths are plain, absolute, and not where our first process lies."""
    for path in ("relative/x", "/../x", "/a//b", "/a/", "/flywheel", "/flywheel/code/x"):
        with pytest.raises(OSError, match="not an absolute path"), sandbox.open({}, extra={path: b""}):
            pass


def test_an_image_that_is_not_here_is_named(engine: Engine) -> None:
    """None is fetched behind one's back; the error says how to get it."""
    with pytest.raises(BrokenSystemError, match="docker pull no-such-image"):
        choose_sandbox("docker", image="no-such-image:1")


def test_docker_is_chosen_by_name(engine: Engine) -> None:
    """Asked for, it opens; it is never chosen by itself."""
    chosen = choose_sandbox("docker", image=IMAGE)
    assert isinstance(chosen, DockerSandbox)
    with chosen:
        output = run(chosen, "echo here").output

    assert output == "here\n"
    assert choose_sandbox().isolation != "docker"


def test_opening_is_quick(engine: Engine, record_property: pytest.FixtureRequest) -> None:
    """One that is opened, used and left, again and again: most of it happens behind one's back."""
    skip_where_others_work()
    seconds = []
    with DockerSandbox(IMAGE) as sandbox:
        for _ in range(9):
            began = time.perf_counter()
            with sandbox.open({"a": b""}) as session:
                session.execute(("true",))
            seconds.append(time.perf_counter() - began)
    median = statistics.median(seconds)
    record_property("seconds_per_container", round(median, 3))  # type: ignore[operator]

    assert min(seconds) < 0.6
