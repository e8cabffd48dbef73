"""Judges a workspace by a script of checks that the program under test can neither see nor answer for."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import ExecResult, Sandbox

INTERPRETER_MISSING = (126, 127)  # what shells and sandboxes answer for a command that is not there


@dataclass(frozen=True, kw_only=True)
class ScriptVerifier:
    """Runs ``checks`` on a copy of the workspace's program files in a fresh sandbox.

    ``checks`` is Python source whose functions ``verify_…(program)`` assert what must hold, in their order
    (``benchmarks.judge`` documents ``program``); the score is the share that holds, and passing needs all.
    ``program`` are the globs of the files that are copied, ``required`` those without which nothing is
    run, ``fixtures`` pinned files laid over the copy. ``unchanged`` maps files to the SHA-256 they must
    keep; ``extended`` maps files to a text to which a non-empty line must have been added.
    ``cpu_seconds`` is for each check's worker, ``wall_seconds`` for all of it.
    """

    checks: str
    program: tuple[str, ...] = ("*.py",)
    required: tuple[str, ...] = ()
    fixtures: Mapping[str, bytes] = field(default_factory=dict)
    unchanged: Mapping[str, str] = field(default_factory=dict)
    extended: Mapping[str, str] = field(default_factory=dict)
    cpu_seconds: int = 3
    wall_seconds: float = 20.0

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Judge a copy of the workspace; a failed check comes before a broken constraint as the cause."""
        try:
            causes = self._run(workspace, sandbox)
        except (BrokenSystemError, OSError) as error:
            return _broken(f"sandbox: {type(error).__name__}")
        if isinstance(causes, Verification):
            return causes
        failed = [cause for cause in causes if cause != "passed"]
        if failed or not causes:
            score = 1.0 - len(failed) / len(causes) if causes else 0.0
            return Verification(passed=False, score=score, cause=failed[0] if failed else "no_verdict")
        broken_constraint = self._constraint(workspace)
        if broken_constraint is not None:
            return Verification(passed=False, score=0.0, cause=f"constraint:{broken_constraint}")
        return Verification(passed=True, score=1.0, cause="passed")

    def _run(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> tuple[str, ...] | Verification:
        nonce = secrets.token_hex(16)
        payload = {
            "nonce": nonce,
            "checks": self.checks,
            "required": self.required,
            "cpu_seconds": self.cpu_seconds,
            "wall_seconds": self.wall_seconds,
        }
        with sandbox.open({**self._copied(workspace), **self.fixtures}) as session:
            done = session.execute(
                ("python3", "-I", "-S", "-B", "-c", _judge_source()),
                timeout=self.wall_seconds + 5.0,
                stdin=json.dumps(payload).encode(),
            )
        return _read_verdict(done, nonce)

    def _copied(self, workspace: Mapping[str, bytes]) -> dict[str, bytes]:
        return {
            path: content
            for path, content in workspace.items()
            if any(fnmatchcase(path, pattern) for pattern in self.program)
        }

    def _constraint(self, workspace: Mapping[str, bytes]) -> str | None:
        for path, digest in self.unchanged.items():
            if path not in workspace or sha256(workspace[path]) != digest:
                return _word(path)
        for path, original in self.extended.items():
            if not _has_new_line(workspace.get(path, b"").decode("utf-8", "replace"), original):
                return _word(path)
        return None


def sha256(content: bytes) -> str:
    """The digest that ``ScriptVerifier.unchanged`` takes."""
    return hashlib.sha256(content).hexdigest()


@cache
def _judge_source() -> str:
    return resources.files("benchmarks").joinpath("judge.py").read_text("utf-8")


def _read_verdict(done: ExecResult, nonce: str) -> tuple[str, ...] | Verification:
    for line in reversed(done.output.splitlines()):
        if line.startswith(f"{nonce} "):
            return tuple(json.loads(line.removeprefix(f"{nonce} "))["checks"])
    if done.exit_code in INTERPRETER_MISSING and not done.timed_out:
        return _broken(f"interpreter: exit code {done.exit_code}")
    cause = "timeout" if done.timed_out else "no_verdict"
    return Verification(passed=False, score=0.0, cause=cause)


def _broken(why: str) -> Verification:
    return Verification(passed=False, score=0.0, cause="verifier_broken", broken=why)


def _has_new_line(text: str, original: str) -> bool:
    known = {line.strip() for line in original.splitlines()}
    return any(line.strip() and line.strip() not in known for line in text.splitlines())


def _word(path: str) -> str:
    return path.rsplit("/", 1)[-1].lstrip(".").split(".", 1)[0].lower()
