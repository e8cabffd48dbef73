"""What of a run goes into a search index: its fields, and a document for each span."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import orjson

from traces import attributes as names
from traces.calls import AGENT_OPERATION, MODEL_OPERATIONS, TOOL_OPERATION, error_of
from traces.codec import mend
from traces.messages import parse_messages
from traces.read_attributes import text_of
from traces.run import Run
from traces.span import Attributes, Span

MAX_TEXT = 200_000  # characters of a span; who looks for more reads the span itself
MAX_FIELD = 1_000  # characters of a field's value
_NANOSECONDS = 1e9
_TOOL_TEXTS = (names.TOOL_NAME, names.TOOL_ARGUMENTS, names.TOOL_RESULT)
_LEAST, _MOST = -(2**63), 2**63 - 1
_KINDS = {
    **dict.fromkeys(MODEL_OPERATIONS, "model"),
    TOOL_OPERATION: "tool",
    AGENT_OPERATION: "agent",
}


class Document(NamedTuple):  # one is made for every span, and a frozen dataclass takes four times as long
    """The searchable side of one span.

    ``model`` is the model of a model call and empty for all others, which have that of their run's first
    call. ``duration`` is in seconds.
    """

    span_id: str
    name: str
    kind: str
    tool: str
    model: str
    error: str
    duration: float
    text: str


def run_fields(run: Run) -> dict[str, str | float]:
    """The fields that all documents of a run share, by their names in ``traces.fields``."""
    texts = {
        "run": run.run_id,
        "outcome": run.outcome.value,
        "reason": run.reason,
        "cause": run.cause,
        "task": run.task,
        "group": run.group,
        "suite": run.suite,
        "split": run.split,
        "arm": run.arm,
        "experiment": run.experiment,
        "commit": run.harness_commit,
        "source": run.source,
        "agent": run.agent,
        "conversation": run.conversation,
    }
    return {
        **{name: clean_field(text) for name, text in texts.items()},
        "seconds": run.seconds,
        "steps": len(run.model_calls),
        "tokens": run.usage.input_tokens + run.usage.output_tokens,
        "cost": run.usage.cost_usd,
        "time": clamp(min(span.start_ns for span in run.spans)) / _NANOSECONDS,
        "end": clamp(max(span.end_ns for span in run.spans)) / _NANOSECONDS,
    }


def first_model(run: Run) -> str:
    """The model of the run's first call that names one: what its other spans are found by."""
    calls = (call for call in run.model_calls if call.model)
    first = min(calls, key=lambda call: (call.start_ns, call.span_id), default=None)
    return "" if first is None else clean_field(first.model)


def documents(run: Run) -> Iterator[Document]:
    """A document for each span of the run, in the run's order."""
    return map(document, run.spans)


def document(span: Span) -> Document:
    """The document of one span."""
    found = span.attributes
    kind = kind_of(span)
    error = error_of(span) or "" if span.status == "error" or names.ERROR_TYPE in found else ""
    duration = (clamp(span.end_ns) - clamp(span.start_ns)) / _NANOSECONDS
    return Document(
        clean(span.span_id[:MAX_FIELD]),
        clean_field(span.name),
        kind,
        clean_field(text_of(found, names.TOOL_NAME)) if names.TOOL_NAME in found else "",
        clean_field(_model(found)) if kind == "model" else "",
        clean_field(error) if error else "",
        max(0.0, duration),
        # Cut also before they are joined: they may be huge.
        clean("\n".join([text[:MAX_TEXT] for text in _texts(span, error) if text])[:MAX_TEXT]),
    )


def kind_of(span: Span) -> str:
    """``model``, ``tool``, ``agent`` or ``other``, by the span's operation."""
    return _KINDS.get(text_of(span.attributes, names.OPERATION), "other")


def clean(text: str) -> str:
    """The text as a database can hold it: whole characters, and no NUL to end it early."""
    if text.isascii() and "\0" not in text:
        return text
    return mend(text).replace("\0", " ")


def clamp(value: int) -> int:
    """The whole number as far as 64 bits go."""
    return value if _LEAST <= value <= _MOST else min(max(value, _LEAST), _MOST)


def clean_field(text: str) -> str:
    """A field's value as a database can hold it, cut where it is too long to be one."""
    return _clean_value(text[:MAX_FIELD])


# Names of tools, models and agents are few; pure, so that remembering changes nothing.
@lru_cache(maxsize=4096)
def _clean_value(text: str) -> str:
    return clean(text)


def _model(found: Attributes) -> str:
    return text_of(found, names.RESPONSE_MODEL) or text_of(found, names.REQUEST_MODEL)


def _texts(span: Span, error: str) -> list[str]:
    found = span.attributes
    get = found.get
    texts = [
        value if isinstance(value, str) else str(value)
        for value in map(get, _TOOL_TEXTS)
        if value is not None
    ]
    # Results of tools are in a tool call's span already; new are what users and middleware say.
    if names.INPUT_MESSAGES in found:
        texts.append(_said(text_of(found, names.INPUT_MESSAGES), "user"))
    if names.OUTPUT_MESSAGES in found:
        texts.append(_said(text_of(found, names.OUTPUT_MESSAGES)))
    if error:
        texts.append(error)
    for event in span.events:
        texts.append(event.name)
        texts += [value for value in event.attributes.values() if isinstance(value, str)]
    return texts


def _said(text: str, role: str = "") -> str:
    """What messages say, those of one role or all; the usual form is read directly, as every model call has some."""
    try:
        parts = [
            part["content"]
            for message in orjson.loads(text)
            if not role or message["role"] == role
            for part in message["parts"]
            if part["type"] == "text"
        ]
        return "\n".join(filter(None, parts))
    except (ValueError, TypeError, KeyError, AttributeError):
        messages = [message for message in parse_messages(text) if not role or message.role == role]
        return "\n".join([message.text for message in messages if message.text])
