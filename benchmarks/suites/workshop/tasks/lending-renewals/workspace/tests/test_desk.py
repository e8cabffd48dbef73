import sys
import unittest
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lending.desk import Desk
from lending.loans import LoanError
from lending.notices import reminders
from lending.storage import dump, load

TODAY = date(2024, 2, 10)


class DeskTest(unittest.TestCase):
    def setUp(self):
        self.desk = Desk()
        self.due = self.desk.lend("Ada", "Emma", TODAY)

    def test_a_loan_is_for_four_weeks(self):
        self.assertEqual(self.due, date(2024, 3, 9))

    def test_a_lent_book_cannot_be_lent(self):
        with self.assertRaises(LoanError):
            self.desk.lend("Ben", "Emma", TODAY)

    def test_a_reserved_book_is_for_who_waits(self):
        self.desk.reserve("Ben", "Emma")
        self.assertEqual(self.desk.give_back("Emma"), "Ben")
        with self.assertRaises(LoanError):
            self.desk.lend("Cem", "Emma", TODAY)
        self.desk.lend("Ben", "Emma", TODAY)

    def test_overdue_from_the_day_after(self):
        self.assertEqual(self.desk.overdue(date(2024, 3, 9)), [])
        self.assertEqual(len(self.desk.overdue(date(2024, 3, 10))), 1)

    def test_reminders_start_a_week_before(self):
        self.assertEqual(reminders(self.desk, date(2024, 3, 1)), [])
        self.assertEqual(reminders(self.desk, date(2024, 3, 8)), ["Ada: Emma is due tomorrow, on 09.03.2024"])

    def test_state_survives(self):
        self.desk.reserve("Ben", "Emma")
        again = load(dump(self.desk))
        self.assertEqual(again.loans, self.desk.loans)
        self.assertEqual(again.reservations, {"Emma": ("Ben",)})


if __name__ == "__main__":
    unittest.main()
