"""Script verifiers: honest programs pass, and nothing else a program does can."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.verifiers import ScriptVerifier, sha256
from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import ExecResult, Sandbox

CHECKS = """
def verify_small(program):
    assert program.call("double.py", "double", 2) == 4

def verify_many(program):
    double = program.function("double.py", "double")
    for number in range(20):
        assert double(number) == 2 * number
"""
VERIFIER = ScriptVerifier(checks=CHECKS, required=("double.py",), cpu_seconds=1, wall_seconds=6)


def judge(
    sandbox: Sandbox, program: str, verifier: ScriptVerifier = VERIFIER, **files: bytes
) -> Verification:
    return verifier.verify({"double.py": program.encode(), **files}, sandbox)


def test_a_right_program_passes(sandbox: Sandbox) -> None:
    """All checks hold: passed, with the full score."""
    verification = judge(sandbox, "def double(x):\n    return 2 * x\n")

    assert verification == Verification(passed=True, score=1.0, cause="passed")


def test_the_score_is_the_share_of_checks(sandbox: Sandbox) -> None:
    """A program that is right for one check of two has half the score and has failed."""
    verification = judge(sandbox, "def double(x):\n    return 4\n")

    assert verification == Verification(passed=False, score=0.5, cause="assertion")


CAUSES = {
    "def double(x):\n    return x[0]\n": "exception:TypeError",
    "class Odd(ValueError): pass\ndef double(x):\n    raise Odd\n": "exception:ValueError",
    "def double(x)\n": "syntax_error",
    "def triple(x):\n    return 3 * x\n": "exception:AttributeError",
    "import no_such_module\n": "exception:ModuleNotFoundError",
    "def double(x):\n    while True: pass\n": "timeout",
    "def double(x):\n    return eval('(')\n": "exception:SyntaxError",
    "def double(x):\n    return [0] * 10 ** 12\n": "memory",
    "def double(x):\n    return object()\n": "assertion",
}


@pytest.mark.parametrize(("program", "cause"), CAUSES.items(), ids=CAUSES.values())
def test_causes_name_what_ended_a_program(sandbox: Sandbox, program: str, cause: str) -> None:
    """Each way to fail has its word, made of built-in names only."""
    verification = judge(sandbox, program)

    assert (verification.passed, verification.cause, verification.broken) == (False, cause, None)


CHEATS = {
    "ends with success": "import os\nos._exit(0)\n",
    "ends politely": "import sys\nsys.exit(0)\n",
    "ends in the call": "import os\ndef double(x):\n    os._exit(0)\n",
    "prints a verdict": (
        'import os, sys\nprint("passed")\nsys.stdout.flush()\n'
        'for d in range(3, 20):\n    try: os.write(d, b"passed")\n    except OSError: pass\nos._exit(0)\n'
    ),
    "always equal": (
        "class Yes:\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
        "def double(x):\n    return Yes()\n"
    ),
    "always equal number": (
        "class Yes(int):\n    def __eq__(self, other): return True\n    def __repr__(self): return '4'\n"
        "    __hash__ = int.__hash__\ndef double(x):\n    return Yes(7)\n"
    ),
    "answers for the check": (
        "import json, sys\n"
        "frame = sys._getframe()\n"
        "while 'answers' not in frame.f_locals: frame = frame.f_back\n"
        "sys.modules['__main__'].write_frame(frame.f_locals['answers'], {'cause': 'passed'})\n"
        "while True: pass\n"
    ),
    "replaces assertion": "import builtins\nbuiltins.AssertionError = Exception\ndef double(x): return 0\n",
    "kills its judge": "import os, signal\nos.kill(os.getppid(), 9)\ndef double(x): return 0\n",
    "kills all": "import os, signal\nos.killpg(0, 9)\n",
    "reads the checks": (
        "import os, re\n"
        "judge = [line for line in open(f'/proc/{os.getppid()}/status') if line.startswith('PPid')][0].split()[1]\n"
        "open(f'/proc/{judge}/mem', 'rb')\n"
        "def double(x): return 2 * x\n"
    ),
    "reads the payload": (
        "import sys\nassert b'nonce' in open(0, 'rb').read()\ndef double(x): return 2 * x\n"
    ),
}


@pytest.mark.parametrize("program", CHEATS.values(), ids=CHEATS.keys())
def test_cheating_does_not_pass(sandbox: Sandbox, program: str) -> None:
    """Ending early, posing as the verdict, odd objects, killing or reading the judge: nothing passes."""
    verification = judge(sandbox, program)

    assert not verification.passed
    assert verification.broken is None
    assert verification.cause != "passed"


def test_a_flood_of_output_changes_nothing(sandbox: Sandbox) -> None:
    """A program may print what it likes, also a lot."""
    verification = judge(sandbox, "def double(x):\n    print('y' * 3_000_000)\n    return 2 * x\n")

    assert verification.passed


def test_a_workspace_file_shadows_no_module(sandbox: Sandbox) -> None:
    """A file named like a module of the standard library is not imported in its place."""
    program = "import json\ndef double(x):\n    return json.loads(str(2 * x))\n"
    verification = judge(sandbox, program, **{"json.py": b"def loads(text): return 0\n"})

    assert verification.passed


def test_own_helper_modules_are_found(sandbox: Sandbox) -> None:
    """A program that was split over two files still works."""
    program = "from twice import twice\ndef double(x):\n    return twice(x)\n"
    verification = judge(sandbox, program, **{"twice.py": b"def twice(x): return x + x\n"})

    assert verification.passed


def test_a_missing_program_is_named_so(sandbox: Sandbox) -> None:
    """Without the required file nothing is run."""
    assert VERIFIER.verify({"other.py": b""}, sandbox).cause == "missing_file"


def test_constraints_count_after_the_checks(sandbox: Sandbox) -> None:
    """A changed pinned file or an unextended one fails a right program, with its own cause."""
    verifier = ScriptVerifier(
        checks=CHECKS, unchanged={"pinned.txt": sha256(b"as it was")}, extended={"CHANGES.md": "# Changes\n"}
    )
    right = {"double.py": b"def double(x): return 2 * x\n", "pinned.txt": b"as it was"}
    noted = {**right, "CHANGES.md": b"# Changes\n\n- doubled\n"}
    causes = [
        verifier.verify(files, sandbox).cause
        for files in (
            noted,
            {**right, "CHANGES.md": b"# Changes\n\n  \n# Changes\n"},
            right,
            {**noted, "pinned.txt": b"otherwise"},
            {**noted, "double.py": b"def double(x): return x\n", "pinned.txt": b""},
        )
    ]

    assert causes == [
        "passed",
        "constraint:changes",
        "constraint:changes",
        "constraint:pinned",
        "assertion",
    ]


def test_only_program_files_enter_the_sandbox(sandbox: Sandbox) -> None:
    """What matches no glob stays out; fixtures are laid over the rest."""
    checks = """
