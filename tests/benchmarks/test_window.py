"""Several candidates against one control: equal to single experiments, cheaper, and blind to what was before a join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.errors import PlanError
from benchmarks.experiment import run_experiment
from benchmarks.experiment_plan import Design, ExperimentPlan
from benchmarks.gate.guards import Guards
from benchmarks.gate.testing import (
    FAIL,
    PASS,
    Ending,
    SimulatedExecutor,
    luck,
    simulated_checkout,
    simulated_tasks,
)
from benchmarks.gate.verdict import Decision, EvidencePoint, Verdict
from benchmarks.window import Member, Vacancy, run_window
from benchmarks.window_plan import WindowPlan, plan_member, plan_window
from harness.errors import BrokenSystemError
from harness.runs import RunRequest, RunResult
from tests.examples import examples
from traces import attributes

TASKS = simulated_tasks(80)
DESIGN = Design(suite="simulated", seed=1, threshold=160.0)
RATES = {"old": 0.5, "helpful": 0.85, "better": 0.95, "useless": 0.5, "idle": 0.5, "harmful": 0.1}


def ends(request: RunRequest) -> Ending:
    """Runs of one seed share their luck; a harness passes at the rate that its tree's name stands for."""
    return PASS if luck(request) < RATES[request.checkout.tree.partition("-")[0]] else FAIL


@cache
def window_of(seed: int = 1, name: str = "first") -> WindowPlan:
    return plan_window(
        Design(suite="simulated", seed=seed, threshold=160.0),
        name=name,
        control=simulated_checkout("old"),
        tasks=list(TASKS.values()),
    )


WINDOW = window_of()


@cache
def member(tree: str, *, begins: int = 0, window: WindowPlan = WINDOW) -> Member:
    return Member(plan=plan_member(window, DESIGN, candidate=simulated_checkout(tree), begins=begins))


def run(members: Sequence[Member], executor: SimulatedExecutor) -> list[Verdict]:
    return list(run_window(WINDOW, members, tasks=TASKS, executor=executor).values())


def alone(plan: ExperimentPlan, *, shuffle: int = 0) -> Verdict:
    return run_experiment(plan, tasks=TASKS, executor=SimulatedExecutor(ends=ends, shuffle=shuffle))


def controls(keys: Sequence[str]) -> list[int]:
    """The positions of the window's control runs among run keys."""
    return [int(key.split("/")[1]) for key in keys if key.startswith("w-")]


@dataclass(kw_only=True)
class Watched(SimulatedExecutor):
    """Knows every run that was taken to be started, finished or not."""

    pulled: list[str] = field(default_factory=list)

    def run(self, requests: Iterable[RunRequest]) -> Iterator[RunResult]:
        """As any simulated executor does."""
        yield from SimulatedExecutor.run(self, self._watched(requests))

    def _watched(self, requests: Iterable[RunRequest]) -> Iterator[RunRequest]:
        for request in requests:
            self.pulled.append(request.key)
            yield request


@dataclass(kw_only=True)
class Queue:
    """Candidates that take vacant seats in their order; ``known`` is what had been started at each join."""

    executor: Watched
    trees: list[str]
    joined: list[Member] = field(default_factory=list)
    known: list[frozenset[str]] = field(default_factory=list)

    def __call__(self, vacancy: Vacancy) -> Member | None:
        """The next one, if any is left."""
        if not self.trees:
            return None
        self.joined.append(member(self.trees.pop(0), begins=vacancy.position))
        self.known.append(frozenset(self.executor.pulled))
        return self.joined[-1]


@pytest.mark.parametrize("tree", ["helpful", "useless", "harmful"])
def test_a_window_of_one_is_an_experiment(tree: str) -> None:
    """The same runs in the same order and the same verdict."""
    one, other = SimulatedExecutor(ends=ends, in_flight=1), SimulatedExecutor(ends=ends, in_flight=1)
    (verdict,) = run([member(tree)], one)

    assert verdict == run_experiment(member(tree).plan, tasks=TASKS, executor=other)
    assert one.started == other.started


