import sys
import unittest
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from billing.invoice import Position, render, totals
from billing.money import format_amount, parse_amount, share, split
from billing.terms import end_of_month, in_days


class MoneyTest(unittest.TestCase):
    def test_parse(self):
        self.assertEqual(parse_amount("1,234.50"), 123450)
        self.assertEqual(parse_amount("-0.75"), -75)
        with self.assertRaises(ValueError):
            parse_amount("12 EUR")

    def test_parse_one_decimal(self):
        self.assertEqual(parse_amount("12.5"), 1250)

    def test_format(self):
        self.assertEqual(format_amount(123450), "1,234.50")
        self.assertEqual(format_amount(-75), "-0.75")

    def test_share_rounds_half_up(self):
        self.assertEqual(share(50, "7"), 4)
        self.assertEqual(share(50, "5"), 3)

    def test_split_adds_up(self):
        self.assertEqual(split(90, 3), [30, 30, 30])
        self.assertEqual(sum(split(100, 7)), 100)

    def test_split_is_fair(self):
        self.assertEqual(split(101, 3), [34, 34, 33])


class TermsTest(unittest.TestCase):
    def test_days(self):
        self.assertEqual(in_days(date(2024, 2, 20), 14), date(2024, 3, 5))

    def test_end_of_month(self):
        self.assertEqual(end_of_month(date(2024, 2, 3)), date(2024, 2, 29))
        self.assertEqual(end_of_month(date(2024, 11, 30), 1), date(2024, 12, 31))


class InvoiceTest(unittest.TestCase):
    positions = [Position("Chair", 8990, 2), Position("Atlas", 2500, 1, "7")]

    def test_without_discount(self):
        result = totals(self.positions)
        self.assertEqual(result.net, 20480)
        self.assertEqual(result.tax, {"19": 3416, "7": 175})
        self.assertEqual(result.gross, 24071)

    def test_tax_is_on_what_is_left_after_discount(self):
        result = totals(self.positions, "10")
        self.assertEqual(result.discount, 2048)
        self.assertEqual(result.tax, {"19": 3075, "7": 158})

    def test_render(self):
        self.assertEqual(
            render([Position("Lamp", 10000)], "10"),
            [
                "1 x Lamp                          100.00",
                "Discount 10%                      -10.00",
                "Tax 19%                            17.10",
                "Total                             107.10",
            ],
        )


if __name__ == "__main__":
    unittest.main()
