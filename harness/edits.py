"""Edits of a harness, kept apart from any one commit so that a proposal can be applied to the current tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.manifest import ParameterValue

Tree = Mapping[str, bytes]  # relative path → content of a harness repository's files


@dataclass(frozen=True, kw_only=True)
class SetValue:
    """Set one key of ``harness.toml``, such as ``limits.steps``."""

    key: str
    value: ParameterValue


@dataclass(frozen=True, kw_only=True)
class AddMiddleware:
    """Add a ``[[middleware]]`` entry; ``position`` counts from the outermost, negative from the innermost's end."""

    use: str
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    position: int = -1


@dataclass(frozen=True, kw_only=True)
class TuneMiddleware:
    """Set parameters of the entry whose ``use`` matches."""

    use: str
    parameters: Mapping[str, ParameterValue]


@dataclass(frozen=True, kw_only=True)
class RemoveMiddleware:
    """Remove the entry whose ``use`` matches."""

    use: str


@dataclass(frozen=True, kw_only=True)
class AppendText:
    """Append a paragraph to a text file, such as a prompt."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class WriteFile:
    """Write a whole file."""

    path: str
    content: str


Edit = SetValue | AddMiddleware | TuneMiddleware | RemoveMiddleware | AppendText | WriteFile
