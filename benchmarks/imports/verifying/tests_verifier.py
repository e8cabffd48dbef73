"""Judges a workspace by Python test files, run by this machine's pytest inside the sandbox."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import PurePosixPath

from benchmarks.imports.verifying.overlay import lay_over, split_places
from benchmarks.imports.verifying.packages import PACKAGES_PATH, pytest_packages
from benchmarks.verifiers import INTERPRETER_MISSING
from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import WORKSPACE, ExecResult, Sandbox

BEGUN = "flywheel: begun"  # the runner's first words
# What would configure or extend the tests' process; only the verifier may bring it.
_CONTROL = frozenset(
    {
        "conftest.py",
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        ".pytest.toml",
        "tox.ini",
        "setup.cfg",
        "pyproject.toml",
        "sitecustomize.py",
        "usercustomize.py",
    }
)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How the tests ended; ``cause`` is that of the first that failed."""

    passed: int
    failed: int
    skipped: int
    cause: str
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class TestsVerifier:
    """Runs the ``tests`` and passes where none fails and at least ``expected`` pass.

    ``files`` are laid over a copy of the workspace (relative paths) or put beside it (absolute ones);
    ``tests`` names those of them that hold tests, ``path`` folders of the workspace that tests import
    from. A program that ends the process, skips or hides tests gains nothing. The tests import the program
    into their own process, as their authors wrote them: unlike a ``ScriptVerifier``, a program that rewrites
    the test framework in memory can answer for it.
    """

    __test__ = False  # not a test class, whatever collects it

    tests: tuple[str, ...]
    files: Mapping[str, bytes]
    path: tuple[str, ...] = ("",)
    expected: int = 1
    seconds: float = 30.0
    environment: Mapping[str, str] = field(default_factory=dict)
    home: str = WORKSPACE
    site: bool = False

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Judge a copy of the workspace in a fresh sandbox."""
        counts = self.count(workspace, sandbox)
        if isinstance(counts, Verification):
            return counts
        passed = counts.failed == 0 and counts.passed >= max(1, self.expected)
        if passed:
            return Verification(passed=True, score=1.0, cause="passed")
        wanted = max(self.expected, counts.passed + counts.failed + counts.skipped, 1)
        cause = counts.cause if counts.failed else "tests_missing"
        return Verification(passed=False, score=min(counts.passed / wanted, 0.999), cause=cause)

    def _flags(self) -> tuple[str, ...]:
        return ("-I", "-B") if self.site else ("-I", "-S", "-B")

    def count(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Counts | Verification:
        """How the tests ended, or the verdict where they came to no end."""
        nonce = secrets.token_hex(16)
        payload = {
            "nonce": nonce,
            "tests": self.tests,
            "path": self.path,
            "environment": dict(self.environment),
        }
        inside, beside = split_places(self.files)
        try:
            with sandbox.open(
                lay_over(_plain(workspace), inside),
                extra={**beside, PACKAGES_PATH: pytest_packages(compiled=not self.site)},
            ) as session:
                done = session.execute(
                    ("python3", *self._flags(), "-c", _runner_source(), self.home, PACKAGES_PATH),
                    timeout=self.seconds,
                    stdin=json.dumps(payload).encode(),
                )
        except (BrokenSystemError, OSError) as error:
            return _broken(f"sandbox: {type(error).__name__}")
        return _read(done, nonce)


def _plain(workspace: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in workspace.items() if PurePosixPath(path).name not in _CONTROL}


@cache
def _runner_source() -> str:
    return resources.files("benchmarks.imports.verifying").joinpath("tests_runner.py").read_text("utf-8")


def _read(done: ExecResult, nonce: str) -> Counts | Verification:
    for line in reversed(done.output.splitlines()):
        if line.startswith(f"{nonce} "):
            return _counts(line.removeprefix(f"{nonce} "))
    if _never_began(done):
        return _broken(f"interpreter: exit code {done.exit_code}")
    return Verification(passed=False, score=0.0, cause="timeout" if done.timed_out else "no_verdict")


def _never_began(done: ExecResult) -> bool:
    """Whether there was no interpreter; a program that ends the tests with the same exit code is no such case."""
    is_cut = done.timed_out or done.truncated
    return done.exit_code in INTERPRETER_MISSING and not is_cut and BEGUN not in done.output


def _counts(text: str) -> Counts | Verification:
    """The counts, unless somebody else wrote the line."""
    try:
        return Counts(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return Verification(passed=False, score=0.0, cause="no_verdict")


def _broken(why: str) -> Verification:
    return Verification(passed=False, score=0.0, cause="verifier_broken", broken=why)