def test_each_candidate_of_a_window_is_judged_as_if_it_were_alone() -> None:
    """Wealth, stop, interval and pairs are its own; only the control's runs are common."""
    members = [member(tree) for tree in ("helpful", "useless", "harmful")]
    verdicts = run(members, SimulatedExecutor(ends=ends, in_flight=3, shuffle=4))

    assert verdicts == [alone(each.plan) for each in members]
    assert [verdict.decision for verdict in verdicts] == [
        Decision.PROMOTE,
        Decision.INCONCLUSIVE,
        Decision.REJECT,
    ]
    assert len({verdict.groups_used for verdict in verdicts}) == 3


def test_the_control_runs_once_for_all_and_only_while_somebody_needs_it() -> None:
    """A third of the runs is saved with two candidates, and a stopped one is no longer run."""
    executor = SimulatedExecutor(ends=ends, in_flight=1)
    members = [member("helpful"), member("useless")]
    verdicts = run(members, executor)
    used = [verdict.groups_used for verdict in verdicts]

    assert controls(executor.started) == list(range(max(used)))
    assert len(executor.started) <= sum(used) + max(used) + 1
    assert len(executor.started) < 2 * sum(used)
    assert Counter(key.partition("/")[0] for key in executor.started)[members[1].plan.id] <= used[1] + 1


@settings(max_examples=examples(10), deadline=None)
@given(shuffle=st.integers(0, 10_000), in_flight=st.integers(1, 12))
def test_no_verdict_depends_on_the_order_in_which_runs_finish(shuffle: int, in_flight: int) -> None:
    """Any shuffling and any number in flight."""
    members = [member(tree) for tree in ("better", "useless", "harmful")]
    executor = SimulatedExecutor(ends=ends, in_flight=in_flight, shuffle=shuffle)

    assert run(members, executor) == [alone(each.plan) for each in members]


def test_arms_are_interleaved_at_random() -> None:
    """Each arm of a position goes first about as often as the others, and all of a position before the next."""
    executor = SimulatedExecutor(ends=lambda _: PASS, in_flight=1)
    run([member("useless"), member("idle")], executor)
    rounds = [executor.started[start : start + 3] for start in range(0, 45, 3)]
    firsts = Counter(keys[0].partition("/")[0] for keys in rounds)

    assert [{int(key.split("/")[1]) for key in keys} for keys in rounds] == [{n} for n in range(15)]
    assert len(firsts) == 3
    assert min(firsts.values()) >= 2


@settings(max_examples=examples(8), deadline=None)
@given(shuffle=st.integers(0, 10_000), in_flight=st.integers(1, 6), chosen=st.permutations(list(RATES)[1:]))
def test_a_late_joiner_uses_no_control_run_that_was_started_before_it_joined(
    shuffle: int, in_flight: int, chosen: list[str]
) -> None:
    """Whoever stops first and however runs finish; its verdict is that of an experiment of its own."""
    executor = Watched(ends=ends, in_flight=in_flight, shuffle=shuffle)
    queue = Queue(executor=executor, trees=chosen[2:])
    members = [member(tree) for tree in chosen[:2]]
    verdicts = run_window(WINDOW, members, tasks=TASKS, executor=executor, join=queue)

    assert len(verdicts) == 5
    for joined, known in zip(queue.joined, queue.known, strict=True):
        assert not known & set(joined.plan.run_keys())
        assert verdicts[joined.plan.id] == alone(joined.plan)


def test_where_a_joiner_begins_does_not_depend_on_the_order_in_which_runs_finish() -> None:
    """It begins at a distance from the stop that made room, so that a resumed window puts it there again."""

    def begins(shuffle: int) -> list[int]:
        executor = Watched(ends=ends, shuffle=shuffle)
        queue = Queue(executor=executor, trees=["idle", "better"])
        members = [member("useless"), member("harmful")]
        run_window(WINDOW, members, tasks=TASKS, executor=executor, join=queue)
        return [joined.begins for joined in queue.joined]

    assert len({tuple(begins(shuffle)) for shuffle in range(12)}) == 1


