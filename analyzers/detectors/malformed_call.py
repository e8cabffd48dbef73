"""Tool calls came with arguments that could not be read or did not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.detectors.observation import observe
from analyzers.endings import ordered_tools
from analyzers.signal import Signal
from traces.run import Run, ToolCall

_EXPRESSION = re.compile(
    r"(?:invalid|malformed|broken|unparsable) (?:JSON|arguments?|tool call|parameters?)|JSONDecodeError"
    r"|(?:could not|failed to|cannot) parse\b[^\n]{0,60}\b(?:arguments?|JSON|parameters?|input)"
    r"|missing \d* ?required|required (?:property|parameter|argument)|unexpected keyword argument"
    r"|validation errors? for|Field required|not valid JSON",
    re.IGNORECASE,
)

_REGION = 2000  # characters in which an error's own words stand


@dataclass(frozen=True, kw_only=True)
class MalformedCall:
    """Sees a call whose arguments are no JSON object, or that its tool refused for its arguments."""

    name: str = "malformed_call"
    title: str = "Sends tool arguments that cannot be read"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites all such calls."""
        malformed = [call for call in ordered_tools(run) if _is_malformed(call)]
        if not malformed:
            return ()
        sentence = f"{len(malformed)} calls had arguments that could not be read or did not fit."
        return observe(self, run, malformed, sentence, severity=min(0.9, 0.3 + 0.15 * len(malformed)))


def _is_malformed(call: ToolCall) -> bool:
    if call.arguments_text.strip() and not call.arguments:
        return call.arguments_text.strip() != "{}"
    return bool(
        call.error and (_EXPRESSION.search(call.error[:_REGION]) or _EXPRESSION.search(call.result[:_REGION]))
    )
