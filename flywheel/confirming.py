"""``flywheel evaluate --confirm``: which verdict is meant, and its effect from fresh pairs."""

from __future__ import annotations

import shlex
from dataclasses import replace

from flywheel.answer import Answer, answer_from
from flywheel.budgets import runs_within
from flywheel.campaigns import OpenCampaign, campaigns_of
from flywheel.comparison import Question, compare
from flywheel.confirmations import Confirming, confirm_verdict, known_confirmation
from flywheel.control_cost import control_cost
from flywheel.errors import FlywheelError
from flywheel.evaluating import judged_before
from flywheel.history import find_verdict
from flywheel.measuring import Measured, measured_in, parts, stored_plan
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.shared_ledger import SharedLedger, share_ledger
from flywheel.suites import open_suite


def confirm_question(project: Project, question: Question, observer: Observer) -> Answer:
    """The answer that is in the ledger, with its effect from fresh pairs; the verdict stays what it is.

    The candidate may be named as for ``evaluate``, or by a proposal or an experiment. Raises ``FlywheelError``
    where there is no verdict yet.
    """
    shared = share_ledger(project, local=question.local_ledger, observer=observer)
    shared.publish()
    named = _named(project, question.candidate)
    measured = named or _asked(project, question)
    campaign, name = _place_of(project, measured)
    if named is not None:
        question = _question_of(question, named, campaign)
    if known_confirmation(project, measured.experiment) is None:
        _confirm(project, question, measured, f"{campaign.id}/{name}", shared, observer)
    return answer_from(project, question, measured, sharing=shared.sharing)


def _confirm(
    project: Project,
    question: Question,
    measured: Measured,
    key: str,
    shared: SharedLedger,
    observer: Observer,
) -> None:
    known = parts(project, key)
    plan = stored_plan(project, known[-1])
    tasks = frozenset(pair.task for part in known for pair in stored_plan(project, part).pairs)
    in_flight = question.in_flight or plan.in_flight
    suite = open_suite(question.suite, seed=question.seed, observer=observer, project=project)
    with open_executor(project, in_flight=in_flight, trust_code=question.trust_code) as executor:
        confirming = Confirming(
            project=project,
            suite=suite,
            executor=executor,
            in_flight=in_flight,
            observer=observer,
            shared=shared,
            runs=_runs(project, question, measured, in_flight),
        )
        confirm_verdict(confirming, plan, tasks)


def _runs(project: Project, question: Question, measured: Measured, in_flight: int) -> int | None:
    if question.budget is None:
        return None
    cost = control_cost(project, suite=question.suite, control=measured.control)
    return runs_within(question.budget, cost, in_flight=in_flight, suite=question.suite)


def _named(project: Project, wanted: str) -> Measured | None:
    """The latest verdict on a proposal or experiment of that name, where it names one."""
    entry = find_verdict(project, wanted)
    return None if entry is None else measured_in(entry)


def _question_of(question: Question, measured: Measured, campaign: OpenCampaign) -> Question:
    """The question whose answer was named."""
    return replace(
        question,
        candidate=measured.candidate[:12],
        against=measured.control[:12],
        asks=measured.verdict.question,
        suite=campaign.suite,
        seed=campaign.seed,
    )


def _asked(project: Project, question: Question) -> Measured:
    measured = judged_before(project, compare(project, question))
    if measured is None:
        ask = shlex.join(
            [
                "flywheel",
                "evaluate",
                question.candidate,
                "--against",
                question.against,
                "--suite",
                question.suite,
            ]
        )
        raise FlywheelError(
            f"there is no verdict on {question.candidate} against {question.against} to be confirmed: `{ask}` asks for one"
            " (the same --better or --safe, and --seed), --confirm measures its effect afterwards"
        )
    return measured


def _place_of(project: Project, measured: Measured) -> tuple[OpenCampaign, str]:
    """The campaign of a verdict, and the name that was charged to it."""
    entry = project.ledger.get("verdict", measured.experiment)
    known = {campaign.id: campaign for campaign in campaigns_of(project)}
    if entry is None or str(entry.body["campaign"]) not in known:
        raise FlywheelError(f"the ledger holds no campaign of experiment {measured.experiment}")
    return known[str(entry.body["campaign"])], str(entry.body["budgeted_as"])
