"""Texts are brought into plain sentences."""

from __future__ import annotations

import pytest

from harness.simulated.advice.sentences import sentences_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Run it. Then stop!", ("run it .", "then stop !")),
        ("- first thing\n* second thing", ("first thing", "second thing")),
        ("1) one step\n2. two steps", ("one step", "two steps")),
        ("Don't; you're late", ("do not ;", "you are late")),
        ("You have used 80% of it", ("you have used 80 percent of it",)),
        ("re-read and double-check", ("reread and doublecheck",)),
    ],
)
def test_sentences_are_plain(text: str, sentences: tuple[str, ...]) -> None:
    """Lower case, no bullets, no contractions."""
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("`python3 check_visible.py`", "testscript"),
        ("`pytest tests/`", "testscript"),
        ("`ls -la`", "listcommand"),
        ("`tail -n 20`", "shortcommand"),
        ("`pytest -q`", "quietflag"),
        ("`--verbose`", "verboseflag"),
        ("`solution.py`", "filename"),
        ("`x = 1`", "codeword"),
    ],
)
def test_inline_code_becomes_a_word_for_its_kind(code: str, word: str) -> None:
    """What a command is for matters, not its letters."""
    assert sentences_of(f"Use {code} now") == (f"use {word} now",)


def test_fenced_code_disappears() -> None:
    """Nobody speaks in a code block."""
    assert sentences_of("See below\n```\nrun the tests\n```\nthank you") == ("see below", "thank you")


def test_a_quotation_within_a_sentence_is_only_mentioned() -> None:
    """What somebody else said is not said to the reader."""
    assert sentences_of('The sign says "run the tests" in red') == ("the sign says quotation in red",)


def test_nothing_gives_nothing() -> None:
    """Empty lines and mere punctuation are no sentences."""
    assert sentences_of("\n\n---\n...\n") == ()
