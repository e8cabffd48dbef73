"""Decisions survive the ledger."""

from __future__ import annotations

import dataclasses
import json

from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Verdict
from flywheel.records import proposal_of, proposal_record, verdict_of, verdict_record


def test_a_proposal_comes_back_from_json_as_it_was(proposal: Proposal) -> None:
    """Every kind of edit and every claim is the same after a round trip through text."""
    back = proposal_of(json.loads(json.dumps(proposal_record(proposal))))

    assert back == proposal


def test_a_verdict_comes_back_from_json_as_it_was(verdict: Verdict) -> None:
    """Pairs, evidence and enumerations are the same after a round trip through text."""
    back = verdict_of(json.loads(json.dumps(verdict_record(verdict))))

    assert back == verdict


def test_infinite_wealth_is_written_as_json_can_hold_it(verdict: Verdict) -> None:
    """A wealth beyond all floats becomes the largest one instead of the invalid word Infinity."""
    record = verdict_record(dataclasses.replace(verdict, wealth=float("inf")))

    text = json.dumps(record, allow_nan=False)

    assert verdict_of(json.loads(text)).wealth > 1e308
