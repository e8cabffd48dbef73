"""The remedy of taking a middleware out: one that acts in the failures more often than in the passes, or never acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.signatures import is_failure
from harness.edits import Edit, RemoveMiddleware
from harness.manifest import Manifest
from traces.run import Run

LEAST = 0.5  # of a pattern's runs in which a middleware acts that may be at fault
EXCESS = 0.25  # how much more often than in passing runs


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Removes the entry of a middleware."""

    use: str
    name: str
    title: str
    hypothesis: str

    @property
    def mechanism(self) -> str:
        """The middleware that is no longer meant to act."""
        return f"removal:{self.use}"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The middleware table."""
        return "harness.toml:middleware"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The removal; nothing where it is not there once."""
        found = [entry for entry in manifest.middleware if entry.use == self.use]
        return (RemoveMiddleware(use=self.use),) if len(found) == 1 else ()


def removals(pattern: Pattern, view: MineView, manifest: Manifest) -> tuple[Removal, ...]:
    """Middleware that acts in at least half of a pattern's runs, and much more often than in passing ones.

    LangChain's own tells nothing of when it acts, and is left alone.
    """
    failing = [view.run(run_id) for run_id in pattern.run_ids]
    passing = [run for run in view.runs() if run.outcome.is_scored and not is_failure(run)]
    return tuple(
        Removal(
            use=use,
            name="removal",
            title=f"Take out {_name(use)}, which acts where the agent fails",
            hypothesis=f"{_name(use)} acts in {share:.0%} of these runs and in {usual:.0%} of those that pass: it may be in the way.",
        )
        for use, share, usual in _acting(manifest, failing, passing)
        if share >= LEAST and share - usual >= EXCESS
    )


def idle_middleware(manifest: Manifest, runs: Sequence[Run]) -> tuple[str, ...]:
    """The entries that acted in none of the runs: what is not needed there. Of LangChain's own nobody can tell."""
    return tuple(use for use, share, _ in _acting(manifest, runs, ()) if runs and not share)


def _acting(
    manifest: Manifest, runs: Sequence[Run], others: Sequence[Run]
) -> Iterator[tuple[str, float, float]]:
    """Each middleware that tells when it acts, with the shares of the runs and of the others in which it does."""
    for use in dict.fromkeys(entry.use for entry in manifest.middleware):
        if not use.startswith("langchain:"):
            yield use, _share(use, runs), _share(use, others)


def _share(use: str, runs: Sequence[Run]) -> float:
    acted = (any(a.middleware == _name(use) for a in run.activations) for run in runs)
    return sum(acted) / len(runs) if runs else 0.0


def _name(use: str) -> str:
    return use.rpartition(":")[2]
