"""The coding agents whose telemetry is read."""

from __future__ import annotations

from typing import Final

from traces.agents.claude_code import ClaudeCode
from traces.agents.codex import Codex
from traces.agents.gemini import Gemini
from traces.agents.opencode import OpenCode
from traces.agents.telemetry import AgentTelemetry

AGENTS: Final[tuple[AgentTelemetry, ...]] = (Codex(), Gemini(), ClaudeCode(), OpenCode())
