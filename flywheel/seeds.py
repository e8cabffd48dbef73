"""Seeds derived from one seed by name, so that nothing depends on the order in which draws are made."""

from __future__ import annotations

import hashlib


def derive_seed(seed: int, *parts: object) -> int:
    """A 48-bit seed for the thing that ``parts`` name."""
    text = "\x1f".join(str(part) for part in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
