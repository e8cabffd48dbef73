"""The filter of system calls that keeps a first process out of reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.sandboxes.docker.call_filter import Machine, filter_calls, program

ROOT = Path(__file__).parents[3]
PRELUDE = f"""
import os, resource, sys
sys.path.append({str(ROOT)!r})
from harness.sandboxes.docker.call_filter import filter_calls
from harness.sandboxes.kernel import Kernel
Kernel().forbid_new_privileges()
def tell(call):
    try:
        call()
        print("allowed")
    except OSError as error:
        print(error.strerror)
"""


def told(script: str) -> list[str]:
    """What a fresh process prints that runs ``script``."""
    finished = subprocess.run(
        [sys.executable, "-c", PRELUDE + script], capture_output=True, text=True, check=True
    )
    return finished.stdout.splitlines()


def test_process_one_cannot_be_limited_or_slowed() -> None:
    """Limits, priority, scheduling and processors of process 1 are refused, also to root."""
    lines = told("""
filter_calls()
tell(lambda: resource.prlimit(1, resource.RLIMIT_CORE))
tell(lambda: os.sched_setaffinity(1, {0}))
tell(lambda: os.sched_setscheduler(1, os.SCHED_BATCH, os.sched_param(0)))
tell(lambda: os.setpriority(os.PRIO_PROCESS, 1, 5))
tell(lambda: os.setpriority(os.PRIO_USER, 0, 5))
""")

    assert lines == ["Operation not permitted"] * 5


def test_everything_else_goes_on() -> None:
    """A process may do to itself and its children what it always could; its children are filtered, too."""
    lines = told("""
import subprocess
filter_calls()
tell(lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
tell(lambda: resource.prlimit(os.getpid(), resource.RLIMIT_CORE))
tell(lambda: os.sched_setaffinity(os.getpid(), os.sched_getaffinity(0)))
tell(lambda: os.setpriority(os.PRIO_PROCESS, 0, 5))
print(subprocess.run(["grep", "Seccomp:", "/proc/self/status"], capture_output=True, text=True).stdout.split())
""")

    assert lines == ["allowed"] * 4 + ["['Seccomp:', '2']"]


def test_lasting_objects_are_refused_where_runs_follow_each_other() -> None:
    """Shared memory of the old kind outlives its processes: one run could leave word to the next."""
    script = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
filter_calls(lasting={lasting})
print(libc.semget(0, 1, 0o600) >= 0, libc.msgget(0, 0o600) >= 0, libc.shmget(0, 4096, 0o600) >= 0)
"""

    assert told(script.format(lasting=False)) == ["False False False"]


def test_calls_of_another_architecture_do_not_exist() -> None:
    """Numbers of x32 would be a way around: they are refused as unknown."""
    lines = told("""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
filter_calls()
if os.uname().machine == "x86_64":
    libc.syscall(ctypes.c_long(0x40000000 + 39))
    print(errno.errorcode[ctypes.get_errno()])
else:
    print("ENOSYS")
""")

    assert lines == ["ENOSYS"]


def test_the_program_is_whole() -> None:
    """Eight bytes an instruction, no jump beyond the end, and it ends by allowing."""
    calls = dict.fromkeys(
        ("prlimit64", "sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity", "setpriority",
         "ioprio_set", "shmget", "semget", "msgget", "mq_open"), 7
    )  # fmt: skip
    code = program(Machine(architecture=1, calls=calls), lasting=False)
    lines = [code[start : start + 8] for start in range(0, len(code), 8)]

    assert len(code) % 8 == 0
    assert all(index + 1 + max(line[2], line[3]) < len(lines) for index, line in enumerate(lines[:-1]))
    assert lines[-1] == b"\x06\x00\x00\x00" + (0x7FFF0000).to_bytes(4, "little")


def test_an_unknown_machine_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No filter would be worse than no container."""
    monkeypatch.setattr("harness.sandboxes.docker.call_filter._MACHINES", {})

    with pytest.raises(OSError, match="no call numbers"):
        filter_calls()
