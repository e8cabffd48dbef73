"""Customer-service trajectories of tau-bench: with rewards (sierra-research), and with people's labels (AgentRx).

Most of what people found there (a misread result, an intent misunderstood) no deterministic detector can see. The
mappings name the few labels that fit, and the figures show how little that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Table
from pathlib import Path
from typing import Any

from flywheel.bench_mining.labels.folder import set_folder
from flywheel.bench_mining.labels.foreign_runs import json_file
from flywheel.bench_mining.labels.labelled import DetectorFigure, Mapping, Rate, figure_of, rates_of, seen_in
from traces.importers.chat_completion import calls_of, content_text, parts_of
from traces.importers.clock import Clock
from traces.importers.parts import Message, message, text_part
from traces.importers.run_builder import RunBuilder
from traces.normal import assemble
from traces.run import Run
from traces.span import Span

LABELLED = "agentrx-tau"
REWARDED = "tau-bench-historical"
_MAPPINGS = (
    Mapping(
        detectors=("wrong_arguments", "unknown_tool", "malformed_call"),
        label="Invalid Invocation",
        reason="a call that its tool refuses; here most are refused for the state of an order, not for arguments",
    ),
    Mapping(
        detectors=("gave_up",),
        label="Intent Not Supported",
        reason="some of these hand over to a person although they should not",
    ),
    Mapping(
        detectors=("cut_off", "step_exhaustion", "model_trouble"),
        label="System Failure",
        reason="the run ended without the agent's doing",
    ),
)


def agentrx_figures(folder: Path) -> tuple[DetectorFigure, ...]:
    """Measure on the 29 labelled failures; raises ``NoLabelledDataError`` where the set is not there."""
    path = set_folder(folder, LABELLED)
    truth = {
        int(row["trajectory_id"]): {str(failure["failure_category"]) for failure in row["failures"]}
        for row in json_file(path / "tau_ground_truth.json")
    }
    records = json_file(path / "tau_dataset_failed.json.gz")
    runs = {run.run_id: truth[int(record["task_id"])] for record, run in _runs(LABELLED, records)}
    found = [run for _, run in _runs(LABELLED, records)]
    seen = seen_in(found)
    return tuple(
        figure_of(LABELLED, mapping, found, seen, _has_category(runs, mapping.label)) for mapping in _MAPPINGS
    )


def tau_bench_rates(folder: Path) -> tuple[Rate, ...]:
    """How often each detector fires in failed and in rewarded trials; raises ``NoLabelledDataError`` without the set."""
    path = set_folder(folder, REWARDED)
    records = json_file(path / "gpt-4o-airline.json.gz")
    rewards = {run.run_id: float(record["reward"]) for record, run in _runs(REWARDED, records)}
    runs = [run for _, run in _runs(REWARDED, records)]
    return rates_of(REWARDED, runs, seen_in(runs), lambda run: rewards[run.run_id] < 1)


def _has_category(categories: dict[str, set[str]], category: str) -> Callable[[Run], bool]:
    return lambda run: category in categories[run.run_id]


def _runs(source: str, records: Sequence[Table[str, Any]]) -> Iterator[tuple[Table[str, Any], Run]]:
    for number, record in enumerate(records):
        yield record, _run(source, f"{record['task_id']}/{number}", record["traj"])


def _run(source: str, identity: str, messages: Sequence[Table[str, Any]]) -> Run:
    """The run that a conversation in the chat completion format tells."""
    builder = RunBuilder(source=source, identity=identity, agent="tau-bench", clock=Clock())
    results = {str(each.get("tool_call_id")): content_text(each.get("content")) for each in messages}
    spans: list[Span] = []
    asked: list[Message] = []
    for number, each in enumerate(messages):
        if each.get("role") == "user":
            asked.append(message("user", [text_part(content_text(each.get("content")))]))
        elif each.get("role") == "assistant":
            spans += _turn(builder, str(number), each, asked, results)
            asked = []
    return assemble([*spans, builder.root()])


def _turn(
    builder: RunBuilder, key: str, answer: Table[str, Any], asked: Sequence[Message], results: Table[str, str]
) -> Iterator[Span]:
    """An answer of the model, and the calls that it asked for."""
    calls = calls_of(answer)
    said = message("assistant", [*parts_of(answer), *(call.part for call in calls)], "")
    moment = builder.clock.tick()
    yield builder.chat(key, start_ns=moment, end_ns=moment, inputs=asked, outputs=[said])
    for call in calls:
        moment = builder.clock.tick()
        yield builder.tool(
            call.call_id,
            name=call.name,
            arguments=call.arguments,
            start_ns=moment,
            end_ns=moment,
            result=results.get(call.call_id, ""),
        )
