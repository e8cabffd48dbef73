PRELUDE = """
from datetime import date, timedelta
from lending.desk import Desk
from lending.loans import LoanError
from lending.notices import reminder, reminders
from lending.storage import dump, load

START = date(2023, 5, 2)
DUE = START + timedelta(days=28)


def desk_with_loan():
    desk = Desk()
    desk.lend("Iris", "Middlemarch", START)
    return desk


def refused(desk, member, book, today):
    before = dump(desk)
    try:
        desk.renew(member, book, today)
    except LoanError:
        return dump(desk) == before
    return False

"""


def probe(program, body):
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return program.probe(f"{PRELUDE}\ndef probe():\n{lines}\n")


def verify_renewal_moves_the_due_date_on(program):
    moved = probe(
        program,
        """
desk = desk_with_loan()
first = desk.renew("Iris", "Middlemarch", START + timedelta(days=1))
second = desk.renew("Iris", "Middlemarch", first)
return [(first - DUE).days, (second - DUE).days, (desk.loans[0].due - DUE).days, desk.loans[0].lent == START]
""",
    )
    assert moved == [14, 28, 28, True]


def verify_due_day_itself_is_in_time(program):
    assert probe(program, 'return (desk_with_loan().renew("Iris", "Middlemarch", DUE) - DUE).days') == 14


def verify_overdue_loans_are_refused(program):
    body = 'return refused(desk_with_loan(), "Iris", "Middlemarch", DUE + timedelta(days=1))'
    assert probe(program, body) is True


def verify_a_third_renewal_is_refused(program):
    body = """
desk = desk_with_loan()
desk.renew("Iris", "Middlemarch", START)
desk.renew("Iris", "Middlemarch", START)
return refused(desk, "Iris", "Middlemarch", START)
"""
    assert probe(program, body) is True


def verify_strangers_are_refused(program):
    body = """
desk = desk_with_loan()
return [refused(desk, "Omar", "Middlemarch", START), refused(desk, "Iris", "Walden", START)]
"""
    assert probe(program, body) == [True, True]


def verify_a_reserved_book_is_refused(program):
    body = """
desk = desk_with_loan()
desk.reserve("Omar", "Middlemarch")
return refused(desk, "Iris", "Middlemarch", START)
"""
    assert probe(program, body) is True


def verify_only_others_reservations_count(program):
    body = """
desk = desk_with_loan()
desk.reserve("Iris", "Middlemarch")
mine = (desk.renew("Iris", "Middlemarch", START) - DUE).days
desk.lend("Omar", "Walden", START)
desk.reserve("Iris", "Walden")
return [mine, (desk.renew("Iris", "Middlemarch", START) - DUE).days, refused(desk, "Omar", "Walden", START)]
"""
    assert probe(program, body) == [14, 28, True]


def verify_reminders_show_renewals(program):
    body = """
desk = desk_with_loan()
plain = reminder(desk.loans[0], DUE)
once = desk.renew("Iris", "Middlemarch", START)
first = reminders(desk, once - timedelta(days=3))
twice = desk.renew("Iris", "Middlemarch", START)
return [plain, first, reminders(desk, twice + timedelta(days=2)), reminders(desk, twice - timedelta(days=8))]
"""
    assert probe(program, body) == [
        "Iris: Middlemarch is due today",
        ["Iris: Middlemarch is due in 3 days, on 13.06.2023 (renewed 1 of 2 times)"],
        ["Iris: Middlemarch is 2 days overdue (renewed 2 of 2 times)"],
        [],
    ]


def verify_renewals_survive_storage(program):
    body = """
desk = desk_with_loan()
desk.renew("Iris", "Middlemarch", START)
again = load(dump(desk))
same = again.loans == desk.loans
again.renew("Iris", "Middlemarch", START)
return [same, refused(load(dump(again)), "Iris", "Middlemarch", START)]
"""
    assert probe(program, body) == [True, True]


def verify_old_files_load(program):
    body = """
text = '''{"version": 1, "reservations": {"Walden": ["Omar"]}, "loans": [
    {"member": "Iris", "book": "Middlemarch", "lent": "2023-05-02", "due": "2023-05-30"}]}'''
desk = load(text)
line = reminder(desk.loans[0], DUE)
desk.renew("Iris", "Middlemarch", START)
desk.renew("Iris", "Middlemarch", START)
return [line, desk.reservations, refused(desk, "Iris", "Middlemarch", START)]
"""
    assert probe(program, body) == ["Iris: Middlemarch is due today", {"Walden": ("Omar",)}, True]


def verify_a_new_loan_starts_without_renewals(program):
    body = """
desk = desk_with_loan()
desk.renew("Iris", "Middlemarch", START)
desk.give_back("Middlemarch")
due = desk.lend("Omar", "Middlemarch", START)
return [(due - START).days, reminder(desk.loans[0], due), len(desk.overdue(due)), len(desk.overdue(due + timedelta(1)))]
"""
    assert probe(program, body) == [28, "Omar: Middlemarch is due today", 0, 1]


def verify_what_was_there_goes_on(program):
    body = """
desk = desk_with_loan()
days = [reminder(desk.loans[0], DUE - timedelta(days)) for days in (2, 1, -1)]
desk.reserve("Omar", "Middlemarch")
desk.reserve("Lena", "Middlemarch")
waiting = [desk.give_back("Middlemarch"), desk.lend("Omar", "Middlemarch", START) == DUE, desk.reservations]
waiting += [desk.give_back("Middlemarch"), desk.lend("Lena", "Middlemarch", START) == DUE, desk.reservations]
for title in ("A", "B", "C", "D"):
    desk.lend("Lena", title, START)
try:
    desk.lend("Lena", "E", START)
except LoanError:
    return [days, waiting, len(desk.loans), desk.give_back("A")]
"""
    assert probe(program, body) == [
        [
            "Iris: Middlemarch is due in 2 days, on 30.05.2023",
            "Iris: Middlemarch is due tomorrow, on 30.05.2023",
            "Iris: Middlemarch is 1 day overdue",
        ],
        ["Omar", True, {"Middlemarch": ("Lena",)}, "Lena", True, {}],
        5,
        None,
    ]
