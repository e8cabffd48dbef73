"""What we write to members."""

from lending.loans import MAX_RENEWALS


def reminder(loan, today):
    """One line about a loan, friendly before its due date and plain after it."""
    days = (loan.due - today).days
    if days > 1:
        when = f"is due in {days} days, on {loan.due:%d.%m.%Y}"
    elif days == 1:
        when = f"is due tomorrow, on {loan.due:%d.%m.%Y}"
    elif days == 0:
        when = "is due today"
    else:
        when = f"is {-days} day{'s' if days < -1 else ''} overdue"
    renewed = f" (renewed {loan.renewals} of {MAX_RENEWALS} times)" if loan.renewals else ""
    return f"{loan.member}: {loan.book} {when}{renewed}"


def reminders(desk, today):
    """One line for each loan that is due within a week or overdue."""
    return [reminder(loan, today) for loan in desk.loans if (loan.due - today).days <= 7]
