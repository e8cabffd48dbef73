"""Deterministic detectors: small pure functions over a run that never read how it was judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzers.detectors.claims_success import ClaimsSuccess
from analyzers.detectors.constraint_ignored import ConstraintIgnored
from analyzers.detectors.context_overflow import ContextOverflow
from analyzers.detectors.cut_off import CutOff
from analyzers.detectors.edit_loop import EditLoop
from analyzers.detectors.edit_mismatch import edit_mismatch
from analyzers.detectors.error_streak import ErrorStreak
from analyzers.detectors.gave_up import GaveUp
from analyzers.detectors.ignored_failure import IgnoredFailure
from analyzers.detectors.malformed_call import MalformedCall
from analyzers.detectors.missing_dependency import missing_dependency
from analyzers.detectors.missing_path import missing_path
from analyzers.detectors.no_edit import NoEdit
from analyzers.detectors.no_verification import NoVerification
from analyzers.detectors.oscillation import Oscillation
from analyzers.detectors.output_flood import OutputFlood
from analyzers.detectors.permission_denied import permission_denied
from analyzers.detectors.repeated_call import RepeatedCall
from analyzers.detectors.step_exhaustion import StepExhaustion
from analyzers.detectors.time_burn import TimeBurn
from analyzers.detectors.tool_timeout import tool_timeout
from analyzers.detectors.unknown_tool import unknown_tool
from analyzers.signal import Detector, Signal
from traces.run import Run


def default_detectors() -> tuple[Detector, ...]:
    """All detectors with their usual thresholds, in a stable order."""
    return (
        NoVerification(),
        IgnoredFailure(),
        ClaimsSuccess(),
        ConstraintIgnored(),
        EditLoop(),
        RepeatedCall(),
        Oscillation(),
        edit_mismatch(),
        ErrorStreak(),
        missing_path(),
        missing_dependency(),
        permission_denied(),
        unknown_tool(),
        MalformedCall(),
        tool_timeout(),
        OutputFlood(),
        ContextOverflow(),
        TimeBurn(),
        NoEdit(),
        GaveUp(),
        StepExhaustion(),
        CutOff(),
    )


def detect_all(runs: Iterable[Run], detectors: Sequence[Detector]) -> tuple[Signal, ...]:
    """What every detector saw in every run, in the order of the runs and then of the detectors."""
    return tuple(signal for run in runs for detector in detectors for signal in detector.detect(run))
