"""The sealed split opens once."""

from __future__ import annotations

import pytest

from flywheel.campaigns import OpenCampaign
from flywheel.errors import FlywheelError
from flywheel.looks import held_out_keys
from flywheel.mine_index import count_runs
from flywheel.sealing import open_sealed
from flywheel.wheel import Wheel


def test_an_opened_split_is_read_back(wheel: Wheel, campaign: OpenCampaign) -> None:
    """The same numbers, without a further run or entry."""
    final = wheel.project.repository.current()
    before = count_runs(wheel.project), len(wheel.project.ledger.entries())

    result = open_sealed(wheel, campaign, final)

    recorded = wheel.project.ledger.entries("sealed")[0].body
    assert result.to_record() == recorded
    assert (count_runs(wheel.project), len(wheel.project.ledger.entries())) == before


def test_it_does_not_open_for_another_harness(wheel: Wheel, campaign: OpenCampaign) -> None:
    """The refusal says for which it was opened and what can be done; no look is added."""
    final = wheel.project.ledger.entries("sealed_opened")[0].body["final"]
    repository = wheel.project.repository
    tree = {**repository.tree(campaign.start), "prompts/other.md": b"Other.\n"}
    other = repository.commit_candidate(tree, "other", campaign.start, "other")
    looks = len(wheel.project.ledger.entries("look"))

    with pytest.raises(FlywheelError, match=str(final)[:10]):
        open_sealed(wheel, campaign, other)

    assert len(wheel.project.ledger.entries("look")) == looks


def test_its_runs_are_covered_by_a_look(wheel: Wheel) -> None:
    """Each task in both arms, all of them sealed."""
    sealed = wheel.project.ledger.entries("sealed")[0]
    look = wheel.project.ledger.get("look", sealed.key)

    assert look is not None
    assert look.body["split"] == "sealed"
    assert len(look.body["run_keys"]) == 2 * len(sealed.body["pairs"])  # type: ignore[arg-type]
    assert set(look.body["run_keys"]) <= held_out_keys(wheel.project.ledger)  # type: ignore[arg-type]
