"""What one ``optimize`` works with, and what it hands back: plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from analyzers.known_pattern import KnownPattern
from analyzers.pattern import Pattern
from analyzers.patterns import Alike, Candidate
from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.leak_lint import LeakLint
from benchmarks.sealed import SealedResult
from benchmarks.task import Suite
from flywheel.observer import Observer
from flywheel.project import Project
from harness.policy import Policy
from harness.runs import Executor

Autonomy = Literal["interactive", "backlog", "autonomous"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a person chose for one ``optimize``; the rest is in the policy.

    ``patience`` is how many measured candidates may fail to pass before it stops. ``force`` measures also what cannot
    gain enough to be seen; that promotes nothing. ``together`` is how many proposals of a round share one control arm.
    """

    suite: str
    seed: int = 1
    rounds: int = 6
    patience: int = 8
    repeats: int = 2
    per_group: int = 1
    sealed_per_group: int = 2
    autonomy: Autonomy = "interactive"
    open_sealed: bool = False
    in_flight: int = 2
    together: int = 1
    trust_code: bool = False
    force: bool = False
    local_ledger: bool = False
    analysts: tuple[str, ...] = ("playbook",)


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """Everything that a turn needs; made once, never changed. ``publish`` shares the ledger with its remote."""

    project: Project
    settings: Settings
    policy: Policy
    suite: Suite
    executor: Executor
    leak_lint: LeakLint
    observer: Observer
    publish: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True)
class Mined:
    """One mining round of one harness commit. ``set_apart`` counts the runs kept out, by reason.

    ``rests_on`` is ``outcomes``, or ``signals`` where too few runs have a verdict. ``gone`` are patterns of earlier rounds
    that no run shows any more; ``candidates`` what nearly is a pattern, ``alike`` groups of failures in no pattern.
    """

    round: int
    commit: str
    runs: int
    passed: int
    set_apart: Mapping[str, int]
    patterns: tuple[Pattern, ...]
    unexplained: int
    rests_on: str = "outcomes"
    gone: tuple[KnownPattern, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    alike: tuple[Alike, ...] = ()

    @property
    def pass_rate(self) -> float:
        """Passed over all runs that were kept; 0 where there are none."""
        return self.passed / self.runs if self.runs else 0.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A proposal and what became of it. ``verdict`` is ``None`` where it was refused before any run.

    ``stale`` is one that passed against a harness which is no longer the current one. ``cannot_decide`` marks one refused because it cannot gain as much as its experiment would detect.
    """

    round: int
    proposal: Proposal
    status: Literal["refused", "judged", "waiting", "stale", "promoted", "rolled_back"]
    candidate: str = ""
    control: str = ""
    experiment: str = ""
    verdict: Verdict | None = None
    refusals: tuple[str, ...] = ()
    cannot_decide: bool = False
    promotion: str = ""

    @property
    def decision(self) -> str:
        """The verdict's word, or ``refused``."""
        return "refused" if self.verdict is None else self.verdict.decision.value

    @property
    def reason(self) -> str:
        """Why, in one sentence."""
        return self.verdict.reason if self.verdict is not None else "; ".join(self.refusals)

    @property
    def is_miss(self) -> bool:
        """Whether it was measured and did not pass."""
        return self.verdict is not None and not self.is_accepted

    @property
    def is_accepted(self) -> bool:
        """Whether the gate said promote."""
        return self.verdict is not None and self.verdict.decision is Decision.PROMOTE


@dataclass(frozen=True, kw_only=True)
class WheelResult:
    """What a whole ``optimize`` came to. ``start`` and ``end`` are harness commits."""

    settings: Settings
    campaign: str
    start: str
    end: str
    rounds: tuple[Mined, ...]
    trials: tuple[Trial, ...]
    sealed: SealedResult | None
    runs: int
