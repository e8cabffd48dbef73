"""All dialects, the more particular before those whose names others use too."""

from __future__ import annotations

from traces.dialects.dialect import Dialect
from traces.dialects.google_adk import GoogleAdk
from traces.dialects.langsmith import LangSmith
from traces.dialects.litellm import LiteLlm
from traces.dialects.older_genai import OlderGenAi
from traces.dialects.openinference import OpenInference
from traces.dialects.traceloop import Traceloop
from traces.dialects.vercel_ai import VercelAi

DIALECTS: tuple[Dialect, ...] = (
    OpenInference(),
    GoogleAdk(),
    VercelAi(),
    LiteLlm(),
    LangSmith(),
    Traceloop(),
    OlderGenAi(),
)
