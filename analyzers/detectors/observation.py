"""How a detector says what it saw."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.act import Act
from analyzers.signal import Detector, Shows, Signal
from traces.run import ModelCall, Run, ToolCall

_MOST_SPANS = 8  # enough to show it; a loop of hundreds needs no hundred span ids


def observe(
    detector: Detector,
    run: Run,
    steps: Sequence[ModelCall | ToolCall | Act],
    sentence: str,
    *,
    severity: float = 0.5,
    symptom: bool = False,
    shows: Shows = "result",
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
            shows=shows,
        ),
    )


def counted(number: int, thing: str, things: str = "") -> str:
    """A number with its noun: "1 call", "3 calls"."""
    return f"{number} {thing}" if number == 1 else f"{number} {things or thing + 's'}"


def shown(text: str) -> str:
    """A name from a trace as it may stand in a sentence: one line of at most 80 printable characters."""
    printable = "".join(character if character.isprintable() else " " for character in text[:200])
    line = " ".join(printable.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
