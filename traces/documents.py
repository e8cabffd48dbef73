"""What of a run goes into a search index: its fields, and a document for each span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from traces import attributes as names
from traces.calls import MODEL_OPERATIONS, error_of, model_call, operation_of
from traces.codec import mend
from traces.messages import parse_messages
from traces.read_attributes import text_of
from traces.run import Run
from traces.span import Span

MAX_TEXT = 200_000  # characters of a span; who looks for more reads the span itself
_TEXTS = (names.TOOL_NAME, names.TOOL_ARGUMENTS, names.TOOL_RESULT)


@dataclass(frozen=True, kw_only=True)
class Document:
    """The searchable side of one span; ``position`` is its place in the run."""

    position: int
    span_id: str
    name: str
    tool: str
    model: str
    error: str
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
    }
    start = min(span.start_ns for span in run.spans) / 1e9
    return {
        **{name: clean(text) for name, text in texts.items()},
        "seconds": run.seconds,
        "steps": len(run.model_calls),
        "time": start,
    }


def documents(run: Run) -> Iterator[Document]:
    """A document for each span of the run, in the run's order."""
    first_model = next((call.model for call in run.model_calls if call.model), "")
    for position, span in enumerate(run.spans):
        is_model = operation_of(span) in MODEL_OPERATIONS
        yield Document(
            position=position,
            span_id=clean(span.span_id),
            name=clean(span.name),
            tool=clean(text_of(span.attributes, names.TOOL_NAME)),
            model=clean(model_call(span).model if is_model else first_model),
            error=clean(error_of(span) or ""),
            text=clean("\n".join(text for text in _texts(span) if text)[:MAX_TEXT]),
        )


def clean(text: str) -> str:
    """The text as a database can hold it: whole characters, and no NUL to end it early."""
    return mend(text).replace("\0", " ")


def _texts(span: Span) -> Iterator[str]:
    for key in _TEXTS:
        yield text_of(span.attributes, key)
    # Results of tools are in a tool call's span already; new are what users and middleware say.
    for message in parse_messages(text_of(span.attributes, names.INPUT_MESSAGES)):
        if message.role == "user":
            yield message.text
    for message in parse_messages(text_of(span.attributes, names.OUTPUT_MESSAGES)):
        yield message.text
    yield error_of(span) or ""
    for event in span.events:
        yield from _event_texts(event.name, event.attributes)


def _event_texts(name: str, attributes: Mapping[str, object]) -> Iterator[str]:
    yield name
    for value in attributes.values():
        if isinstance(value, str):
            yield value
