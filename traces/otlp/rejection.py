"""Why one span or record of a body is refused."""

from __future__ import annotations


class Rejection(Exception):  # noqa: N818  # never leaves this package: it is counted
    """One span or record that cannot be taken; its text is the reason, without content of the body."""
