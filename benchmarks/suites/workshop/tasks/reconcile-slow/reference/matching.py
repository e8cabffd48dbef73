"""Assigns payments to open invoices; README.md has the rules."""

from collections import defaultdict, deque


def match_payments(invoices, payments):
    """One (payment id, invoice number or None, how) for each payment, in the order given."""
    by_number = {invoice["number"]: invoice for invoice in invoices}
    oldest = defaultdict(deque)  # by customer and amount; paid ones are dropped when they come to the front
    for invoice in sorted(invoices, key=lambda item: (item["day"], item["number"])):
        oldest[invoice["customer"], invoice["cents"]].append(invoice)
    results = {}
    for payment in sorted(payments, key=lambda item: (item["day"], item["id"])):
        number, how = find_invoice(by_number, oldest, payment)
        if number is not None:
            del by_number[number]
        results[payment["id"]] = (payment["id"], number, how)
    return [results[payment["id"]] for payment in payments]


def find_invoice(by_number, oldest, payment):
    """The open invoice that a payment pays, and by which rule; ``by_number`` holds the open ones."""
    named = by_number.get(payment["reference"])
    if named is not None and named["cents"] == payment["cents"]:
        return named["number"], "reference"
    queue = oldest.get((payment["customer"], payment["cents"]), ())
    while queue and queue[0]["number"] not in by_number:
        queue.popleft()
    if queue and queue[0]["day"] <= payment["day"]:
        return queue[0]["number"], "amount"
    return None, "open"
