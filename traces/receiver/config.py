"""What a receiver is told: where it listens, what it accepts, where it keeps it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal

from traces.redaction_rules import DEFAULT_RULES, Rule
from traces.store import TraceStore

MEBIBYTE = 1 << 20
_MOST_WORKERS = 4

Durability = Literal["system", "batch"]


def default_workers() -> int:
    """One process for each core, but not more than four: the indexer, of which there is one, is as busy."""
    return max(1, min(os.cpu_count() or 1, _MOST_WORKERS))


@dataclass(frozen=True, kw_only=True)
class ReceiverConfig:
    """A receiver that listens at ``host``:``port`` (0: any free port) and keeps what it gets in ``store``.

    ``max_body_bytes`` limits one request, packed and unpacked. ``max_in_flight_bytes`` limits what all
    requests together hold in memory as they came; above it senders are told to try again. A request that is
    not complete after ``request_seconds`` is given up. ``token`` is what senders must give as a bearer token.
    Without one, only requests that name this machine by an address, as ``localhost`` or by one of
    ``allowed_hosts`` are taken; requests of web pages only from ``allowed_origins``. ``durability`` says when a
    request is acknowledged: when its spans are with the operating system, or also on the disk, where the requests
    that wait share one ``fsync``. ``rules`` are what is redacted. ``index`` false leaves indexing to others, and with it what it does
    besides: it compresses closed segments if ``compress``, and deletes received segments that were last written
    ``keep_seconds`` ago, or until all have at most ``keep_bytes``.
    Raises ``ValueError`` for what makes no sense.
    """

    store: TraceStore
    host: str = "127.0.0.1"
    port: int = 4318
    workers: int = 0
    max_body_bytes: int = 64 * MEBIBYTE
    max_in_flight_bytes: int = 128 * MEBIBYTE
    max_connections: int = 1024
    request_seconds: float = 60.0
    stop_seconds: float = 5.0
    token: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    durability: Durability = "system"
    rules: tuple[Rule, ...] = DEFAULT_RULES
    index: bool = True
    compress: bool = True
    keep_seconds: float | None = None
    keep_bytes: int | None = None

    def __post_init__(self) -> None:
        if self.workers == 0:
            object.__setattr__(self, "workers", default_workers())
        for name in ("workers", "max_body_bytes", "max_in_flight_bytes", "max_connections"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.request_seconds <= 0 or self.stop_seconds < 0:
            raise ValueError("request_seconds and stop_seconds must not be negative, the former not 0")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"port must be within 0..65535, not {self.port}")
        if self.token is not None and not _is_token(self.token):
            raise ValueError("the token must be visible ASCII characters without blanks")

    @property
    def max_in_flight_of_worker(self) -> int:
        """Each worker's share of the bytes in flight."""
        return max(1, self.max_in_flight_bytes // self.workers)

    @property
    def is_open(self) -> bool:
        """Whether others than this machine can send, without a token."""
        return self.token is None and not is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_token(text: str) -> bool:
    return bool(text) and all("!" <= character <= "~" for character in text)
