"""One entry of the ledger, and the JSON text that it is in git."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from harness.errors import LedgerError

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
FIRST = ""  # what the first entry has for the one before
_KIND = re.compile(r"[a-z][a-z0-9_]{0,40}")
_FIELDS = MappingProxyType(
    {"sequence": int, "kind": str, "key": str, "time": str, "previous": str, "body": dict}
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A decision. ``previous`` is the ``hash`` of the entry before, ``time`` is ISO 8601 in UTC.

    ``kind`` and ``key`` together name it: there is one entry of a name for good.
    """

    sequence: int
    kind: str
    key: str
    time: str
    previous: str
    body: Mapping[str, JsonValue]

    @property
    def text(self) -> str:
        """The entry as it stands in git."""
        return _dump({name: getattr(self, name) for name in sorted(_FIELDS)}, indent=1) + "\n"

    @property
    def hash(self) -> str:
        """SHA-256 of ``text``."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def path(self) -> str:
        """Where it stands on the branch: a hundred entries to a folder, so that an append writes little."""
        slug = re.sub(r"[^A-Za-z0-9]+", "-", self.key).strip("-")[:40]
        return f"{self.sequence // 100:04d}/{self.sequence:06d}-{self.kind}{'-' if slug else ''}{slug}.json"

    def says(self, body: Mapping[str, JsonValue]) -> bool:
        """Whether it has this body; lists and tuples are one, 1 and true are not."""
        return _dump(self.body) == _dump(body)


def new_entry(kind: str, key: str, body: Mapping[str, JsonValue], *, time: str, after: Entry | None) -> Entry:
    """The entry that follows ``after``; raises ``LedgerError`` for what JSON or the ledger cannot hold."""
    if not _KIND.fullmatch(kind):
        raise LedgerError(f"kind {kind!r} must be a lower-case word of at most 41 characters")
    plain = json.loads(_dump(body))
    return Entry(
        sequence=after.sequence + 1 if after else 1,
        kind=kind,
        key=key,
        time=time,
        previous=after.hash if after else FIRST,
        body=plain,
    )


def parse_entry(path: str, content: bytes) -> Entry:
    """The entry in a file of the ledger; raises ``LedgerError`` unless it is byte for byte one that we write."""
    try:
        fields = json.loads(content)
        if not isinstance(fields, dict) or {name: type(value) for name, value in fields.items()} != _FIELDS:
            raise LedgerError(f"ledger: {path} is no entry")
        entry = Entry(**fields)
        intact = entry.text.encode() == content and entry.path == path
    except (ValueError, TypeError, RecursionError) as error:
        raise LedgerError(f"ledger: {path} is no entry: {error}") from None
    if not intact:
        raise LedgerError(f"ledger: {path} is not as it was written")
    return entry


def _dump(value: object, indent: int | None = None) -> str:
    try:
        text = json.dumps(
            value, ensure_ascii=False, sort_keys=True, allow_nan=False, indent=indent, default=_plain
        )
        text.encode()  # a lone surrogate is no text
    except (TypeError, ValueError, RecursionError) as error:
        raise LedgerError(f"a ledger entry must be JSON: {error}") from None
    return text


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")
