"""One parameter of a middleware's constructor, and which TOML values fit it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from inspect import formatannotation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from harness.manifest import ParameterValue


@dataclass(frozen=True, kw_only=True)
class ParameterSpec:
    """A constructor parameter. ``accepts`` is a typing form, ``None`` if TOML cannot express a value of it."""

    name: str
    required: bool
    accepts: Any
    annotation: str

    def problem(self, value: ParameterValue) -> str | None:
        """Why ``value`` does not fit, or ``None`` if it does."""
        if self.accepts is None:
            return f"cannot be set from harness.toml (it takes {self.annotation})"
        try:
            # Strict JSON rules are TOML's: a list may fill a tuple, but true is no integer.
            TypeAdapter(self.accepts).validate_json(json.dumps(value), strict=True)
        except ValidationError:
            return f"must be {formatannotation(self.accepts)}, is {json.dumps(value)}"
        return None
