"""The figures against labels are right on sets so small that they can be counted by hand."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzers.testing import unverified_run, verified_run
from flywheel.bench_mining.labels import (
    NoLabelledDataError,
    detector_figures,
    labelled_folder,
    repetition_figures,
)
from flywheel.bench_mining.labels.codetracer import codetracer_figures
from flywheel.bench_mining.labels.foreign_runs import json_lines
from flywheel.bench_mining.labels.intervals import cluster_bootstrap, wilson
from flywheel.bench_mining.labels.labelled import Mapping, figure_of, rates_of, seen_in
from flywheel.bench_mining.labels.mini_swe import mini_swe_figures
from flywheel.bench_mining.labels.study import read_study
from flywheel.bench_mining.labels.tau import agentrx_figures, tau_bench_rates
from flywheel.bench_mining.labels.telemetry import telemetry_figures

OPENHANDS = (
    "Iteration 0: Thought=Look.; Action={'arguments': '{\"command\": \"ls /app\"}', 'name': 'execute_bash'}\n---\n"
    "Iteration 1: Thought=Again.; Action={'arguments': '{\"command\": \"cd / && ls /app\"}', 'name': 'execute_bash'}\n---\n"
    "Iteration 2: Thought=Edit.; Action={'arguments': 'broken', 'name': 'edit'}\n"
)
REPAIR = (
    "Thought and Action at iteration 0: Thought=Read.; Action={'name': 'read_range', 'args': {'line': 4, 'file': 'a'}}\n---\n"
    "Iteration 1: Thought=Read.; Action={'name': 'read_range', 'args': {'file': 'a', 'line': '4', 'tags': []}}\n---\n"
    "Iteration 2: Thought=Read.; Action={'name': 'read_range', 'args': {'file': 'b', 'line': '4'}}\n"
)
ROVER = (
    'Thought at Iteration 0: Search.\nAction at Iteration 0: search_class("A")\n\n'
    'Thought at Iteration 1: Search.\nAction at Iteration 1: search_class("A")\n\n'
    "Thought at Iteration 2: Done.\nAction at Iteration 2: write_patch\n"
)
RESULTS = "Result at iteration 0: a; Next action: {}\n---\nResult at iteration 1: b\n"


def write(path: Path, content: object) -> None:
    """A JSON document, compressed where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(content).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_lines(path: Path, rows: Iterable[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def trajectory(agent: str, text: str, *relations: str) -> dict[str, Any]:
    labels = {"action_action": list(relations)} if relations else None
    parsed = {"thoughts_actions": text, "results_actions": RESULTS}
    return {"agent": agent, "instance": text[:40], "resolved": False, "parsed": parsed, "labels": labels}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Three labelled runs, one without labels, and one whose actions cannot be told apart."""
    rows = [
        trajectory("openhands", OPENHANDS, "Repetition", "Follow-up"),
        trajectory("repairagent", REPAIR, "Repetition", "Refinement"),
        trajectory("autocoderover", ROVER, "Repetition", "Repetition"),
        trajectory("repairagent", REPAIR),
        trajectory("openhands", "nothing that is known", "Repetition"),
    ]
    write_lines(tmp_path / "llm-agents-study" / "trajectories.jsonl.gz", rows)
    return tmp_path


def conversation(*turns: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Turns of (said, tool, result) in the chat completion format."""
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "Policy."},
        {"role": "user", "content": "Help."},
    ]
    for number, (said, tool, result) in enumerate(turns):
        calls = (
            [{"id": str(number), "type": "function", "function": {"name": tool, "arguments": "{}"}}]
            if tool
            else None
        )
        messages.append({"role": "assistant", "content": said, "tool_calls": calls})
        if tool:
            messages.append({"role": "tool", "tool_call_id": str(number), "name": tool, "content": result})
    return messages


def mini_swe(name: str, commands: Iterable[str], answer: str) -> dict[str, Any]:
    """A trajectory of mini-swe-agent that runs these commands; each gets the same answer."""
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "Fix it.\n- DO NOT MODIFY: Tests"},
    ]
    for command in commands:
        messages.append({"role": "assistant", "content": f"I go on.\n\n```bash\n{command}\n```"})
        messages.append({"role": "user", "content": answer})
    info = {"exit_status": "Submitted", "submission": "", "mini_version": "1.15.0", "model_stats": {}}
    return {"info": info, "messages": messages, "trajectory_format": "mini-swe-agent-1", "instance_id": name}


