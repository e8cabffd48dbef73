"""Labelled trajectories of public sets as runs: those of a study of coding agents, and of tau-bench."""

from __future__ import annotations

import ast
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from traces.normal import assemble
from traces.run import Run
from traces.span import Span
from traces.testing import SECOND_NS, START_NS, TraceBuilder

_ITERATION = re.compile(r"(?:^|\n)(?:---\n)?(?:Thought at |Result at )?[Ii]teration (\d+): ", re.IGNORECASE)
_ACTION = re.compile(r"; Action=(?=\{)")
_SEEN = MappingProxyType({"Repetition": "repeats", "Divergence": "diverges"})


def study_runs(folder: Path) -> Iterator[tuple[Run, frozenset[str]]]:
    """The labelled trajectories of ``llm-agents-study`` with what people saw in them at least once: repetition, divergence, misalignment."""
    for number, record in enumerate(_lines(folder / "trajectories.jsonl.gz")):
        if record["resolved"] is None:  # nobody labelled those
            continue
        yield _study_run(number, record), study_labels(record["labels"])


def study_labels(labels: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """``repeats``, ``diverges`` and ``misaligned``, as often as once is enough; ``sound`` where there is nothing of these."""
    seen = {_SEEN[each] for each in labels.get("action_action", ()) if each in _SEEN}
    if "Misalignment" in labels.get("thought_action", ()):
        seen.add("misaligned")
    return frozenset(seen or {"sound"})


def tau_runs(folder: Path) -> Iterator[tuple[Run, frozenset[str]]]:
    """The failed trajectories of ``agentrx-tau`` with the categories that people gave to their failures."""
    truth = json.loads((folder / "tau_ground_truth.json").read_text(encoding="utf-8"))
    categories = {each["trajectory_id"]: each["failures"] for each in truth}
    runs = json.loads(gzip.decompress((folder / "tau_dataset_failed.json.gz").read_bytes()))
    for number, record in enumerate(runs):
        failures = categories.get(record["task_id"], ())
        if failures:
            labels = frozenset(failure["failure_category"] for failure in failures)
            yield _tau_run(number, record), labels


def iterations(text: str) -> dict[int, str]:
    """What is said of each iteration, by its number."""
    parts = _ITERATION.split(text)
    return {int(number): said.strip() for number, said in zip(parts[1::2], parts[2::2], strict=True)}


def _study_run(number: int, record: Mapping[str, Any]) -> Run:
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * 86400 * SECOND_NS)
    said = iterations(str(record["parsed"]["thoughts_actions"]))
    results = iterations(str(record["parsed"]["results_actions"]))
    spans: list[Span] = []
    for place, text in said.items():
        thought, *action = _ACTION.split(text, maxsplit=1)
        spans.append(trace.chat(thought.removeprefix("Thought=")))
        name, arguments = _call(action[0]) if action else ("act", text)
        spans.append(trace.tool(name, arguments, results.get(place, "")))
    outcome = "passed" if record["resolved"] else "failed"
    root = trace.root(outcome, task=str(record["instance"]), suite=str(record["agent"]))
    return assemble([*spans, root])


def _call(text: str) -> tuple[str, object]:
    """A tool's name and arguments, of whatever shape the agent wrote them in."""
    try:
        action = ast.literal_eval(text.strip().removesuffix("---").strip())
        arguments = action.get("arguments", action.get("args", {}))
        return str(action["name"]), json.loads(arguments) if isinstance(arguments, str) else arguments
    except (ValueError, SyntaxError, KeyError, AttributeError):
        return "act", text


def _tau_run(number: int, record: Mapping[str, Any]) -> Run:
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * 86400 * SECOND_NS)
    spans: list[Span] = []
    asked: dict[str, Mapping[str, Any]] = {}
    for message in record["traj"]:
        if message["role"] == "assistant":
            calls = message.get("tool_calls") or ()
            asked |= {call["id"]: call["function"] for call in calls}
            names = tuple(call["function"]["name"] for call in calls)
            spans.append(trace.chat(str(message.get("content") or ""), tools=names))
        elif message["role"] == "tool":
            call = asked.get(
                message.get("tool_call_id", ""), {"name": message.get("name", "tool"), "arguments": "{}"}
            )
            spans.append(trace.tool(call["name"], call["arguments"], str(message["content"])))
    root = trace.root("failed", task=f"tau/{record['task_id']}", suite="tau-bench")
    return assemble([*spans, root])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
