"""Memory that is free goes back to the operating system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Give back what was freed: after a large body, glibc would keep most of it for the next one.

    Takes milliseconds. Does nothing with another C library. See malloc_trim(3).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
