"""The middle of a turn: analysts in parallel, their findings checked, their proposals put in order."""

from __future__ import annotations

from typing import Any

from analyzers.analysts.librarian import Librarian
from analyzers.evidence import check_finding
from analyzers.lesson import Memory
from analyzers.mine_view import MineView
from analyzers.proposal import Finding, Proposal
from analyzers.proposals import Standing, rank_proposals
from flywheel.analyst_process import diagnose_apart
from flywheel.analyst_work import Brief
from flywheel.attention import attention_now, failing_tasks
from flywheel.experiment_runs import runs_to_decide
from flywheel.idle import offer_removals
from flywheel.library import memory
from flywheel.mine_index import mine_view
from flywheel.mining import mine_batch
from flywheel.records import names, proposal_of, proposal_record
from flywheel.vetting import vetted
from flywheel.wheel import Mined, Wheel
from harness.ledger import Entry


def propose(wheel: Wheel, mined: Mined) -> tuple[Proposal, ...]:
    """The proposals of a round in the order in which they are to be measured.

    They are kept in the ledger: a round that was proposed before is read back, so that a killed
    ``optimize`` goes on with the same proposals, also where an analyst is a chat model.
    """
    wheel.observer.stage(f"round {mined.round}: analysts propose patches for {len(mined.patterns)} patterns")
    key = f"{mined.round}/{mined.commit[:12]}"
    done = wheel.project.ledger.get("proposed", key) or _propose(wheel, mined, key)
    proposals = tuple(_stored(wheel, name) for name in names(done.body["proposals"]))
    for proposal in proposals:
        wheel.observer.note(f"{proposal.id}  {proposal.title}")
    return proposals


def _propose(wheel: Wheel, mined: Mined, key: str) -> Entry:
    """Ask the analysts, put what they propose in order, and write it down with what the order rests on."""
    ledger = wheel.project.ledger
    view = mine_view(wheel.project, [request.key for request in mine_batch(wheel, mined.commit).requests()])
    remembered, failing = memory(wheel.project), failing_tasks(view.runs())
    weights = attention_now(ledger, mined.patterns, failing, before=key)
    standing = Standing(
        memory=remembered,
        attention=weights,
        failure_rate=1.0 - mined.pass_rate,
        runs=runs_to_decide(wheel, mined.commit),
    )
    findings = [*_findings(wheel, mined, view, remembered), *_looked_up(wheel, mined, view, remembered)]
    ranked = rank_proposals(findings, standing=standing)
    for proposal in ranked:
        if ledger.get("proposal", proposal.id) is None:
            ledger.append("proposal", proposal.id, proposal_record(proposal))
    body: dict[str, Any] = {
        "proposals": [proposal.id for proposal in ranked],
        "failing": failing,
        "weights": {pattern: weight for pattern, weight in weights.patterns.items() if weight != 1.0},
    }
    offer_removals(wheel, mined.commit, view.runs())
    return ledger.append("proposed", key, body)


def _findings(wheel: Wheel, mined: Mined, view: MineView, remembered: Memory) -> list[Finding]:
    project = wheel.project
    brief = Brief(
        patterns=mined.patterns,
        runs=view.runs(),
        harness=project.repository.tree(mined.commit),
        analysts=wheel.settings.analysts,
        memory=remembered,
    )
    reports = diagnose_apart(project, brief) if mined.patterns else ()
    findings = []
    for report in reports:
        if report.spent.calls:
            wheel.observer.note(f"{report.analyst} on {report.pattern}: {report.spent}")
        if report.finding is None:
            lost = f"{report.analyst} gave no finding on {report.pattern} ({report.loss}): {report.error}"
            wheel.observer.note(lost)
            continue
        checked = check_finding(report.finding, view)
        for dropped in checked.dropped:
            wheel.observer.note(f"dropped from {report.analyst}'s finding on {report.pattern}: {dropped}")
        findings.append(
            vetted(
                checked.finding,
                brief.harness,
                leak_lint=wheel.leak_lint,
                sandbox=wheel.policy.sandbox,
                note=wheel.observer.note,
            )
        )
    return findings


def _looked_up(wheel: Wheel, mined: Mined, view: MineView, remembered: Memory) -> list[Finding]:
    """What the library knows against each pattern, under the same checks as what analysts say."""
    librarian, harness = Librarian(remembered), wheel.project.repository.tree(mined.commit)
    found = (librarian.diagnose(pattern, view, harness) for pattern in mined.patterns)
    return [check_finding(finding, view).finding for finding in found if finding.proposals]


def _stored(wheel: Wheel, name: str) -> Proposal:
    entry = wheel.project.ledger.get("proposal", name)
    if entry is None:
        raise KeyError(name)
    return proposal_of(entry.body)
