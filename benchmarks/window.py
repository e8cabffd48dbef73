"""Several candidates against one control arm: each has its own evidence, its own end and its own verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.course import Course, conclude
from benchmarks.errors import PlanError
from benchmarks.experiment_plan import ExperimentPlan
from benchmarks.gate.evidence import Stop
from benchmarks.gate.guards import Guards
from benchmarks.gate.paired_runs import Arm, PairedRuns
from benchmarks.gate.verdict import EvidencePoint, Verdict
from benchmarks.pair_order import PlannedPair
from benchmarks.schedule import arm_request, running, task_of
from benchmarks.task import Task
from benchmarks.window_plan import CONTROL, WindowPlan
from harness.errors import BrokenSystemError
from harness.runs import Executor, RunRequest, RunResult


@dataclass(frozen=True, kw_only=True)
class Member:
    """A candidate in a window: its plan (``plan_member``) and the settings of its guards, fixed before its first run."""

    plan: ExperimentPlan
    guards: Guards = field(default_factory=Guards)

    @property
    def begins(self) -> int:
        """The position of the window at which its first pair is played."""
        return 0 if self.plan.place is None else self.plan.place.begins


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """A seat that a stop left: who takes it may begin at ``position``, of which no run has started.

    ``stops`` are those of this seat and all before it, by plan id, as far as the same runs always show them.
    """

    position: int
    stops: Mapping[str, Stop]


Join = Callable[[Vacancy], Member | None]
"""Who takes a vacant seat, already written down where a resumed process will find it; after a ``None`` nobody is asked again."""
Follow = Callable[[ExperimentPlan, EvidencePoint], None]


def run_window(
    window: WindowPlan,
    members: Sequence[Member],
    *,
    tasks: Mapping[str, Task],
    executor: Executor,
    join: Join | None = None,
    begun: int = 0,
    on_evidence: Follow | None = None,
) -> Mapping[str, Verdict]:
    """Carry out a window and judge each candidate; verdicts by plan id, in the order in which they joined.

    At each position the control runs once, if a candidate still needs it, and so does each candidate that plays there and
    has not stopped, all in the window's random order and under one limit of runs in flight. Each candidate takes its
    pairs in its planned order, whatever order runs finish in, and stops by its own evidence. ``join`` is asked once for
    each stop; stops count in the order of their positions, once every other candidate has come as far.

    Resuming: ``members`` are all that have joined, and ``begun`` is the first position of which no earlier process
    started a run. Guards are asked at the end. Raises ``BrokenSystemError`` and ``SuiteError``.
    """
    course = _WindowCourse(
        window=window, tasks=tasks, join=join, position=0, begun=begun, on_evidence=on_evidence
    )
    for member in members:
        course.seat(member)
    course.answered = sum(member.begins > 0 for member in members)
    course.play(executor)
    return {
        seat.member.plan.id: conclude(seat.course, seat.member.guards, tasks=tasks, executor=executor)
        for seat in course.seats
    }


@dataclass(kw_only=True)
class _Seat:
    """A member with what it has consumed so far."""

    member: Member
    course: Course

    @property
    def plan(self) -> ExperimentPlan:
        return self.member.plan

    @property
    def ahead(self) -> int:
        """The window's position of the first pair that it has not taken."""
        return self.member.begins + len(self.course.pairs)

    def pair_at(self, position: int) -> PlannedPair | None:
        """Its pair at a position of the window, unless it does not play there or has stopped."""
        index = position - self.member.begins
        is_playing = self.course.stop is None and 0 <= index < len(self.plan.pairs)
        return self.plan.pairs[index] if is_playing else None

    def next_bet(self) -> tuple[PlannedPair, ...]:
        """The pairs that it waits for."""
        left = self.plan.pairs[len(self.course.pairs) :]
        return tuple(pair for pair in left if pair.bet == left[0].bet)


