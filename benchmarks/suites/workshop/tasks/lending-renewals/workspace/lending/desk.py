"""The desk, where books go out and come back."""

from datetime import timedelta

from lending.loans import LOAN_DAYS, MAX_LOANS, Loan, LoanError


class Desk:
    def __init__(self, loans=(), reservations=None):
        self._loans = {loan.book: loan for loan in loans}
        self._reservations = {book: list(queue) for book, queue in (reservations or {}).items()}

    @property
    def loans(self):
        """All loans, by due date, then by book."""
        return sorted(self._loans.values(), key=lambda loan: (loan.due, loan.book))

    @property
    def reservations(self):
        """Who waits for which book, first come first."""
        return {book: tuple(queue) for book, queue in self._reservations.items() if queue}

    def lend(self, member, book, today):
        """Lend a book; a reservation of the member's own is used up."""
        if book in self._loans:
            raise LoanError(f"{book} is lent to somebody")
        if sum(loan.member == member for loan in self._loans.values()) >= MAX_LOANS:
            raise LoanError(f"{member} has {MAX_LOANS} books already")
        queue = self._reservations.get(book, [])
        if queue and queue[0] != member:
            raise LoanError(f"{book} is reserved for {queue[0]}")
        if queue:
            queue.pop(0)
        loan = Loan(member, book, today, today + timedelta(days=LOAN_DAYS))
        self._loans[book] = loan
        return loan.due

    def give_back(self, book):
        """Take a book back and say who waits for it, if anybody does."""
        if book not in self._loans:
            raise LoanError(f"{book} is not lent")
        del self._loans[book]
        queue = self._reservations.get(book, [])
        return queue[0] if queue else None

    def reserve(self, member, book):
        """Wait for a book that somebody has."""
        if book not in self._loans:
            raise LoanError(f"{book} is here, borrow it")
        queue = self._reservations.setdefault(book, [])
        if member not in queue:
            queue.append(member)

    def overdue(self, today):
        """The loans whose due date has passed."""
        return [loan for loan in self.loans if loan.due < today]
