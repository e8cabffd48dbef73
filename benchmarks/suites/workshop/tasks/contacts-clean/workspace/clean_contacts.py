"""Cleans an address list: python3 clean_contacts.py IN OUT REJECTED. RULES.md says how."""

import csv
import sys
from datetime import date

COLUMNS = ("name", "email", "phone", "since")


def clean_name(text):
    if "," in text:
        last, first = text.split(",")
        text = first + last
    return text.title()


def clean_email(text):
    if "@" not in text:
        raise ValueError("bad email")
    return text.lower()


def clean_phone(text):
    digits = text.replace(" ", "").replace("-", "").replace("/", "")
    if digits.startswith("0"):
        digits = "+49" + digits[1:]
    return digits


def clean_date(text):
    if "." in text:
        day, month, year = text.split(".")
        return date(int(year), int(month), int(day))
    return date.fromisoformat(text)


def main(source, target, rejected):
    contacts = {}
    rejects = []
    with open(source) as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            try:
                contact = {
                    "name": clean_name(row["name"]),
                    "email": clean_email(row["email"]),
                    "phone": clean_phone(row["phone"]),
                    "since": clean_date(row["since"]).isoformat(),
                }
            except ValueError as error:
                rejects.append({"line": number, "reason": str(error)})
            else:
                contacts[contact["email"]] = contact
    with open(target, "w") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(contacts.values())
    with open(rejected, "w") as file:
        writer = csv.DictWriter(file, ("line", "reason"))
        writer.writeheader()
        writer.writerows(rejects)
    print(len(contacts), "contacts,", len(rejects), "rejected")


if __name__ == "__main__":
    main(*sys.argv[1:])
