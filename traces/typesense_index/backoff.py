"""Trying again what a busy or restarting server did not answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar

Answer = TypeVar("Answer")

LONGEST_RETRY_AFTER = 120.0  # seconds; a server that asks for more is not waited for any longer than this


class BusyError(Exception):
    """An attempt that may succeed later; ``retry_after`` are the seconds that the server asked for."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Exponential back-off with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).

    Waits at most ``first_wait`` seconds after the first failure, twice as long after each further one, up to
    ``longest_wait``; never less than the server asked for.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_wait: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    generator: random.Random = field(default_factory=random.Random)

    def call(self, attempt: Callable[[], Answer]) -> Answer:
        """The answer of the first attempt that is not ``BusyError``; raises that of the last one."""
        for number in range(max(1, self.attempts) - 1):
            try:
                return attempt()
            except BusyError as busy:
                self.sleep(self._wait(number, busy.retry_after))
        return attempt()

    def _wait(self, number: int, retry_after: float | None) -> float:
        longest = min(self.longest_wait, self.first_wait * 2.0 ** min(number, 32))
        jitter = self.generator.uniform(0.0, longest)
        if retry_after is None:
            return jitter
        # A little more than asked for, so that not all who were sent away come back at once.
        return min(retry_after, LONGEST_RETRY_AFTER) + self.generator.uniform(0.0, self.first_wait)


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """What a ``Retry-After`` asks for, seconds or a date (RFC 9110, 10.2.3); ``None`` where it says nothing."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), 10**9))
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None
