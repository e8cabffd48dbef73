"""An error budget without a last candidate: the false discovery rate of everything ever promoted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scipy.special import zeta

from benchmarks.errors import CampaignError
from benchmarks.gate.campaign import Charge, ErrorRule, Judgement
from benchmarks.gate.verdict import Decision

DECAY = 1.6  # of the weights; a slower one leaves more for later candidates and less for the first


@dataclass(frozen=True, kw_only=True)
class LongRun:
    """Candidates judged one after another for as long as anybody likes; nobody declares how many.

    Of all promotions made by then, on average at most a share ``error_budget`` do not help (FDR), at whatever
    moment one asks: weaker than a campaign, where with a chance of 95 % *none* does. The t-th candidate is promoted at
    a wealth of 1 / (error_budget × weight(t) × (1 + promotions before it)). No share comes back by any other way.

    Valid whatever the dependence between candidates, so also with one control for several (LORD and SAFFRON are not):
    a wealth is an e-value, its expectation at most 1 at any stopping time where the candidate does not help, and
    the promotions at the end are at least those counted in its threshold. Source: Xu and Ramdas, "Online multiple
    testing with e-values", AISTATS 2024 (e-LOND); weights as ``t ** -1.6``, summing to 1.
    """

    error_budget: float = 0.05
    charges: tuple[Charge, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.error_budget < 1.0:
            raise CampaignError(f"an error budget is between 0 and 1, not {self.error_budget}")

    @classmethod
    def rebuild(cls, *, error_budget: float, past: Iterable[str | Judgement]) -> LongRun:
        """Fold the ledger, as ``Campaign.rebuild`` does."""
        run = cls(error_budget=error_budget)
        for entry in past:
            run = run.charge(entry) if isinstance(entry, str) else run.opened(entry.candidate).settle(entry)
        return run

    @property
    def rule(self) -> ErrorRule:
        """Which promise this budget keeps."""
        return "e-lond"

    @property
    def promise(self) -> str:
        """What the error budget promises, for a reader."""
        return (
            f"of all promotions, on average at most {100 * self.error_budget:.3g} % do not help (false discovery rate, e-LOND): "
            "weaker than a campaign's promise that none does"
        )

    @property
    def words(self) -> str:
        """How much of it is used, for a reader."""
        share = self.charge("").of("").share if not self.holds("") else 0.0
        return (
            f"{len(self.charges)} candidates judged or on trial, {self.promotions} promoted; the next one may err with "
            f"{100 * share:.3g} % of {100 * self.error_budget:.3g} %"
        )

    @property
    def candidates(self) -> int | None:
        """Nobody declares how many there are."""
        return None

    @property
    def remaining(self) -> int | None:
        """There is no last candidate."""
        return None

    @property
    def is_spent(self) -> bool:
        """Never: each candidate only gets a smaller share."""
        return False

    @property
    def available(self) -> float:
        """The part of the error budget that is set aside for candidates to come, without what promotions add."""
        return self.error_budget * (1.0 - sum(weight(1 + number) for number in range(len(self.charges))))

    def holds(self, candidate: str) -> bool:
        """Whether a candidate was charged."""
        return any(charge.candidate == candidate for charge in self.charges)

    @property
    def promotions(self) -> int:
        """Candidates promoted so far."""
        return sum(charge.decision is Decision.PROMOTE for charge in self.charges)

    def of(self, candidate: str) -> Charge:
        """What a candidate holds; raises ``CampaignError`` if it was never charged."""
        for charge in self.charges:
            if charge.candidate == candidate:
                return charge
        raise CampaignError(f"candidate {candidate} holds no share: charge it first")

    def charge(self, candidate: str) -> LongRun:
        """Give a candidate its share; an open one keeps it. Raises ``CampaignError`` for one that was judged."""
        for charge in self.charges:
            if charge.candidate == candidate:
                if charge.decision is None:
                    return self
                raise CampaignError(
                    f"candidate {candidate} was judged already ({charge.decision}); its evidence cannot begin anew"
                )
        share = self.error_budget * weight(len(self.charges) + 1) * (1 + self.promotions)
        held = Charge(candidate=candidate, share=min(share, self.error_budget))
        return replace(self, charges=(*self.charges, held))

    def resume(self, candidate: str) -> LongRun:
        """Open an inconclusive candidate's share again: the same threshold. Raises ``CampaignError``."""
        charge = self.of(candidate)
        if not charge.can_continue:
            raise CampaignError(f"candidate {candidate} has nothing to continue ({charge.decision})")
        return self._with(charge, replace(charge, decision=None))

    def settle(self, judgement: Judgement) -> LongRun:
        """Close a candidate's share with its verdict; raises ``CampaignError`` if it holds no open one."""
        charge = self.of(judgement.candidate)
        if charge.decision is not None:
            raise CampaignError(f"candidate {judgement.candidate} was judged already")
        return self._with(charge, replace(charge, decision=judgement.decision, given_up=judgement.futile))

    def opened(self, candidate: str) -> LongRun:
        """With an open share for the candidate: a new one, the open one, or the one that goes on."""
        is_known = any(held.candidate == candidate and held.can_continue for held in self.charges)
        return self.resume(candidate) if is_known else self.charge(candidate)

    def _with(self, charge: Charge, changed: Charge) -> LongRun:
        return replace(self, charges=tuple(changed if held is charge else held for held in self.charges))


def weight(number: int) -> float:
    """The part of the error budget that is set aside for the candidate of this number, from 1; all add up to 1."""
    return float(number**-DECAY / zeta(DECAY))
