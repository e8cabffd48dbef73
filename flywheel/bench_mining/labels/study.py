"""The trajectories of "Understanding software engineering agents" (ASE 2025), as runs with people's labels.

The set is sola-st/llm-agents-study (MIT): OpenHands, AutoCodeRover and RepairAgent. People labelled how each
action relates to the one before it: follow-up, refinement, repetition or divergence.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flywheel.bench_mining.labels.folder import set_folder
from flywheel.bench_mining.labels.foreign_runs import json_lines
from traces.importers.clock import Clock
from traces.importers.run_builder import RunBuilder
from traces.normal import assemble
from traces.run import Run

SET = "llm-agents-study"
_STEP = re.compile(
    r"^(?:Thought and Action at iteration|Iteration) \d+: Thought=(?P<thought>.*?); Action=(?P<action>.*?)(?:\n---\n?)?\s*\Z",
    re.DOTALL,
)
_STEPS = re.compile(r"(?m)^(?=(?:Thought and Action at iteration|Iteration) \d+: Thought=)")
_ROVER_STEP = re.compile(
    r"^Thought at Iteration \d+:(?P<thought>.*?)(?:\nAction at Iteration \d+:(?P<action>.*))?\Z", re.DOTALL
)
_ROVER_STEPS = re.compile(r"(?m)^(?=Thought at Iteration \d+:)")
_RESULTS = re.compile(r"(?mi)^Result at iteration (\d+):")
_NEXT = re.compile(r"; (?:Next action|Action at iteration)")


@dataclass(frozen=True, kw_only=True)
class LabelledRun:
    """A run whose action ``i + 1`` people found to repeat action ``i`` or not; ``actions`` are as they were written."""

    run: Run
    agent: str
    actions: tuple[str, ...]
    repeats: tuple[bool, ...]
    resolved: bool | None


def read_study(folder: Path) -> tuple[LabelledRun, ...]:
    """The labelled runs whose actions can all be told apart. Raises ``NoLabelledDataError`` without the set."""
    path = set_folder(folder, SET) / "trajectories.jsonl.gz"
    return tuple(found for record in json_lines(path) for found in _labelled(record))


def _labelled(record: Mapping[str, Any]) -> Iterator[LabelledRun]:
    labels = record.get("labels") or {}
    relations = labels.get("action_action")
    steps = _steps(record["agent"], record["parsed"]["thoughts_actions"])
    if relations is None or len(steps) != len(relations) + 1:
        return
    yield LabelledRun(
        run=_run(record, steps),
        agent=record["agent"],
        actions=tuple(action for _, action in steps),
        repeats=tuple(relation == "Repetition" for relation in relations),
        resolved=record["resolved"],
    )


def _steps(agent: str, text: str) -> list[tuple[str, str]]:
    rover = agent == "autocoderover"
    blocks = (_ROVER_STEPS if rover else _STEPS).split(text)
    matches = ((_ROVER_STEP if rover else _STEP).match(block) for block in blocks if block.strip())
    return [(match["thought"].strip(), (match["action"] or "").strip()) for match in matches if match]


def _run(record: Mapping[str, Any], steps: list[tuple[str, str]]) -> Run:
    """The run with one model call and one tool call for each action."""
    agent = record["agent"]
    identity = f"{agent}/{record['instance']}"
    builder = RunBuilder(source=SET, identity=identity, agent=agent, clock=Clock())
    results = _results(record["parsed"]["results_actions"])
    spans = []
    for number, (thought, action) in enumerate(steps):
        name, arguments = _call(action)
        part = {"type": "tool_call", "id": str(number), "name": name, "arguments": arguments}
        said = {
            "role": "assistant",
            "parts": [{"type": "text", "content": thought}, part],
            "finish_reason": "",
        }
        moment = builder.clock.tick()
        spans.append(builder.chat(str(number), start_ns=moment, end_ns=moment, outputs=[said]))
        moment = builder.clock.tick()
        result = results.get(number, "")
        tool = builder.tool(
            str(number), name=name, arguments=arguments, start_ns=moment, end_ns=moment, result=result
        )
        spans.append(tool)
    return assemble([*spans, builder.root()])


def _results(text: str) -> dict[int, str]:
    parts = _RESULTS.split(text)
    return {
        int(number): _NEXT.split(result)[0].strip()
        for number, result in zip(parts[1::2], parts[2::2], strict=True)
    }


def _call(action: str) -> tuple[str, object]:
    """The tool and the arguments of an action; one that is written as a call stays a text."""
    try:
        value = ast.literal_eval(action)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return action.partition("(")[0].strip()[:80], {"call": action}
    if not isinstance(value, dict):
        return action[:80], {"call": action}
    arguments = value.get("args", value.get("arguments", {}))
    return str(value.get("name", "")), _object(arguments)


def _object(arguments: object) -> object:
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments
