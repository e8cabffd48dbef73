"""A harness against itself: looks, ledger, resuming, and what it costs nobody."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from benchmarks.gate.testing import FAIL, PASS, Ending, SimulatedExecutor, luck
from benchmarks.task import Split
from flywheel.calibrating import Calibrated, CalibrationOrder, calibrate
from flywheel.calibration_report import calibrated_document, calibrated_markdown, calibrated_text
from flywheel.cli import run
from flywheel.errors import FlywheelError
from flywheel.known_noise import planned_noise
from flywheel.looks import held_out_keys
from flywheel.observer import SilentObserver
from flywheel.project import Project
from harness.runs import Executor, RunRequest, RunResult

ORDER = CalibrationOrder(suite="humaneval-repair", runs=4)


@dataclasses.dataclass
class Opens:
    """Opens one simulated executor again and again, and remembers with how many runs in flight."""

    executor: Executor
    settings: list[int] = dataclasses.field(default_factory=list)

    @contextmanager
    def __call__(self, project: Project, *, in_flight: int, trust_code: bool = False) -> Iterator[Executor]:
        """The executor."""
        del project, trust_code
        self.settings.append(in_flight)
        yield self.executor


def half(request: RunRequest) -> Ending:
    """Every run passes by the toss of its own coin."""
    return PASS if luck(request) < 0.5 else FAIL


@pytest.fixture
def coins() -> SimulatedExecutor:
    """Runs that are coins."""
    return SimulatedExecutor(ends=half)


@pytest.fixture
def opens(coins: SimulatedExecutor) -> Opens:
    """Opens the coins."""
    return Opens(coins)


def calibrated(project: Project, order: CalibrationOrder, opens: Opens) -> Calibrated:
    """By a clock that moves on by a second whenever it is asked."""
    ticks = itertools.count()
    return calibrate(project, order, SilentObserver(), clock=lambda: float(next(ticks)), opens=opens)


def test_the_noise_of_a_coin_is_found_and_planned_with(
    lenient: Project, opens: Opens, coins: SimulatedExecutor
) -> None:
    """14 groups, 4 runs each with seeds of their own; later plans take it from the ledger."""
    found = calibrated(lenient, ORDER, opens)
    noise = found.calibrations[0].noise
    tree = lenient.repository.tree_hash(lenient.repository.current())
    planned = planned_noise(lenient, suite=ORDER.suite, control_tree=tree, claim="groups")

    assert noise is not None
    assert noise.mean == pytest.approx(0.5, abs=0.15)
    assert len(found.calibrations[0].scores) == 14
    assert planned.source == "calibration"
    assert planned.noise == noise
    assert found.calibrations[0].cost.seconds == pytest.approx(2 / 56)
    assert len(coins.store) == 56


def test_gate_runs_are_a_look_before_the_first_of_them_and_charge_nothing(lenient: Project) -> None:
    """Killed at the first run: the look stands, no campaign was opened, and no analyst sees the runs."""
    opens = Opens(SimulatedExecutor(ends=half, dies_after=0))

    with pytest.raises(KeyboardInterrupt):
        calibrated(lenient, ORDER, opens)

    assert [entry.kind for entry in lenient.ledger.entries()] == ["look"]
    assert len(held_out_keys(lenient.ledger)) == 56


def test_a_killed_calibration_goes_on(lenient: Project) -> None:
    """Nothing is run twice, the look is one, and the result is that of an undisturbed one."""
    dying = SimulatedExecutor(ends=half, dies_after=20)
    with pytest.raises(KeyboardInterrupt):
        calibrated(lenient, ORDER, Opens(dying))
    going_on = SimulatedExecutor(ends=half, store=dying.store)

    found = calibrated(lenient, ORDER, Opens(going_on))

    assert len(dying.started) + len(going_on.started) == 56
    assert found.looks == 1
    assert {entry.kind for entry in lenient.ledger.entries()} == {"look", "calibration"}


def test_what_was_measured_is_read_back_unless_it_is_wanted_again(
    lenient: Project, opens: Opens, coins: SimulatedExecutor
) -> None:
    """Fewer runs are answered by more; --again has runs of its own, and is another look."""
    first = calibrated(lenient, ORDER, opens)
    fewer = calibrated(lenient, dataclasses.replace(ORDER, runs=3), opens)
    ran = len(coins.started)
    again = calibrated(lenient, dataclasses.replace(ORDER, again=True), opens)

    assert fewer.calibrations == first.calibrations
    assert ran == 56
    assert len(coins.started) == 112
    assert again.calibrations[0].scores != first.calibrations[0].scores
    assert (first.looks, again.looks) == (1, 2)


def test_mine_costs_no_look(lenient: Project, opens: Opens) -> None:
    """Its six groups are everybody's."""
    found = calibrated(lenient, dataclasses.replace(ORDER, split=Split.MINE), opens)

    assert found.looks == 0
    assert lenient.ledger.entries("look") == ()
    assert len(found.calibrations[0].scores) == 6


