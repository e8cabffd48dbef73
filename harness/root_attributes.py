"""Attributes of a run's root that only this room reads, and the result that follows from a root."""

from __future__ import annotations

import json
from collections.abc import Mapping

from harness.runs import RunResult
from traces import attributes as names
from traces.outcome import Outcome
from traces.run import Usage
from traces.span import AttributeValue, Span

PROMPT_HASHES = "flywheel.run.prompt_sha256s"
TOOLS_HASHES = "flywheel.run.tools_sha256s"
EFFORTS = "flywheel.run.reasoning_efforts"
ACTIVATED_COUNTS = "flywheel.run.activated"  # JSON: how often each middleware claimed to act
CONFIGURATION_HASH = "flywheel.run.configuration_sha256"  # of all that the harness gave a command agent
IMAGE = "flywheel.run.image"  # of the container that a task with an environment of its own ran in


def is_root(span: Span) -> bool:
    """Whether a span is the root that a supervisor closed."""
    found = span.attributes
    return span.parent_id is None and names.RUN_KEY in found and names.OUTCOME in found


def result_of(root: Span) -> RunResult:
    """What a supervisor saw of the run that ended with this root."""
    found = root.attributes
    return RunResult(
        run_id=root.trace_id,
        key=str(found[names.RUN_KEY]),
        attempt=_whole(found, names.RUN_ATTEMPT),
        outcome=Outcome(str(found[names.OUTCOME])),
        reason=str(found[names.REASON]),
        cause=str(found[names.CAUSE]),
        score=_real(found, names.SCORE),
        usage=Usage(
            input_tokens=_whole(found, names.INPUT_TOKENS),
            output_tokens=_whole(found, names.OUTPUT_TOKENS),
            cost_usd=_real(found, names.RUN_COST),
        ),
        seconds=_real(found, names.RUN_SECONDS),
        steps=_whole(found, names.RUN_STEPS),
        digest=str(found[names.RUN_DIGEST]),
        isolation=str(found[names.ISOLATION]),
        activated=json.loads(str(found[ACTIVATED_COUNTS])),
        prompt_hashes=_words(found, PROMPT_HASHES),
        tools_hashes=_words(found, TOOLS_HASHES),
        efforts=_words(found, EFFORTS),
        limits_hash=str(found[names.LIMITS_HASH]),
        configuration_hash=str(found.get(CONFIGURATION_HASH, "")),
    )


def _real(found: Mapping[str, AttributeValue], name: str) -> float:
    value = found[name]
    assert isinstance(value, (int, float))
    return float(value)


def _whole(found: Mapping[str, AttributeValue], name: str) -> int:
    value = found[name]
    assert isinstance(value, int)
    return value


def _words(found: Mapping[str, AttributeValue], name: str) -> frozenset[str]:
    value = found[name]
    assert isinstance(value, tuple)
    return frozenset(str(item) for item in value)
