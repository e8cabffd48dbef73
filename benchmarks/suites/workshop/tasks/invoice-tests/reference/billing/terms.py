"""When an invoice is due."""

from datetime import date, timedelta


def in_days(day, days):
    """So many days after a day."""
    return day + timedelta(days=days)


def end_of_month(day, months=0):
    """The last day of the month ``months`` after the day's own."""
    years, month = divmod(day.month + months, 12)
    following = date(day.year + years, month + 1, 1)
    return following - timedelta(days=1)
