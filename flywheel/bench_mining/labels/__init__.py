"""How well the detectors agree with labels that people, or mechanical rules, gave to real runs."""

from __future__ import annotations

from flywheel.bench_mining.labels.detectors import DetectorFigures, detector_figures
from flywheel.bench_mining.labels.folder import NoLabelledDataError, labelled_folder
from flywheel.bench_mining.labels.repetition import RepetitionFigures, repetition_figures

__all__ = [
    "DetectorFigures",
    "NoLabelledDataError",
    "RepetitionFigures",
    "detector_figures",
    "labelled_folder",
    "repetition_figures",
]
