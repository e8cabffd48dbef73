"""Judging by test files: what passes, what fails and how, and what a program cannot gain."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from benchmarks.imports.verifying.tests_verifier import Counts, TestsVerifier
from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox

TESTS = b"""import unittest
import pytest
from one import one

class OneTest(unittest.TestCase):
    @pytest.mark.task(taskno=1)
    def test_one(self):
        self.assertEqual(one(), 1)

    def test_each(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertEqual(one() * number, number)

def test_plain():
    assert one() == 1
"""
VERIFIER = TestsVerifier(tests=("one_test.py",), files={"one_test.py": TESTS}, expected=3, seconds=20.0)
RIGHT = b"def one():\n    return 1\n"


def judge(
    sandbox: Sandbox, program: bytes, *, verifier: TestsVerifier = VERIFIER, **more: bytes
) -> Verification:
    return verifier.verify({"one.py": program, **more}, sandbox)


def test_a_right_program_passes(sandbox: Sandbox) -> None:
    """Whatever style its tests are written in; a test of several steps counts once."""
    assert judge(sandbox, RIGHT) == Verification(passed=True, score=1.0, cause="passed")
    assert VERIFIER.count({"one.py": RIGHT}, sandbox) == Counts(
        passed=3, failed=0, skipped=0, cause="assertion"
    )


@pytest.mark.parametrize(
    ("program", "cause"),
    [
        (b"def one():\n    return 2\n", "assertion"),
        (b"def one():\n    raise TypeError('x')\n", "exception:TypeError"),
        (b"class Passed(KeyError): pass\ndef one():\n    raise Passed\n", "exception:KeyError"),
        (b"def two(): pass\n", "exception:ImportError"),
        (b"def one(:\n", "exception:SyntaxError"),
        (b"import nothing_like_it\n", "exception:ModuleNotFoundError"),
        (b"import os\nos._exit(0)\n", "no_verdict"),
        (b"import sys\ndef one():\n    sys.exit(0)\n", "exception:SystemExit"),
    ],
)
def test_a_wrong_program_fails_by_its_cause(sandbox: Sandbox, program: bytes, cause: str) -> None:
    """A cause is a built-in word and never the program's own."""
    verdict = judge(sandbox, program)

    assert (verdict.passed, verdict.cause, verdict.broken) == (False, cause, None)
    assert verdict.score < 1


def test_a_share_of_the_tests_is_the_score(sandbox: Sandbox) -> None:
    """Also where not all fail."""
    calls = b"calls = []\ndef one():\n    calls.append(1)\n    return 1 if len(calls) <= 3 else 2\n"

    assert 0 < judge(sandbox, calls).score < 1


@pytest.mark.parametrize(
    "program",
    [
        b"import unittest\nraise unittest.SkipTest('nothing to see')\n",
        b"import pytest\npytest.skip('x', allow_module_level=True)\n",
        b"import unittest\ndef one():\n    raise unittest.SkipTest('x')\n",
        b"import unittest\nunittest.TestCase.__test__ = False\nunittest.TestCase.__unittest_skip__ = True\ndef one(): return 2\n",
    ],
)
def test_skipping_gains_nothing(sandbox: Sandbox, program: bytes) -> None:
    """As many tests as pass with the reference must pass."""
    assert not judge(sandbox, program).passed


@pytest.mark.parametrize(
    "path",
    [
        "conftest.py",
        "pytest.ini",
        "sub/conftest.py",
        "sitecustomize.py",
        "unittest.py",
        "pytest.py",
        "json.py",
    ],
)
def test_a_workspace_cannot_configure_its_tests(sandbox: Sandbox, path: str) -> None:
    """Neither by pytest's files nor by modules of the standard library's names."""
    forging = b"import os, sys\nsys.stdout.write('passed')\nos._exit(0)\n"
    ini = b"[pytest]\naddopts = --collect-only\n"

    assert (
        judge(sandbox, b"def one(): return 2\n", **{path: ini if path.endswith("ini") else forging}).cause
        == "assertion"
    )


def test_a_workspace_cannot_bring_plugins(sandbox: Sandbox) -> None:
    """Installed metadata beside the program is not looked for."""
    points = {
        "evil-1.dist-info/entry_points.txt": b"[pytest11]\nevil = evil\n",
        "evil-1.dist-info/METADATA": b"Name: evil\n",
    }
    evil = b"def pytest_collection_modifyitems(items): items.clear()\n"

    assert judge(sandbox, b"def one(): return 2\n", **{**points, "evil.py": evil}).cause == "assertion"


@pytest.mark.parametrize("code", [126, 127])
def test_a_program_cannot_end_as_if_there_were_no_interpreter(sandbox: Sandbox, code: int) -> None:
    """A failure that looks like broken infrastructure could be had again; it is one of the program."""
    verdict = judge(sandbox, f"import os\nos._exit({code})\n".encode())

    assert (verdict.passed, verdict.broken, verdict.cause) == (False, None, "no_verdict")


def test_a_workspace_cannot_break_its_verifier(sandbox: Sandbox) -> None:
    """Folders where the tests belong give way; the verdict is the program's."""
    assert judge(sandbox, RIGHT, **{"one_test.py/x": b""}).passed
    assert judge(sandbox, b"def one(): return 2\n", **{"one_test.py/x": b""}).broken is None


def test_a_program_for_ever_is_ended(sandbox: Sandbox) -> None:
    """The time limit is the whole run's."""
    endless = b"def one():\n    while True: pass\n"

    assert judge(sandbox, endless, verifier=replace(VERIFIER, seconds=1.5)).cause == "timeout"


def test_output_hides_no_verdict(sandbox: Sandbox) -> None:
    """A program may print more than a sandbox keeps."""
    loud = b"import sys\ndef one():\n    sys.stdout.write('x' * 400000)\n    return 1\n"

    assert judge(sandbox, loud).passed


def test_files_beside_the_workspace_and_variables(sandbox: Sandbox) -> None:
    """Tests can lie at absolute paths, as in a container."""
    if sandbox.isolation == "directory":
        pytest.skip("needs a root of its own")
    test = b"import os\nfrom one import one\ndef test_one():\n    assert one() == int(os.environ['WANTED'])\n"
    verifier = TestsVerifier(
        tests=("/tests/test_x.py",), files={"/tests/test_x.py": test}, environment={"WANTED": "1"}
    )

    assert judge(sandbox, RIGHT, verifier=verifier).passed
    assert not judge(sandbox, b"def one(): return 3\n", verifier=verifier).passed


def test_modules_beside_tests_are_found(sandbox: Sandbox) -> None:
    """Folders that tests import from are named; a configuration of the verifier's own is used."""
    files = {
        "cases/test_one.py": b"import pytest\nfrom helper import WANTED\nfrom one import one\ndef test_one():\n    assert one() == WANTED and pytest.flag\n",
        "cases/helper.py": b"WANTED = 1\n",
        "conftest.py": b"import pytest\npytest.flag = True\n",
    }
    verifier = TestsVerifier(tests=("cases/test_one.py",), files=files, path=("", "cases"))

    assert judge(sandbox, RIGHT, verifier=verifier, **{"conftest.py": b"import os; os._exit(0)"}).passed


def test_it_works_without_namespaces() -> None:
    """In a directory, paths are where the directory is."""
    assert judge(DirectorySandbox(), RIGHT).passed


def test_it_is_a_picklable_value() -> None:
    """Runs travel to other processes."""
    assert pickle.loads(pickle.dumps(VERIFIER)) == VERIFIER


class NoSandbox:
    """A sandbox that cannot be opened."""

    isolation = "namespace"

    def open(self, *_: object, **__: object) -> object:
        """Fail."""
        raise BrokenSystemError("no namespaces left")


def test_a_broken_sandbox_is_no_verdict() -> None:
    """The run is then errored, not failed."""
    assert judge(NoSandbox(), RIGHT).broken == "sandbox: BrokenSystemError"  # type: ignore[arg-type]
