"""The error budget over all candidates of a campaign, as a value rebuilt from what the ledger holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.errors import CampaignError
from benchmarks.gate.verdict import Decision, Verdict

ErrorRule = Literal["campaign", "e-lond"]


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What one candidate holds of the error budget, taken before its first run.

    ``candidate`` names the change for good, whatever the control is. ``decision`` is ``None`` until it is
    judged, and ``returned`` is what its ending gave back. ``given_up`` marks a futile one, which is over for good.
    """

    candidate: str
    share: float
    decision: Decision | None = None
    returned: float = 0.0
    given_up: bool = False

    @property
    def can_continue(self) -> bool:
        """Whether its experiment may go on: inconclusive, and nothing given up for a part of the share."""
        return self.decision is Decision.INCONCLUSIVE and not self.given_up

    @property
    def threshold(self) -> float:
        """The wealth that this candidate's promotion needs."""
        return 1.0 / self.share


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the budget needs to know of a past verdict; the ledger's entries are folded as these.

    ``fresh_pairs`` is false where the pairs shared runs with another candidate: nothing returns then.
    """

    candidate: str
    decision: Decision
    futile: bool
    wealth: float
    fresh_pairs: bool = True

    @classmethod
    def of(cls, candidate: str, verdict: Verdict, *, fresh_pairs: bool = True) -> Judgement:
        """The judgement that a verdict is."""
        return cls(
            candidate=candidate,
            decision=verdict.decision,
            futile=verdict.futile,
            wealth=verdict.wealth,
            fresh_pairs=fresh_pairs,
        )


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """All candidates judged on one gate epoch of one suite; ``candidates`` and budget are declared at opening.

    The chance that any candidate that does not help is promoted is at most ``error_budget``, whatever else
    helps: each candidate is promoted at a wealth of 1/share, so by Ville's inequality it costs its share, and
    the shares held by candidates that do not help never exceed the budget. What is not spent is divided
    evenly among the candidates that are still to come. Error comes back in two ways only: a promotion
    returns its share (if it was right nothing was spent, if not the error has already happened), and an
    irrevocable futility stop returns share × min(1, wealth), the chance that it gives up. Both need fresh pairs.
    An inconclusive candidate keeps its share and may go on with the wealth it has (``resume``).
    """

    candidates: int
    error_budget: float = 0.05
    charges: tuple[Charge, ...] = ()

    def __post_init__(self) -> None:
        if self.candidates < 1 or not 0.0 < self.error_budget < 1.0:
            raise CampaignError(
                f"a campaign needs at least 1 candidate and an error budget between 0 and 1, "
                f"not {self.candidates} and {self.error_budget}"
            )

    @classmethod
    def rebuild(cls, *, candidates: int, error_budget: float, past: Iterable[str | Judgement]) -> Campaign:
        """Fold the ledger: a name for each candidate charged, a judgement for each verdict, in their order.

        A second judgement of a candidate whose first could be continued is that of its next part. A charge that came after
        the last candidate was gone (two jobs took it at once) is void: it holds no share.
        """
        campaign = cls(candidates=candidates, error_budget=error_budget)
        for entry in past:
            if isinstance(entry, str):
                campaign = (
                    campaign if campaign.is_spent and not campaign.holds(entry) else campaign.charge(entry)
                )
            else:
                campaign = campaign.opened(entry.candidate).settle(entry)
        return campaign

    @property
    def rule(self) -> ErrorRule:
        """Which promise this budget keeps."""
        return "campaign"

    @property
    def promise(self) -> str:
        """What the error budget promises, for a reader."""
        return f"the chance that this campaign promotes any candidate which does not help is at most {100 * self.error_budget:.3g} %"

    @property
    def words(self) -> str:
        """How much of it is used, for a reader."""
        return (
            f"{len(self.charges)} of {self.candidates} candidates used, {100 * self.available:.2f} % of the "
            f"{100 * self.error_budget:.3g} % error budget left"
        )

    @property
    def is_spent(self) -> bool:
        """Whether nobody else can be charged."""
        return self.remaining < 1

    def holds(self, candidate: str) -> bool:
        """Whether a candidate was charged."""
        return any(charge.candidate == candidate for charge in self.charges)

    @property
    def remaining(self) -> int:
        """Candidates that may still be charged."""
        return self.candidates - len(self.charges)

    @property
    def available(self) -> float:
        """The error budget that no candidate holds or has spent."""
        return self.error_budget - sum(charge.share - charge.returned for charge in self.charges)

    def of(self, candidate: str) -> Charge:
        """What a candidate holds; raises ``CampaignError`` if it was never charged."""
        for charge in self.charges:
            if charge.candidate == candidate:
                return charge
        raise CampaignError(f"candidate {candidate} holds no share of this campaign: charge it first")

    def charge(self, candidate: str) -> Campaign:
        """Give a candidate its share; one that holds an open share already keeps it.

        Raises ``CampaignError`` for a candidate that was judged before (its wealth cannot begin anew), and
        when all declared candidates are spent.
        """
        for charge in self.charges:
            if charge.candidate == candidate:
                if charge.decision is None:
                    return self
                raise CampaignError(
                    f"candidate {candidate} was judged already in this campaign ({charge.decision}); "
                    f"its evidence cannot begin anew: {_way_out(charge)}"
                )
        if self.remaining < 1:
            raise CampaignError(
                f"all {self.candidates} candidates of this campaign are spent: `flywheel campaigns open` opens the next "
                "one, on groups that nobody looked at"
            )
        share = self.available / self.remaining
        return replace(self, charges=(*self.charges, Charge(candidate=candidate, share=share)))

    def resume(self, candidate: str) -> Campaign:
        """Open an inconclusive candidate's share again, for the next part of its experiment: the same threshold.

        Raises ``CampaignError`` for a candidate that is open, was never charged, or is over for good.
        """
        charge = self.of(candidate)
        if not charge.can_continue:
            raise CampaignError(
                f"candidate {candidate} has nothing to continue ({charge.decision or 'not judged yet'}): only an "
                "inconclusive verdict that was not futile can be continued"
            )
        return self._with(charge, replace(charge, decision=None))

    def settle(self, judgement: Judgement) -> Campaign:
        """Close a candidate's share with its verdict; raises ``CampaignError`` if it holds no open one."""
        charge = self.of(judgement.candidate)
        if charge.decision is not None:
            raise CampaignError(f"candidate {judgement.candidate} was judged already in this campaign")
        settled = replace(
            charge,
            decision=judgement.decision,
            returned=charge.share * _returned(judgement),
            given_up=judgement.futile,
        )
        return self._with(charge, settled)

    def opened(self, candidate: str) -> Campaign:
        """With an open share for the candidate: a new one, the open one, or the one that goes on."""
        for charge in self.charges:
            if charge.candidate == candidate and charge.can_continue:
                return self.resume(candidate)
        return self.charge(candidate)

    def _with(self, charge: Charge, changed: Charge) -> Campaign:
        return replace(self, charges=tuple(changed if held is charge else held for held in self.charges))


def _way_out(charge: Charge) -> str:
    if charge.can_continue:
        return "continue its experiment, with the wealth it has"
    return "judge it in a new campaign, on groups not seen by this one"


def _returned(judgement: Judgement) -> float:
    """Which part of its share an ending gives back, within 0..1."""
    if not judgement.fresh_pairs:
        return 0.0
    if judgement.decision is Decision.PROMOTE:
        return 1.0
    is_futile = judgement.decision is Decision.INCONCLUSIVE and judgement.futile
    return max(0.0, min(1.0, judgement.wealth)) if is_futile else 0.0
