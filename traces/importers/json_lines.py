"""JSON lines as they are found: numbered, streamed, and what is broken skipped with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from traces.importers.importer import Skipped, Source
from traces.importers.read_json import bounded, parse_json

MAX_LINE = 256 << 20  # bytes; a longer line is no line
_HEAD = 64 << 10
_NO_JSON = "line is no JSON"
_CUT = "last line is cut off"
_NO_OBJECT = "line is no JSON object"
_TOO_LONG = "line is too long"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An object and the number of its line, from 1."""

    number: int
    value: dict[str, Any]


def read_lines(source: Source, *, max_line: int = MAX_LINE) -> Iterator[Line | Skipped]:
    """The objects of a file of JSON lines, in order; one line is in memory at a time.

    Blank lines say nothing. Objects that share a line (a writer was interrupted before its line break)
    are all read. A line that is no object is ``Skipped``, and so is one of more than ``max_line`` bytes.
    """
    with source.open() as file:
        for number, raw in _raw_lines(file, max_line):
            if raw is None:
                yield Skipped(line=number, reason=_TOO_LONG)
            elif raw.strip(b" \t\r\n\0\xef\xbb\xbf"):
                yield from _objects(number, raw)


def first_lines(source: Source, limit: int = 5, *, max_line: int = 1 << 20) -> list[dict[str, Any]]:
    """The first objects of a file, to know its format by.

    From the head as far as that holds whole lines; where not even one is whole, the file is read on.
    """
    whole, _, _ = source.head.rpartition(b"\n")
    if not whole and len(source.head) < _HEAD:
        whole = source.head
    found: Iterator[Line | Skipped]
    if whole:
        found = (item for raw in whole.split(b"\n")[: limit * 2] for item in _objects(0, raw) if raw.strip())
    else:
        found = islice(read_lines(source, max_line=max_line), 1)
    return [item.value for item in islice(found, limit * 2) if isinstance(item, Line)][:limit]


def _raw_lines(file: BinaryIO, max_line: int) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; ``None`` for one that is too long, which is read past piece by piece."""
    number = 0
    while raw := file.readline(max_line):
        number += 1
        if len(raw) < max_line or raw.endswith(b"\n"):
            yield number, raw
            continue
        while (rest := file.readline(max_line)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def _objects(number: int, raw: bytes) -> Iterator[Line | Skipped]:
    try:
        value = parse_json(raw)
    except ValueError:
        yield from _several(number, raw)
        return
    if isinstance(value, dict):
        yield Line(number=number, value=value)
    else:
        yield Skipped(line=number, reason=_NO_OBJECT)


def _several(number: int, raw: bytes) -> Iterator[Line | Skipped]:
    """The objects at the beginning of a line that is not all JSON; the rest of it is skipped."""
    decoder = json.JSONDecoder(parse_int=bounded)
    content = raw.decode("utf-8-sig", "replace").strip(" \t\r\n\0")
    at = 0
    while content.startswith("{", at):
        try:
            value, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            break
        yield Line(number=number, value=value)
        at = _next_object(content, at)
    if at < len(content):
        yield Skipped(line=number, reason=_NO_JSON if raw.endswith(b"\n") else _CUT)


def _next_object(content: str, at: int) -> int:
    while at < len(content) and content[at] in " \t\0":
        at += 1
    return at
