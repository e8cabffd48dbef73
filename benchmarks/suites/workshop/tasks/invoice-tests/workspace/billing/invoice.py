"""Invoices and their totals."""

from collections import defaultdict
from dataclasses import dataclass

from billing.money import format_amount, share


@dataclass(frozen=True)
class Position:
    text: str
    cents: int
    quantity: int = 1
    tax_rate: str = "19"


@dataclass(frozen=True)
class Totals:
    net: int
    discount: int
    tax: dict
    gross: int


def totals(positions, discount_rate="0"):
    """Net before discount, the discount, tax by rate, and what is to be paid."""
    by_rate = defaultdict(int)
    for position in positions:
        by_rate[position.tax_rate] += position.cents * position.quantity
    net = sum(by_rate.values())
    tax = {rate: share(amount, rate) for rate, amount in by_rate.items()}
    discount = sum(share(amount, discount_rate) for amount in by_rate.values())
    return Totals(net, discount, tax, net - discount + sum(tax.values()))


def render(positions, discount_rate="0", width=40):
    """The invoice as lines of text, amounts to the right."""
    result = totals(positions, discount_rate)
    rows = [(f"{p.quantity} x {p.text}", p.cents * p.quantity) for p in positions]
    if result.discount:
        rows.append((f"Discount {discount_rate}%", -result.discount))
    rows += [(f"Tax {rate}%", amount) for rate, amount in sorted(result.tax.items())]
    rows.append(("Total", result.gross))
    return [label.ljust(width - 12) + format_amount(cents).rjust(12) for label, cents in rows]
