"""Names of foreign telemetry while they are read: what is ours is filed apart, as ``traces.foreign`` does it."""

from __future__ import annotations

from traces.attributes import PREFIX
from traces.foreign import FOREIGN
from traces.span import AttributeValue


def filed(name: str) -> str:
    """The name, under ``foreign.`` where it claims to be ours."""
    return FOREIGN + name if name.startswith(PREFIX) else name


def filed_keys(attributes: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
    """The attributes with their keys filed; the same object where none claims to be ours.

    One search through all keys at once: asking each key would be a sixth of the reading of a span.
    """
    if PREFIX not in "\n".join(attributes):
        return attributes
    return {filed(key): value for key, value in attributes.items()}