def test_several_numbers_in_flight_are_compared(lenient: Project) -> None:
    """Each with runs of its own; a machine that is too slow for four at once shows."""

    def crowded(request: RunRequest) -> Ending:
        return FAIL if request.in_flight == 4 or luck(request) < 0.2 else PASS

    opens = Opens(SimulatedExecutor(ends=crowded))

    found = calibrated(lenient, dataclasses.replace(ORDER, in_flight=(1, 4)), opens)

    assert opens.settings == [1, 4]
    assert [calibration.in_flight for calibration in found.calibrations] == [1, 4]
    assert "changes the results" in calibrated_text(found)
    assert calibrated_document(found)["in_flight"][0]["is_sure"]


def test_live_checks_promote_nothing_and_charge_no_campaign(
    lenient: Project, opens: Opens, coins: SimulatedExecutor
) -> None:
    """Whole experiments through the gate, each a look of its own, recalled when asked again."""
    order = dataclasses.replace(ORDER, split=Split.GATE, live=3)

    found = calibrated(lenient, order, opens)
    ran = len(coins.started)
    again = calibrated(lenient, order, opens)

    assert len({check.experiment for check in found.live}) == 3
    assert again.live == found.live
    assert len(coins.started) == ran
    assert not {"charge", "verdict", "campaign"} & {entry.kind for entry in lenient.ledger.entries()}
    assert "live: " in calibrated_text(found)


def test_the_report_is_there_for_people_and_programs(lenient: Project, opens: Opens) -> None:
    """The document is JSON and has every group; the page lists the noisy ones."""
    found = calibrated(lenient, ORDER, opens)
    document = json.loads(json.dumps(calibrated_document(found)))
    text, page = calibrated_text(found), calibrated_markdown(found)

    assert len(document["calibrations"][0]["groups"]) == 14
    assert {row["claim"] for row in document["calibrations"][0]["false_promotions"]} == {"groups", "suite"}
    assert "false promotions by relabelling, claim groups, nominal 5 %" in text
    assert "looks: 1" in text
    assert "| group | two runs differ | pass rate | runs |" in page


class Stepless:
    """An executor whose runs end before their first model call."""

    def run(self, requests: Iterable[RunRequest]) -> Iterator[RunResult]:
        """Failures for one reason."""
        return (dataclasses.replace(FAIL.result(request), steps=0, reason="no_key") for request in requests)


def test_runs_that_never_reach_a_model_are_no_calibration(lenient: Project) -> None:
    """The cause is told, and nothing is recorded but the look."""
    with pytest.raises(FlywheelError, match="no_key"):
        calibrated(lenient, ORDER, Opens(Stepless()))

    assert [entry.kind for entry in lenient.ledger.entries()] == ["look"]


def test_the_sealed_split_is_not_for_this(lenient: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor are numbers in flight that are none; both are wrong use and say what to write."""
    where = ["-C", str(lenient.repository.path)]

    codes = [
        run(["calibrate", *where, "--split", "sealed"]),
        *(run(["calibrate", *where, "--in-flight", text]) for text in ("0", "x", "1,,2", "65", "")),
    ]

    said = capsys.readouterr().err
    assert codes == [2] * 6
    assert "--split mine" in said
    assert said.count("such as 1,2") == 5
