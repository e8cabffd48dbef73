"""Read a TOML file of a harness against a schema, so that every error names file, line and valid choices."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.edits import Tree
from harness.errors import ManifestError

KeyPath = tuple[str | int, ...]
MAX_BYTES = 64 * 1024
MAX_LINES = 2000  # bounds the search for a line's number
_AT = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


class Table(BaseModel):
    """A TOML table: no unknown keys, no coercion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


AnyTable = TypeVar("AnyTable", bound=Table)


@dataclass(frozen=True, kw_only=True)
class TomlFile:
    """A parsed TOML file that still knows its lines."""

    path: str
    text: str
    data: Mapping[str, Any]

    def problem(self, key: KeyPath, message: str) -> ManifestError:
        """The error for the statement that sets ``key``, or for its table where the key is missing."""
        return ManifestError(f"{self.path}:{self.line(key)}: {message}")

    def line(self, key: KeyPath) -> int:
        """The 1-based line of the statement that sets ``key``; of the nearest table around it otherwise; 1 at last."""
        for length in range(len(key), 0, -1):
            if _holds(self.data, key[:length]):
                return _line_of(self.text, key[:length])
        return 1

    def check(self, schema: type[AnyTable]) -> AnyTable:
        """The file as an instance of ``schema``; raises ``ManifestError`` for the first thing that is wrong."""
        try:
            return schema.model_validate(dict(self.data))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise self._schema_problem(schema, first["loc"], first["type"], first["msg"]) from None

    def _schema_problem(self, schema: type[Table], key: KeyPath, kind: str, message: str) -> ManifestError:
        name = _dotted(key)
        table = f"[{_dotted(key[:-1])}]" if key[:-1] else "the file"
        valid = _keys_of(schema, key[:-1])
        if kind == "extra_forbidden":
            return self.problem(key, f"unknown key {key[-1]!r} in {table}; {choices(str(key[-1]), valid)}")
        if kind == "missing":
            return self.problem(key, f"{table} needs the key {key[-1]!r}")
        return self.problem(key, f"{name}: {_lowered(message)}")


def read_toml(tree: Tree, path: str) -> TomlFile:
    """Parse ``path`` of ``tree``; raises ``ManifestError`` if it is missing, too large, or not TOML."""
    if path not in tree:
        raise ManifestError(f"{path}: no such file in the harness; files are {listed(sorted(tree))}")
    content = tree[path]
    if len(content) > MAX_BYTES or content.count(b"\n") > MAX_LINES:
        raise ManifestError(f"{path}: larger than {MAX_BYTES} bytes or {MAX_LINES} lines")
    try:
        text = content.decode()
        return TomlFile(path=path, text=text, data=tomllib.loads(text))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ManifestError(f"{path}:{line}: not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise _syntax_problem(path, text, str(error)) from None
    except RecursionError:
        raise ManifestError(f"{path}:1: nested too deeply") from None


def choices(given: str, valid: Iterable[str]) -> str:
    """The clause that ends an error: what was probably meant, and what is valid."""
    names = list(valid)
    close = get_close_matches(given, names, n=1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    return f"{meant}valid: {', '.join(names) or '(none)'}"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names for an error message, cut after ``most``."""
    all_names = list(names)
    more = f", … ({len(all_names)} in all)" if len(all_names) > most else ""
    return (", ".join(all_names[:most]) or "(none)") + more


def _syntax_problem(path: str, text: str, message: str) -> ManifestError:
    found = _AT.search(message)
    line = found["line"] if found and found["line"] else str(text.count("\n") + 1)
    return ManifestError(f"{path}:{line}: {_lowered(_AT.sub('', message))}")


def _line_of(text: str, key: KeyPath) -> int:
    """The line whose statement first sets ``key``.

    tomllib tells no lines. But the text before a statement is itself a valid document that lacks the
    key, which is true of no later line that mentions it.
    """
    name = next(str(part) for part in reversed(key) if isinstance(part, str))
    lines = text.splitlines(keepends=True)
    found = 1
    for number, line in enumerate(lines, start=1):
        if name not in line:
            continue
        before = _parsed("".join(lines[: number - 1]))
        if before is not None:
            if _holds(before, key):
                break
            found = number
    return found


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _holds(data: Any, key: KeyPath) -> bool:
    for part in key:
        if isinstance(part, int):
            if not isinstance(data, list) or part >= len(data):
                return False
        elif not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def _keys_of(schema: type[Table], key: KeyPath) -> list[str]:
    """The keys that the table at ``key`` may have."""
    model: type[BaseModel] = schema
    for part in key:
        if isinstance(part, str):
            inner = _table_within(model.model_fields[part].annotation)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _table_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_table_within(part) for part in get_args(annotation))
    return next((table for table in found if table is not None), None)


def _dotted(key: KeyPath) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")


def _lowered(message: str) -> str:
    line = " ".join(message.split())
    return line[:1].lower() + line[1:]
