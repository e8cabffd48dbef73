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
_TOO_LARGE: Final = "a document that is too large"
_NO_JSON: Final = "no JSON"
_BROKEN: Final = "broken JSON: the rest of the document"
# Linear in the text: no alternative can begin where another one goes on.
# A quote that is alone begins a text that never ends.
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_CLOSING: Final = MappingProxyType({"[": "]", "{": "}"})
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


def document_of(content: bytes) -> Document:
    """The JSON document of the bytes; of a broken one what comes before the break."""
    try:
        return Document(value=orjson.loads(content))
    except orjson.JSONDecodeError:
        pass  # it refuses lone surrogates, NaN and bytes that are no UTF-8: these are looked at below
    text = content.decode("utf-8-sig", "replace")
    value, end = _parsed(text)
    if end is None:
        return Document(value=value)
    value, _ = _parsed(mended(text[:end]))
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
    return document_of(source.head).value


def mended(text: str) -> str:
    """The longest beginning of a broken document that becomes JSON by closing what is open.

    An array or object loses its unfinished last item.
    """
    stack: list[str] = []
    cuts: list[int] = []  # for each open bracket, where its last complete item ends
    for token in _TOKEN.finditer(text):
        found = token.group()
        if found in _CLOSING:
            stack.append(found)
            cuts.append(token.end())
        elif found == "," and cuts:
            cuts[-1] = token.start()
        elif found in _CLOSED:
            if not stack or _CLOSING[stack.pop()] != found:
                break
            cuts.pop()
        elif found == '"':
            break
        if not stack:
            return text[: token.end()]
    return _closed(text, cuts, stack)


def _closed(text: str, cuts: list[int], stack: list[str]) -> str:
    if not cuts:
        return ""
    return text[: cuts[-1]] + "".join(_CLOSING[opening] for opening in reversed(stack))


def _parsed(text: str) -> tuple[object, int | None]:
    """The value, or the place where the text stops being JSON."""
    try:
        return json.loads(text, strict=False), None
    except json.JSONDecodeError as error:
        return None, error.pos
    except (ValueError, RecursionError):  # a number of thousands of digits, or thousands of brackets
        return None, 0
