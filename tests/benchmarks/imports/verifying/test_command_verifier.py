"""Judging by a command: exit codes, rewards, and what is neither."""

from __future__ import annotations

import pytest

from benchmarks.imports.verifying.command_verifier import CommandVerifier
from harness.runs import Verification
from harness.sandbox import Sandbox

REWARD = ("/tmp/logs/reward.txt", "/tmp/logs/reward.json")


def by_exit(sandbox: Sandbox, script: str, seconds: float = 10.0) -> Verification:
    verifier = CommandVerifier(
        argv=("bash", "check.sh"), files={"check.sh": script.encode()}, seconds=seconds
    )
    return verifier.verify({"out.txt": b"42", "check.sh": b"exit 0"}, sandbox)


def by_reward(sandbox: Sandbox, script: str) -> Verification:
    verifier = CommandVerifier(argv=("bash", "-c", script), files={}, reward=REWARD)
    return verifier.verify({"out.txt": b"42"}, sandbox)


@pytest.mark.parametrize(
    ("script", "passed", "cause"),
    [
        ("test $(cat out.txt) = 42", True, "passed"),
        ("test $(cat out.txt) = 43", False, "verifier_says_no"),
        ("kill -9 $$", False, "verifier_says_no"),
    ],
)
def test_an_exit_code_decides(sandbox: Sandbox, script: str, passed: bool, cause: str) -> None:
    """Zero passes; the workspace's own script of that name is not the one that runs."""
    assert by_exit(sandbox, script) == Verification(passed=passed, score=float(passed), cause=cause)


def test_a_command_that_takes_too_long_fails(sandbox: Sandbox) -> None:
    """By a timeout."""
    assert by_exit(sandbox, "sleep 30", seconds=0.5).cause == "timeout"


def test_a_command_that_is_not_there_is_broken(sandbox: Sandbox) -> None:
    """That is no verdict on the workspace."""
    verdict = CommandVerifier(argv=("no-such-command",), files={}).verify({}, sandbox)

    assert verdict.broken == "command: exit code 127"


@pytest.mark.parametrize("code", [126, 127])
def test_a_program_cannot_end_as_if_the_command_were_not_there(sandbox: Sandbox, code: int) -> None:
    """A failure that looks like broken infrastructure could be had again; it is one of the program."""
    by_reward_file = by_reward(sandbox, f"exit {code}")

    assert by_exit(sandbox, f"rm -f check.sh; exit {code}").broken is None
    assert by_exit(sandbox, f"exit {code}").cause == "verifier_says_no"
    assert (by_reward_file.broken, by_reward_file.cause) == (None, "no_reward")


def test_a_command_among_the_verifiers_files_is_there(sandbox: Sandbox) -> None:
    """Also after the program has deleted it."""
    verifier = CommandVerifier(
        argv=("./check.sh",), files={"check.sh": b"#!/bin/sh\nrm check.sh; exit 127\n"}
    )

    assert verifier.verify({}, sandbox).broken is None


@pytest.mark.parametrize(
    ("script", "score"),
    [
        ("echo 1 > /tmp/logs/reward.txt", 1.0),
        ("echo 0.25 > /tmp/logs/reward.txt; exit 3", 0.25),
        ("echo 7 > /tmp/logs/reward.txt", 1.0),
        ("echo '{\"reward\": 0.5}' > /tmp/logs/reward.json", 0.5),
        ("echo '{\"reward\": 1}' > /tmp/logs/reward.json; echo junk > /tmp/logs/reward.txt", 1.0),
    ],
)
def test_a_reward_decides_where_there_is_one(sandbox: Sandbox, script: str, score: float) -> None:
    """A number or JSON, cut to 0..1, whatever the exit code is; only 1 passes."""
    verdict = by_reward(sandbox, script)

    assert (verdict.score, verdict.passed) == (score, score == 1.0)


@pytest.mark.parametrize("text", ["NaN", "yes", "", "[1]", '{"score": 1}', "[" * 5000, "true false"])
def test_a_reward_that_is_none_fails(sandbox: Sandbox, text: str) -> None:
    """It is never taken for a pass."""
    verdict = by_reward(sandbox, f"printf '%s' '{text}' > /tmp/logs/reward.txt")

    assert (verdict.passed, verdict.cause) == (False, "no_reward")


def test_writing_elsewhere_is_told(sandbox: Sandbox) -> None:
    """A script that wants to write outside of its root gets nowhere, and its cause says so."""
    if sandbox.isolation == "directory":
        pytest.skip("needs a root of its own")
    verdict = by_reward(sandbox, "echo 1 > /etc/reward")

    assert (verdict.passed, verdict.cause) == (False, "writes_outside")


def test_variables_and_files_beside_reach_the_command(sandbox: Sandbox) -> None:
    """Files at absolute paths are read-only."""
    if sandbox.isolation == "directory":
        pytest.skip("needs a root of its own")
    script = b'test "$WANTED" = "$(cat /tests/data.txt)" && ! echo x 2>/dev/null > /tests/data.txt'
    verifier = CommandVerifier(
        argv=("bash", "/tests/run.sh"),
        files={"/tests/run.sh": script, "/tests/data.txt": b"a b"},
        environment={"WANTED": "a b"},
    )

    assert verifier.verify({}, sandbox).passed
