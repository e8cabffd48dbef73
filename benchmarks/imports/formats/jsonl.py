"""The JSONL form: one task a line, as ``benchmarks.imports.keeping.records`` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.errors import SuiteError
from benchmarks.imports.draft import Draft, Source
from benchmarks.imports.folder import MAX_BYTES
from benchmarks.imports.keeping.records import read_record
from benchmarks.imports.refusal import Reason, RefusedError

_LINE = "line"
_MAX_FILE = 512 * 1024 * 1024


def jsonl_sources(file: Path, *, suite: str) -> Iterator[Source]:
    """One source per line that is not empty; a line that is wrong is refused when it is read.

    Raises ``SuiteError`` for a file that cannot be read or holds over 512 MiB.
    """
    try:
        size = file.stat().st_size
        if size > _MAX_FILE:
            raise SuiteError(f"{file} is larger than {_MAX_FILE >> 20} MiB; split it")
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise SuiteError(f"{file} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield Source(
                id=f"{suite}/{_name(line) or f'line-{number}'}",
                format="jsonl",
                load=partial(_load, line),
                read=_read,
            )


def _load(line: bytes) -> Mapping[str, bytes]:
    if len(line) > MAX_BYTES:
        raise RefusedError(Reason.TOO_LARGE, f"more than {MAX_BYTES >> 20} MiB")
    return {_LINE: line}


def _read(task: str, files: Mapping[str, bytes]) -> Draft:
    draft = read_record(_parsed(files[_LINE]))
    return replace(draft, id=task)


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise RefusedError(Reason.UNREADABLE, "the line is no JSON") from None


def _name(line: bytes) -> str:
    """The id that a line gives itself, if it can be a name."""
    try:
        name = json.loads(line)["id"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    fits = isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable() and ".." not in name
    return name if fits else ""
