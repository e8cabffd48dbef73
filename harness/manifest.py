"""What ``harness.toml`` says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ParameterValue = str | bool | int | float | tuple[str, ...] | tuple[float, ...]
TOOL_NAMES = ("bash", "read_file", "edit_file", "write_file")
EFFORTS = ("low", "medium", "high")


@dataclass(frozen=True, kw_only=True)
class MiddlewareEntry:
    """One ``[[middleware]]`` table; ``use`` is ``stock:NAME``, ``langchain:NAME`` or ``./file.py:NAME``."""

    use: str
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Model calls and seconds (by the run's clock) that one run may take."""

    steps: int = 60
    wall_seconds: float = 900.0


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A parsed ``harness.toml``. ``system_prompt`` is the rendered text; ``argv`` is for ``agent = "command"``."""

    name: str
    agent: Literal["builtin", "command"] = "builtin"
    argv: tuple[str, ...] = ()
    model: str
    reasoning_effort: str | None = None
    system_prompt_path: str
    system_prompt: str
    tools: tuple[str, ...] = TOOL_NAMES
    tool_descriptions: Mapping[str, str] = field(default_factory=dict)
    middleware: tuple[MiddlewareEntry, ...] = ()
    limits: Limits = field(default_factory=Limits)
    surfaces: tuple[str, ...] = ()
