"""Formats that are one JSON document: read whole, and where it breaks off or is broken, up to there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import orjson

from traces.importers.importer import Skipped, Source

MOST_BYTES: Final = 256 << 20  # of a document; it is in memory as a whole
_LONGEST_LINE: Final = 64 << 20
_TOO_LARGE: Final = "a document that is too large"
_NO_JSON: Final = "no JSON"
_BROKEN: Final = "broken JSON: the rest of the document"
# Linear in the text: no alternative can begin where another one goes on.
# A quote that is alone begins a text that never ends.
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_CLOSING: Final = MappingProxyType({"[": "]", "{": "}"})
# Lists of things that are of use as wholes only.
_WHOLE: Final = frozenset(
    [
        "spans",
        "child_spans",
        "children",
        "logRecords",
        "log_records",
        "messages",
        "steps",
        "trajectory",
        "history",
        "results",
    ]
)
_CLOSED: Final = frozenset("]}")


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a document holds, and what had to be left out of it, if anything."""

    value: object
    skipped: Skipped | None = None


def load_document(source: Source, *, most_bytes: int = MOST_BYTES) -> Document:
    """The JSON document that the source is; of a broken one what comes before the break."""
    with source.open() as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        return Document(value=None, skipped=Skipped(line=0, reason=_TOO_LARGE))
    return document_of(content)


def document_of(content: bytes, *, whole_items: bool = True) -> Document:
    """The JSON document of the bytes; of a broken one what comes before the break (see ``mended``)."""
    try:
        return Document(value=orjson.loads(content))
    except orjson.JSONDecodeError:
        pass  # it refuses lone surrogates, NaN and bytes that are no UTF-8: these are looked at below
    text = content.decode("utf-8-sig", "replace")
    value, end = _parsed(text)
    if end is None:
        return Document(value=value)
    value, _ = _parsed(mended(text[:end], whole_items=whole_items))
    if value is None:
        return Document(value=None, skipped=Skipped(line=0, reason=_NO_JSON))
    return Document(value=value, skipped=Skipped(line=text.count("\n", 0, end) + 1, reason=_BROKEN))


def beginning_of(source: Source) -> object:
    """What the source begins with: its first line, where that is JSON, else what its head holds of a document."""
    first, _, rest = source.head.lstrip().partition(b"\n")
    if rest:
        try:
            return orjson.loads(first)
        except orjson.JSONDecodeError:
            pass
    return document_of(source.head, whole_items=False).value


def has_lines(source: Source) -> bool:
    """Whether the source has an object on its first line and goes on after it; a long line is read to its end."""
    first, line_break, rest = source.head.lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    if line_break:
        return first.rstrip().endswith(b"}") and bool(rest.strip())
    with source.open() as file:
        line = file.readline(_LONGEST_LINE)
        return line.rstrip().endswith(b"}") and line.endswith(b"\n") and bool(file.read(1))


def mended(text: str, *, whole_items: bool = True) -> str:
    """The longest beginning of a broken document that becomes JSON by closing what is open.

    Arrays and objects lose their unfinished last item. Where spans, messages or steps are listed, one that
    is not whole is left out altogether (but for ``whole_items=False``): half of it would pass for it.
    """
    brackets = _Brackets()
    for token in _TOKEN.finditer(text):
        if not brackets.take(token):
            break
        if not brackets.parts:
            return text[: token.end()]
    parts = brackets.parts_kept() if whole_items else brackets.parts
    if not parts:
        return ""
    return text[: parts[-1].cut] + "".join(_CLOSING[part.bracket] for part in reversed(parts))


@dataclass(kw_only=True)
class _Open:
    """A bracket that is open: what it is called, and where its last complete item ends."""

    bracket: str
    name: str
    cut: int


class _Brackets:
    """The brackets that are open at a place of a text."""

    def __init__(self) -> None:
        self.parts: list[_Open] = []
        self._name = ""

    def take(self, token: re.Match[str]) -> bool:
        """Go on by one token; false where the text is broken there."""
        found, name, self._name = token.group(), self._name, ""
        if found in _CLOSING:
            self.parts.append(_Open(bracket=found, name=name, cut=token.end()))
        elif found in _CLOSED:
            return bool(self.parts) and _CLOSING[self.parts.pop().bracket] == found
        elif found == "," and self.parts:
            self.parts[-1].cut = token.start()
        elif found != ",":
            self._name = found[1:40].removesuffix('"')
        return found != '"'

    def parts_kept(self) -> list[_Open]:
        """Those down to the innermost list whose items must be whole; all where there is none."""
        for depth in range(len(self.parts), 0, -1):
            part = self.parts[depth - 1]
            if part.bracket == "[" and (part.name in _WHOLE or depth == 1):
                return self.parts[:depth]
        return self.parts


def _parsed(text: str) -> tuple[object, int | None]:
    """The value, or the place where the text stops being JSON."""
    try:
        return json.loads(text, strict=False), None
    except json.JSONDecodeError as error:
        return None, error.pos
    except (ValueError, RecursionError):  # a number of thousands of digits, or thousands of brackets
        return None, 0
