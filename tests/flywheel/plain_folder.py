"""A folder without a repository, as a person has who only brings traces, and small files to bring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.task import Split
from flywheel.looks import record_look
from flywheel.project import Project
from harness.runs import run_id
from traces.otlp.encode import encode_spans_json
from traces.run import Run
from traces.segments import SegmentWriter
from traces.span import Span
from traces.testing import TraceBuilder, small_run

SECRET = "acme_" + "a1b2" * 5
POLICY = r"""
[redaction]
also = ["email"]

[[redaction.rule]]
name = "acme-key"
literals = ["acme_"]
pattern = "acme_(?P<secret>[a-z0-9]{20})"
"""


def write_runs(path: Path, *runs: Run) -> Path:
    """A file as the Collector writes it: a request on each line."""
    path.write_bytes(b"".join(encode_spans_json(run.spans) + b"\n" for run in runs))
    return path


def write_spans(path: Path, spans: Sequence[Span]) -> Path:
    """As ``write_runs``, of spans."""
    path.write_bytes(encode_spans_json(spans) + b"\n")
    return path


def unjudged(number: int) -> Run:
    """A run that nobody judged."""
    return small_run(number, "")


def store_own(project: Project, key: str, *, outcome: str = "failed", split: str = "mine") -> str:
    """A run of the project's own supervisor in its segments; its id."""
    trace = TraceBuilder(run_id(key))
    spans = [
        trace.chat("I look first", tools=("bash",), prompt="Repair it"),
        trace.tool("bash", {"command": "pytest -q"}, "1 failed", exit_code=1),
        trace.root(outcome, split=split, run_key=key, task="suite/one", harness_tree="t" * 40),
    ]
    with SegmentWriter(project.segments, name="runs") as writer:
        writer.append_many([trace.started(split=split, run_key=key), *spans])
    return run_id(key)


def close(project: Project, key: str) -> None:
    """Record the look that a run of the gate is, as an experiment does before its first run."""
    record_look(
        project.ledger,
        f"look/{key}",
        split=Split.GATE,
        groups=["one"],
        run_keys=[key],
        candidate="c" * 40,
        why="experiment",
    )


def write_trial(folder: Path, *, reward: float) -> Path:
    """A trial of Harbor: a trajectory, and the verdict beside it."""
    (folder / "agent").mkdir(parents=True)
    call = {"tool_call_id": "c1", "function_name": "bash", "arguments": {"command": "pytest -q"}}
    turn = {
        "step_id": 2,
        "source": "agent",
        "message": "I run the tests.",
        "timestamp": "2026-01-31T10:00:02Z",
        "model_name": "some-model",
        "tool_calls": [call],
        "observation": {"results": [{"source_call_id": "c1", "content": "2 failed"}]},
        "metrics": {"prompt_tokens": 1200, "completion_tokens": 60, "cached_tokens": 1000},
    }
    asked = {"step_id": 1, "source": "user", "message": "Sort them.", "timestamp": "2026-01-31T10:00:00Z"}
    trajectory = {
        "schema_version": "ATIF-v1.2",
        "session_id": folder.name,
        "agent": {"name": "some-agent", "version": "1"},
        "steps": [asked, turn],
    }
    result = {
        "task_name": "sort-numbers",
        "trial_name": folder.name,
        "verifier_result": {"rewards": {"reward": reward}},
        "exception_info": None,
    }
    (folder / "agent" / "trajectory.json").write_text(json.dumps(trajectory))
    (folder / "result.json").write_text(json.dumps(result))
    return folder


def long_trace(steps: int) -> tuple[Span, ...]:
    """The spans of a run that nobody judged, of so many commands and a last one that failed."""
    trace = TraceBuilder("e" * 32)
    calls = [
        trace.tool("bash", {"command": f"ls {number}"}, "fine\n" * 9, exit_code=0) for number in range(steps)
    ]
    return (*calls, trace.tool("bash", {"command": "pytest"}, "E boom", status="error"), trace.root(""))
