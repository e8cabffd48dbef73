"""Lines to sections."""

import re

from tierconf.errors import ConfigError
from tierconf.resolving import resolve
from tierconf.values import closes, parse_value

NAME = r"[A-Za-z0-9_-]+"
HEADING = re.compile(rf"\[\s*({NAME})\s*(?::\s*({NAME})\s*)?\]")
ENTRY = re.compile(rf"({NAME})\s*=(.*)")


def read(text):
    """The sections of a file and their values."""
    sections, parents, current = {"": {}}, {}, ""
    lines = significant_lines(text)
    for number, line in lines:
        heading, entry = HEADING.fullmatch(line), ENTRY.fullmatch(line)
        if heading:
            current = heading[1]
            sections.setdefault(current, {})
            if heading[2]:
                inherit(parents, current, heading[2], number)
        elif entry:
            if entry[1] in sections[current]:
                raise ConfigError(number, f"{entry[1]} is given twice")
            written = whole_value(entry[2].strip(), number, lines)
            sections[current][entry[1]] = (parse_value(written, number), number)
        else:
            raise ConfigError(number, f"neither section nor key: {line}")
    return resolve(sections, parents)


def significant_lines(text):
    """Numbered lines without the empty ones and comments."""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            yield number, line


def inherit(parents, child, parent, number):
    """Note a section's parent."""
    if parents.setdefault(child, (parent, number))[0] != parent:
        raise ConfigError(number, f"{child} has another parent already")


def whole_value(text, number, lines):
    """A value with the lines on which a list goes on."""
    if not text.startswith("["):
        return text
    while not closes(text):
        following = next(lines, None)
        if following is None:
            raise ConfigError(number, "a list without an end")
        text += " " + following[1]
    if not text.endswith("]"):
        raise ConfigError(number, f"text after a list: {text}")
    return text
