"""Remedies that change one value of ``harness.toml``: a limit, or how hard the model thinks."""

from __future__ import annotations

from dataclasses import dataclass

from harness.edits import Edit, SetValue
from harness.manifest import EFFORTS, Manifest


@dataclass(frozen=True, kw_only=True)
class HigherLimit:
    """Multiplies ``limits.steps`` or ``limits.wall_seconds`` by ``factor``, up to ``most``."""

    name: str
    title: str
    hypothesis: str
    limit: str
    most: int
    factor: int = 2

    @property
    def mechanism(self) -> str:
        """The limit's key path."""
        return f"limits.{self.limit}"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The limit."""
        return f"harness.toml:{self.mechanism}"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The higher limit; nothing once it is at its most."""
        present = getattr(manifest.limits, self.limit)
        higher = min(self.most, int(present * self.factor))
        return (SetValue(key=self.mechanism, value=higher),) if higher > present else ()


@dataclass(frozen=True, kw_only=True)
class LowerEffort:
    """Sets ``model.reasoning_effort`` to ``effort`` where it is higher, or unset."""

    name: str
    title: str
    hypothesis: str
    effort: str

    @property
    def mechanism(self) -> str:
        """The effort's key path."""
        return "model.reasoning_effort"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The effort."""
        return f"harness.toml:{self.mechanism}"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The lower effort; nothing for a ``command`` agent or where it is as low already."""
        present = manifest.reasoning_effort
        if manifest.agent != "builtin":
            return ()
        if present is not None and EFFORTS.index(present) <= EFFORTS.index(self.effort):
            return ()
        return (SetValue(key=self.mechanism, value=self.effort),)


@dataclass(frozen=True, kw_only=True)
class HigherEffort:
    """Sets ``model.reasoning_effort`` to ``effort`` where it is set lower."""

    name: str
    title: str
    hypothesis: str
    effort: str

    @property
    def mechanism(self) -> str:
        """The effort's key path."""
        return "model.reasoning_effort"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The effort."""
        return f"harness.toml:{self.mechanism}"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The higher effort; nothing for a ``command`` agent, or where it is as high already or not set."""
        present = manifest.reasoning_effort
        if manifest.agent != "builtin" or present is None:
            return ()
        if EFFORTS.index(present) >= EFFORTS.index(self.effort):
            return ()
        return (SetValue(key=self.mechanism, value=self.effort),)
