"""Counts the lines that match_payments runs: python3 bench.py [NUMBER]."""

import random
import sys

from matching import match_payments


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    chance = random.Random(1)
    customers = [f"c{i}" for i in range(20)]
    invoices = [
        {"number": f"r{i}", "customer": chance.choice(customers), "cents": chance.randint(1, 9), "day": i // 50}
        for i in range(number)
    ]
    payments = [
        {"id": f"p{i}", "customer": chance.choice(customers), "cents": chance.randint(1, 9), "day": i // 40,
         "reference": f"r{chance.randrange(number)}" if chance.random() < 0.3 else ""}
        for i in range(number)
    ]
    steps = 0

    def count(frame, event, argument):
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)
    result = match_payments(invoices, payments)
    sys.settrace(None)
    print(f"{number} invoices and payments: {steps} steps, {sum(n is not None for _, n, _ in result)} matched")


if __name__ == "__main__":
    main()