def verify_files(program):
    code, output, errors, kept = program.run("-c", "import os; print(sorted(os.listdir()))", keep=("data.txt",))
    assert code == 0 and output.strip() == "['data.txt', 'double.py']", output
    assert kept == {"data.txt": "pinned"}
"""
    verifier = ScriptVerifier(checks=checks, fixtures={"data.txt": b"pinned"})
    workspace = {"double.py": b"", "data.txt": b"of the agent", "notes.md": b"", ".pth": b""}

    assert verifier.verify(workspace, sandbox).passed


def test_probes_run_beside_the_program(sandbox: Sandbox) -> None:
    """A probe loads program files and gives plain values back."""
    checks = """
def verify_probe(program):
    source = "def probe(n):\\n    return [load('double.py').double(i) for i in range(n)]"
    assert program.probe(source, 3) == [0, 2, 4]
"""

    assert judge(sandbox, "def double(x): return 2 * x\n", ScriptVerifier(checks=checks)).passed


def test_values_of_all_plain_kinds_cross(sandbox: Sandbox) -> None:
    """Arguments and results keep their kinds, numbers beyond 64 bits and special floats included."""
    checks = """
def verify_echo(program):
    import math
    values = [None, True, 10 ** 5000, -1.5, math.inf, "ü", b"x", (1, [2]), {"a": {1, 2}}, frozenset({3}), {(1,): 2}]
    echoed = program.call("double.py", "double", values)
    assert echoed == values and list(map(type, echoed)) == list(map(type, values))
    assert math.isnan(program.call("double.py", "double", math.nan))
