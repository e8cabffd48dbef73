import random

COUNTED = """
import sys


class Budget(BaseException):
    pass


def probe(invoices, payments, limit):
    matching = load("matching.py")
    steps = 0

    def step():
        nonlocal steps
        steps += 1
        if steps > limit:
            raise Budget

    class Text(str):
        def __eq__(self, other):
            step()
            return str.__eq__(self, other)

        def __ne__(self, other):
            step()
            return str.__ne__(self, other)

        def __lt__(self, other):
            step()
            return str.__lt__(self, other)

        def __hash__(self):
            step()
            return str.__hash__(self)

    def counted(rows):
        return [{key: Text(value) if isinstance(value, str) else value for key, value in row.items()} for row in rows]

    def trace(frame, event, argument):
        if frame.f_code.co_filename == step.__code__.co_filename:
            return None
        step()
        return trace

    invoices, payments = counted(invoices), counted(payments)
    steps = 0
    sys.settrace(trace)
    try:
        result = matching.match_payments(invoices, payments)
    except Budget:
        return None
    finally:
        sys.settrace(None)
    return [tuple(None if part is None else str(part) for part in row) for row in result]
"""

UNCHANGED = """
import copy


def probe(invoices, payments):
    before = copy.deepcopy([invoices, payments])
    load("matching.py").match_payments(invoices, payments)
    return before == [invoices, payments]
"""
STEPS_EACH = 300  # for one invoice and one payment; a direct solution takes 45 to 60


def expected(invoices, payments):
    waiting = sorted(invoices, key=lambda row: (row["day"], row["number"]))
    places = {row["number"]: place for place, row in enumerate(waiting)}
    queues, gone, found = {}, set(), {}
    for row in waiting:
        queues.setdefault((row["customer"], row["cents"]), []).append(row["number"])
    for queue in queues.values():
        queue.reverse()
    for row in sorted(payments, key=lambda row: (row["day"], row["id"])):
        place = places.get(row["reference"])
        if place is not None and row["reference"] not in gone and waiting[place]["cents"] == row["cents"]:
            found[row["id"]] = (row["reference"], "reference")
        else:
            queue = queues.get((row["customer"], row["cents"]), [])
            while queue and queue[-1] in gone:
                queue.pop()
            good = queue and waiting[places[queue[-1]]]["day"] <= row["day"]
            found[row["id"]] = (queue[-1], "amount") if good else (None, "open")
        gone.add(found[row["id"]][0])
    return [(row["id"], *found[row["id"]]) for row in payments]


def ledger(seed, count, *, customers, amounts, days, named):
    chance = random.Random(seed)
    numbers = [f"N{number:05}" for number in range(count)]
    invoices = [
        {"number": number, "customer": f"k{chance.randrange(customers)}", "cents": chance.randrange(amounts), "day": chance.randrange(days)}
        for number in numbers
    ]
    payments = [
        {"id": f"z{place:05}", "customer": f"k{chance.randrange(customers)}", "cents": chance.randrange(amounts), "day": chance.randrange(days), "reference": chance.choice(numbers) if chance.random() < named else chance.choice(["", "thanks"])}
        for place in range(count)
    ]
    chance.shuffle(payments)
    return invoices, payments


def right(program, seeds, count, **shape):
    for seed in seeds:
        invoices, payments = ledger(seed, count, **shape)
        assert program.call("matching.py", "match_payments", invoices, payments) == expected(invoices, payments)


def quick(program, count, **shape):
    invoices, payments = ledger(99, count, **shape)
    result = program.probe(COUNTED, invoices, payments, STEPS_EACH * count)
    assert result == expected(invoices, payments)


def verify_quick_for_many_customers(program):
    quick(program, 2000, customers=200, amounts=50, days=90, named=0.3)


def verify_quick_for_one_customer(program):
    quick(program, 2000, customers=1, amounts=5000, days=90, named=0.2)


def verify_quick_for_one_amount(program):
    quick(program, 2000, customers=300, amounts=1, days=30, named=0.5)


def verify_quick_when_all_is_alike(program):
    quick(program, 2000, customers=1, amounts=1, days=2, named=0.5)


def verify_quick_when_nothing_fits(program):
    invoices, payments = ledger(5, 2000, customers=1, amounts=1, days=1, named=0.0)
    late = [{**row, "day": 7} for row in invoices]
    result = program.probe(COUNTED, late, payments, STEPS_EACH * 2000)
    assert result == [(row["id"], None, "open") for row in payments]


def verify_right_for_small_ledgers(program):
    right(program, range(25), 12, customers=2, amounts=2, days=4, named=0.4)


def verify_right_for_references(program):
    right(program, range(5), 60, customers=3, amounts=2, days=9, named=0.9)


def verify_right_for_days(program):
    right(program, range(5), 60, customers=2, amounts=3, days=40, named=0.1)


def verify_nothing_given(program):
    match = program.function("matching.py", "match_payments")
    invoices, payments = ledger(1, 3, customers=1, amounts=1, days=1, named=0.0)
    assert match([], []) == [] and match(invoices, []) == []
    assert match([], payments) == [(row["id"], None, "open") for row in payments]


def verify_arguments_are_not_changed(program):
    assert program.probe(UNCHANGED, *ledger(2, 50, customers=2, amounts=2, days=5, named=0.3)) is True
