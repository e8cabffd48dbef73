"""Remedies that switch a stock middleware on, or tune it where it is on already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.edits import AddMiddleware, Edit, TuneMiddleware
from harness.manifest import Manifest, ParameterValue


@dataclass(frozen=True, kw_only=True)
class StockMiddleware:
    """Adds ``use`` with ``parameters``; where it is there, sets ``tuned`` unless that is set already."""

    name: str
    title: str
    hypothesis: str
    use: str
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    tuned: Mapping[str, ParameterValue] = field(default_factory=dict)

    @property
    def mechanism(self) -> str:
        """The middleware that is meant to act."""
        return f"middleware:{self.use}"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The middleware table."""
        return "harness.toml:middleware"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """One entry added or tuned; nothing for a ``command`` agent, which has no middleware."""
        if manifest.agent != "builtin":
            return ()
        present = [entry for entry in manifest.middleware if entry.use == self.use]
        if not present:
            return (AddMiddleware(use=self.use, parameters=dict(self.parameters)),)
        news = {key: value for key, value in self.tuned.items() if present[0].parameters.get(key) != value}
        if len(present) > 1 or not news:
            return ()
        return (TuneMiddleware(use=self.use, parameters=news),)
