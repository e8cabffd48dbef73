"""What a tool call asks for, apart from how it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzers.tool_kinds import arguments_of, plain_name
from traces.run import ToolCall

_LONGEST = 20_000  # characters of one value that are compared
_MOST = 400  # values of one call that are compared
_DEEPEST = 12
_SPACE = re.compile(r"\s+")
_PREAMBLE = re.compile(r"^(?:cd [^\s;&|]+ ?(?:&&|;) ?|(?:export )?\w+=[^\s;&|]* (?:&& ?|; ?)?)+")


@dataclass(frozen=True, kw_only=True)
class Request:
    """The tool and the values that a call names: keys, their order, notation and empty values are left out.

    ``{"start": 4, "tags": []}`` and ``{"line": "4"}`` name the same. Of a command line the changes of
    folder and the variables before it are left out. ``values`` is empty where content is redacted.
    """

    tool: str
    values: tuple[str, ...]

    def overlap(self, other: Request) -> float:
        """How much of what two requests name is the same, within 0..1: shared over all values, as multisets.

        0 for calls of different tools, and where neither names anything.
        """
        if self.tool != other.tool or not (self.values and other.values):
            return 0.0
        if self.values == other.values:
            return 1.0
        mine, theirs = Counter(self.values), Counter(other.values)
        shared = sum((mine & theirs).values())
        return shared / (len(self.values) + len(other.values) - shared)


def request_of(call: ToolCall) -> Request:
    """The request that a call makes; of more than 400 values the first count."""
    values = [value for _, value in zip(range(_MOST), _values(call), strict=False)]
    return Request(tool=plain_name(call), values=tuple(sorted(values)))


def _values(call: ToolCall) -> Iterator[str]:
    if arguments := arguments_of(call):
        yield from _leaves(arguments, _DEEPEST)
    elif plain := _plain(call.arguments_text):
        yield plain


def _leaves(value: object, depth: int) -> Iterator[str]:
    """The values within a value; what is nested deeper than that is left out."""
    if isinstance(value, Mapping | list | tuple):
        items = value.values() if isinstance(value, Mapping) else value
        for item in items if depth else ():
            yield from _leaves(item, depth - 1)
    elif value is not None and (plain := _plain(str(value))):
        yield plain


def _plain(text: str) -> str:
    """A value without what does not matter: spaces at the ends, kinds of space, a command's preamble."""
    return _PREAMBLE.sub("", _SPACE.sub(" ", text[:_LONGEST]).strip())
