"""What checks see of a workspace, with a real starter and real workers, but without a sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import judge

STARTER = "import sys\nfrom benchmarks import judge\njudge.starter(int(sys.argv[1]), int(sys.argv[2]))\n"
FILES = {
    "state.py": "count = 0\ndef next():\n    global count\n    count += 1\n    return count\n",
    "pack/__init__.py": "",
    "pack/inner.py": "from pack import other\ndef twice(x, *, plus=0): return other.double(x) + plus\n",
    "pack/other.py": "def double(x): return 2 * x\n",
    "ends.py": "import os, signal\ndef now(): os._exit(3)\ndef segv(): os.kill(os.getpid(), signal.SIGSEGV)\n"
    "def raises(name): raise {'OSError': OSError, 'Own': type('Own', (LookupError,), {})}[name]\n",
    "mutates.py": "def add(items):\n    items.append(1)\n    return items\n",
    "main.py": "import sys\nprint(sys.stdin.read().upper(), *sys.argv[1:])\n"
    "print('bad', file=sys.stderr)\nopen('made.txt', 'w').write('ä')\nsys.exit(4)\n",
    "broken.py": "def f(:\n",
    "streams.py": "import os, sys\ndef read(): return sys.stdin.read()\n"
    "def descriptors(): return sorted(int(d) for d in os.listdir('/proc/self/fd'))\n",
}

Start = Callable[..., judge.Program]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a program over a workspace of ``FILES``; its calls end by the deadline."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    root = Path(judge.__file__).parents[1]
    monkeypatch.chdir(tmp_path)
    request_out, request_in = os.pipe()
    answer_out, answer_in = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(request_out), str(answer_in)],
        pass_fds=(request_out, answer_in),
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    os.close(request_out)
    os.close(answer_in)
    programs: list[judge.Program] = []

    def make(*, seconds: float = 20.0, cpu_seconds: int = 3) -> judge.Program:
        deadline = time.monotonic() + seconds
        programs.append(judge.Program(request_in, answer_out, cpu_seconds=cpu_seconds, deadline=deadline))
        return programs[-1]

    yield make
    for program in programs:
        program.end()
    os.close(request_in)
    process.wait(10)
    os.close(answer_out)


def test_calls_of_one_check_share_a_worker_and_checks_do_not(start: Start) -> None:
    """State lives as long as a check: the next one begins anew."""
    program = start()
    following = program.function("state.py", "next")
    first = [following(), following(), program.call("state.py", "next")]
    program.end()

    assert first == [1, 2, 3]
    assert following() == 1


def test_files_in_folders_are_imported_as_modules(start: Start) -> None:
    """With their own imports, and keyword arguments as given."""
    assert start().call("pack/inner.py", "twice", 4, plus=1) == 9


def test_arguments_are_copies(start: Start) -> None:
    """A program that changes what it was given changes nothing of the check's."""
    items = [0]

    assert start().call("mutates.py", "add", items) == [0, 1]
    assert items == [0]


def test_a_probe_loads_files_and_takes_arguments(start: Start) -> None:
    """It runs where the program runs, and what it raises is a cause like any other."""
    program = start()
    source = "def probe(n):\n    return [load('pack/other.py').double(i) for i in range(n)]"

    assert program.probe(source, 3) == [0, 2, 4]
    with pytest.raises(judge.ProgramError, match="exception:ZeroDivisionError"):
        program.probe("def probe(): return 1 / 0")


CAUSES = [
    ("nowhere.py", "f", (), "missing_file"),
    ("broken.py", "f", (), "syntax_error"),
    ("state.py", "missing", (), "exception:AttributeError"),
    ("ends.py", "now", (), "program_ended"),
    ("ends.py", "segv", (), "crashed"),
    ("ends.py", "raises", ("OSError",), "exception:OSError"),
    ("ends.py", "raises", ("Own",), "exception:LookupError"),
]


