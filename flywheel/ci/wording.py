"""Text of tasks, traces and people, made safe for a terminal, a Markdown page and an XML file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from traces.redaction import Redactor
from traces.terminal import one_line, printable

WIDTH = 120
_LONGEST = 20_000  # characters that are looked at for secrets before the text is cut to its width
_NO_CHARACTER = re.compile("[\ufffe\uffff]")  # the rest of what XML forbids, beside controls and surrogates
_HARMLESS = re.compile(r"[A-Za-z0-9_./:,+ -]*[A-Za-z0-9]")
_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")
_ACTS = re.compile(r"[#$&*<=>@\[\\\]^_`{|}~]|:(?=/)|(?<=[A-Za-z])\.(?=[A-Za-z])|!(?=\[)")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Each way of showing a text; what the redaction rules know as a secret is taken out first."""

    redactor: Redactor = field(default_factory=Redactor)

    def plain(self, text: str, width: int = WIDTH) -> str:
        """One line without control characters: for terminals, and for an XML writer, which escapes the rest."""
        return _NO_CHARACTER.sub("�", one_line(self.redactor.redact(text[:_LONGEST]), width))

    def lines(self, text: str) -> str:
        """Several lines for a terminal, without control characters."""
        return printable(self.redactor.redact(text))

    def code(self, text: str, width: int = WIDTH) -> str:
        """A code span of Markdown, also inside a table; nothing in it is a link, a mention or markup."""
        line = self.plain(text, width)
        if _HARMLESS.fullmatch(line):
            return f"`{line}`"
        return f"<code>{_MARKUP.sub(_reference, line)}</code>"

    def prose(self, text: str, width: int = 600) -> str:
        """A sentence of Markdown, also inside a table; names of people and issues in it call nobody.

        A word joiner after ``@`` and ``#`` keeps GitHub from making mentions of them, which it does after
        character references were read.
        """
        return _ACTS.sub(_reference_apart, self.plain(text, width))

    def codes(self, texts: Iterable[str], *, most: int, width: int = 32) -> str:
        """The first ``most`` texts as code spans, with a count of what is left out."""
        shown = [self.code(text, width) for text in dict.fromkeys(texts)]
        rest = len(shown) - most
        return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _reference_apart(match: re.Match[str]) -> str:
    return _reference(match) + ("&#8288;" if match[0] in "@#" else "")
