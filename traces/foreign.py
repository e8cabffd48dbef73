"""Foreign spans: what they claim under our names is filed apart, so that it changes nothing."""

from __future__ import annotations

from dataclasses import replace

from traces.attributes import PREFIX
from traces.span import Attributes, Span, SpanEvent

FOREIGN = "foreign."


def file_foreign(span: Span) -> Span:
    """The span with every name under ``flywheel.`` (its own, events', attributes') moved under ``foreign.``."""
    return replace(
        span,
        name=_filed(span.name),
        attributes=_filed_keys(span.attributes),
        events=tuple(_filed_event(event) for event in span.events),
        links=tuple(replace(link, attributes=_filed_keys(link.attributes)) for link in span.links),
        resource=_filed_keys(span.resource),
    )


def _filed_event(event: SpanEvent) -> SpanEvent:
    return replace(event, name=_filed(event.name), attributes=_filed_keys(event.attributes))


def _filed_keys(attributes: Attributes) -> Attributes:
    return {_filed(key): value for key, value in attributes.items()}


def _filed(name: str) -> str:
    return FOREIGN + name if name.startswith(PREFIX) else name