@pytest.mark.parametrize(("path", "name", "arguments", "cause"), CAUSES, ids=[case[3] for case in CAUSES])
def test_a_call_that_fails_names_its_cause_and_the_next_one_works(
    start: Start, path: str, name: str, arguments: tuple[str, ...], cause: str
) -> None:
    """Whatever became of the worker."""
    program = start()
    with pytest.raises(judge.ProgramError) as failed:
        program.call(path, name, *arguments)

    assert failed.value.cause == cause
    assert program.call("pack/other.py", "double", 2) == 4


def test_a_call_past_the_deadline_is_a_timeout_and_its_worker_can_be_ended(start: Start) -> None:
    """Also one that sleeps and so never uses up its CPU time."""
    program = start(seconds=1.0)
    started = time.monotonic()
    with pytest.raises(judge.ProgramError, match="timeout"):
        program.probe("def probe():\n    import time\n    time.sleep(60)")
    program.end()

    assert time.monotonic() - started < 15


def test_a_busy_worker_is_ended_by_its_share_of_the_processor(start: Start) -> None:
    """Long before the deadline."""
    with pytest.raises(judge.ProgramError, match="timeout"):
        start(seconds=60.0, cpu_seconds=1).probe("def probe():\n    while True: pass")


def test_a_worker_has_no_streams_of_the_judge(start: Start) -> None:
    """Its standard streams are empty, and of all else it only has its two pipes."""
    program = start()

    assert program.call("streams.py", "read") == ""
    assert len(program.call("streams.py", "descriptors")) <= 3 + 2 + 1  # and the listing's own


def test_a_command_runs_in_a_copy_of_the_workspace(start: Start, tmp_path: Path) -> None:
    """Exit code, both streams and the files asked for come back; the workspace stays as it was."""
    code, output, errors, kept = start().run(
        "main.py", "x", "y", stdin="grüße", files={"deep/in.txt": "1"}, keep=("made.txt", "deep/in.txt", "no")
    )

    assert (code, output, errors) == (4, "GRÜSSE x y\n", "bad\n")
    assert kept == {"made.txt": "ä", "deep/in.txt": "1"}
    assert not (tmp_path / "made.txt").exists()
    assert not (tmp_path / "deep").exists()


def test_a_command_past_the_deadline_is_a_timeout(start: Start) -> None:
    """Commands and calls share one deadline."""
    with pytest.raises(judge.ProgramError, match="timeout"):
        start(seconds=0.5).run("-c", "import time; time.sleep(60)")


def test_ending_a_program_that_never_began_does_nothing(start: Start) -> None:
    """A check that calls nothing has no worker."""
    program = start()
    program.end()
    program.end()

    assert program.call("pack/other.py", "double", 1) == 2


CHECKS = """
def helper(program):
    raise AssertionError

def verify_right(program):
    assert program.call("pack/other.py", "double", 1) == 2

def verify_wrong(program):
    assert program.call("pack/other.py", "double", 1) == 3

def verify_stumbles(program):
    program.call("pack/other.py", "double", 1).missing

def verify_cause(program):
    program.call("nowhere.py", "f")

def verify_catches(program):
    try:
        program.call("nowhere.py", "f")
    except ProgramError as error:
        assert error.cause == "missing_file"
"""


def test_every_check_gets_a_cause_in_their_order(start: Start) -> None:
    """Only functions named so are checks; one that stumbles over an answer has refused it."""
    verdict = judge.judge({"required": ["state.py"], "checks": CHECKS}, start())

    assert verdict == {"checks": ["passed", "assertion", "assertion", "missing_file", "passed"]}


def test_a_missing_required_file_is_the_only_verdict(start: Start) -> None:
    """Nothing is run for it, not even the text of the checks."""
    verdict = judge.judge({"required": ["state.py", "gone.py"], "checks": "raise SystemExit"}, start())

    assert verdict == {"checks": ["missing_file"]}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (9, "timeout"),
        (24, "timeout"),
        (11, "crashed"),
        (6, "crashed"),
        (0, "program_ended"),
        (256, "program_ended"),
    ],
)
def test_a_workers_end_is_read_from_its_status(status: int, word: str) -> None:
    """Killed by its limits, by a crash, or gone by itself."""
    assert judge.ending(status) == word
