"""The fields of a run or span that an index can filter by, sort by and count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from traces.errors import QueryError

Kind = Literal["text", "number", "time", "annotation"]
Level = Literal["run", "span"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field's name, kind and meaning, and whether the spans of a run share it.

    An ``annotation`` may have any number of text values.
    """

    name: str
    kind: Kind
    meaning: str
    level: Level = "run"


FIELDS: tuple[Field, ...] = (
    Field(name="run", kind="text", meaning="the run's id"),
    Field(name="outcome", kind="text", meaning="how the run ended"),
    Field(name="reason", kind="text", meaning="why it ended that way"),
    Field(name="cause", kind="text", meaning="the verifier's terminal cause"),
    Field(name="task", kind="text", meaning="the task's id"),
    Field(name="group", kind="text", meaning="the task's group"),
    Field(name="suite", kind="text", meaning="the suite's name"),
    Field(name="split", kind="text", meaning="mine, gate or sealed"),
    Field(name="arm", kind="text", meaning="control, candidate or mine"),
    Field(name="experiment", kind="text", meaning="the experiment's id"),
    Field(name="commit", kind="text", meaning="the harness commit"),
    Field(name="source", kind="text", meaning="the format or agent that an imported run came from"),
    Field(name="agent", kind="text", meaning="the agent's name"),
    Field(name="conversation", kind="text", meaning="the conversation's or session's id"),
    Field(name="model", kind="text", meaning="the model of a model call; else the run's first", level="span"),
    Field(name="tool", kind="text", meaning="the tool of a tool call", level="span"),
    Field(name="error", kind="text", meaning="the span's error", level="span"),
    Field(name="name", kind="text", meaning="the span's name", level="span"),
    Field(name="kind", kind="text", meaning="model, tool, agent or other", level="span"),
    Field(name="duration", kind="number", meaning="how long the span took, in seconds", level="span"),
    Field(name="seconds", kind="number", meaning="how long the run took, by its own clock"),
    Field(name="steps", kind="number", meaning="the run's model calls"),
    Field(name="tokens", kind="number", meaning="the run's input and output tokens"),
    Field(name="cost", kind="number", meaning="what the run cost, in US dollars; 0 when unknown"),
    Field(name="time", kind="time", meaning="when the run started: Unix seconds or an ISO 8601 time (UTC)"),
    Field(name="end", kind="time", meaning="when the run's last span ended"),
    Field(name="signal", kind="annotation", meaning="detectors that saw something in the run"),
    Field(name="pattern", kind="annotation", meaning="patterns that the run belongs to"),
    Field(name="label", kind="annotation", meaning="labels that the run was given"),
    Field(name="access", kind="annotation", meaning="held-out where reading the run is a look"),
    Field(name="rating", kind="annotation", meaning="how people rated the run, such as 4/5"),
)


def field_named(name: str) -> Field:
    """The field of that name; raises ``QueryError`` listing the valid ones."""
    for field in FIELDS:
        if field.name == name:
            return field
    raise QueryError(f"there is no field {name!r}; choose from {', '.join(field.name for field in FIELDS)}")
