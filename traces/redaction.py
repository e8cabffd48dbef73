"""Redaction: secrets are taken out of spans before the first write."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

import orjson

from traces.literal_scan import LiteralScan
from traces.redaction_rules import DEFAULT_RULES, Rule
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanLink

# Of all characters beyond ASCII only these two have ASCII among their lower-case forms: the dotted capital
# I and the Kelvin sign. Lowering bytes does not see them.
_LOWERED_TO_ASCII = frozenset(("\u0130".encode(), "\u212a".encode()))
_ASCII = re.compile(r"[\x00-\x7f]+")
_MOST_NAMES = 10_000

# Rules to try, each with those of its literals that a text may hold.
_Hunt = tuple[tuple[Rule, tuple[str, ...]], ...]


class Redactor:
    """Replaces what its rules recognise by ``[redacted:<rule>]``; may be shared by threads.

    The secret is replaced and nothing around it, and no replacement contains or removes a quote or a part
    of an escape: a JSON text stays one.
    """

    def __init__(self, rules: Sequence[Rule] = DEFAULT_RULES) -> None:
        self._hunt: _Hunt = tuple((rule, rule.literals) for rule in rules)
        self._literals = frozenset(literal for rule in rules for literal in rule.literals)
        self._places: dict[bytes, list[tuple[int, str]]] = {}  # by a literal as stored: rules that have it
        for number, rule in enumerate(rules):
            for literal in rule.literals:
                self._places.setdefault(_as_stored(literal), []).append((number, literal))
        self._scan = LiteralScan(_LOWERED_TO_ASCII.union(self._places))
        self._clean_names: set[str] = set()  # attributes come again and again
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many secrets each rule has replaced so far."""
        with self._lock:
            return dict(self._counts)

    def redact(self, text: str) -> str:
        """The text without the secrets that the rules know."""
        return self._redact(text, self._hunt)

    def redact_span(self, span: Span) -> Span:
        """The span with every text of it redacted: name, status message, attributes, events, links, resource.

        The same span where there was nothing to redact.
        """
        return self._redact_span(span, self._hunt)

    def redact_encoded(self, spans: Sequence[Span], lines: Sequence[bytes]) -> dict[int, Span]:
        """Those of ``spans`` that ``redact_span`` changes, redacted, by their number.

        ``lines`` are the spans as ``encode_span`` wrote them. Only a span in whose line a rule's literal
        occurs is looked at, by those rules only; the result and the counts are as if each had been.
        """
        block = b"".join((*lines, b"\n\n")).lower()
        ends = list(accumulate(map(len, lines)))
        changed: dict[int, Span] = {}
        for number, literals in self._scan.find(block, ends).items():
            redacted = self._redact_span(spans[number], self._hunt_for(literals))
            if redacted is not spans[number]:
                changed[number] = redacted
        return changed

    def _hunt_for(self, stored: set[bytes]) -> _Hunt:
        if stored & _LOWERED_TO_ASCII:
            return self._hunt
        found: dict[int, tuple[str, ...]] = {}
        for one in stored:
            for number, literal in self._places[one]:
                found[number] = (*found.get(number, ()), literal)
        return tuple((self._hunt[number][0], found[number]) for number in sorted(found))

    def _redact(self, text: str, hunt: _Hunt) -> str:
        lower = text.lower()
        for rule, literals in hunt:
            for literal in literals:
                if literal in lower:
                    text = self._apply(rule, text)
                    break
        return text

    def _apply(self, rule: Rule, text: str) -> str:
        redacted, count = rule.replace(text)
        if count:
            with self._lock:
                self._counts[rule.name] += count
        return redacted

    def _redact_span(self, span: Span, hunt: _Hunt) -> Span:
        name = self._redact(span.name, hunt)
        message = self._redact(span.status_message, hunt) if span.status_message else ""
        attributes = self._redact_attributes(span.attributes, hunt)
        events = tuple(self._redact_event(event, hunt) for event in span.events)
        links = tuple(self._redact_link(link, hunt) for link in span.links)
        resource = self._redact_attributes(span.resource, hunt)
        before = (span.name, span.status_message, span.attributes, span.events, span.links, span.resource)
        # What is not changed is the very same object, which makes this comparison cheap.
        if (name, message, attributes, events, links, resource) == before:
            return span
        return replace(
            span,
            name=name,
            status_message=message,
            attributes=attributes,
            events=events,
            links=links,
            resource=resource,
        )

    def _redact_event(self, event: SpanEvent, hunt: _Hunt) -> SpanEvent:
        name, attributes = self._redact(event.name, hunt), self._redact_attributes(event.attributes, hunt)
        if name == event.name and attributes is event.attributes:
            return event
        return replace(event, name=name, attributes=attributes)

    def _redact_link(self, link: SpanLink, hunt: _Hunt) -> SpanLink:
        attributes = self._redact_attributes(link.attributes, hunt)
        return link if attributes is link.attributes else replace(link, attributes=attributes)

    def _redact_attributes(self, attributes: Attributes, hunt: _Hunt) -> Attributes:
        redacted: dict[str, AttributeValue] = {}
        changed = False
        for key, value in attributes.items():
            new_key, new_value = self._redact_name(key, hunt), self._redact_value(value, hunt)
            changed = changed or new_key != key or new_value is not value
            redacted[new_key] = new_value
        return redacted if changed else attributes

    def _redact_name(self, name: str, hunt: _Hunt) -> str:
        if name in self._clean_names:
            return name
        lower = name.lower()
        if not any(literal in lower for literal in self._literals):
            if len(self._clean_names) < _MOST_NAMES:
                self._clean_names.add(name)
            return name
        return self._redact(name, hunt)

    def _redact_value(self, value: AttributeValue, hunt: _Hunt) -> AttributeValue:
        if isinstance(value, str):
            return self._redact(value, hunt)
        if isinstance(value, tuple):
            items: tuple[object, ...] = value
            redacted = tuple(self._redact(item, hunt) if isinstance(item, str) else item for item in items)
            return value if redacted == items else redacted  # type: ignore[return-value]  # one type in, one type out
        return value


def _as_stored(literal: str) -> bytes:
    """What a line of a segment, in lower case, holds wherever a text holds ``literal`` in lower case.

    Only its longest run of ASCII: bytes beyond ASCII have lower cases of their own.
    """
    run = max(_ASCII.findall(literal), key=len, default="")
    return orjson.dumps(run)[1:-1].lower()
