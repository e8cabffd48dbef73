"""A hash of what was said and done in a run: two runs with the same digest did not diverge."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_VARYING = re.compile(r"0x[0-9a-fA-F]{6,16}|\b\d+(?:\.\d+)?(?=\s?(?:s|ms|µs|seconds?)\b)")


class RunDigest:
    """SHA-256 over model outputs and tool results in their order, without ids, addresses and durations."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def model(self, text: str, calls: Sequence[Mapping[str, Any]]) -> None:
        """Take in an answer of the model."""
        self._add(["model", text, [[call["name"], call["args"]] for call in calls]])

    def tool(self, name: str, text: str) -> None:
        """Take in a tool's result."""
        self._add(["tool", name, _VARYING.sub("#", text)])

    def value(self) -> str:
        """The digest so far, in hexadecimal."""
        return self._hash.hexdigest()

    def _add(self, item: list[Any]) -> None:
        self._hash.update(json.dumps(item, sort_keys=True, default=str).encode() + b"\n")


def text_hash(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def json_hash(value: Any) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    return text_hash(json.dumps(value, sort_keys=True, default=str))
