"""Loans as values."""

from dataclasses import dataclass
from datetime import date

LOAN_DAYS = 28
MAX_LOANS = 5


class LoanError(Exception):
    """The desk refuses."""


@dataclass(frozen=True)
class Loan:
    member: str
    book: str
    lent: date
    due: date
