"""Near misses: each mistake that a task invites is caught by the check that is there for it.

A near miss is the reference with one slip. Only the named check is run, so that a slip costs a moment.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import pytest

from benchmarks.suites.workshop.source import Workshop
from benchmarks.task import Task
from benchmarks.verifiers import ScriptVerifier
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox

SANDBOX: Sandbox = DirectorySandbox()  # honest programs: how they are kept in is not the matter here


@pytest.fixture(scope="module")
def tasks() -> dict[str, Task]:
    return {task.group: task for task in Workshop().tasks()}


def only(task: Task, check: str) -> ScriptVerifier:
    """The task's verifier with one of its checks."""
    verifier = task.verifier
    assert isinstance(verifier, ScriptVerifier)
    assert f"def verify_{check}(" in verifier.checks
    return replace(
        verifier, checks=re.sub(rf"^def verify_(?!{check}\()", "def _", verifier.checks, flags=re.MULTILINE)
    )


def slipped(task: Task, path: str, right: str, wrong: str) -> dict[str, bytes]:
    """The solved workspace with one passage of one file exchanged."""
    solved = {**task.assignment.files, **task.reference}
    text = solved[path].decode()
    assert text.count(right) == 1, f"{path} holds {right!r} {text.count(right)} times"
    return {**solved, path: text.replace(right, wrong).encode()}