def test_a_vacancy_tells_which_stops_made_it() -> None:
    """One question for each stop, with those before it; after a refusal nobody is asked again."""
    asked: list[Vacancy] = []

    def join(vacancy: Vacancy) -> Member | None:
        asked.append(vacancy)
        return None if len(asked) > 1 else member("better", begins=vacancy.position)

    members = [member("useless"), member("helpful")]
    verdicts = run_window(
        WINDOW, members, tasks=TASKS, executor=SimulatedExecutor(ends=ends, shuffle=2), join=join
    )
    ids = [each.plan.id for each in members]

    assert [list(vacancy.stops) for vacancy in asked] == [ids[:1], ids]
    assert [*ids, plan_id_of("better", asked[0].position)] == list(verdicts)
    assert asked[0].position == verdicts[ids[0]].groups_used + 8


def plan_id_of(tree: str, begins: int) -> str:
    return member(tree, begins=begins).plan.id


def test_a_seat_is_taken_after_the_last_run_too() -> None:
    """All had stopped and nothing was in the air: the window goes on, with a gap of positions that nobody plays."""
    executor = Watched(ends=ends, in_flight=1)
    queue = Queue(executor=executor, trees=["helpful"])
    verdicts = run_window(WINDOW, [member("useless")], tasks=TASKS, executor=executor, join=queue)
    stop, begins = 16, queue.joined[0].begins

    assert next(iter(verdicts.values())).groups_used == stop
    assert not set(controls(executor.started)) & set(range(stop + 1, begins))
    assert verdicts[queue.joined[0].plan.id].decision is Decision.PROMOTE


def test_a_joiner_plays_every_group_once_over_the_end_of_the_lap() -> None:
    """It began late and meets what it missed at the end, with other seeds."""
    plan = member("idle", begins=70).plan
    executor = SimulatedExecutor(ends=lambda request: FAIL if request.checkout.tree == "old" else PASS)
    run_window(WINDOW, [member("idle", begins=70)], tasks=TASKS, executor=executor)

    assert plan.groups == tuple(sorted(task.group for task in TASKS.values()))
    assert [pair.position for pair in plan.pairs] == [pair.bet for pair in plan.pairs] == list(range(80))
    assert {pair.control_seed for pair in plan.pairs[10:]}.isdisjoint(
        slot.control_seed for slot in WINDOW.slots
    )


@settings(max_examples=examples(8), deadline=None)
@given(dies_after=st.integers(0, 220), shuffle=st.integers(0, 1000))
def test_a_killed_window_resumes_to_the_same_verdicts_and_pays_for_no_run_twice(
    dies_after: int, shuffle: int
) -> None:
    """Joins are found again where they were written down; what was started before is not fresh any more."""
    whole = uninterrupted()
    first = Watched(ends=ends, shuffle=shuffle, dies_after=dies_after)
    queue = Queue(executor=first, trees=["helpful", "idle"])
    members = [member("useless"), member("harmful")]
    try:
        verdicts = run_window(WINDOW, members, tasks=TASKS, executor=first, join=queue)
    except KeyboardInterrupt:
        begun = 1 + max(controls(first.pulled), default=-1)
        second = Watched(ends=ends, shuffle=shuffle + 1, store=first.store)
        later = Queue(executor=second, trees=queue.trees)
        verdicts = run_window(
            WINDOW, [*members, *queue.joined], tasks=TASKS, executor=second, join=later, begun=begun
        )
        assert not set(first.started) & set(second.started)

    assert dict(verdicts) == dict(whole)


@cache
def uninterrupted() -> Mapping[str, Verdict]:
    executor = Watched(ends=ends)
    queue = Queue(executor=executor, trees=["helpful", "idle"])
    members = [member("useless"), member("harmful")]
    return run_window(WINDOW, members, tasks=TASKS, executor=executor, join=queue)


