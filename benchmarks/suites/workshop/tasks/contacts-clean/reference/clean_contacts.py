"""Cleans an address list: python3 clean_contacts.py IN OUT REJECTED. RULES.md says how."""

import csv
import re
import sys
from datetime import date

COLUMNS = ("name", "email", "phone", "since")
DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"),
)


class Reject(Exception):
    """A line that cannot be used; its text is the reason."""


def clean_name(text):
    if not text:
        raise Reject("no name")
    if text.count(",") == 1:
        last, first = text.split(",")
        text = f"{first.strip()} {last.strip()}".strip()
        if not text:
            raise Reject("no name")
    if text == text.upper() or text == text.lower():
        text = re.sub(r"[^\s-]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), text)
    return text


def clean_email(text):
    name, at, domain = text.partition("@")
    parts = domain.split(".")
    if not (name and at) or "@" in domain or len(parts) < 2 or not all(parts) or re.search(r"\s", text):
        raise Reject("bad email")
    return text.lower()


def clean_phone(text):
    if not text:
        return ""
    text = re.sub(r"^((?:\+|00)\s*[\d\s]+?)\s*\(0\)", r"\1", text)
    digits = re.sub(r"[\s()/.-]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+49" + digits[1:]
    if not re.fullmatch(r"\+[0-9]{7,15}", digits):
        raise Reject("bad phone")
    return digits


def clean_date(text):
    for form in DATES:
        match = form.fullmatch(text)
        if match:
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
            except ValueError:
                break
    raise Reject("bad date")


def clean(row):
    return {
        "name": clean_name(row["name"]),
        "email": clean_email(row["email"]),
        "phone": clean_phone(row["phone"]),
        "since": clean_date(row["since"]),
    }


def read_rows(source):
    """Yield line number and fields of all lines that are not empty; raises ``KeyError`` for a missing column."""
    with open(source, encoding="utf-8-sig", newline="") as file:
        heading = file.readline()
        delimiter = ";" if heading.count(";") > heading.count(",") else ","
        names = [name.strip().lower() for name in next(csv.reader([heading], delimiter=delimiter), [])]
        for column in COLUMNS:
            if column not in names:
                raise KeyError(column)
        reader = csv.reader(file, delimiter=delimiter)
        begin = 2
        for fields in reader:
            fields = [" ".join(field.split()) for field in fields]
            if any(fields):
                row = dict(zip(names, fields))
                yield begin, {column: row.get(column, "") for column in COLUMNS}
            begin = reader.line_num + 2


def merge(contacts):
    """One contact for each email, sorted."""
    merged = {}
    for contact in sorted(contacts, key=lambda contact: contact["since"]):
        known = merged.get(contact["email"])
        if known and not contact["phone"]:
            contact = {**contact, "phone": known["phone"]}
        merged[contact["email"]] = contact
    return [merged[email] for email in sorted(merged)]


def write(target, columns, rows):
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(source, target, rejected):
    contacts, rejects = [], []
    try:
        for number, row in read_rows(source):
            try:
                contacts.append(clean(row))
            except Reject as reason:
                rejects.append({"line": number, "reason": str(reason)})
    except KeyError as missing:
        print(f"clean_contacts: {source} has no column {missing.args[0]}", file=sys.stderr)
        return 2
    merged = merge(contacts)
    write(target, COLUMNS, merged)
    write(rejected, ("line", "reason"), rejects)
    print(f"{len(merged)} contacts, {len(rejects)} rejected")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