Slip = tuple[str, str, str, str]  # file, right, wrong, check
INVOICE: list[Slip] = [
    ("billing/money.py", "rounding=ROUND_HALF_UP", "rounding='ROUND_HALF_EVEN'", "shares"),
    ("billing/money.py", "rounding=ROUND_HALF_UP", "rounding='ROUND_HALF_DOWN'", "shares"),
    ("billing/money.py", '.ljust(2, "0")', ' or "0"', "parsing"),
    ("billing/money.py", r"(\d{1,2}))?", r"(\d+))?", "parsing_refuses"),
    ("billing/money.py", "divmod(abs(cents), 100)", "divmod(cents, 100)", "formatting"),
    ("billing/money.py", "return -cents if sign else cents", "return cents", "parsing_undoes_formatting"),
    (
        "billing/money.py",
        "return [-size for size in sizes] if cents < 0 else sizes",
        "return sizes",
        "splitting",
    ),
    (
        "billing/money.py",
        "[each + 1] * rest + [each] * (parts - rest)",
        "[each] * (parts - 1) + [each + rest]",
        "splitting",
    ),
    ("billing/terms.py", "date(day.year + years,", "date(day.year,", "ends_of_months"),
    ("billing/invoice.py", "position.cents * position.quantity", "position.cents", "totals_with_discount"),
    (
        "billing/invoice.py",
        "share(amount - discounts[rate], rate)",
        "share(amount, rate)",
        "totals_with_discount",
    ),
]
LENDING: list[Slip] = [
    ("lending/desk.py", "if loan.due < today:", "if loan.due <= today:", "due_day_itself_is_in_time"),
    ("lending/desk.py", "if loan.due < today:", "if False:", "overdue_loans_are_refused"),
    (
        "lending/desk.py",
        "loan.renewals >= MAX_RENEWALS",
        "loan.renewals > MAX_RENEWALS",
        "a_third_renewal_is_refused",
    ),
    ("lending/desk.py", "waiting != member for", "True for", "only_others_reservations_count"),
    ("lending/desk.py", "waiting != member for", "False for", "a_reserved_book_is_refused"),
    ("lending/desk.py", "loan is None or loan.member != member", "loan is None", "strangers_are_refused"),
    ("lending/desk.py", "loan.due + timedelta", "today + timedelta", "renewal_moves_the_due_date_on"),
    ("lending/storage.py", 'item.get("renewals", 0)', 'item["renewals"]', "old_files_load"),
    ("lending/storage.py", '"renewals": loan.renewals,', "", "renewals_survive_storage"),
    ("lending/notices.py", 'if loan.renewals else ""', 'if True else ""', "reminders_show_renewals"),
    ("lending/notices.py", "of {MAX_RENEWALS} times", "times", "reminders_show_renewals"),
]
SETTINGS: list[Slip] = [
    (
        "tierconf/values.py",
        'return Template(text) if "${" in text else text',
        "return text",
        "references_within_text",
    ),
    ("tierconf/resolving.py", "if whole and whole[2]:", "if False:", "references_keep_kinds"),
    ("tierconf/resolving.py", '            return "${"', '            return "$${"', "escaped_references"),
    (
        "tierconf/resolving.py",
        "if isinstance(value, bool) else str(value)",
        "if False else str(value)",
        "references_within_text",
    ),
    (
        "tierconf/resolving.py",
        "reversed([name, *ancestors(name, parents, sections)])",
        "[name, *ancestors(name, parents, sections)]",
        "inheritance",
    ),
    ("tierconf/resolving.py", 'raise ConfigError(line, "a list in a list")', "pass", "references_in_lists"),
    (
        "tierconf/resolving.py",
        'raise ConfigError(line, f"{section}.{key} refers to itself")',
        "return 0",
        "bad_references",
    ),
    ("tierconf/reader.py", "[0] != parent:", '[0] == "":', "bad_inheritance"),
    ("tierconf/reader.py", 'text += " " + following[1]', "text += following[1]; break", "lists_over_lines"),
    ("tierconf/values.py", "items.append(parse_single(item, line))", "items.append(item)", "lists"),
    ("tierconf/values.py", 'raise ConfigError(line, "a list with an empty item")', "pass", "bad_lists"),
]
RECONCILE: list[Slip] = [
    ("matching.py", '["day"] <= payment["day"]', '["day"] < payment["day"]', "right_for_small_ledgers"),
    ("matching.py", ' and named["cents"] == payment["cents"]', "", "right_for_references"),
    ("matching.py", 'by_number.get(payment["reference"])', "None", "right_for_references"),
    (
        "matching.py",
        'return [results[payment["id"]] for payment in payments]',
        "return list(results.values())",
        "right_for_days",
    ),
    ("matching.py", "            del by_number[number]", "            pass", "right_for_small_ledgers"),
    (
        "matching.py",
        "    results = {}",
        '    payments.sort(key=lambda item: item["id"])\n    results = {}',
        "arguments_are_not_changed",
    ),
]
LOGCUT: list[Slip] = [
    ("records.py", "elif record:", "elif record and line.strip():", "stack_traces_stay_with_their_record"),
    ("records.py", 'startswith(logger + ".")', "startswith(logger)", "loggers_are_a_hierarchy"),
    ("records.py", "record.time > until", "record.time >= until", "both_ends_are_included"),
    (
        "records.py",
        "time.replace(tzinfo=timezone.utc)",
        "time.replace(tzinfo=timezone.min)",
        "until_compares_moments",
    ),
    ("logcut.py", "return 0 if found else 1", "return 0", "nothing_found"),
    ("logcut.py", "except OSError", "except ZeroDivisionError", "wrong_use"),
    (
        "logcut.py",
        "print(len(found))",
        "print(sum(r.text.count(chr(10)) for r in found))",
        "counting_counts_records",
    ),
]
CONTACTS: list[Slip] = [
    ("clean_contacts.py", "if text == text.upper() or text == text.lower():", "if True:", "names"),
    ("clean_contacts.py", "return text.lower()", "return text", "emails"),
    ("clean_contacts.py", "{7,15}", "{6,15}", "phones"),
    ("clean_contacts.py", "{7,15}", "{7,16}", "phones"),
    (
        "clean_contacts.py",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})",
        "dates",
    ),
    ("clean_contacts.py", "begin = reader.line_num + 2", "begin += 1", "empty_lines_and_line_numbers"),
    (
        "clean_contacts.py",
        'if known and not contact["phone"]:',
        "if False:",
        "a_missing_phone_comes_from_the_duplicates",
    ),
    ("clean_contacts.py", "utf-8-sig", "utf-8", "semicolons_and_byte_order_mark"),
    ("clean_contacts.py", "name.strip().lower() for", "name.strip() for", "columns_in_any_order"),
    ("clean_contacts.py", "for email in sorted(merged)", "for email in merged", "sorted_by_email"),
    (
        "clean_contacts.py",
        'key=lambda contact: contact["since"]',
        "key=lambda contact: 0",
        "the_latest_duplicate_counts",
    ),
    ("clean_contacts.py", "        return 2", "        return 1", "a_missing_column"),
]
SLIPS = [
    (name, *slip)
    for name, slips in {
        "invoice-tests": INVOICE,
        "lending-renewals": LENDING,
        "settings-format": SETTINGS,
        "reconcile-slow": RECONCILE,
        "logcut-cli": LOGCUT,
        "contacts-clean": CONTACTS,
    }.items()
    for slip in slips
]


