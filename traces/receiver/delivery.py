"""One request's body on its way into spans."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from traces.otlp.answers import Signal
from traces.otlp.decode import count_metrics, decode_logs, decode_spans
from traces.receiver.unpack import unpack
from traces.span import Span
from traces.translate import translate_logs, translate_spans


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A body as it came, and what its headers say of it."""

    signal: Signal
    body: bytes
    json: bool
    encoding: str = ""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What was in a delivery of ``size`` bytes, unpacked: ``received`` items, of them ``rejected`` ones.

    ``spans`` are to be stored.
    """

    size: int
    received: int
    spans: list[Span] = field(default_factory=list)
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def complaint(self) -> str:
        """Why items were rejected, for the sender."""
        return "; ".join(f"{count} × {reason}" for reason, count in self.reasons.most_common(5))


def open_delivery(delivery: Delivery, *, limit: int) -> Opened:
    """Unpack, decode and translate; raises ``RequestError`` or ``OtlpError`` for what cannot be read."""
    body = unpack(delivery.body, delivery.encoding, limit=limit)
    if delivery.signal == "traces":
        return _open_traces(body, json=delivery.json)
    if delivery.signal == "logs":
        return _open_logs(body, json=delivery.json)
    points = count_metrics(body, json=delivery.json)
    return Opened(size=len(body), received=points, dropped=Counter(metrics=points) if points else Counter())


def _open_traces(body: bytes, *, json: bool) -> Opened:
    decoded = decode_spans(body, json=json)
    return Opened(
        size=len(body),
        received=len(decoded.spans) + decoded.rejected,
        spans=translate_spans(decoded.spans),
        rejected=decoded.rejected,
        reasons=decoded.reasons,
    )


def _open_logs(body: bytes, *, json: bool) -> Opened:
    decoded = decode_logs(body, json=json)
    translated = translate_logs(decoded.records)
    return Opened(
        size=len(body),
        received=len(decoded.records) + decoded.rejected,
        spans=translated.spans,
        rejected=decoded.rejected,
        reasons=decoded.reasons,
        dropped=Counter({f"log {reason}": count for reason, count in translated.dropped.items()}),
    )
