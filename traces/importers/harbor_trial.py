"""Trials of Harbor: what the verifier said of a run, beside the trajectory that the agent left."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from traces import attributes as names
from traces.calls import AGENT_OPERATION, operation_of
from traces.importers.clock import Clock
from traces.importers.importer import Importer, Skipped, Source
from traces.importers.json_document import beginning_of, document_of, load_document
from traces.importers.moments import moment_of
from traces.importers.neighbours import read_neighbour
from traces.importers.opening import OpenedFile
from traces.importers.read_json import mapping, text, to_json, whole
from traces.importers.run_builder import Failure, RunBuilder, Tokens
from traces.outcome import Outcome
from traces.span import AttributeValue, Span

TOLD_ELSEWHERE: Final = "told by the trial's trajectory"
PROVENANCE: Final = "harbor:reward"
_RESULT: Final = "result.json"
_TRAJECTORY: Final = "trajectory.json"
_AGENT: Final = "agent"
_LEVELS: Final = 6  # of folders between a trial and the files of its agent
_MOST_BYTES: Final = 4 << 20
_EDGE: Final = 8000  # characters of the verifier's output: it says at its end what became of it
_WITH_STORY: Final = "a result whose run another file tells"
_MOST_FILES: Final = 500  # of an agent's folder that are looked at
# A test run that came to its end says so; one of these has something to say about the agent's work.
_TESTS_RAN: Final = re.compile(
    r"test session starts|\b\d{1,6} (?:passed|failed|tests?|examples?)\b|\bRan \d{1,6} tests?\b|^(?:ok|FAIL|PASS)\b",
    re.MULTILINE,
)
_BROKE: Final = re.compile(
    r"command not found|No module named pytest|Could(?: not|n't) (?:resolve|connect)|Failed to connect"
    r"|Temporary failure (?:in name )?resolving|Temporary failure in name resolution|Network is unreachable"
    r"|Connection (?:timed out|refused)|No space left on device|Failed to (?:fetch|download)|Empty reply from server",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trial's result, and whether its verifier's output shows that no test ever ran."""

    folder: Path
    result: Mapping[str, Any]
    verifier_broke: bool


class HarborTrial:
    """A trial's ``result.json``: a run of its own only where the agent left nothing that tells it.

    A trajectory or another story of the agent's below ``agent/`` gets the trial's outcome when it is ingested
    (``with_trial``), so that the order of the files is of no matter. ``stories`` are the importers of such.
    """

    name = "harbor-trial"

    def __init__(self, stories: Sequence[Importer]) -> None:
        self._stories = tuple(stories)

    def recognises(self, source: Source) -> bool:
        """Whether it is the result of one trial, and not that of a job."""
        if b'"trial_name"' not in source.head or b'"task_name"' not in source.head:
            return False
        return _is_result(beginning_of(source))

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The root of a run of which nothing else is known."""
        document = load_document(source, most_bytes=_MOST_BYTES)
        if document.skipped is not None:
            yield document.skipped
        folder = source.path.parent
        if self._is_told(folder / _AGENT):
            yield Skipped(line=0, reason=_WITH_STORY)
        elif document.value is not None:
            yield _root(_trial(folder, mapping(document.value)))

    def _is_told(self, folder: Path) -> bool:
        for path in islice(sorted(folder.rglob("*")), _MOST_FILES):
            try:
                story = OpenedFile(path).source
                if any(importer.recognises(story) for importer in self._stories):
                    return True
            except OSError:
                continue
        return False


def trial_of(path: Path) -> Trial | None:
    """The trial in whose ``agent`` folder the file lies, if it does."""
    folder = _trial_folder(path)
    content = None if folder is None else read_neighbour(folder / _RESULT, _MOST_BYTES)
    if folder is None or content is None:
        return None
    result = document_of(content).value
    return _trial(folder, mapping(result)) if _is_result(result) else None


def trial_attributes(trial: Trial) -> dict[str, AttributeValue | None]:
    """What a trial says of its run, for the run's root."""
    outcome, reason = _outcome(trial)
    result = trial.result
    rewards = _rewards(result)
    return {
        names.TASK: text(result.get("task_name")),
        names.OUTCOME: "" if outcome is Outcome.UNKNOWN else outcome.value,
        names.PROVENANCE: "" if outcome is Outcome.UNKNOWN else PROVENANCE,
        names.REASON: reason,
        names.SCORE: _score(rewards) if outcome is not Outcome.ERRORED else None,
        "harbor.trial_name": text(result.get("trial_name")),
        "harbor.source": text(result.get("source")),
        "harbor.task_checksum": text(result.get("task_checksum")),
        "harbor.rewards": to_json(rewards) if rewards else "",
        "harbor.exception_type": _exception(result),
    }