"""

    assert judge(sandbox, "def double(x): return x\n", ScriptVerifier(checks=checks)).passed


class FailingSandbox:
    """A sandbox that breaks, or that has no interpreter."""

    isolation = "directory"

    def __init__(self, failure: Exception | ExecResult) -> None:
        self.failure = failure

    @contextmanager
    def open(self, *_: object, **__: object) -> Iterator[Any]:
        """Break, or open."""
        if isinstance(self.failure, Exception):
            raise self.failure
        yield self

    def execute(self, *_: object, **__: object) -> ExecResult:
        """Answer as told."""
        assert isinstance(self.failure, ExecResult)
        return self.failure


@pytest.mark.parametrize(
    "failure",
    [
        BrokenSystemError("no namespaces"),
        OSError("disk full"),
        ExecResult(exit_code=127, output="not found"),
    ],
)
def test_a_broken_sandbox_is_no_verdict(failure: Exception | ExecResult) -> None:
    """Infrastructure that fails is said to be broken, so that the run is not scored."""
    assert VERIFIER.verify({}, FailingSandbox(failure)).broken


def test_a_sandbox_that_ends_it_is_a_timeout() -> None:
    """A verdict that never comes is the program's own failure."""
    verification = VERIFIER.verify({}, FailingSandbox(ExecResult(exit_code=-9, output="", timed_out=True)))

    assert (verification.cause, verification.broken) == ("timeout", None)


def test_verifiers_are_picklable() -> None:
    """They travel to worker processes as values."""
    assert pickle.loads(pickle.dumps(VERIFIER)) == VERIFIER


class AnsweringSandbox(FailingSandbox):
    """A sandbox whose interpreter prints what it is told to, with the nonce of the payload."""

    def __init__(self, output: str, **result: Any) -> None:
        super().__init__(ExecResult(exit_code=0, output=output, **result))
        self.opened: list[dict[str, bytes]] = []
        self.nonces: list[str] = []

    @contextmanager
    def open(self, files: Mapping[str, bytes], **__: object) -> Iterator[Any]:
        """Note what was put inside."""
        self.opened.append(dict(files))
        yield self

    def execute(self, *_: object, stdin: bytes, **__: object) -> ExecResult:
        """Answer in the place of the judge."""
        assert isinstance(self.failure, ExecResult)
        self.nonces.append(json.loads(stdin)["nonce"])
        return replace(self.failure, output=self.failure.output.replace("NONCE", self.nonces[-1]))


PASSES = 'NONCE {"checks": ["passed"]}\n'


@pytest.mark.parametrize(
    ("output", "cause", "score"),
    [
        (PASSES, "passed", 1.0),
        (f"noise\n{PASSES}more noise", "passed", 1.0),
        ('NONCE {"checks": ["assertion"]}\n' + PASSES, "passed", 1.0),
        ('NONCE {"checks": ["passed", "timeout", "assertion"]}', "timeout", 1 / 3),
        ('NONCE {"checks": []}', "no_verdict", 0.0),
        ('0123456789 {"checks": ["passed"]}', "no_verdict", 0.0),
        ('xNONCE {"checks": ["passed"]}', "no_verdict", 0.0),
        ('{"checks": ["passed"]}', "no_verdict", 0.0),
        ("", "no_verdict", 0.0),
    ],
)
def test_only_the_line_behind_the_nonce_is_the_verdict(output: str, cause: str, score: float) -> None:
    """The last such line; the first failed check is the cause; no checks are no pass."""
    verification = ScriptVerifier(checks=CHECKS).verify({}, AnsweringSandbox(output))

    assert (verification.cause, verification.passed) == (cause, cause == "passed")
    assert verification.score == pytest.approx(score)
    assert verification.broken is None


def test_a_verdict_that_came_before_the_time_was_up_still_counts() -> None:
    """The judge had spoken; what hung afterwards is not the program's answer."""
    assert ScriptVerifier(checks=CHECKS).verify({}, AnsweringSandbox(PASSES, timed_out=True)).passed