def test_a_joiner_after_a_kill_uses_nothing_that_the_killed_process_had_started() -> None:
    """Control runs that are stored already but that nobody who is known has asked for again."""
    queue = Queue(executor=Watched(ends=ends), trees=["helpful"])
    run_window(WINDOW, [member("useless")], tasks=TASKS, executor=queue.executor, join=queue, begun=60)

    assert queue.joined[0].begins == 60


def test_runs_say_what_they_belong_to() -> None:
    """The control's to the window, a candidate's to its experiment; all arms of a position share a seed."""
    asked: dict[str, RunRequest] = {}

    def record(request: RunRequest) -> Ending:
        asked[request.key] = request
        return PASS

    members = [member("useless"), member("idle")]
    run(members, SimulatedExecutor(ends=record))
    control = asked[f"{WINDOW.id}/3/control"]
    others = [asked[f"{each.plan.id}/3/candidate"] for each in members]

    assert control.labels[attributes.EXPERIMENT] == WINDOW.id
    assert control.labels[attributes.ARM] == "control"
    assert control.checkout.tree == "old"
    assert [other.labels[attributes.EXPERIMENT] for other in others] == [each.plan.id for each in members]
    assert [other.checkout.tree for other in others] == ["useless", "idle"]
    assert {request.seed for request in (control, *others)} == {WINDOW.seed(3)}


def test_guards_are_asked_after_the_window_with_fresh_runs_of_the_experiments_own() -> None:
    """A broken reliable task vetoes one candidate and not the other."""
    task = WINDOW.slots[2].task

    def broken(request: RunRequest) -> Ending:
        if request.assignment.task == task:
            return FAIL if request.checkout.tree == "helpful" else PASS
        return ends(request)

    executor = SimulatedExecutor(ends=broken)
    members = [
        Member(plan=member(tree).plan, guards=Guards(reliable=frozenset({task})))
        for tree in ("helpful", "better")
    ]
    verdicts = run(members, executor)
    fresh = [key for key in executor.started if "/fresh/" in key]

    assert [verdict.blocked_by for verdict in verdicts] == ["regression", None]
    assert {key.partition("/")[0] for key in fresh} == {members[0].plan.id}
    assert executor.started[-12:] == fresh


def test_every_bet_of_every_candidate_is_heard_of() -> None:
    """In the order of each candidate's bets."""
    heard: list[tuple[str, EvidencePoint]] = []
    members = [member("useless"), member("helpful")]
    verdicts = run_window(
        WINDOW,
        members,
        tasks=TASKS,
        executor=SimulatedExecutor(ends=ends, shuffle=9),
        on_evidence=lambda plan, point: heard.append((plan.id, point)),
    )

    for plan_id, verdict in verdicts.items():
        assert tuple(point for heard_id, point in heard if heard_id == plan_id) == verdict.evidence


def test_an_executor_that_forgets_a_run_is_a_broken_system() -> None:
    """The run that is missing is named."""

    class Forgetful(SimulatedExecutor):
        def _finish(self, request: RunRequest) -> RunResult:
            result = super()._finish(request)
            return result if "/5/" not in request.key else PASS.result(request_of(request, "another"))

    with pytest.raises(BrokenSystemError, match=r"without a result for run .*/5/"):
        run([member("useless")], Forgetful(ends=ends))


def request_of(request: RunRequest, key: str) -> RunRequest:
    return RunRequest(
        key=key,
        checkout=request.checkout,
        assignment=request.assignment,
        verifier=request.verifier,
        seed=request.seed,
    )


def test_one_tree_has_one_seat() -> None:
    """Two proposals that come to the same harness are one candidate."""
    with pytest.raises(PlanError, match="already"):
        run([member("useless"), member("useless")], SimulatedExecutor(ends=ends))


def test_a_member_of_another_window_has_no_seat() -> None:
    """Its runs would be compared with another control."""
    stranger = member("useless", window=window_of(name="second"))

    with pytest.raises(PlanError, match="not planned for window"):
        run([stranger], SimulatedExecutor(ends=ends))
