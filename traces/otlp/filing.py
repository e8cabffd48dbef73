"""Names of foreign telemetry while they are read: what is ours is filed apart, as ``traces.foreign`` does it."""

from __future__ import annotations

from traces.attributes import PREFIX
from traces.foreign import FOREIGN


def filed(name: str) -> str:
    """The name, under ``foreign.`` where it claims to be ours."""
    return FOREIGN + name if name.startswith(PREFIX) else name