@dataclass(kw_only=True)
class _WindowCourse:
    """A window under way. ``position`` is the first that was not begun to be dispatched."""

    window: WindowPlan
    tasks: Mapping[str, Task]
    join: Join | None
    position: int
    begun: int
    on_evidence: Follow | None
    seats: list[_Seat] = field(default_factory=list)
    answered: int = 0
    finished: dict[str, RunResult] = field(default_factory=dict)

    def seat(self, member: Member) -> None:
        if member.plan.place is None or member.plan.place.window != self.window.id:
            raise PlanError(f"experiment {member.plan.id} is not planned for window {self.window.id}")
        if member.plan.candidate.tree in {seat.plan.candidate.tree for seat in self.seats}:
            raise PlanError(f"tree {member.plan.candidate.tree} is in window {self.window.id} already")
        self.seats.append(_Seat(member=member, course=Course.start(member.plan)))

    def play(self, executor: Executor) -> None:
        """Until every seat has stopped and nobody takes one any more."""
        while waiting := self._going():
            before = self.position
            with running(executor, self._requests()) as results:
                for result in results:
                    self._take(result)
                    if not self._going():
                        break
            if self.position == before and self._going() == waiting:
                missing = self._missing(waiting[0])
                raise BrokenSystemError(f"the executor ended without a result for run {missing}")

    def _going(self) -> list[_Seat]:
        return [seat for seat in self.seats if seat.course.stop is None]

    def _requests(self) -> Iterator[RunRequest]:
        """Every run that somebody needs at the time when it is pulled."""
        while going := self._going():
            if all(self.position >= seat.member.begins + len(seat.plan.pairs) for seat in going):
                return
            position, self.position = self.position, self.position + 1
            trees = [seat.plan.candidate.tree for seat in going if seat.pair_at(position)]
            for arm in self.window.dispatch_order(position, trees):
                if (request := self._request(position, arm)) is not None:
                    yield request

    def _request(self, position: int, arm: str) -> RunRequest | None:
        """A run of one arm at a position, unless those who needed it have stopped in the meantime."""
        for seat in self.seats:
            pair = seat.pair_at(position)
            if pair is not None and arm in {CONTROL, seat.plan.candidate.tree}:
                side: Arm = "control" if arm == CONTROL else "candidate"
                return arm_request(
                    seat.plan,
                    task_of(self.tasks, pair.task),
                    side,
                    key=seat.plan.run_key(pair, side),
                    seed=pair.seed(side),
                )
        return None

    def _take(self, result: RunResult) -> None:
        self.finished[result.key] = result
        for seat in self._going():
            self._advance(seat)
        self._fill_seats()

    def _advance(self, seat: _Seat) -> None:
        """Take all bets whose runs are there, in the planned order."""
        while seat.course.stop is None and (pairs := self._paired(seat)) is not None:
            seat.course = seat.course.after(pairs)
            if self.on_evidence is not None:
                self.on_evidence(seat.plan, seat.course.points[-1])

    def _paired(self, seat: _Seat) -> tuple[PairedRuns, ...] | None:
        pairs = []
        for pair in seat.next_bet():
            control, candidate = (
                self.finished.get(seat.plan.run_key(pair, arm)) for arm in ("control", "candidate")
            )
            if control is None or candidate is None:
                return None
            pairs.append(
                PairedRuns(
                    position=pair.position,
                    task=pair.task,
                    group=pair.group,
                    control=control,
                    candidate=candidate,
                )
            )
        return tuple(pairs)

    def _fill_seats(self) -> None:
        """Ask once for each stop, in the order of the stops, who joins."""
        while self.join is not None and len(stops := self._known_stops()) > self.answered:
            stopped = stops[self.answered]
            self.answered += 1
            begins = max(self.window.after_stop(stopped.ahead), self.position, self.begun)
            vacancy = Vacancy(
                position=self.window.fresh(begins),
                stops={seat.plan.id: seat.course.stop for seat in stops[: self.answered] if seat.course.stop},
            )
            if (member := self.join(vacancy)) is None:
                self.join = None
            else:
                self.seat(member)

    def _known_stops(self) -> list[_Seat]:
        """Seats that stopped no later than where all others have come, in the order in which they stopped."""
        frontier = min((seat.ahead for seat in self._going()), default=None)
        stopped = [seat for seat in self.seats if seat.course.stop is not None]
        known = [seat for seat in stopped if frontier is None or seat.ahead <= frontier]
        return sorted(known, key=lambda seat: (seat.ahead, self.seats.index(seat)))

    def _missing(self, seat: _Seat) -> str:
        """The first run that a seat waits for."""
        keys = (seat.plan.run_key(pair, arm) for pair in seat.next_bet() for arm in pair.arms)
        return next(key for key in keys if key not in self.finished)
