"""The ledger of a clone and of the repository it came from: fetched before a look, pushed before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.task import Split
from flywheel.errors import FlywheelError
from flywheel.observer import Observer
from flywheel.project import Project
from harness.errors import LedgerError

REMOTE = "origin"
LOCAL_WARNING = "--local-ledger: what is decided here is written to this clone only; the verdict counts for nothing elsewhere"
FIRST_COME = (
    "campaign",
    "campaign_closed",
    "charge",
    "experiment",
    "look",
    "verdict",
    "prediction",
    "confirmation_opened",
    "confirmation",
    "sealed_opened",
    "calibration",
    "calibration",
    "calibration_live",
)  # kinds that two jobs may write at once: the first to get through stands, the other takes it over
Sharing = Literal["alone", "shared", "local"]


@dataclass(frozen=True, kw_only=True)
class SharedLedger:
    """How one command shares the ledger: ``alone`` where there is no remote, ``local`` where it was told not to."""

    project: Project
    sharing: Sharing

    def publish(self) -> None:
        """Take over the remote's entries and push ours; raises ``FlywheelError`` that names the ways out.

        What hangs on entries of the kinds ``FIRST_COME`` is read anew afterwards: another job may have been first.
        """
        if self.sharing != "shared":
            return
        try:
            self.project.ledger.synchronise(REMOTE, yielding=FIRST_COME)
        except LedgerError as error:
            raise FlywheelError(
                f"{error}; without it the candidates and looks of others are not known and ours are lost: make "
                f"{REMOTE!r} reachable and writable (branch flywheel/ledger), or use --local-ledger, whose verdicts "
                "count for nothing elsewhere"
            ) from None

    def publish_if_possible(self, observer: Observer) -> None:
        """Publish where the remote can be reached, and say so where not: for what looks at nothing and charges nothing."""
        try:
            self.publish()
        except FlywheelError as error:
            observer.note(f"the ledger is not shared now: {error}")


def share_ledger(project: Project, *, local: bool, observer: Observer) -> SharedLedger:
    """Decide how the ledger is shared, and say aloud where its verdicts will count for nothing."""
    if local:
        observer.note(LOCAL_WARNING)
        return SharedLedger(project=project, sharing="local")
    has_remote = project.repository.git.succeeds("remote", "get-url", REMOTE)
    return SharedLedger(project=project, sharing="shared" if has_remote else "alone")


def share_look(project: Project, split: Split, *, local: bool, observer: Observer) -> SharedLedger:
    """As ``share_ledger`` for what looks at a held-out split; ``mine`` is nobody else's business."""
    if split is Split.MINE:
        return SharedLedger(project=project, sharing="alone")
    return share_ledger(project, local=local, observer=observer)
