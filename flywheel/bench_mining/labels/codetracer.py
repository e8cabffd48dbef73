"""Trials of Claude Code with a model that corrupts tool arguments (NJU-LINK/CodeTracer), with mechanical labels.

The label counts an argument as corrupted when it is only punctuation or begins with the middle of a JSON text. It
is narrower than what a person sees: ``: ls -la /app`` runs nothing and is not counted. The precision is held
against it all the same.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flywheel.bench_mining.labels.folder import set_folder
from flywheel.bench_mining.labels.foreign_runs import json_lines, runs_below
from flywheel.bench_mining.labels.labelled import DetectorFigure, Mapping, figure_of, seen_in
from traces.outcome import Outcome
from traces.run import Run

SET = "codetracer-kimi-tb2"
_TRIAL = "harbor.trial_name"
_CORRUPTED = Mapping(
    detectors=("malformed_call",),
    label="malformed_args > 0",
    reason="a corrupted argument is one that cannot be read as what it should be",
)
_STOPPED = Mapping(
    detectors=("premature_end", "cut_off", "step_exhaustion"),
    label="stopped_without_final_message",
    reason="the label counts empty last messages (premature_end) and pending tool calls (the run was cut off)",
)


@dataclass(frozen=True, kw_only=True)
class SetApart:
    """Trials whose verifier failed, and how many runs were set apart as infrastructure before any detector ran."""

    labelled: int
    set_apart: int
    both: int


def codetracer_figures(folder: Path) -> tuple[tuple[DetectorFigure, ...], SetApart]:
    """Measure on the set below ``folder``; raises ``NoLabelledDataError`` where it is not."""
    path = set_folder(folder, SET)
    labels = {str(row["trial"]): row for row in json_lines(path / "derived_labels.jsonl")}
    runs = [run for run in runs_below([path]) if trial_of(run) in labels]
    told = [run for run in runs if not labels[trial_of(run)]["no_trajectory"]]
    seen = seen_in(told)
    figures = (
        figure_of(SET, _CORRUPTED, told, seen, lambda run: labels[trial_of(run)]["malformed_args"] > 0),
        figure_of(
            SET,
            _STOPPED,
            told,
            seen,
            lambda run: bool(labels[trial_of(run)]["stopped_without_final_message"]),
        ),
    )
    return figures, _set_apart(runs, labels)


def trial_of(run: Run) -> str:
    """The name of the trial that a run was; empty without one."""
    return str(run.root.attributes.get(_TRIAL, "")) if run.root else ""


def _set_apart(runs: list[Run], labels: Table[str, Table[str, Any]]) -> SetApart:
    broken = {trial_of(run) for run in runs if labels[trial_of(run)]["verifier_infra_error"]}
    apart = {trial_of(run) for run in runs if run.outcome is Outcome.ERRORED}
    return SetApart(labelled=len(broken), set_apart=len(apart), both=len(broken & apart))
