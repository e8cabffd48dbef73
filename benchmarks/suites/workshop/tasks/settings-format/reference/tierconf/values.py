"""Single values, as they are written: text with references is worked out later."""

import re
from dataclasses import dataclass

from tierconf.errors import ConfigError

WHOLE = re.compile(r"-?\d+")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
ITEM = re.compile(r'\s*("(?:[^"\\]|\\["\\])*"|[^,\[\]"]*)\s*')
WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Template:
    """Text outside quotes that holds ``${``."""

    text: str


def parse_value(text, line):
    """The value that a text stands for."""
    text = text.strip()
    if text.startswith("["):
        return parse_list(text, line)
    return parse_single(text, line)


def parse_single(text, line):
    """A value that is no list."""
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if text.startswith('"'):
        return parse_quoted(text, line)
    return Template(text) if "${" in text else text


def parse_quoted(text, line):
    """The text between quotes."""
    match = QUOTED.fullmatch(text)
    if not match:
        raise ConfigError(line, f"bad quotes: {text}")
    return re.sub(r'\\(["\\])', r"\1", match[1])


def parse_list(text, line):
    """The items of a list."""
    items, place, body = [], 0, text[1:-1]
    if not body.strip():
        return items
    while place <= len(body):
        match = ITEM.match(body, place)
        item = match[1].strip()
        last = match.end() == len(body)
        if not last and body[match.end()] != ",":
            raise ConfigError(line, f"bad list: {text}")
        if item:
            items.append(parse_single(item, line))
        elif not last or not items:
            raise ConfigError(line, "a list with an empty item")
        place = match.end() + 1
    return items


def closes(text):
    """Whether a list that has begun ends with this text."""
    rest = re.sub(r'"(?:[^"\\]|\\["\\])*"', "", text)
    return "]" in rest
