"""Redaction: secrets are taken out of spans before the first write."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from traces.redaction_rules import DEFAULT_RULES, Rule
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanLink


class Redactor:
    """Replaces what its rules recognise by ``[redacted:<rule>]``; may be shared by threads.

    The secret is replaced and nothing around it, and no replacement contains or removes a quote or a part
    of an escape: a JSON text stays one.
    """

    def __init__(self, rules: Sequence[Rule] = DEFAULT_RULES) -> None:
        self._rules = tuple(rules)
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many secrets each rule has replaced so far."""
        with self._lock:
            return dict(self._counts)

    def redact(self, text: str) -> str:
        """The text without the secrets that the rules know."""
        lower = text.lower()
        for rule in self._rules:
            if any(literal in lower for literal in rule.literals):
                text = self._apply(rule, text)
        return text

    def redact_span(self, span: Span) -> Span:
        """The span with every text of it redacted: name, status message, attributes, events, links, resource."""
        return replace(
            span,
            name=self.redact(span.name),
            status_message=self.redact(span.status_message),
            attributes=self._redact_attributes(span.attributes),
            events=tuple(self._redact_event(event) for event in span.events),
            links=tuple(self._redact_link(link) for link in span.links),
            resource=self._redact_attributes(span.resource),
        )

    def _apply(self, rule: Rule, text: str) -> str:
        redacted, count = rule.replace(text)
        if count:
            with self._lock:
                self._counts[rule.name] += count
        return redacted

    def _redact_event(self, event: SpanEvent) -> SpanEvent:
        return replace(
            event, name=self.redact(event.name), attributes=self._redact_attributes(event.attributes)
        )

    def _redact_link(self, link: SpanLink) -> SpanLink:
        return replace(link, attributes=self._redact_attributes(link.attributes))

    def _redact_attributes(self, attributes: Attributes) -> Attributes:
        return {self.redact(key): self._redact_value(value) for key, value in attributes.items()}

    def _redact_value(self, value: AttributeValue) -> AttributeValue:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, tuple):
            return tuple(self.redact(item) if isinstance(item, str) else item for item in value)  # type: ignore[return-value]  # one type in, one type out
        return value
