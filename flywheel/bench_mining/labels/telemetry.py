"""Real agents that were driven by a scripted model: what each run shows is known exactly.

The folder of a scenario names what the model was told to do: ``loop`` makes the same failing call again and
again and gives up; ``malformed`` sends broken and unknown calls and claims success untested; ``apierror`` loses
its service; ``longoutput`` prints thousands of lines; the rest does everything right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from flywheel.bench_mining.labels.folder import set_folder
from flywheel.bench_mining.labels.foreign_runs import runs_below
from flywheel.bench_mining.labels.labelled import DetectorFigure, Mapping, figure_of, seen_in
from traces.run import Run

SET = "agent-telemetry"
_MAPPINGS = (
    (Mapping(detectors=("restated_call",), label="loop", reason="the same call five times"), ("loop",)),
    (Mapping(detectors=("repeated_call",), label="loop", reason="the same call five times, same result"), ("loop",)),
    (Mapping(detectors=("error_streak",), label="loop", reason="each of the five calls fails"), ("loop",)),
    (Mapping(detectors=("gave_up",), label="loop", reason="it says in the end that it could not do it"), ("loop",)),
    (
        Mapping(
            detectors=("malformed_call", "wrong_arguments"),
            label="malformed",
            reason="one call is broken JSON, or names parameters that do not exist",
        ),
        ("malformed",),
    ),
    (Mapping(detectors=("unknown_tool",), label="malformed", reason="one call names no tool"), ("malformed",)),
    (Mapping(detectors=("no_verification",), label="malformed", reason="it edits and ends"), ("malformed",)),
    (
        Mapping(
            detectors=("claims_success_without_evidence",), label="malformed", reason='"all tests pass", untested'
        ),
        ("malformed",),
    ),
    (Mapping(detectors=("model_trouble",), label="apierror", reason="the service answers 500 and 429"), ("apierror", "apirecover")),
    (Mapping(detectors=("output_flood",), label="longoutput", reason="seq 1 6000"), ("longoutput",)),
)  # fmt: skip


def telemetry_figures(folder: Path) -> tuple[DetectorFigure, ...]:
    """Measure on the set below ``folder``; raises ``NoLabelledDataError`` where it is not.

    Runs without any step (an agent that exported nothing) are left out.
    """
    found = list(_scenarios(set_folder(folder, SET)))
    scenario_of = {run.run_id: scenario for run, scenario in found}
    runs = [run for run, _ in found]
    seen = seen_in(runs)
    return tuple(
        figure_of(SET, mapping, runs, seen, _is_told(scenario_of, told)) for mapping, told in _MAPPINGS
    )


def _is_told(scenario_of: dict[str, str], told: tuple[str, ...]) -> Callable[[Run], bool]:
    return lambda run: scenario_of[run.run_id].startswith(told)


def _scenarios(path: Path) -> Iterator[tuple[Run, str]]:
    for scenario in sorted(folder for folder in path.glob("*/*") if folder.is_dir()):
        for run in runs_below([scenario]):
            if run.tool_calls:
                yield run, scenario.name
