"""Judges a workspace by a command's exit code, or by the reward that it writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from benchmarks.imports.verifying.overlay import lay_over, split_places
from benchmarks.verifiers import INTERPRETER_MISSING
from harness.errors import BrokenSystemError
from harness.runs import Verification
from harness.sandbox import ExecResult, Sandbox, SandboxSession

REFUSED_WRITE = "Read-only file system"  # what the operating system says of a write outside the root


@dataclass(frozen=True, kw_only=True)
class CommandVerifier:
    """Runs ``argv`` in a copy of the workspace with ``files`` laid over it (relative) or beside it (absolute).

    Without ``reward``, exit code 0 passes. With it, one of these files holds the score: a number, or JSON
    with the number under ``reward``; 1 passes. A program runs beside the command that judges it, so it
    could answer in its place; a ``ScriptVerifier`` cannot be answered for.
    """

    argv: tuple[str, ...]
    files: Mapping[str, bytes]
    reward: tuple[str, ...] = ()
    seconds: float = 60.0
    environment: Mapping[str, str] = field(default_factory=dict)

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Judge a copy of the workspace in a fresh sandbox."""
        inside, beside = split_places(self.files)
        try:
            with sandbox.open(lay_over(workspace, inside), extra=beside) as session:
                self._make_folders(session)
                done = session.execute(self._command(), timeout=self.seconds)
                reward = None if done.timed_out else self._reward(session)
                if done.exit_code in INTERPRETER_MISSING and self._is_missing(session):
                    return _broken(f"command: exit code {done.exit_code}")
        except (BrokenSystemError, OSError) as error:
            return _broken(f"sandbox: {type(error).__name__}")
        return self._verdict(done, reward)

    def _command(self) -> tuple[str, ...]:
        settings = (f"{name}={value}" for name, value in self.environment.items())
        return ("env", *settings, *self.argv) if self.environment else self.argv

    def _is_missing(self, session: SandboxSession) -> bool:
        """Whether the command itself is not there: what it runs may end with the same exit codes on purpose."""
        program = self.argv[0]
        if str(PurePosixPath(program)) in self.files:
            return False
        return session.execute(("sh", "-c", 'command -v -- "$0"', program)).exit_code != 0

    def _make_folders(self, session: SandboxSession) -> None:
        folders = sorted({str(PurePosixPath(path).parent) for path in self.reward})
        if folders:
            session.execute(("mkdir", "-p", *folders))

    def _reward(self, session: SandboxSession) -> float | None:
        for path in self.reward:
            try:
                return _score(session.read(path))
            except (OSError, ValueError, TypeError, KeyError, RecursionError):
                continue
        return None

    def _verdict(self, done: ExecResult, reward: float | None) -> Verification:
        if done.timed_out:
            return Verification(passed=False, score=0.0, cause="timeout")
        score = float(done.exit_code == 0) if not self.reward else reward
        if score is None:
            return Verification(passed=False, score=0.0, cause=_no_reward(done))
        return Verification(
            passed=score >= 1, score=score, cause="passed" if score >= 1 else "verifier_says_no"
        )


def _broken(why: str) -> Verification:
    return Verification(passed=False, score=0.0, cause="verifier_broken", broken=why)


def _score(content: bytes) -> float:
    value = json.loads(content)
    score = float(value["reward"] if isinstance(value, dict) else value)
    if score != score:  # noqa: PLR0124 -- not a number
        raise ValueError("no number")
    return min(1.0, max(0.0, score))


def _no_reward(done: ExecResult) -> str:
    return "writes_outside" if REFUSED_WRITE in done.output else "no_reward"
