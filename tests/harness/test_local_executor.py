"""Runs in parallel, once each, retried only for infrastructure's sake, and nothing left behind."""
# ruff: noqa: ARG002 - signatures that others call

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError, ManifestError
from harness.local_executor import LocalExecutor
from harness.run_store import finished_runs, stored_runs
from harness.runs import RunRequest, RunResult, Verification, run_id
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.namespace import NamespaceSandbox
from tests.harness.scripted import SOLVE, Broken, FileSays, Harness, Say, Script, bash, own, request
from traces import attributes as names
from traces.outcome import Outcome
from traces.segments import read_spans

ROOT = Path(__file__).parents[2]


def executor(
    folder: Path, sandbox: Sandbox, says: tuple[Say, ...] = SOLVE, in_flight: int = 2
) -> LocalExecutor:
    """An executor of scripted runs."""
    return LocalExecutor(
        folder / "segments", in_flight=in_flight, sandbox=sandbox, model_factory=Script(says)
    )


def requests(folder: Path, count: int) -> list[RunRequest]:
    """Runs of the usual task by the usual harness."""
    checkout = Harness().checkout(folder)
    return [request(checkout, key=f"run-{number}", seed=number) for number in range(count)]


def test_runs_finish_and_are_found_again(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """What the executor yields is what the segments say; a second one runs nothing of it again."""
    wanted = requests(tmp_path, 4)
    with executor(tmp_path, namespaces) as first:
        results = {result.key: result for result in first.run(wanted)}
        again = list(first.run(wanted))
    spans = len(list(read_spans(tmp_path / "segments")))
    with executor(tmp_path, namespaces, says=(Say("never asked"),)) as second:
        resumed = list(second.run(wanted))

    assert {result.outcome for result in results.values()} == {Outcome.PASSED}
    assert [result.key for result in again] == [request.key for request in wanted]
    assert {result.key: result for result in resumed} == results == finished_runs(tmp_path / "segments")
    assert len(list(read_spans(tmp_path / "segments"))) == spans


def test_two_run_at_once(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """While one run's command sleeps, another run has begun."""
    with executor(tmp_path, namespaces, (bash("sleep 0.8"), Say("end"))) as made:
        list(made.run(requests(tmp_path, 3)))
    roots = sorted(span.start_ns for span in read_spans(tmp_path / "segments") if span.parent_id is None)

    assert min(later - earlier for earlier, later in pairwise(roots)) < 0.8e9


@pytest.mark.slow
def test_requests_are_pulled_as_workers_are_free(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """Who decides after each result pays for no run that it did not want."""
    pulled = []

    def source() -> Iterator[RunRequest]:
        for wanted in requests(tmp_path, 6):
            pulled.append(wanted.key)
            yield wanted

    with executor(tmp_path, namespaces) as made:
        results = made.run(source())
        next(results)
        count = len(pulled)
        results.close()

    assert count <= 3
    assert len(finished_runs(tmp_path / "segments")) == len(pulled)


@pytest.mark.slow
def test_a_killed_worker_costs_one_attempt(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """Its run is made again by another worker, and the others go on."""
    wanted = requests(tmp_path, 3)
    with executor(
        tmp_path, namespaces, (bash("sleep 0.3; echo 42 > answer.txt"), Say("end")), in_flight=1
    ) as made:
        results = made.run(wanted)
        first = next(results)
        made._workers[0]._process.send_signal(signal.SIGKILL)
        rest = list(results)

    assert {result.key for result in (first, *rest)} == {request.key for request in wanted}
    assert {result.outcome for result in (first, *rest)} == {Outcome.PASSED}
    assert max(result.attempt for result in rest) == 2


def test_segments_that_cannot_be_written_stop_everything(
    tmp_path: Path, namespaces: NamespaceSandbox
) -> None:
    """A run that cannot be recorded is not made."""
    (tmp_path / "segments").write_text("in the way")
    with executor(tmp_path, namespaces, in_flight=1) as made, pytest.raises(BrokenSystemError):
        list(made.run(requests(tmp_path, 1)))


@pytest.mark.slow
def test_a_full_disk_is_a_broken_system(tmp_path: Path) -> None:
    """Nothing is lost of what was written before; the error is the caller's to report."""
    program = f"""
import resource, sys
from pathlib import Path
from harness.errors import BrokenSystemError
from tests.harness.test_local_executor import executor, requests
from harness.sandboxes.directory import DirectorySandbox
from harness.run_store import finished_runs
if __name__ == "__main__":
    folder = Path({str(tmp_path)!r})
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
    with executor(folder, DirectorySandbox(), in_flight=1) as made:
        try:
            for result in made.run(requests(folder, 9)):
                print(result.outcome)
        except BrokenSystemError as error:
            print(type(error).__name__, len(finished_runs(folder / "segments")))
"""
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = finished.stdout.split("\n")

    assert lines[-2].startswith("BrokenSystemError"), finished.stderr
    assert lines[-2] == f"BrokenSystemError {len(lines) - 2}"


def test_code_that_is_not_trusted_is_the_caller_s_error(tmp_path: Path) -> None:
    """Where there are no namespaces; stock harnesses run."""
    wanted = request(own("class Own(AgentMiddleware): pass").checkout(tmp_path))
    with (
        executor(tmp_path, DirectorySandbox(), in_flight=1) as made,
        pytest.raises(ManifestError, match="--trust-code"),
    ):
        list(made.run([wanted]))


def test_a_request_that_cannot_travel_says_so(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """A verifier that a worker cannot load is named, not hung on."""
    with executor(tmp_path, namespaces, in_flight=1) as made, pytest.raises(Exception, match=r"verif|pickle"):
        list(made.run([request(Harness().checkout(tmp_path), verifier=lambda: "verifier")]))


def test_kill_9_leaves_no_process(tmp_path: Path) -> None:
    """Workers, fork servers, agent processes and sandboxes end with the executor's process, and resuming works."""
    name = f"leftover{os.getpid()}"
    program = f"""
from pathlib import Path
from harness.local_executor import LocalExecutor
from tests.harness.scripted import Harness, Say, Script, bash, request
folder = Path({str(tmp_path)!r})
script = Script((bash("exec -a {name} sleep 60", timeout=60), Say("end")))
with LocalExecutor(folder / "segments", model_factory=script, in_flight=1) as made:
    list(made.run([request(Harness().checkout(folder), key="run")]))
"""
    owner = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, start_new_session=True)
    wait_until(lambda: len(matching(name)) == 1)
    family = descendants(owner.pid)
    owner.kill()
    owner.wait()
    wait_until(lambda: not alive(family))
    with LocalExecutor(tmp_path / "segments", model_factory=Script(SOLVE), in_flight=1) as made:
        (result,) = made.run([request(Harness().checkout(tmp_path), key="run")])

    assert len(family) >= 4
    assert not alive(family)
    assert not matching(name)
    assert (result.outcome, result.attempt) == (Outcome.PASSED, 2)


@pytest.mark.slow
def test_closing_leaves_no_process(tmp_path: Path) -> None:
    """Also after an error in the middle of the iteration."""
    before = descendants(os.getpid())

    def fail(result: RunResult) -> None:
        raise KeyboardInterrupt

    def interrupted() -> None:
        with LocalExecutor(tmp_path / "segments", model_factory=Script(SOLVE)) as made:
            for result in made.run(requests(tmp_path, 4)):
                fail(result)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    wait_until(lambda: descendants(os.getpid()) <= before)

    assert descendants(os.getpid()) <= before


def test_in_flight_must_be_positive(tmp_path: Path) -> None:
    """A wrong number is the caller's."""
    with pytest.raises(ValueError, match="in_flight"):
        LocalExecutor(tmp_path, in_flight=0)


def matching(name: str) -> list[str]:
    """Ids of processes whose command line begins with ``name``."""
    return subprocess.run(
        ["pgrep", "-f", f"^{name}"], capture_output=True, text=True, check=False
    ).stdout.split()


def descendants(pid: int) -> set[int]:
    """Ids of all processes below one."""
    lines = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat=,comm="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in lines.splitlines()]
    parents = {int(row[0]): int(row[1]) for row in rows if row[2][0] != "Z" and row[3] != "ps"}
    found = {pid}
    while new := {child for child, parent in parents.items() if parent in found} - found:
        found |= new
    return found - {pid}


def alive(pids: set[int]) -> set[int]:
    """Those that still run."""
    return {pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid)}


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait for a condition that becomes true soon."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, namespaces: NamespaceSandbox
) -> Iterator[tuple[LocalExecutor, Path]]:
    """One executor with one worker, and its folder, for tests that need no special one."""
    folder = tmp_path_factory.mktemp("shared")
    with executor(folder, namespaces, in_flight=1) as made:
        yield made, folder


def test_a_key_that_is_asked_for_twice_runs_once(shared: tuple[LocalExecutor, Path]) -> None:
    """The second time it is answered by the first one's result."""
    made, folder = shared
    wanted = request(Harness().checkout(folder), key="twice")
    results = list(made.run([wanted, wanted]))

    assert len(results) == 2
    assert results[0] == results[1]
    assert results[0].attempt == 1


def test_an_errored_run_is_tried_three_times(shared: tuple[LocalExecutor, Path]) -> None:
    """As new attempts under the same key; what stays errored is never finished."""
    made, folder = shared
    wanted = request(Harness().checkout(folder), key="errored", verifier=Broken())
    (result,) = made.run([wanted])
    (later,) = made.run([wanted])

    assert (result.outcome, result.attempt) == (Outcome.ERRORED, 3)
    assert result.run_id != wanted.run_id
    assert later.attempt == 6
    assert "errored" not in finished_runs(folder / "segments")


def test_nothing_wanted_is_nothing_done(shared: tuple[LocalExecutor, Path]) -> None:
    """Also with an executor that has run before."""
    assert list(shared[0].run([])) == []


def test_a_source_that_breaks_is_the_caller_s(shared: tuple[LocalExecutor, Path]) -> None:
    """Its own error comes out, and the executor works on."""
    made, folder = shared
    checkout = Harness().checkout(folder)

    def source() -> Iterator[RunRequest]:
        yield request(checkout, key="before")
        raise LookupError("no more tasks")

    with pytest.raises(LookupError, match="no more tasks"):
        list(made.run(source()))
    (after,) = made.run([request(checkout, key="after")])

    assert after.outcome is Outcome.PASSED


def test_a_source_that_decides_by_results_sees_them_all(shared: tuple[LocalExecutor, Path]) -> None:
    """A request is pulled when a worker is free: with one of them, after each result."""
    made, folder = shared
    checkout = Harness().checkout(folder)
    seen: list[str] = []
    known: list[int] = []

    def source() -> Iterator[RunRequest]:
        for number in range(3):
            known.append(len(seen))
            yield request(checkout, key=f"step-{number}")

    for result in made.run(source()):
        seen += [result.key]

    assert seen == ["step-0", "step-1", "step-2"]
    assert known == [0, 1, 2]


def test_an_attempt_that_was_asked_for_is_the_least(shared: tuple[LocalExecutor, Path]) -> None:
    """Higher ones are kept, those that were begun before are not begun again."""
    made, folder = shared
    (result,) = made.run([request(Harness().checkout(folder), key="late", attempt=5)])

    assert (result.attempt, result.run_id) == (5, run_id("late", 5))


def test_failures_of_a_harness_are_not_tried_again(shared: tuple[LocalExecutor, Path]) -> None:
    """A verdict is a verdict; so is a harness that cannot be loaded."""
    made, folder = shared
    wrong = request(Harness().checkout(folder), key="wrong", verifier=FileSays(text="43\n"))
    broken = request(Harness(head="agnet = 1").checkout(folder), key="broken")
    results = {result.key: result for result in made.run([wrong, broken])}

    assert {key: (found.outcome, found.attempt) for key, found in results.items()} == {
        "wrong": (Outcome.FAILED, 1),
        "broken": (Outcome.FAILED, 1),
    }
    assert finished_runs(folder / "segments").items() >= results.items()


def test_a_run_that_recovers_is_finished(shared: tuple[LocalExecutor, Path], tmp_path: Path) -> None:
    """The second attempt counts; the first stays in the segments."""
    made, folder = shared
    flaky = Flaky(mark=tmp_path / "tried")
    (result,) = made.run([request(Harness().checkout(folder), key="flaky", verifier=flaky)])
    roots = [
        span.attributes[names.OUTCOME]
        for span in read_spans(folder / "segments")
        if span.parent_id is None and span.attributes.get(names.RUN_KEY) == "flaky"
    ]

    assert (result.outcome, result.attempt) == (Outcome.PASSED, 2)
    assert roots == ["errored", "passed"]


@dataclass(frozen=True)
class Flaky:
    """A verifier that breaks when it is first asked."""

    mark: Path

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Leave a mark, then judge as usual."""
        if not self.mark.exists():
            self.mark.touch()
            raise OSError("the disk was busy")
        return FileSays().verify(workspace, sandbox)


@pytest.mark.slow
def test_an_executor_can_be_closed_and_used_again(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """New workers are started; what was finished is still known."""
    made = executor(tmp_path, namespaces, in_flight=1)
    wanted = requests(tmp_path, 2)
    first = list(made.run(wanted[:1]))
    made.close()
    made.close()
    both = list(made.run(wanted))
    made.close()

    assert both[0] == first[0]
    assert [result.attempt for result in both] == [1, 1]
    assert made._workers == []


@pytest.mark.slow
def test_a_worker_that_keeps_dying_is_a_broken_system(tmp_path: Path, namespaces: NamespaceSandbox) -> None:
    """Three times the same run: it is not tried for ever."""
    with (
        executor(tmp_path, namespaces, in_flight=1) as made,
        pytest.raises(BrokenSystemError, match="ended unexpectedly with exit code 7"),
    ):
        list(made.run([request(Harness().checkout(tmp_path), verifier=Killer())]))

    assert stored_runs(tmp_path / "segments").attempts == {"run": 3}


@dataclass(frozen=True)
class Killer:
    """A verifier that takes its whole process with it."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """End the worker."""
        os._exit(7)
