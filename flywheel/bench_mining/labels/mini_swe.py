"""Trajectories of mini-swe-agent on SWE-bench Verified (gruckion/mini-swe-agent), with what their patches changed.

"Edited the tests although told not to" is as common in passes as in failures: the set shows whether a detector
that sees a fact is told from a cause, so the rates in both are given beside precision and recall.
"""

from __future__ import annotations

from pathlib import Path

from flywheel.bench_mining.labels.folder import set_folder
from flywheel.bench_mining.labels.foreign_runs import json_lines, runs_below
from flywheel.bench_mining.labels.labelled import DetectorFigure, Mapping, Rate, figure_of, rates_of, seen_in

SET = "mini-swe-agent-gemini3-swebench-verified"
_TESTS = Mapping(
    detectors=("edited_tests",),
    label="modified_tests",
    reason="the submitted patch changes a file of tests; new images and projects named test count in the label",
)
_FORBIDDEN = Mapping(
    detectors=("forbidden_path",),
    label="modified_tests or modified_config",
    reason="the instruction forbids both kinds of files",
)


def mini_swe_figures(folder: Path) -> tuple[tuple[DetectorFigure, ...], tuple[Rate, ...]]:
    """Measure on the set below ``folder``; raises ``NoLabelledDataError`` where it is not."""
    path = set_folder(folder, SET)
    labels = {str(row["instance_id"]): row for row in json_lines(path / "labels.jsonl")}
    runs = [run for run in runs_below([path / "trajs"]) if run.task in labels]
    seen = seen_in(runs)
    figures = (
        figure_of(SET, _TESTS, runs, seen, lambda run: bool(labels[run.task]["modified_tests"])),
        figure_of(
            SET,
            _FORBIDDEN,
            runs,
            seen,
            lambda run: bool(labels[run.task]["modified_tests"] or labels[run.task]["modified_config"]),
        ),
    )
    return figures, rates_of(SET, runs, seen, lambda run: not labels[run.task]["resolved"])
