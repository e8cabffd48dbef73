"""Assigns payments to open invoices; README.md has the rules."""


def match_payments(invoices, payments):
    """One (payment id, invoice number or None, how) for each payment, in the order given."""
    paid = []
    results = {}
    for payment in sorted(payments, key=lambda item: (item["day"], item["id"])):
        number, how = find_invoice(invoices, payment, paid)
        if number is not None:
            paid.append(number)
        results[payment["id"]] = (payment["id"], number, how)
    return [results[payment["id"]] for payment in payments]


def find_invoice(invoices, payment, paid):
    """The invoice that a payment pays, and by which rule."""
    for invoice in open_invoices(invoices, paid):
        if invoice["number"] == payment["reference"] and invoice["cents"] == payment["cents"]:
            return invoice["number"], "reference"
    for invoice in open_invoices(invoices, paid):
        if invoice["customer"] == payment["customer"] and invoice["cents"] == payment["cents"]:
            if invoice["day"] <= payment["day"]:
                return invoice["number"], "amount"
    return None, "open"


def open_invoices(invoices, paid):
    """The invoices that nobody has paid, oldest first."""
    unpaid = [invoice for invoice in invoices if invoice["number"] not in paid]
    return sorted(unpaid, key=lambda invoice: (invoice["day"], invoice["number"]))
