"""What log records have in common in both encodings: their name, severity, body and ids."""

from __future__ import annotations

from typing import Final

from traces.otlp.enums import SEVERITIES
from traces.otlp.filing import filed
from traces.otlp.values import to_json_text
from traces.span import Attributes, AttributeValue

_EVENT_NAME: Final = "event.name"


def name_of(attributes: Attributes, event_name: str) -> str:
    """The attribute's name before the field's: some agents put a place in their source into the field."""
    found = attributes.get(_EVENT_NAME)
    return filed(found if isinstance(found, str) and found else event_name)


def severity_of(text: str, number: int) -> str:
    """The text, or the name of the number's range."""
    if text or not 1 <= number <= 4 * len(SEVERITIES):
        return text
    return SEVERITIES[(number - 1) // 4]


def body_of(value: AttributeValue | None) -> str:
    """The text of a body, the JSON text of anything else, empty for none."""
    if isinstance(value, str):
        return value
    return "" if value is None else to_json_text(value)


def id_of(digits: str, length: int) -> str:
    """The id; empty where there is no usable one, because a record tells its story without it."""
    return digits if len(digits) == length and digits.strip("0") else ""
