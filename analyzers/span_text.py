"""The text of a span: what a quote may be taken from."""

from __future__ import annotations

import json
from collections.abc import Iterator

from analyzers.signal import Shows
from traces import attributes
from traces.span import Span

_TELLING = ("error", "fail", "traceback", "assert", "exception", "not found", "no such", "timed out")
_LONGEST = 200  # characters of a quote
_LEAST = 4  # letters and digits that a quote needs to show anything


def texts_of(span: Span) -> tuple[str, ...]:
    """Every text of a span: attributes, events and status as stored, and the strings inside JSON attributes."""
    stored = [*span.attributes.values(), span.status_message]
    stored += [value for event in span.events for value in event.attributes.values()]
    raw = [text for value in stored for text in _strings(value) if text]
    decoded = [text for value in raw for text in _decoded(value)]
    return tuple(dict.fromkeys([*raw, *decoded]))


def holds(span: Span, quote: str) -> bool:
    """Whether a quote is verbatim in one text of the span; one with next to no content shows nothing."""
    return sum(map(str.isalnum, quote)) >= _LEAST and any(quote in text for text in texts_of(span))


def quote_of(span: Span, shows: Shows = "result") -> str:
    """A telling line of the span: of a tool's result, else what the model said, else its arguments.

    Where the arguments are what ``shows`` it, they come first, as they were written. Empty only for a span without any text; where
    content is redacted it quotes metadata.
    """
    given = span.attributes.get(attributes.TOOL_ARGUMENTS)
    if shows == "arguments" and isinstance(given, str) and (line := _first_line(given)):
        return line
    for name in (attributes.TOOL_RESULT, attributes.OUTPUT_MESSAGES, attributes.TOOL_ARGUMENTS):
        value = span.attributes.get(name)
        if isinstance(value, str) and name == attributes.TOOL_RESULT:
            line = _telling_line([value])
        else:
            line = _telling_line(list(_decoded(value))) if isinstance(value, str) else ""
        if line:
            return line
    return max(
        (text[:_LONGEST] for text in texts_of(span) if holds(span, text[:_LONGEST])), key=len, default=""
    )


def _first_line(text: str) -> str:
    """The first line that shows anything, of broken JSON too."""
    lines = (line.strip()[:_LONGEST] for line in text.splitlines())
    return next((line for line in lines if sum(map(str.isalnum, line)) >= _LEAST), "")


def _telling_line(texts: list[str]) -> str:
    """The last line that tells of an error, else the longest line."""
    lines = [line.strip()[:_LONGEST] for text in texts for line in text.splitlines()]
    lines = [line for line in lines if sum(map(str.isalnum, line)) >= _LEAST]
    errors = [line for line in lines if any(word in line.lower() for word in _TELLING)]
    return errors[-1] if errors else max(lines, key=len, default="")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)


def _decoded(text: str) -> tuple[str, ...]:
    """The strings inside a JSON text; none for other texts."""
    if not text.lstrip().startswith(("{", "[")):
        return ()
    try:
        return tuple(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        return ()
