"""Measuring any commit of a harness repository against another, outside the loop."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.leak_lint import LeakLint
from benchmarks.task import Suite
from flywheel.answer import Answer, answer_from
from flywheel.budgets import runs_within
from flywheel.campaigns import open_campaign
from flywheel.comparison import Comparison, Question, compare, sized
from flywheel.control_cost import control_cost
from flywheel.errors import FlywheelError
from flywheel.measuring import Measured, Measurement, Subject, measure, measured_in, parts
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.records import mapping
from flywheel.shared_ledger import SharedLedger, share_ledger
from flywheel.suites import open_suite

__all__ = ["Question", "evaluate", "judged_before", "runs_of"]


def evaluate(project: Project, question: Question, observer: Observer) -> Answer:
    """Answer by an experiment; the same question asked again is answered from the ledger.

    Raises ``FlywheelError`` where both are the same harness or the campaign has another seed, and
    ``ManifestError`` where one does not load, all of it before the suite is opened; ``FlywheelError`` as well for what
    should be better and leaks a task.
    """
    compare(project, question)  # what is wrong with the question itself is said first
    shared = share_ledger(project, local=question.local_ledger, observer=observer)
    shared.publish()
    comparison = compare(project, question)
    measured = None if question.go_on else judged_before(project, comparison)
    if measured is None:
        suite = open_suite(
            question.suite, seed=question.seed, observer=observer, held_out=True, project=project
        )
        measured = _measured(project, comparison, suite, shared, observer)
    answer = answer_from(project, question, measured, sharing=shared.sharing)
    wanted = question.budget
    if wanted is not None and wanted.unit == "runs" and answer.planned_runs > wanted.amount:
        observer.note(f"the experiment was planned before, with {answer.planned_runs} runs; that plan holds")
    return answer


def judged_before(project: Project, comparison: Comparison) -> Measured | None:
    """The verdict on this question, if the present campaign has one."""
    if comparison.opened is None:
        return None
    known = parts(project, f"{comparison.opened.id}/{comparison.subject.name}")
    entry = project.ledger.get("verdict", str(mapping(known[-1].body["plan"])["id"])) if known else None
    return None if entry is None else measured_in(entry)


def runs_of(project: Project, comparison: Comparison) -> int | None:
    """The question's budget in runs; one in minutes or dollars is turned into them by what runs of the control took.

    A plan that is in the ledger holds whatever the budget says, so nothing is asked of it then.
    """
    question, opened = comparison.question, comparison.opened
    is_planned = opened is not None and bool(parts(project, f"{opened.id}/{comparison.subject.name}"))
    if question.budget is None or (is_planned and not question.go_on):
        return None
    if question.budget.unit == "runs":
        return int(question.budget.amount)
    cost = control_cost(project, suite=question.suite, control=comparison.subject.control)
    return runs_within(question.budget, cost, in_flight=comparison.in_flight, suite=question.suite)


def linted(project: Project, comparison: Comparison, suite: Suite, observer: Observer) -> Subject:
    """The subject with the rules of the leak lint that the candidate breaks and its control does not.

    It passes the lint that proposals pass. Whether a change is safe may be asked of any (a CI workflow names its suite);
    raises ``FlywheelError`` where it should be promoted, before anything is charged.
    """
    subject, tree = comparison.subject, project.repository.tree
    leaks = LeakLint(suite).check_change(tree(subject.control), tree(subject.candidate))
    if not leaks:
        return subject
    found = f"{comparison.question.candidate} holds what is of the tasks of {suite.name} ({', '.join(leaks)})"
    if comparison.asks == "better":
        raise FlywheelError(f"{found}: it can only be asked whether it is safe, and is never promoted")
    observer.note(f"{found}: it is measured, and never promoted")
    return replace(subject, leaks=leaks)


def _measured(
    project: Project, comparison: Comparison, suite: Suite, shared: SharedLedger, observer: Observer
) -> Measured:
    """Carry it out; the campaign is opened now if there is none."""
    question, subject = comparison.question, linted(project, comparison, suite, observer)
    size, tasks = sized(comparison, suite, runs=runs_of(project, comparison))
    design = comparison.design(size)
    campaign = open_campaign(
        project,
        suite=question.suite,
        seed=question.seed,
        policy=comparison.policy,
        start=subject.control,
    )
    observer.stage(f"measure {subject.candidate[:10]} against {subject.control[:10]}")
    with open_executor(project, in_flight=design.in_flight, trust_code=question.trust_code) as executor:
        measurement = Measurement(
            project=project,
            campaign=campaign,
            policy=comparison.policy,
            suite=suite,
            tasks=tasks,
            executor=executor,
            in_flight=design.in_flight,
            observer=observer,
            publish=shared.publish,
            go_on=question.go_on,
        )
        return measure(measurement.designed(design), subject)
