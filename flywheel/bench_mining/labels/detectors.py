"""What the detectors come to on all labelled sets that are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flywheel.bench_mining.labels.codetracer import SetApart, codetracer_figures
from flywheel.bench_mining.labels.folder import NoLabelledDataError
from flywheel.bench_mining.labels.labelled import DetectorFigure, Rate
from flywheel.bench_mining.labels.mini_swe import mini_swe_figures
from flywheel.bench_mining.labels.tau import agentrx_figures, tau_bench_rates
from flywheel.bench_mining.labels.telemetry import telemetry_figures

NOT_MEASURED = (
    "swebench-pro-error-analysis holds rationales of a model and no trajectories, so no detector can run on it; its"
    " endless_file_reading would be endless_reading, tool_error malformed_call or wrong_arguments,"
    " context_overflow_from_listing output_flood, identified_incorrect_file wrong_file"
)


@dataclass(kw_only=True)
class DetectorFigures:
    """Figures against labels, rates in failures and passes, trials set apart, and what was left out and why."""

    against_labels: list[DetectorFigure] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    set_apart: SetApart | None = None
    left_out: list[str] = field(default_factory=lambda: [NOT_MEASURED])


def detector_figures(folder: Path) -> DetectorFigures:
    """Measure on every labelled set below ``folder``; one that is absent is named in ``left_out``."""
    found = DetectorFigures()
    parts: tuple[Callable[[Path, DetectorFigures], None], ...] = (
        _codetracer,
        _mini_swe,
        _telemetry,
        _agentrx,
        _tau,
    )
    for part in parts:
        try:
            part(folder, found)
        except NoLabelledDataError as error:
            found.left_out.append(str(error))
    return found


def _codetracer(folder: Path, found: DetectorFigures) -> None:
    figures, found.set_apart = codetracer_figures(folder)
    found.against_labels.extend(figures)


def _mini_swe(folder: Path, found: DetectorFigures) -> None:
    figures, rates = mini_swe_figures(folder)
    found.against_labels.extend(figures)
    found.rates.extend(rates)


def _telemetry(folder: Path, found: DetectorFigures) -> None:
    found.against_labels.extend(telemetry_figures(folder))


def _agentrx(folder: Path, found: DetectorFigures) -> None:
    found.against_labels.extend(agentrx_figures(folder))


def _tau(folder: Path, found: DetectorFigures) -> None:
    found.rates.extend(tau_bench_rates(folder))
