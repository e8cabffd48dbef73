"""The campaign's error budget: shares, what comes back, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import CampaignError
from benchmarks.gate.campaign import Campaign, Judgement
from benchmarks.gate.verdict import Decision, Verdict


def judged(
    name: str, decision: Decision, *, futile: bool = False, wealth: float = 0.5, fresh: bool = True
) -> Judgement:
    return Judgement(candidate=name, decision=decision, futile=futile, wealth=wealth, fresh_pairs=fresh)


def after(judgement: Judgement, *, candidates: int = 8) -> Campaign:
    return Campaign(candidates=candidates).charge(judgement.candidate).settle(judgement)


def test_each_candidate_gets_an_equal_share_of_the_budget() -> None:
    """Eight candidates and 5 %: a wealth of 160 for each."""
    campaign = Campaign(candidates=8).charge("a").charge("b")

    assert campaign.of("a").threshold == pytest.approx(160.0)
    assert campaign.of("b").threshold == pytest.approx(160.0)
    assert campaign.remaining == 6


@pytest.mark.parametrize(
    ("judgement", "returned"),
    [
        (judged("a", Decision.PROMOTE, wealth=200.0), 1.0),
        (judged("a", Decision.INCONCLUSIVE, futile=True, wealth=0.25), 0.25),
        (judged("a", Decision.INCONCLUSIVE, futile=True, wealth=3.0), 1.0),
        (judged("a", Decision.INCONCLUSIVE, wealth=0.9), 0.0),
        (judged("a", Decision.REJECT, wealth=0.9), 0.0),
        (judged("a", Decision.REJECT, wealth=200.0), 0.0),
        (judged("a", Decision.PROMOTE, wealth=200.0, fresh=False), 0.0),
        (judged("a", Decision.INCONCLUSIVE, futile=True, wealth=1.0, fresh=False), 0.0),
    ],
    ids=[
        "promotion",
        "futile",
        "futile above one",
        "budget ended",
        "worse",
        "blocked",
        "promotion on shared runs",
        "futile on shared runs",
    ],
)
def test_error_comes_back_by_promotion_and_futility_only(judgement: Judgement, returned: float) -> None:
    """The part of the share that each ending returns."""
    campaign = after(judgement)

    assert campaign.of("a").returned == pytest.approx(0.05 / 8 * returned)
    assert campaign.available == pytest.approx(0.05 * (7 + returned) / 8)


def test_what_came_back_is_divided_among_the_candidates_still_to_come() -> None:
    """A quiet futile candidate costs nothing: the next threshold falls from 160 to 140."""
    campaign = after(judged("a", Decision.INCONCLUSIVE, futile=True, wealth=1.0)).charge("b")

    assert campaign.of("b").threshold == pytest.approx(140.0)


def test_the_shares_held_never_exceed_the_budget() -> None:
    """Whatever comes back, the open and spent shares together stay within 5 %."""
    campaign = Campaign(candidates=4)
    for name, wealth in (("a", 0.9), ("b", 5.0), ("c", 0.0)):
        campaign = campaign.charge(name).settle(
            judged(name, Decision.INCONCLUSIVE, futile=True, wealth=wealth)
        )
    campaign = campaign.charge("d")

    assert sum(charge.share - charge.returned for charge in campaign.charges) <= 0.05 + 1e-12
    assert campaign.available == pytest.approx(0.0)


def test_an_open_share_is_kept_when_it_is_asked_for_again() -> None:
    """A killed process that begins again meets the same threshold."""
    campaign = Campaign(candidates=3).charge("a").charge("b")

    assert campaign.charge("a") == campaign


def test_a_judged_candidate_cannot_begin_anew() -> None:
    """Fresh wealth after each inconclusive try is how a useless candidate gets in."""
    campaign = after(judged("a", Decision.INCONCLUSIVE))

    with pytest.raises(CampaignError, match="judged already"):
        campaign.charge("a")


def test_a_verdict_counts_once() -> None:
    """Settling twice would return a share twice."""
    judgement = judged("a", Decision.PROMOTE)
    campaign = after(judgement)

    with pytest.raises(CampaignError, match="judged already"):
        campaign.settle(judgement)


def test_a_candidate_that_was_never_charged_cannot_be_settled() -> None:
    """The share is taken before the first run."""
    with pytest.raises(CampaignError, match="charge it first"):
        Campaign(candidates=2).settle(judged("a", Decision.PROMOTE))


def test_no_candidate_is_charged_beyond_the_declared_number() -> None:
    """The way out is named."""
    campaign = Campaign(candidates=2).charge("a").charge("b")

    with pytest.raises(CampaignError, match="flywheel campaigns open"):
        campaign.charge("c")


@pytest.mark.parametrize(("candidates", "budget"), [(0, 0.05), (8, 0.0), (8, 1.0)])
def test_a_campaign_without_candidates_or_budget_is_refused(candidates: int, budget: float) -> None:
    """What is declared must be usable."""
    with pytest.raises(CampaignError, match="error budget"):
        Campaign(candidates=candidates, error_budget=budget)


def test_a_campaign_is_rebuilt_from_what_the_ledger_holds() -> None:
    """Charges by name and verdicts as judgements, in their order, give the same campaign."""
    futile = judged("a", Decision.INCONCLUSIVE, futile=True, wealth=0.4)
    lived = Campaign(candidates=8).charge("a").settle(futile).charge("b")

    rebuilt = Campaign.rebuild(candidates=8, error_budget=0.05, past=["a", futile, "b"])

    assert rebuilt == lived


def test_a_verdict_without_its_charge_still_takes_a_share() -> None:
    """A ledger that holds verdicts only cannot be used to win error back."""
    judgement = judged("a", Decision.REJECT)

    assert Campaign.rebuild(candidates=8, error_budget=0.05, past=[judgement]) == after(judgement)


ENDINGS = st.tuples(st.sampled_from([None, *Decision]), st.booleans(), st.floats(0.0, 500.0), st.booleans())


@given(endings=st.lists(ENDINGS, min_size=1, max_size=10), spare=st.integers(0, 3))
def test_no_history_spends_more_than_the_budget(
    endings: list[tuple[Decision | None, bool, float, bool]], spare: int
) -> None:
    """Whatever ends how: what is held and not returned stays within 5 %, and every share is above zero."""
    campaign = Campaign(candidates=len(endings) + spare)
    for number, (decision, futile, wealth, fresh) in enumerate(endings):
        name = f"c{number}"
        campaign = campaign.charge(name)
        if decision is not None:
            campaign = campaign.settle(judged(name, decision, futile=futile, wealth=wealth, fresh=fresh))
    held = sum(charge.share - charge.returned for charge in campaign.charges)

    assert held <= 0.05 + 1e-12
    assert campaign.available == pytest.approx(0.05 - held)
    assert all(0.0 <= charge.returned <= charge.share for charge in campaign.charges)
    assert all(charge.share > 0.0 for charge in campaign.charges)
    assert campaign.remaining == spare


@given(wealths=st.lists(st.floats(0.0, 3.0), min_size=2, max_size=8))
def test_thresholds_never_rise_when_error_comes_back(wealths: list[float]) -> None:
    """Each candidate after a futile one needs at most what the one before needed."""
    campaign = Campaign(candidates=len(wealths))
    thresholds = []
    for number, wealth in enumerate(wealths):
        campaign = campaign.charge(f"c{number}")
        thresholds.append(campaign.of(f"c{number}").threshold)
        campaign = campaign.settle(judged(f"c{number}", Decision.INCONCLUSIVE, futile=True, wealth=wealth))

    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(thresholds))


@given(names=st.lists(st.sampled_from("abcdef"), max_size=8), killed=st.integers(0, 8))
def test_a_campaign_rebuilt_at_any_point_goes_on_as_if_nothing_had_happened(
    names: list[str], killed: int
) -> None:
    """The ledger up to a kill, and then the rest, give the campaign of the whole ledger."""
    past: list[str | Judgement] = []
    for name in dict.fromkeys(names):
        past += [name, judged(name, Decision.INCONCLUSIVE, futile=True, wealth=0.5)]
    whole = Campaign.rebuild(candidates=6, error_budget=0.05, past=past)
    resumed = Campaign.rebuild(candidates=6, error_budget=0.05, past=past[:killed])
    for entry in past[killed:]:
        resumed = resumed.charge(entry) if isinstance(entry, str) else resumed.settle(entry)

    assert resumed == whole


def test_a_verdict_becomes_the_judgement_that_it_is() -> None:
    """Decision, futility and wealth; fresh pairs unless it is said otherwise."""
    verdict = Verdict(
        decision=Decision.INCONCLUSIVE,
        reason="futile",
        claim="groups",
        effect_at_stop=0.0,
        interval=(-0.2, 0.2),
        wealth=0.4,
        threshold=160.0,
        groups_used=16,
        pairs=(),
        evidence=(),
        diverged=0,
        activation="fired",
        futile=True,
    )

    assert Judgement.of("a", verdict) == judged("a", Decision.INCONCLUSIVE, futile=True, wealth=0.4)
    assert not Judgement.of("a", verdict, fresh_pairs=False).fresh_pairs


@pytest.mark.parametrize("name", ["b", ""])
def test_the_error_of_an_unknown_candidate_names_it(name: str) -> None:
    """And the way out."""
    with pytest.raises(CampaignError, match=f"candidate {name} holds no share .* charge it first"):
        Campaign(candidates=2).charge("a").of(name)


def test_an_inconclusive_candidate_goes_on_with_the_share_it_has() -> None:
    """The same threshold, and its next verdict closes the share for good."""
    campaign = after(judged("a", Decision.INCONCLUSIVE)).resume("a")
    closed = campaign.settle(judged("a", Decision.REJECT))

    assert campaign.of("a").decision is None
    assert campaign.of("a").threshold == pytest.approx(160.0)
    assert closed.of("a").returned == 0.0
    assert closed.remaining == 7


@pytest.mark.parametrize(
    "judgement",
    [
        judged("a", Decision.PROMOTE),
        judged("a", Decision.REJECT),
        judged("a", Decision.INCONCLUSIVE, futile=True),
        judged("a", Decision.INCONCLUSIVE, futile=True, fresh=False),
    ],
    ids=["promoted", "rejected", "futile", "futile on shared runs"],
)
def test_what_is_over_is_over(judgement: Judgement) -> None:
    """A futile stop is irrevocable: that is what its share was given back for."""
    with pytest.raises(CampaignError, match="nothing to continue"):
        after(judgement).resume("a")


def test_an_open_candidate_has_nothing_to_continue() -> None:
    """It is still running."""
    with pytest.raises(CampaignError, match="not judged yet"):
        Campaign(candidates=2).charge("a").resume("a")


def test_the_second_verdict_of_a_candidate_is_folded_as_its_next_part() -> None:
    """Two verdicts and one charge in the ledger are one share, and later candidates hold what they held."""
    parts = [judged("a", Decision.INCONCLUSIVE), "b", judged("a", Decision.PROMOTE)]
    campaign = Campaign.rebuild(candidates=4, error_budget=0.05, past=["a", *parts])

    assert [charge.candidate for charge in campaign.charges] == ["a", "b"]
    assert campaign.of("a").decision is Decision.PROMOTE
    assert campaign.available == pytest.approx(0.05 * 3 / 4)
