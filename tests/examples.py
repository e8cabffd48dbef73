"""How many examples a property is tried with: a quarter of them in every test run, all of them in ``make test-slow``."""

from __future__ import annotations

import os

SHARE, LEAST = 4, 4


def examples(number: int) -> int:
    """``number`` where the environment says ``ALL_EXAMPLES``, else a quarter of it, though no fewer than four."""
    return number if os.environ.get("ALL_EXAMPLES") else min(number, max(LEAST, number // SHARE))
