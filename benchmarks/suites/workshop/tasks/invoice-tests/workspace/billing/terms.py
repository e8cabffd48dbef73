"""When an invoice is due."""

from datetime import date, timedelta


def in_days(day, days):
    """So many days after a day."""
    return day + timedelta(days=days)


def end_of_month(day, months=0):
    """The last day of the month ``months`` after the day's own."""
    following = date(day.year, day.month + months + 1, 1)
    return following - timedelta(days=1)
