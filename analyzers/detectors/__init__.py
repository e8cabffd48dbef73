"""Deterministic detectors: small pure functions over a run that never read how it was judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analyzers.account import account_of
from analyzers.detectors.asks_back import AsksBack
from analyzers.detectors.claims_success import ClaimsSuccess
from analyzers.detectors.constraint_ignored import ConstraintIgnored
from analyzers.detectors.context_overflow import ContextOverflow
from analyzers.detectors.cut_off import CutOff
from analyzers.detectors.edit_loop import EditLoop
from analyzers.detectors.edit_mismatch import edit_mismatch
from analyzers.detectors.edited_tests import EditedTests
from analyzers.detectors.endless_reading import EndlessReading
from analyzers.detectors.error_streak import ErrorStreak
from analyzers.detectors.forbidden_path import ForbiddenPath
from analyzers.detectors.gave_up import GaveUp
from analyzers.detectors.ignored_failure import IgnoredFailure
from analyzers.detectors.malformed_call import MalformedCall
from analyzers.detectors.missing_dependency import missing_dependency
from analyzers.detectors.missing_path import missing_path
from analyzers.detectors.model_refusal import ModelRefusal
from analyzers.detectors.model_trouble import ModelTrouble
from analyzers.detectors.no_edit import NoEdit
from analyzers.detectors.no_verification import NoVerification
from analyzers.detectors.open_plan import OpenPlan
from analyzers.detectors.oscillation import Oscillation
from analyzers.detectors.output_flood import OutputFlood
from analyzers.detectors.permission_denied import permission_denied
from analyzers.detectors.premature_end import PrematureEnd
from analyzers.detectors.repeated_call import RepeatedCall
from analyzers.detectors.restated_call import RestatedCall
from analyzers.detectors.sandbox_trouble import sandbox_trouble
from analyzers.detectors.slow_tool import SlowTool
from analyzers.detectors.stale_verification import StaleVerification
from analyzers.detectors.step_exhaustion import StepExhaustion
from analyzers.detectors.time_burn import TimeBurn
from analyzers.detectors.token_burn import TokenBurn
from analyzers.detectors.tool_timeout import tool_timeout
from analyzers.detectors.unknown_tool import unknown_tool
from analyzers.detectors.weak_verification import WeakVerification
from analyzers.detectors.wrong_arguments import wrong_arguments
from analyzers.detectors.wrong_directory import WrongDirectory
from analyzers.detectors.wrong_file import WrongFile
from analyzers.signal import Detector, Signal
from traces.run import Run


def default_detectors() -> tuple[Detector, ...]:
    """All detectors with their usual thresholds, in a stable order."""
    return (
        *_verification(),
        *_loops(),
        *_tools(),
        *_progress(),
        *_instructions(),
        *_surroundings(),
        *_limits(),
    )


def detect_all(runs: Iterable[Run], detectors: Sequence[Detector]) -> tuple[Signal, ...]:
    """What every detector saw in every run, in the order of the runs and then of the detectors.

    Each run is read once for all detectors, and without how it was judged.
    """
    return tuple(signal for run in runs for signal in _seen(run, detectors))


def _seen(run: Run, detectors: Sequence[Detector]) -> Iterator[Signal]:
    account = account_of(run)
    for detector in detectors:
        yield from detector.detect(account)


def _verification() -> tuple[Detector, ...]:
    return NoVerification(), StaleVerification(), WeakVerification(), IgnoredFailure(), ClaimsSuccess()


def _loops() -> tuple[Detector, ...]:
    return EditLoop(), RepeatedCall(), RestatedCall(), Oscillation(), ErrorStreak(), EndlessReading()


def _tools() -> tuple[Detector, ...]:
    return (
        MalformedCall(),
        wrong_arguments(),
        unknown_tool(),
        edit_mismatch(),
        permission_denied(),
        missing_path(),
        tool_timeout(),
        SlowTool(),
    )


def _progress() -> tuple[Detector, ...]:
    return NoEdit(), GaveUp(), PrematureEnd(), OpenPlan(), AsksBack(), ModelRefusal()


def _instructions() -> tuple[Detector, ...]:
    return ConstraintIgnored(), ForbiddenPath(), WrongFile(), EditedTests()


def _surroundings() -> tuple[Detector, ...]:
    return missing_dependency(), WrongDirectory(), sandbox_trouble(), ModelTrouble()


def _limits() -> tuple[Detector, ...]:
    return OutputFlood(), ContextOverflow(), TimeBurn(), TokenBurn(), StepExhaustion(), CutOff()
