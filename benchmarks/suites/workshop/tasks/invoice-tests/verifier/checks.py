import datetime

MONEY = "billing/money.py"
TERMS = "billing/terms.py"

INVOICE = """
from billing.invoice import Position, render, totals


def probe(rows, rate):
    positions = [Position(*row) for row in rows]
    result = totals(positions, rate)
    return [result.net, result.discount, result.tax, result.gross, render(positions, rate)]
"""


def fails(program, function, *arguments):
    try:
        program.call(MONEY, function, *arguments)
    except ProgramError as error:
        return error.cause == "exception:ValueError"
    return False


def verify_parsing(program):
    parse = program.function(MONEY, "parse_amount")
    for text, cents in {"3": 300, "3.4": 340, "3.04": 304, "12,345,678.90": 1234567890, "-7.5": -750, "1234.05": 123405, "0.5": 50, "-0.05": -5, " 8.10 ": 810}.items():
        assert parse(text) == cents, text


def verify_parsing_refuses(program):
    for text in ("1.234", "12.", ".5", "1,23.00", "", "--3", "3-", "1,2345", "1.2.3", "0.125"):
        assert fails(program, "parse_amount", text), text


def verify_formatting(program):
    show = program.function(MONEY, "format_amount")
    for cents, text in {0: "0.00", 5: "0.05", -5: "-0.05", -100: "-1.00", -123456: "-1,234.56", 98765432: "987,654.32", -199: "-1.99"}.items():
        assert show(cents) == text


def verify_parsing_undoes_formatting(program):
    show, parse = program.function(MONEY, "format_amount"), program.function(MONEY, "parse_amount")
    for cents in (*range(-250, 250, 7), 10**9 + 1, -(10**9) - 99):
        assert parse(show(cents)) == cents


def verify_shares(program):
    share = program.function(MONEY, "share")
    for cents, rate, expected in ((150, "7", 11), (250, "1", 3), (-50, "5", -3), (-250, "1", -3), (350, "1", 4), (1000, "7.25", 73), (49, "1", 0), (-149, "1", -1), (200, "0", 0), (10**15 + 50, "1", 10**13 + 1)):
        assert share(cents, rate) == expected, (cents, rate)


def verify_splitting(program):
    split = program.function(MONEY, "split")
    for cents in (0, 1, 5, 99, 100, 1001, -1, -7, -100, -1001):
        for parts in (1, 2, 3, 7, 12):
            sizes = split(cents, parts)
            assert len(sizes) == parts and sum(sizes) == cents
            assert max(sizes) - min(sizes) <= 1
            assert sizes == sorted(sizes, key=abs, reverse=True)
    assert fails(program, "split", 5, 0)


def verify_ends_of_months(program):
    source = "def probe(year, month, day, months):\n    from datetime import date\n    return load('billing/terms.py').end_of_month(date(year, month, day), months).isoformat()"
    for (year, month, day, months), expected in {
        (2023, 12, 1, 0): "2023-12-31",
        (2023, 1, 31, 1): "2023-02-28",
        (2023, 11, 5, 1): "2023-12-31",
        (2023, 12, 31, 2): "2024-02-29",
        (2023, 6, 15, 18): "2024-12-31",
        (2024, 3, 31, 25): "2026-04-30",
        (2024, 10, 1, 2): "2024-12-31",
    }.items():
        assert program.probe(source, year, month, day, months) == expected, (year, month, months)


def verify_days(program):
    source = "def probe(days):\n    from datetime import date\n    return load('billing/terms.py').in_days(date(2023, 12, 20), days).isoformat()"
    assert [program.probe(source, days) for days in (0, 14, 72)] == ["2023-12-20", "2024-01-03", "2024-03-01"]
    assert program.probe("def probe():\n    from datetime import date\n    return load('billing/terms.py').end_of_month(date(2022, 12, 9)).isoformat()") == "2022-12-31"


def verify_totals_with_discount(program):
    rows = [("Desk", 19995, 1), ("Cable", 333, 3), ("Map", 1250, 2, "7"), ("Stamp", 85, 1, "0")]
    net, discount, tax, gross, _ = program.probe(INVOICE, rows, "2.5")
    assert (net, discount, tax) == (23579, 590, {"19": 3889, "7": 171, "0": 0})
    assert gross == net - discount + sum(tax.values())


def verify_totals_of_a_credit_note(program):
    net, discount, tax, gross, lines = program.probe(INVOICE, [("Return", -1050, 1)], "50")
    assert (net, discount, tax, gross) == (-1050, -525, {"19": -100}, -625)
    assert lines[-1].split() == ["Total", "-6.25"]


def verify_rendering(program):
    lines = program.probe(INVOICE, [("Pen", 15, 1, "7"), ("Ink", 1000, 1)], "0")[4]
    assert [line.split() for line in lines] == [["1", "x", "Pen", "0.15"], ["1", "x", "Ink", "10.00"], ["Tax", "19%", "1.90"], ["Tax", "7%", "0.01"], ["Total", "12.06"]]
    assert {len(line) for line in lines} == {40}