def test_every_verdict_has_a_nonce_of_its_own() -> None:
    """A program that saw one cannot use it again."""
    sandbox = AnsweringSandbox(PASSES)
    for _ in range(3):
        VERIFIER.verify({}, sandbox)

    assert len(set(sandbox.nonces)) == 3
    assert all(len(nonce) == 32 for nonce in sandbox.nonces)


@pytest.mark.parametrize(
    ("patterns", "copied"),
    [
        (("*.py",), {"a.py", "pack/b.py"}),
        (("pack/*.py",), {"pack/b.py"}),
        (("a.py", "*.TXT"), {"a.py"}),
        (("*",), {"a.py", "pack/b.py", "n.txt", ".pth"}),
        ((), set()),
    ],
)
def test_program_globs_say_what_is_copied(patterns: tuple[str, ...], copied: set[str]) -> None:
    """A star crosses folders, case counts, and nothing else of the workspace comes along."""
    sandbox = AnsweringSandbox(PASSES)
    workspace = {"a.py": b"1", "pack/b.py": b"2", "n.txt": b"3", ".pth": b"4"}
    ScriptVerifier(checks=CHECKS, program=patterns, fixtures={"fixed": b""}).verify(workspace, sandbox)

    assert set(sandbox.opened[0]) == copied | {"fixed"}


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("CHANGES.md", "changes"),
        ("tests/test_desk.py", "test_desk"),
        (".gitignore", "gitignore"),
        ("deep/.env.local", "env"),
        ("Makefile", "makefile"),
    ],
)
def test_a_broken_constraint_is_named_after_its_file(path: str, word: str) -> None:
    """Pinned or to be extended, a name that begins with a dot included."""
    pinned = ScriptVerifier(checks=CHECKS, unchanged={path: sha256(b"kept")})
    noted = ScriptVerifier(checks=CHECKS, extended={path: "kept"})
    causes = [
        verifier.verify({path: content}, AnsweringSandbox(PASSES)).cause
        for verifier, content in ((pinned, b"changed"), (noted, b"kept\n\n"))
    ]

    assert causes == [f"constraint:{word}"] * 2
    assert pinned.verify({path: b"kept"}, AnsweringSandbox(PASSES)).passed
    assert noted.verify({path: b"kept\nnew"}, AnsweringSandbox(PASSES)).passed


def test_a_pinned_file_that_was_empty_must_still_be_there() -> None:
    """Deleting is a change, whatever the file held."""
    verifier = ScriptVerifier(checks=CHECKS, unchanged={"pack/__init__.py": sha256(b"")})

    assert verifier.verify({}, AnsweringSandbox(PASSES)).cause == "constraint:__init__"
    assert verifier.verify({"pack/__init__.py": b""}, AnsweringSandbox(PASSES)).passed


@pytest.mark.parametrize(
    ("text", "extended"),
    [
        (b"# Changes\n- done\n", True),
        (b"- done\n# Changes", True),
        (b"- done\n", True),
        (b"# Changes\n", False),
        (b"   # Changes   \n\t\n", False),
        (b"# Changes\n# Changes\n", False),
        (b"", False),
        (b"# Changes\n\xff\xfe\n", True),
    ],
)
def test_a_note_is_any_new_line_that_is_not_blank(text: bytes, extended: bool) -> None:
    """Wherever it stands; repeating what was there or changing its blanks is none."""
    verifier = ScriptVerifier(checks=CHECKS, extended={"CHANGES.md": "# Changes\n"})

    assert verifier.verify({"CHANGES.md": text}, AnsweringSandbox(PASSES)).passed is extended


@pytest.mark.parametrize("code", [126, 127])
def test_an_interpreter_that_is_not_there_is_broken_and_not_failed(code: int) -> None:
    """No program can be blamed for a sandbox without Python; being cut off by time is another matter."""
    missing = FailingSandbox(ExecResult(exit_code=code, output=""))
    cut_off = FailingSandbox(ExecResult(exit_code=code, output="", timed_out=True))

    assert VERIFIER.verify({}, missing).broken == f"interpreter: exit code {code}"
    assert VERIFIER.verify({}, cut_off) == Verification(passed=False, score=0.0, cause="timeout")
