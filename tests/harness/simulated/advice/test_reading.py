"""Advice is understood by what it asks for."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.reading import advice_in, waived_in
from harness.simulated.advice.training import read_examples

HERE = Path(__file__).parent.parent
SYSTEM = (
    "You are coder, a coding agent. You work on the files in the current folder, and you act through your tools: "
    "bash, read_file, edit_file, write_file.\n\nDo what the user asks, then answer in a sentence or two."
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Run the tests before you finish.", {Advice.VERIFY}),
        ("Have you run the test suite?", {Advice.VERIFY}),
        ("Make sure the suite is green before you call it done.", {Advice.VERIFY}),
        ("Never submit a change that you haven't tested.", {Advice.VERIFY}),
        ("You've edited this file five times. Step back.", {Advice.RECONSIDER}),
        ("What else could be the cause?", {Advice.RECONSIDER}),
        ("Don't guess paths: list the files first.", {Advice.LOOK_FIRST}),
        ("Only 40 seconds left!", {Advice.WRAP_UP}),
        ("Finish up, your budget is nearly spent.", {Advice.WRAP_UP}),
        ("Did you miss anything in the instruction?", {Advice.REREAD}),
        ("- run the tests\n- re-read the task", {Advice.VERIFY, Advice.REREAD}),
        ("Pipe long output through `tail`.", {Advice.SHORT_OUTPUT}),
    ],
)
def test_what_is_asked_is_understood(text: str, kinds: set[Advice]) -> None:
    """In formal and terse words, as a question, as a list."""
    assert advice_in(text) == kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No need to run the tests.", Advice.VERIFY),
        ("You needn't verify your work.", Advice.VERIFY),
        ("Skip the tests for now.", Advice.VERIFY),
        ("Running the tests is not necessary.", Advice.VERIFY),
        ("Do not list the files.", Advice.LOOK_FIRST),
        ("Stick with your current approach.", Advice.RECONSIDER),
        ("Please don't re-read the instructions.", Advice.REREAD),
    ],
)
def test_a_negated_request_waives(text: str, kind: Advice) -> None:
    """It is no advice, and says that the action is not wanted."""
    assert kind in waived_in(text)
    assert advice_in(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "Don't forget to run the tests.",
        "Never finish without running the tests.",
        "Do not stop until the tests have passed.",
        "You haven't run the tests since your last edit.",
    ],
)
def test_two_negations_are_a_request(text: str) -> None:
    """Not forgetting is doing."""
    assert advice_in(text) == {Advice.VERIFY}


@pytest.mark.parametrize(
    "text",
    [
        "All tests passed.",
        "The tests were run yesterday.",
        "CI will run the tests for you.",
        "The reviewer said that the tests should be run.",
        "The function returns the elapsed time.",
        "The loop repeats until the counter is zero.",
        "Write clear commit messages.",
        "Keep your answer short.",
        "FAIL f([1, 2]) returned True, expected False\n2 of 3 examples passed",
        "[... cut: 14000 characters in all; the rest is in a file ...]",
        SYSTEM,
        "",
    ],
)
def test_facts_reports_and_other_advice_are_let_pass(text: str) -> None:
    """Nothing is asked of the kinds that matter."""
    assert advice_in(text) == frozenset()


def test_wordings_that_were_never_trained_on_are_mostly_understood() -> None:
    """Phrases of the author's that neither the rules nor the weights were fitted to."""
    pairs = read_examples((HERE / "unseen_advice.tsv").read_text("utf-8"))
    asked = [(kind, text) for kind, text in pairs if kind != "NONE"]
    understood = sum(Advice[kind] in advice_in(text) for kind, text in asked) / len(asked)
    false = [text for kind, text in pairs if kind == "NONE" and advice_in(text)]

    assert understood >= 0.7
    assert len(false) <= 0.05 * (len(pairs) - len(asked))


@pytest.mark.parametrize("name", ["advice_corpus.json", "advice_corpus_second.json"])
def test_a_blind_corpus_is_understood(name: str) -> None:
    """Readers who had not seen the code wrote them: recall at least 80 %, false reactions at most 5 %.

    The first was scored several times while the code was made; the second once, after it was finished.
    """
    corpus = json.loads((HERE / name).read_text("utf-8"))
    wanted = [(Advice[kind.upper()], each["text"]) for each in corpus["positive"] for kind in each["kinds"]]
    found = sum(kind in advice_in(text) for kind, text in wanted)
    false = sum(bool(advice_in(each["text"])) for each in corpus["negative"])

    assert found / len(wanted) >= 0.8
    assert false / len(corpus["negative"]) <= 0.05


def test_reading_a_long_prompt_takes_little_time() -> None:
    """A page of text takes well under a second."""
    start = time.perf_counter()
    advice_in("\n".join(f"{number}. {SYSTEM}" for number in range(12)))

    assert time.perf_counter() - start < 1.0
