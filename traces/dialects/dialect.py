"""What a dialect is: one convention's names, known by marker attributes, read as today's."""

from __future__ import annotations

from typing import Protocol

from traces.span import Span


class Dialect(Protocol):
    """Translates single spans. ``name`` becomes ``flywheel.import.source`` on the roots it makes."""

    @property
    def name(self) -> str:
        """The convention's name, such as ``openinference``."""
        ...

    @property
    def markers(self) -> frozenset[str]:
        """Attributes of which a span of this dialect has at least one; no other span is shown to it."""
        ...

    def translate(self, span: Span) -> tuple[Span, ...] | None:
        """The span under today's names, with those that follow from it; ``None`` where it is another's.

        Stateless and deterministic: the same span gives the same spans with the same ids.
        """
        ...
