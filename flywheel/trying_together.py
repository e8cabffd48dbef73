"""The second half of a turn where several proposals are measured at once, against one control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyzers.proposal import Proposal
from benchmarks.errors import GainTooSmallError
from benchmarks.gate.evidence import Stop
from flywheel.campaigns import OpenCampaign, budget
from flywheel.history import find_proposal
from flywheel.largest_gain import largest_gain
from flywheel.measuring import Measured, parts
from flywheel.measuring_together import Entrant, known_window, measure_together
from flywheel.trial import (
    is_last,
    is_spent,
    judged_trial,
    known_refusal,
    measurement_of,
    refused_for_gain,
    subject_or_refusal,
    try_in_order,
)
from flywheel.wheel import Mined, Trial, Wheel


def try_together(
    wheel: Wheel,
    campaign: OpenCampaign,
    harness: str,
    proposals: Sequence[Proposal],
    mined: Mined,
    *,
    patience: int,
) -> tuple[Trial, ...]:
    """Try proposals ``together`` at a time on a harness commit until one is promoted or none can be charged.

    A stopped candidate makes room for the next proposal, until one has passed. Of those that passed the first by lower
    bound is applied; the others are stale then. What the ledger knows is not done again. Proposals that are left
    alone, and those that were begun alone, are measured alone: nothing is shared then.
    """
    line = _Line(
        wheel=wheel,
        campaign=campaign,
        harness=harness,
        mined=mined,
        patience=patience,
        order=tuple(proposals),
        waiting=list(proposals),
    )
    tree = wheel.project.repository.tree_hash(harness)[:12]
    number = 1
    while not line.is_over:
        key = f"{campaign.id}/round-{mined.round}/{tree}/{number}"
        known = known_window(wheel.project, key)
        if known is not None and known.experiments:
            line.pass_over(known.experiments)
        elif not line.is_for_two():
            break
        done = known.verdicts(wheel.project) if known is not None else None
        if not (measured := done or _measured(wheel, campaign, key, harness, line)):
            break
        line.judge(measured)
        number += 1
    if not line.is_over:
        line.finish_alone()
    return line.in_order()


def _measured(
    wheel: Wheel, campaign: OpenCampaign, key: str, harness: str, line: _Line
) -> Mapping[str, Measured]:
    wheel.observer.stage(f"round {line.mined.round}: up to {wheel.settings.together} proposals at once")
    return measure_together(
        measurement_of(wheel, campaign, harness),
        key=key,
        control=harness,
        seats=wheel.settings.together,
        line=line,
    )


@dataclass(kw_only=True)
class _Line:
    """The proposals of a round: those that wait, those that have a seat, and what became of the others."""

    wheel: Wheel
    campaign: OpenCampaign
    harness: str
    mined: Mined
    patience: int
    order: tuple[Proposal, ...]
    waiting: list[Proposal]
    seated: dict[str, Proposal] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried on this harness."""
        return any(is_last(self.wheel, trial) for trial in self.trials)

    @property
    def left(self) -> int:
        """How many more may be measured without passing."""
        return self.patience - sum(trial.is_miss for trial in self.trials)

    def next(self, seated: int, stops: Mapping[str, Stop]) -> Entrant | None:
        """The next proposal that lint lets through, unless one has passed or patience is used up."""
        if Stop.REACHED in stops.values() or seated >= self.left:
            return None
        for proposal in [each for each in self.waiting if not self._has_begun(each)]:
            if is_spent(self.wheel, self.campaign, proposal):
                return None
            if (entrant := self._entrant(proposal)) is not None:
                self._seat(proposal)
                return entrant
        return None

    def refuse(self, entrant: Entrant, error: GainTooSmallError) -> None:
        """Write down that an entrant cannot gain enough to be seen."""
        proposal = self.seated.pop(entrant.subject.name)
        self.trials.append(refused_for_gain(self.wheel, self.harness, proposal, self.mined, error))

    def is_for_two(self) -> bool:
        """Whether at least two proposals may share a control."""
        remaining = budget(self.wheel.project, self.campaign).remaining
        if self.left < 2 or (remaining is not None and remaining < 2):
            return False
        free = [each for each in self.waiting if not self._has_begun(each)]
        return sum(self._entrant(proposal) is not None for proposal in free) > 1

    def pass_over(self, known: Mapping[str, object]) -> None:
        """Seat those of a known window again; who was refused on this harness had its turn as well."""
        for name in known:
            self._seat(find_proposal(self.wheel.project, name))
        for proposal in list(self.waiting):
            if known_refusal(self.wheel, self.harness, proposal):
                self._entrant(proposal)

    def judge(self, done: Mapping[str, Measured]) -> None:
        """The trials of a window, the best first: what it promotes makes the others stale."""
        best_first = sorted(done.items(), key=lambda named: -named[1].verdict.interval[0])
        for name, measured in best_first:
            proposal = self.seated.pop(name)
            trial = judged_trial(self.wheel, self.harness, proposal, self.mined, measured)
            self.wheel.observer.note(f"{name} {trial.decision}: {trial.reason}")
            self.trials.append(trial)
        self.waiting = [
            *self.seated.values(),
            *self.waiting,
        ]  # the same harness as another's had no seat of its own
        self.seated = {}

    def finish_alone(self) -> None:
        """One after another, each with a control of its own."""
        self.trials += try_in_order(
            self.wheel, self.campaign, self.harness, self.waiting, self.mined, patience=self.left
        )

    def in_order(self) -> tuple[Trial, ...]:
        """All trials, in the order of the proposals."""
        places = {proposal.id: place for place, proposal in enumerate(self.order)}
        return tuple(sorted(self.trials, key=lambda trial: places.get(trial.proposal.id, -1)))

    def _entrant(self, proposal: Proposal) -> Entrant | None:
        """What would be measured; a proposal that is refused has its trial then, and waits no more."""
        subject = subject_or_refusal(self.wheel, self.harness, proposal, self.mined)
        if isinstance(subject, Trial):
            self.waiting.remove(proposal)
            self.trials.append(subject)
            return None
        return Entrant(subject=subject, largest=largest_gain(self.mined, proposal.pattern))

    def _seat(self, proposal: Proposal) -> None:
        self.waiting = [each for each in self.waiting if each.id != proposal.id]
        self.seated[proposal.id] = proposal

    def _has_begun(self, proposal: Proposal) -> bool:
        """Whether it has an experiment in the ledger, which stays what it is."""
        return bool(parts(self.wheel.project, f"{self.campaign.id}/{proposal.id}"))
