"""Texts of unknown origin are shown and never act."""

from __future__ import annotations

import html
import re

import pytest

from flywheel.ci.wording import Wording
from traces.redaction import Redactor
from traces.redaction_rules import known_secret

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b | c",
    "`rm -rf /` and ``more``",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "**bold** _under_ ~~gone~~",
    "</code></td></table>",
    "<!-- hidden -->",
    "line\nbreak\r\n# heading",
    "@everyone see #1 and GH-2",
    "https://evil.example www.evil.example",
    "\x1b[31mred\x07 \u202eright to left",
    "\\| escaped pipe \\",
    "&lt;b&gt; &#60;b&#62;",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("way", ["code", "prose"])
def test_nothing_in_a_text_is_markup(text: str, way: str) -> None:
    """Neither HTML nor a table cell, link, image, heading, comment or emphasis is left of it."""
    wording = Wording()
    shown = wording.code(text) if way == "code" else wording.prose(text)
    inner = shown.removeprefix("<code>").removesuffix("</code>").removeprefix("`").removesuffix("`")

    assert not re.search(r"[<>|`\[\]*_~\\\n\r\x00-\x1f\u202e]", inner)
    assert shown.startswith("`") or not re.search(r"://|www\.\w", inner)  # a code span holds no link
    assert not re.search(r"[@#](?=\w)", inner.replace("&#", ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_still_readable(text: str) -> None:
    """Read as HTML, a code span shows the line as it is, controls written out."""
    shown = Wording().code(text)

    assert html.unescape(re.sub(r"</?code>|^`|`$", "", shown)) == Wording().plain(text)


def test_an_ordinary_name_stays_as_it_is() -> None:
    """Task names and commands stand in plain code spans, which are readable in the source too."""
    wording = Wording()

    assert wording.code("humaneval-repair/HumanEval_17/m1") == "`humaneval-repair/HumanEval_17/m1`"
    assert wording.code("flywheel traces show 3f9a") == "`flywheel traces show 3f9a`"
    assert (
        wording.prose("won 2 of 14 pairs, +12.5 points (so far): 40 %")
        == "won 2 of 14 pairs, +12.5 points (so far): 40 %"
    )


def test_mentions_call_nobody_even_after_references_were_read() -> None:
    """GitHub looks for them in the rendered text: a word joiner stands in between."""
    rendered = html.unescape(Wording().prose("@somebody, see #12"))

    assert not re.search(r"[@#]\w", rendered)


def test_secrets_are_taken_out_before_a_text_is_cut() -> None:
    """Half a secret at the end of a line would be one too."""
    rules = (known_secret("known", "hunter2-hunter2-hunter2"),)
    wording = Wording(redactor=Redactor(rules))

    shown = wording.plain("x" * 100 + " hunter2-hunter2-hunter2", 112)

    assert "hunter2" not in shown
    assert len(shown) <= 112


def test_what_xml_cannot_hold_is_replaced() -> None:
    """Controls, lone surrogates and noncharacters would make the file unreadable."""
    shown = Wording().plain("a\x00b\ud800c\ufffed\uffffe")

    assert shown == "a\\x00b\\ud800c\ufffdd\ufffde"


def test_many_names_are_counted() -> None:
    """The first few, each once, and how many more there are."""
    wording = Wording()

    assert wording.codes(["a1", "b2", "a1", "c3"], most=2) == "`a1`, `b2` and 1 more"
    assert wording.codes(["a1"], most=2) == "`a1`"