def test_a_folder_is_given_or_named_by_the_environment(tmp_path: Path) -> None:
    """Without one the message says how to name it."""
    assert labelled_folder(tmp_path, {}) == tmp_path
    assert labelled_folder(None, {"FLYWHEEL_LABELLED_DATA": str(tmp_path)}) == tmp_path
    with pytest.raises(NoLabelledDataError, match="set FLYWHEEL_LABELLED_DATA"):
        labelled_folder(None, {})
    with pytest.raises(NoLabelledDataError, match="is no folder"):
        labelled_folder(tmp_path / "absent", {})


def test_sets_that_are_absent_are_named_and_left_out(tmp_path: Path) -> None:
    """The bench goes on without them."""
    found = detector_figures(tmp_path)

    assert (found.against_labels, found.rates, found.set_apart) == ([], [], None)
    assert len(found.left_out) == 6
    assert any("'codetracer-kimi-tb2' is not below" in reason for reason in found.left_out)
    with pytest.raises(NoLabelledDataError):
        repetition_figures(tmp_path)


def test_trajectories_of_three_agents_are_read(study: Path) -> None:
    """Each action becomes a call of its own, with its result; what cannot be told apart is left out."""
    openhands, repair, rover = read_study(study)

    assert [call.name for call in openhands.run.tool_calls] == ["execute_bash", "execute_bash", "edit"]
    assert openhands.run.tool_calls[0].result == "a"
    assert repair.run.tool_calls[0].arguments == {"line": 4, "file": "a"}
    assert [call.name for call in rover.run.tool_calls] == ["search_class", "search_class", "write_patch"]
    assert rover.repeats == (True, True)


def test_agreement_on_repetitions_is_counted_by_pairs(study: Path) -> None:
    """Of four repetitions the detector finds three, identical calls one; nothing is found that is none."""
    found = repetition_figures(study)

    assert (found.runs, found.pairs, found.repetitions) == (3, 6, 4)
    assert (found.repetition_precision, found.repetition_recall) == (1.0, 0.75)
    assert found.repetition_f1 == pytest.approx(6 / 7)
    assert found.identical_call_f1 == pytest.approx(2 / 5)
    assert found.gain == pytest.approx(6 / 7 - 2 / 5)
    assert found.repetition_f1_interval[0] <= found.repetition_f1 <= found.repetition_f1_interval[1]
    assert [agent for agent, _, _ in found.by_agent] == ["autocoderover", "openhands", "repairagent"]
    assert found == repetition_figures(study)


def test_intervals_hold_the_share_and_narrow_with_the_runs() -> None:
    """Wilson's of 5 in 10 is known; nothing is known of nothing."""
    low, high = wilson(5, 10)
    counts = np.array([[1], [0]] * 50)
    first, last = cluster_bootstrap(counts, lambda sums: sums[:, 0] / 100, seed=1)

    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)
    assert wilson(0, 0) == (0.0, 1.0)
    assert 0.35 < first < 0.5 < last < 0.65
    assert cluster_bootstrap(counts[:0], lambda sums: sums[:, 0], seed=1) == (0.0, 1.0)


def test_a_detector_is_held_against_a_label() -> None:
    """Right, wrong, missed and silent add up to the runs; any of the detectors is enough."""
    runs = [unverified_run(1, "failed"), unverified_run(2, "passed"), verified_run(3, "failed")]
    mapping = Mapping(detectors=("no_verification", "no_edit"), label="untested", reason="the same")
    labelled = {runs[0].run_id, runs[2].run_id}
    figure = figure_of("set", mapping, runs, seen_in(runs), lambda run: run.run_id in labelled)

    assert (figure.right, figure.wrong, figure.missed, figure.silent) == (1, 1, 1, 0)
    assert (figure.precision, figure.recall) == (0.5, 0.5)


def test_rates_are_of_failing_and_of_passing_runs() -> None:
    """For every detector, also one that never fires."""
    runs = [unverified_run(1, "failed"), verified_run(2, "passed"), unverified_run(3, "passed")]
    rates = {rate.detector: rate for rate in rates_of("set", runs, seen_in(runs), lambda run: run is runs[0])}

    untested = rates["no_verification"]
    assert (untested.failing, untested.of_failing, untested.passing, untested.of_passing) == (1, 1, 1, 2)
    assert rates["oscillation"].passing == 0


