"""The formats that are known, and which of them a file is of."""

from __future__ import annotations

from typing import Final

from traces.importers.atif import Atif
from traces.importers.claude_code_session import ClaudeCodeSession
from traces.importers.claude_code_stream import ClaudeCodeStream
from traces.importers.codex_rollout import CodexRollout
from traces.importers.flat_spans import FlatSpans
from traces.importers.gemini_session import GeminiSession
from traces.importers.harbor_trial import HarborTrial
from traces.importers.importer import Importer, Source
from traces.importers.jaeger import Jaeger
from traces.importers.mini_swe_agent import MiniSweAgent
from traces.importers.nested_spans import NestedSpans
from traces.importers.opencode_export import OpenCodeExport
from traces.importers.otlp_body import OtlpBody
from traces.importers.otlp_lines import OtlpLines
from traces.importers.outcome_list import OutcomeList
from traces.importers.swe_agent import SweAgent
from traces.importers.tempo import Tempo

STORIES: Final[tuple[Importer, ...]] = (
    Atif(),
    MiniSweAgent(),
    SweAgent(),
    ClaudeCodeStream(),
    ClaudeCodeSession(),
    CodexRollout(),
    GeminiSession(),
    OpenCodeExport(),
)
SPANS: Final[tuple[Importer, ...]] = (
    Tempo(),
    OtlpLines(),
    OtlpBody(),
    Jaeger(),
    NestedSpans(),
    FlatSpans(),
)
IMPORTERS: Final[tuple[Importer, ...]] = (*STORIES, HarborTrial(STORIES), *SPANS, OutcomeList())


def importer_for(source: Source) -> Importer | None:
    """The first importer, in the order of ``IMPORTERS``, that recognises the content; ``None`` for no known format."""
    return next((importer for importer in IMPORTERS if importer.recognises(source)), None)
