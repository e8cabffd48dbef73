"""Harbor's trials: whose word counts, and for which run."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.harbor_trial import HarborTrial, is_told_elsewhere, trial_attributes, trial_of
from traces.importers.opening import OpenedFile
from traces.importers.registry import STORIES
from traces.normal import assemble
from traces.outcome import Outcome

_TESTS_FAILED = (
    "===== test session starts =====\nE  command not found\n===== 2 failed, 1 passed in 0.1s =====\n"
)
_NEVER_RAN = (
    "curl: (7) Failed to connect to github.com port 443\n/tests/test.sh: line 19: uvx: command not found\n"
)


@pytest.fixture
def trial(tmp_path: Path, samples: Any) -> Path:
    """A folder of a trial whose agent left a trajectory."""
    folder = tmp_path / "sort-numbers__abc"
    (folder / "agent").mkdir(parents=True)
    (folder / "verifier").mkdir()
    _write(folder / "result.json", samples["harbor-trial"])
    _write(folder / "agent" / "trajectory.json", samples["atif"])
    (folder / "verifier" / "test-stdout.txt").write_text(_TESTS_FAILED)
    return folder


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))


def _outcome(trial: Path, result: dict[str, Any]) -> tuple[object, object]:
    _write(trial / "result.json", result)
    found = trial_of(trial / "agent" / "trajectory.json")
    assert found is not None
    attributes = trial_attributes(found)
    return attributes[names.OUTCOME], attributes[names.REASON]


@pytest.mark.parametrize(
    ("reward", "exception", "outcome", "reason"),
    [
        (1.0, "", "passed", ""),
        (1, "AgentTimeoutError", "passed", ""),
        (0.0, "", "failed", ""),
        (0.5, "", "failed", ""),
        (0.0, "AgentTimeoutError", "timed_out", "AgentTimeoutError"),
        (0.0, "NonZeroAgentExitCodeError", "failed", "NonZeroAgentExitCodeError"),
        (None, "AgentTimeoutError", "timed_out", "AgentTimeoutError"),
        (None, "VerifierTimeoutError", "errored", "VerifierTimeoutError"),
        (None, "", "", "no_reward"),
        (float("nan"), "", "", "no_reward"),
    ],
)
def test_the_reward_decides_and_else_what_went_wrong(
    trial: Path, samples: Any, reward: Any, exception: str, outcome: str, reason: str
) -> None:
    """An agent that ran out of time has failed; a verifier that did says nothing of it."""
    result = samples["harbor-trial"]
    result["verifier_result"] = None if reward is None else {"rewards": {"reward": reward}}
    result["exception_info"] = {"exception_type": exception} if exception else None

    assert _outcome(trial, result) == (outcome, reason)


def test_a_verifier_that_never_ran_gives_no_verdict(trial: Path, samples: Any) -> None:
    """Its reward of 0 is about a network, also where the agent ran out of time."""
    (trial / "verifier" / "test-stdout.txt").write_text(_NEVER_RAN)
    late = {**samples["harbor-trial"], "exception_info": {"exception_type": "AgentTimeoutError"}}

    assert _outcome(trial, samples["harbor-trial"]) == ("errored", "verifier_never_ran")
    assert _outcome(trial, late) == ("errored", "verifier_never_ran")


def test_tests_that_ran_and_mention_a_missing_command_give_a_verdict(trial: Path, samples: Any) -> None:
    """It is the agent's work that lacks the command."""
    assert _outcome(trial, samples["harbor-trial"]) == ("failed", "")


def test_the_verifiers_output_may_be_packed(trial: Path, samples: Any) -> None:
    """As may everything beside a trajectory."""
    (trial / "verifier" / "test-stdout.txt").unlink()
    (trial / "verifier" / "test-stdout.txt.gz").write_bytes(gzip.compress(_NEVER_RAN.encode()))

    assert _outcome(trial, samples["harbor-trial"])[0] == "errored"


def test_a_trial_with_a_trajectory_is_no_run_of_its_own(trial: Path) -> None:
    """The trajectory tells it."""
    importer = HarborTrial(STORIES)
    source = OpenedFile(trial / "result.json").source

    assert importer.recognises(source)
    (item,) = importer.read(source)
    assert getattr(item, "reason", "") == "a result whose run another file tells"


def test_a_trial_whose_agent_left_nothing_is_a_root(trial: Path) -> None:
    """With what the result knows of it."""
    (trial / "agent" / "trajectory.json").unlink()
    (trial / "agent" / "notes.txt").write_text("nothing of use")

    run = assemble(HarborTrial(STORIES).read(OpenedFile(trial / "result.json").source))  # type: ignore[arg-type]

    assert (run.outcome, run.task, run.seconds) == (Outcome.FAILED, "sort-numbers", 180.0)
    assert (run.usage.input_tokens, run.usage.output_tokens) == (300, 14)
    assert run.root is not None
    assert run.root.attributes[names.PROVENANCE] == "harbor:reward"


def test_a_jobs_result_is_no_trials(source_of: Any) -> None:
    """It has no trial's name."""
    assert not HarborTrial(STORIES).recognises(source_of({"id": "1", "n_total_trials": 2, "stats": {}}))


def test_another_story_of_the_agent_is_told_elsewhere(trial: Path) -> None:
    """One run is not to be counted twice; without a trajectory the story counts."""
    story = trial / "agent" / "sessions" / "project" / "session.jsonl"
    story.parent.mkdir(parents=True)
    story.write_text("{}")

    assert is_told_elsewhere(story)
    assert not is_told_elsewhere(trial / "agent" / "trajectory.json")
    assert not is_told_elsewhere(trial / "result.json")
    (trial / "agent" / "trajectory.json").unlink()
    assert not is_told_elsewhere(story)


def test_a_folder_named_agent_alone_is_no_trial(tmp_path: Path) -> None:
    """There must be a result above it."""
    (tmp_path / "agent").mkdir()

    assert trial_of(tmp_path / "agent" / "trajectory.json") is None
    (tmp_path / "result.json").write_text('{"a": 1}')
    assert trial_of(tmp_path / "agent" / "trajectory.json") is None