def test_trials_are_matched_with_their_labels(tmp_path: Path) -> None:
    """One with corrupted arguments, one without, and one whose verifier never ran."""
    folder = tmp_path / "codetracer-kimi-tb2"
    labels = []
    for name, command, broken in (("a__1", ': ""', False), ("b__2", "ls", False), ("c__3", "ls", True)):
        steps = [
            {"step_id": 1, "source": "user", "message": "Do it."},
            {
                "step_id": 2,
                "source": "agent",
                "message": "",
                "tool_calls": [
                    {"tool_call_id": "1", "function_name": "Bash", "arguments": {"command": command}}
                ],
                "observation": {"results": [{"source_call_id": "1", "content": "ok"}]},
            },
        ]
        agent = {"name": "claude-code", "version": "2"}
        document = {"schema_version": "ATIF-v1.2", "session_id": name, "agent": agent, "steps": steps}
        write(folder / name / "agent" / "trajectory.json.gz", document)
        result = {
            "trial_name": name,
            "task_name": name[0],
            "agent_info": {"name": "claude-code"},
            "verifier_result": {"rewards": {"reward": 0.0}},
        }
        write(folder / name / "result.json", result)
        said = "uvx: command not found" if broken else "===== test session starts =====\n1 failed in 0.1s"
        output = folder / name / "verifier" / "test-stdout.txt"
        output.parent.mkdir()
        output.write_text(said)
        label = {"trial": name, "verifier_infra_error": broken, "no_trajectory": False}
        labels.append({**label, "malformed_args": int(name == "a__1"), "stopped_without_final_message": True})
    write_lines(folder / "derived_labels.jsonl", labels)
    (corrupted, stopped), apart = codetracer_figures(tmp_path)

    assert (corrupted.right, corrupted.wrong, corrupted.missed, corrupted.silent) == (1, 0, 0, 2)
    assert stopped.right == 3
    assert (apart.labelled, apart.set_apart, apart.both) == (1, 1, 1)


def test_patches_that_change_tests_are_matched_with_edits_that_do(tmp_path: Path) -> None:
    """And the rates in failures and passes come beside."""
    folder = tmp_path / "mini-swe-agent-gemini3-swebench-verified"
    rows = []
    for name, command, tests in (
        ("o__r-1", "sed -i s/a/b/ tests/test_a.py", True),
        ("o__r-2", "sed -i s/a/b/ a.py", False),
    ):
        document = mini_swe(name, [command], "<returncode>0</returncode>\n<output>\n</output>")
        write(folder / "trajs" / f"{name}.traj.json.gz", document)
        rows.append(
            {"instance_id": name, "resolved": not tests, "modified_tests": tests, "modified_config": False}
        )
    write_lines(folder / "labels.jsonl", rows)
    (edited, forbidden), rates = mini_swe_figures(tmp_path)

    assert (edited.right, edited.wrong, edited.missed, edited.silent) == (1, 0, 0, 1)
    assert (forbidden.right, forbidden.silent) == (1, 1)
    assert next(rate for rate in rates if rate.detector == "edited_tests").failing == 1


def test_scenarios_are_known_by_their_folders(tmp_path: Path) -> None:
    """A loop is one; what does everything right is none."""
    for scenario, calls in (("loop", 5), ("success", 1)):
        document = mini_swe(
            scenario, ["pytest"] * calls, "<returncode>1</returncode>\n<output>\n1 failed\n</output>"
        )
        write(tmp_path / "agent-telemetry" / "mini" / scenario / "run.traj.json", document)
    figures = {figure.detectors: figure for figure in telemetry_figures(tmp_path)}

    restated = figures[("restated_call",)]
    assert (restated.right, restated.wrong, restated.missed, restated.silent) == (1, 0, 0, 1)


def test_customer_service_is_measured_by_what_fits(tmp_path: Path) -> None:
    """Labels by trajectory, rewards by trial."""
    handed = conversation(("", "transfer_to_human_agents", "ok"))
    plain = conversation(("", "get_order", "{}"), ("Done.", "", ""))
    records = [{"task_id": 1, "reward": 0.0, "traj": handed}, {"task_id": 2, "reward": 1.0, "traj": plain}]
    truth = [
        {"trajectory_id": 1, "failures": [{"failure_category": "Intent Not Supported"}]},
        {"trajectory_id": 2, "failures": [{"failure_category": "Misinterpretation of Tool Output"}]},
    ]
    write(tmp_path / "agentrx-tau" / "tau_ground_truth.json", truth)
    write(tmp_path / "agentrx-tau" / "tau_dataset_failed.json.gz", records)
    write(tmp_path / "tau-bench-historical" / "gpt-4o-airline.json.gz", records)
    figures = {figure.label: figure for figure in agentrx_figures(tmp_path)}
    rates = {rate.detector: rate for rate in tau_bench_rates(tmp_path)}

    assert (figures["Intent Not Supported"].right, figures["Intent Not Supported"].silent) == (1, 1)
    assert (rates["gave_up"].failing, rates["gave_up"].passing) == (1, 0)


def test_lines_of_json_are_read_compressed_or_not(tmp_path: Path) -> None:
    """Empty lines are left out."""
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_text('{"a": 1}\n\n{"a": 2}\n')
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert list(json_lines(plain)) == list(json_lines(packed)) == [{"a": 1}, {"a": 2}]