def with_trial(span: Span, trial: Trial) -> Span:
    """A run's root with what the trial says of it; any other span as it is."""
    if (
        span.parent_id is not None
        or operation_of(span) != AGENT_OPERATION
        or names.OUTCOME in span.attributes
    ):
        return span
    stated = {
        key: value for key, value in trial_attributes(trial).items() if value is not None and value != ""
    }
    return replace(span, attributes={**span.attributes, **stated})


def has_trajectory(folder: Path) -> bool:
    """Whether a trial's agent left a trajectory in the common format."""
    content = read_neighbour(folder / _AGENT / _TRAJECTORY, 4096)
    return content is not None and b"ATIF-v" in content


def is_told_elsewhere(path: Path) -> bool:
    """Whether the file is another telling (a log, a session) of a run whose trial has a trajectory."""
    folder = _trial_folder(path)
    if folder is None or path.name.startswith("trajectory"):
        return False
    return has_trajectory(folder) and trial_of(path) is not None


def _trial_folder(path: Path) -> Path | None:
    """The folder above the nearest ``agent`` folder that the file is in."""
    for above in tuple(path.parents)[:_LEVELS]:
        if above.name == _AGENT:
            return above.parent
    return None


def _is_result(value: object) -> bool:
    found = mapping(value)
    return (
        "trial_name" in found
        and "task_name" in found
        and ("verifier_result" in found or "agent_info" in found)
    )


def _trial(folder: Path, result: Mapping[str, Any]) -> Trial:
    output = read_neighbour(folder / "verifier" / "test-stdout.txt", _MOST_BYTES) or b""
    end = output.decode("utf-8", "replace")
    broke = bool(_BROKE.search(end[-_EDGE:])) and not _TESTS_RAN.search(end)
    return Trial(folder=folder, result=result, verifier_broke=broke)


def _outcome(trial: Trial) -> tuple[Outcome, str]:
    """The outcome and its reason. A reward of a verifier that never ran says nothing, and neither does no reward."""
    exception, reward = _exception(trial.result), _score(_rewards(trial.result))
    if reward is not None and reward >= 1:
        return Outcome.PASSED, ""
    if trial.verifier_broke:
        return Outcome.ERRORED, "verifier_never_ran"
    if exception == "AgentTimeoutError":
        return Outcome.TIMED_OUT, exception
    if reward is None:
        return (Outcome.ERRORED, exception) if exception else (Outcome.UNKNOWN, "no_reward")
    return Outcome.FAILED, exception


def _exception(result: Mapping[str, Any]) -> str:
    return text(mapping(result.get("exception_info")).get("exception_type"))


def _rewards(result: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(result.get("verifier_result")).get("rewards"))


def _score(rewards: Mapping[str, Any]) -> float | None:
    """The reward under its usual name, else the only one there is."""
    value = rewards.get("reward", next(iter(rewards.values())) if len(rewards) == 1 else None)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return None
    return float(value) if abs(value) < 1e300 else None


def _root(trial: Trial) -> Span:
    result = trial.result
    agent, usage = mapping(result.get("agent_info")), mapping(result.get("agent_result"))
    phase = mapping(result.get("agent_execution"))
    times = phase or result
    run = RunBuilder(
        source=HarborTrial.name,
        identity=text(result.get("id")) or text(result.get("trial_name")),
        agent=text(agent.get("name")),
        clock=Clock(moment_of(times.get("started_at"))),
    )
    exception = mapping(result.get("exception_info"))
    kind = _exception(result)
    return run.root(
        start_ns=moment_of(times.get("started_at")),
        end_ns=moment_of(times.get("finished_at")),
        version=text(agent.get("version")),
        tokens=Tokens(
            input=whole(usage.get("n_input_tokens")),
            output=whole(usage.get("n_output_tokens")),
            cached=whole(usage.get("n_cache_tokens")),
        ),
        failure=Failure(type=kind, message=text(exception.get("exception_message"))) if kind else None,
        more=trial_attributes(trial),
    )
