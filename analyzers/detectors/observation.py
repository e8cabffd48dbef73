"""How a detector says what it saw."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.signal import Detector, Signal
from traces.run import ModelCall, Run, ToolCall

_MOST_SPANS = 8  # enough to show it; a loop of hundreds needs no hundred span ids


def observe(
    detector: Detector,
    run: Run,
    steps: Sequence[ModelCall | ToolCall],
    sentence: str,
    *,
    severity: float = 0.5,
    symptom: bool = False,
) -> tuple[Signal, ...]:
    """One signal that cites the spans of ``steps``, the first eight of them."""
    return (
        Signal(
            detector=detector.name,
            run_id=run.run_id,
            span_ids=tuple(dict.fromkeys(step.span_id for step in steps))[:_MOST_SPANS],
            sentence=sentence,
            severity=severity,
            symptom=symptom,
        ),
    )
