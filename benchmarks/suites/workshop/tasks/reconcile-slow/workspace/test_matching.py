import unittest

from matching import match_payments


def invoice(number, customer="ann", cents=100, day=1):
    return {"number": number, "customer": customer, "cents": cents, "day": day}


def payment(name, customer="ann", cents=100, day=5, reference=""):
    return {"id": name, "customer": customer, "cents": cents, "day": day, "reference": reference}


class MatchingTest(unittest.TestCase):
    def test_the_oldest_invoice_first(self):
        invoices = [invoice("r2", day=2), invoice("r1", day=1), invoice("r0", day=2)]
        payments = [payment("p2"), payment("p1"), payment("p3"), payment("p4")]
        self.assertEqual(
            match_payments(invoices, payments),
            [("p2", "r0", "amount"), ("p1", "r1", "amount"), ("p3", "r2", "amount"), ("p4", None, "open")],
        )

    def test_a_reference_wins(self):
        invoices = [invoice("r1"), invoice("r2", "ben")]
        payments = [payment("p1", reference="r2"), payment("p2", reference="r9"), payment("p3", "ben")]
        self.assertEqual(
            match_payments(invoices, payments),
            [("p1", "r2", "reference"), ("p2", "r1", "amount"), ("p3", None, "open")],
        )

    def test_no_invoice_of_the_future(self):
        self.assertEqual(match_payments([invoice("r1", day=9)], [payment("p1")]), [("p1", None, "open")])


if __name__ == "__main__":
    unittest.main()
