"""Text of unknown origin is safe to print."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traces.terminal import one_line, printable


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_printable_text_is_printable(text: str, width: int) -> None:
    """No control character gets through, and one line is one line."""
    line = one_line(text, width)

    assert not any(character in "\x1b\x07\x7f\u202e\u2028\x9b" for character in printable(text))
    assert "\n" not in line
    assert len(line) <= width


def test_ordinary_text_stays() -> None:
    """Other scripts, emoji, line breaks and tabs are no danger."""
    assert printable("naïve 日本語 😀\n\tx\r\ny") == "naïve 日本語 😀\n\tx\ny"


def test_what_acts_is_written_out() -> None:
    """As a programmer would write it, so that it can be seen for what it is."""
    assert printable("\x1b[31m\u202e\ud800") == "\\x1b[31m\\u202e\\ud800"


def test_a_cut_line_says_so() -> None:
    """Its last character is an ellipsis; a line that just fits is whole."""
    assert one_line("abcdef", 6) == "abcdef"
    assert one_line("abcdefg", 6) == "abcde…"
    assert one_line("a\nb\tc", 10) == "a\\nb c"
