"""Single values."""

import re

from tierconf.errors import ConfigError

WHOLE = re.compile(r"-?\d+")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
WORDS = {"true": True, "false": False}


def parse_value(text, line):
    """The value that a text stands for."""
    text = text.strip()
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if text.startswith('"'):
        return parse_quoted(text, line)
    return text


def parse_quoted(text, line):
    """The text between quotes."""
    match = QUOTED.fullmatch(text)
    if not match:
        raise ConfigError(line, f"bad quotes: {text}")
    return re.sub(r'\\(["\\])', r"\1", match[1])