@pytest.mark.parametrize(
    ("name", "path", "right", "wrong", "check"), SLIPS, ids=[f"{slip[0]}: {slip[3][:40]}" for slip in SLIPS]
)
def test_a_slip_is_caught_by_the_check_that_is_there_for_it(
    tasks: dict[str, Task], name: str, path: str, right: str, wrong: str, check: str
) -> None:
    """And the program is blamed for it, not the sandbox."""
    task = tasks[name]
    verification = only(task, check).verify(slipped(task, path, right, wrong), SANDBOX)

    assert not verification.passed
    assert verification.broken is None
    assert verification.cause == "assertion" or verification.cause.startswith("exception:")


UNTOUCHED = {
    "contacts-clean": {"nothing_to_do"},
    "invoice-tests": {"rendering"},
    "lending-renewals": {"what_was_there_goes_on"},
    "settings-format": {"version_1_stays"},
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_doing_nothing_earns_only_what_worked_before(tasks: dict[str, Task], name: str) -> None:
    """A check that the untouched workspace meets guards what must not break; all others ask for work."""
    verifier = tasks[name].verifier
    assert isinstance(verifier, ScriptVerifier)
    causes = verifier._run(tasks[name].assignment.files, SANDBOX)
    names = [node.name for node in ast.parse(verifier.checks).body if isinstance(node, ast.FunctionDef)]
    checks = [check.removeprefix("verify_") for check in names if check.startswith("verify_")]

    assert isinstance(causes, tuple)
    passed = {check for check, cause in zip(checks, causes, strict=True) if cause == "passed"}
    assert passed == UNTOUCHED[name]


MONEY = '''
"""Amounts, by another hand: whole numbers only."""


def parse_amount(text):
    text = text.strip()
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, point, decimals = text.partition(".")
    first, *rest = whole.split(",")
    if not all(part.isdigit() and len(part) == 3 for part in rest) or (rest and len(first) > 3):
        raise ValueError(text)
    if not first.isdigit() or (point and not (decimals.isdigit() and len(decimals) <= 2)):
        raise ValueError(text)
    return sign * (100 * int(first + "".join(rest)) + int((decimals + "00")[:2]))


def format_amount(cents):
    digits = str(abs(cents)).rjust(3, "0")
    return "-" * (cents < 0) + format(int(digits[:-2]), ",") + "." + digits[-2:]


def share(cents, rate):
    whole, _, decimals = rate.partition(".")
    units, size = abs(cents) * int(whole + decimals), 100 * 10 ** len(decimals)
    amount = (2 * units + size) // (2 * size)
    return -amount if cents < 0 else amount


def split(cents, parts):
    if parts <= 0:
        raise ValueError(parts)
    sign = -1 if cents < 0 else 1
    return [sign * ((abs(cents) + parts - 1 - number) // parts) for number in range(parts)]
'''
MATCHING = '''
"""Matching by another hand: one pointer for each customer and amount."""


def match_payments(invoices, payments):
    found, gone = {}, set()
    named = {row["number"]: row for row in invoices}
    lanes = {}
    for row in sorted(invoices, key=lambda row: (row["day"], row["number"])):
        lanes.setdefault((row["customer"], row["cents"]), [0]).append(row)
    for row in sorted(payments, key=lambda row: (row["day"], row["id"])):
        direct = named.get(row["reference"])
        answer = (None, "open")
        if direct and direct["number"] not in gone and direct["cents"] == row["cents"]:
            answer = (direct["number"], "reference")
        else:
            lane = lanes.get((row["customer"], row["cents"]), [0])
            while lane[0] + 1 < len(lane) and lane[lane[0] + 1]["number"] in gone:
                lane[0] += 1
            if lane[0] + 1 < len(lane) and lane[lane[0] + 1]["day"] <= row["day"]:
                answer = (lane[lane[0] + 1]["number"], "amount")
        gone.add(answer[0])
        found[row["id"]] = answer
    return [(row["id"], *found[row["id"]]) for row in payments]
'''


@pytest.mark.parametrize(
    ("name", "path", "program"),
    [("invoice-tests", "billing/money.py", MONEY), ("reconcile-slow", "matching.py", MATCHING)],
)
def test_another_right_solution_passes(tasks: dict[str, Task], name: str, path: str, program: str) -> None:
    """The checks ask for what the instruction says, and not for the reference's way."""
    task = tasks[name]
    solved = {**task.assignment.files, **task.reference, path: program.encode()}

    assert task.verifier.verify(solved, SANDBOX).cause == "passed"
