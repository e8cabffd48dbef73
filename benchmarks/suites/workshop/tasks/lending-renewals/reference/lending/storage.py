"""The desk's state as JSON text."""

import json
from datetime import date

from lending.desk import Desk
from lending.loans import Loan

VERSION = 1


def dump(desk):
    """Everything that the desk knows, as text."""
    loans = [
        {
            "member": loan.member,
            "book": loan.book,
            "lent": loan.lent.isoformat(),
            "due": loan.due.isoformat(),
            "renewals": loan.renewals,
        }
        for loan in desk.loans
    ]
    state = {"version": VERSION, "loans": loans, "reservations": desk.reservations}
    return json.dumps(state, indent=2, sort_keys=True)


def load(text):
    """The desk that was dumped."""
    state = json.loads(text)
    if state["version"] != VERSION:
        raise ValueError(f"cannot read version {state['version']}")
    loans = [
        Loan(
            item["member"],
            item["book"],
            date.fromisoformat(item["lent"]),
            date.fromisoformat(item["due"]),
            item.get("renewals", 0),
        )
        for item in state["loans"]
    ]
    return Desk(loans, state["reservations"])
