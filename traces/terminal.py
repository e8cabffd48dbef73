"""Text of unknown origin, made safe for a terminal."""

from __future__ import annotations

import re

# Controls (escape sequences begin with one), what reorders or hides text, line separators, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    r"""The text with what could act on a terminal written out, such as ``\x1b``; line breaks and tabs stay."""
    return _UNSAFE.sub(_written_out, text.replace("\r\n", "\n"))


def one_line(text: str, width: int) -> str:
    r"""The text on one line of at most ``width`` characters, printable; line breaks become ``\n``."""
    # Cut first: a text may be megabytes long.
    line = printable(text[: width + 1]).replace("\n", "\\n").replace("\t", " ")
    return line if len(line) <= width else line[: width - 1] + "…"


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
