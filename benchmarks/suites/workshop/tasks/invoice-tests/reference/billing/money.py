"""Amounts in whole cents."""

import re
from decimal import ROUND_HALF_UP, Decimal

AMOUNT = re.compile(r"(-?)(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d{1,2}))?")


def parse_amount(text):
    """Whole cents of a text such as ``1,234.50``."""
    match = AMOUNT.fullmatch(text.strip())
    if not match:
        raise ValueError(f"not an amount: {text!r}")
    sign, whole, decimals = match.groups()
    cents = int(whole.replace(",", "")) * 100 + int((decimals or "").ljust(2, "0"))
    return -cents if sign else cents


def format_amount(cents):
    """The text of an amount, such as ``-1,234.50``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}.{rest:02}"


def share(cents, rate):
    """So many per cent of an amount, to the nearest cent."""
    exact = Decimal(cents) * Decimal(rate) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(cents, parts):
    """Divide an amount into whole cents that add up to it."""
    if parts < 1:
        raise ValueError("at least one part")
    each, rest = divmod(abs(cents), parts)
    sizes = [each + 1] * rest + [each] * (parts - rest)
    return [-size for size in sizes] if cents < 0 else sizes
