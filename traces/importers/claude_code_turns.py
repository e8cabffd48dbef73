"""What is known of a conversation with Claude Code while it is read: lines, threads, open answers and calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from traces.importers.claude_code_messages import ToolUse
from traces.importers.clock import Clock
from traces.importers.parts import Message, Part
from traces.importers.run_builder import Tokens
from traces.span import AttributeValue


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One line of a conversation. ``thread`` is ``MAIN`` or what tells a sub-agent's lines from others'."""

    thread: str
    key: str
    time_ns: int | None
    message: dict[str, Any]
    details: object = None
    failure: str = ""
    more: dict[str, AttributeValue] = field(default_factory=dict)


@dataclass(kw_only=True)
class Call:
    """A model call whose answer is still coming in."""

    key: str
    start_ns: int
    end_ns: int
    model: str
    inputs: list[Message]
    parts: list[Part] = field(default_factory=list)
    tokens: Tokens | None = None
    stop_reason: object = None
    failure: str = ""
    more: dict[str, AttributeValue] = field(default_factory=dict)


@dataclass(kw_only=True)
class Thread:
    """What one agent says and hears; ``span_id`` is what its spans are below."""

    clock: Clock
    span_id: str
    parent_id: str | None = None
    name: str = ""
    start_ns: int = 0
    inputs: list[Message] = field(default_factory=list)
    call: Call | None = None


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A tool call that waits for its result."""

    use: ToolUse
    span_id: str
    start_ns: int
    thread: Thread
