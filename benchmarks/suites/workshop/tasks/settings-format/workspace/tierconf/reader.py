"""Lines to sections."""

import re

from tierconf.errors import ConfigError
from tierconf.values import parse_value

NAME = r"[A-Za-z0-9_-]+"
HEADING = re.compile(rf"\[\s*({NAME})\s*\]")
ENTRY = re.compile(rf"({NAME})\s*=(.*)")


def read(text):
    """The sections of a file and their values."""
    sections = {"": {}}
    current = sections[""]
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        heading, entry = HEADING.fullmatch(line), ENTRY.fullmatch(line)
        if heading:
            current = sections.setdefault(heading[1], {})
        elif entry:
            if entry[1] in current:
                raise ConfigError(number, f"{entry[1]} is given twice")
            current[entry[1]] = parse_value(entry[2], number)
        else:
            raise ConfigError(number, f"neither section nor key: {line}")
    return sections
