"""The middle of a turn: analysts in parallel, their findings checked, their proposals put in order."""

from __future__ import annotations

from analyzers.evidence import check_finding
from analyzers.proposal import Finding, Proposal
from analyzers.proposals import rank_proposals
from flywheel.analyst_process import diagnose_apart
from flywheel.analyst_work import Brief
from flywheel.mine_index import mine_view
from flywheel.mining import mine_batch
from flywheel.records import names, proposal_of, proposal_record
from flywheel.wheel import Mined, Wheel


def propose(wheel: Wheel, mined: Mined) -> tuple[Proposal, ...]:
    """The proposals of a round in the order in which they are to be measured.

    They are kept in the ledger: a round that was proposed before is read back, so that a killed
    ``optimize`` goes on with the same proposals, also where an analyst is a chat model.
    """
    wheel.observer.stage(f"round {mined.round}: analysts propose patches for {len(mined.patterns)} patterns")
    key = f"{mined.round}/{mined.commit[:12]}"
    ledger = wheel.project.ledger
    done = ledger.get("proposed", key)
    if done is None:
        ranked = rank_proposals(_findings(wheel, mined), tried=_tried(wheel))
        for proposal in ranked:
            if ledger.get("proposal", proposal.id) is None:
                ledger.append("proposal", proposal.id, proposal_record(proposal))
        done = ledger.append("proposed", key, {"proposals": [proposal.id for proposal in ranked]})
    proposals = tuple(_stored(wheel, name) for name in names(done.body["proposals"]))
    for proposal in proposals:
        wheel.observer.note(f"{proposal.id}  {proposal.title}")
    return proposals


def _findings(wheel: Wheel, mined: Mined) -> list[Finding]:
    project = wheel.project
    view = mine_view(project, [request.key for request in mine_batch(wheel, mined.commit).requests()])
    brief = Brief(
        patterns=mined.patterns,
        runs=view.runs(),
        harness=project.repository.tree(mined.commit),
        analysts=wheel.settings.analysts,
    )
    reports = diagnose_apart(project, brief) if mined.patterns else ()
    findings = []
    for report in reports:
        if report.finding is None:
            wheel.observer.note(f"{report.analyst} gave no finding on {report.pattern}: {report.error}")
            continue
        checked = check_finding(report.finding, view)
        for dropped in checked.dropped:
            wheel.observer.note(f"dropped from {report.analyst}'s finding on {report.pattern}: {dropped}")
        findings.append(checked.finding)
    return findings


def _tried(wheel: Wheel) -> frozenset[str]:
    """Proposals that have been judged or refused already: never proposed again unchanged.

    What was only refused because it could not gain enough may be proposed again for another harness, where it may.
    """
    ledger = wheel.project.ledger
    return frozenset(
        str(entry.body["proposal"])
        for kind in ("verdict", "refusal")
        for entry in ledger.entries(kind)
        if not entry.body.get("cannot_decide")
    )


def _stored(wheel: Wheel, name: str) -> Proposal:
    entry = wheel.project.ledger.get("proposal", name)
    if entry is None:
        raise KeyError(name)
    return proposal_of(entry.body)
