"""The search keeps the edits that agree with the facts."""

from __future__ import annotations

import time

import pytest

from harness.simulated.facts import Fact
from harness.simulated.search import Search, same

BROKEN = '''def below(values):
    """Whether the running sum ever falls below zero."""
    total = 0
    for value in values:
        total -= value
        if total < 0:
            return True
    return False
'''
FAILS = Fact(call="below([1, 2])", expected="False")
HOLDS = Fact(call="below([])", expected="False")
FAILS_TOO = Fact(call="below([1, -4])", expected="True")


def test_options_mend_the_failing_fact() -> None:
    """Every certain option, written out, gives what the fact says."""
    options = Search(BROKEN).options([FAILS])

    assert len(options) > 3
    for option in options:
        text = option.text()
        assert text is not None
        assert Search(text).agrees(FAILS)


def test_more_facts_leave_fewer_options() -> None:
    """Each counterexample rules candidates out, and the right one stays."""
    search = Search(BROKEN)
    few = [option.text() for option in search.options([FAILS, FAILS_TOO, HOLDS])]

    assert len(few) < len(search.options([FAILS]))
    assert BROKEN.replace("total -= value", "total += value") in few


def test_without_facts_all_likely_edits_are_options() -> None:
    """Who knows nothing may try anything."""
    assert len(Search(BROKEN).options([])) > 40


def test_an_edit_that_the_failing_call_never_reaches_is_no_option() -> None:
    """A repair must lie where the failing call goes."""
    source = "def f(n):\n    if n > 5:\n        return n * 2\n    return n + 2\n"
    options = Search(source).options([Fact(call="f(1)", expected="2")])

    assert options
    assert all("n * 2" in (option.text() or "") for option in options)


def test_two_bugs_are_mended_one_on_top_of_the_other() -> None:
    """Where no single edit agrees with all facts, a second one is searched on top of a first."""
    source = "def f(n):\n    if n > 5:\n        return n - 100\n    return n + 30\n"
    facts = [Fact(call=f"f({n})", expected=str(n + 100 if n > 5 else n - 30)) for n in (1, 2, 7, 9)]
    search = Search(source)
    texts = [option.text() for option in search.compound_options(facts)]

    assert search.options(facts) == ()
    assert any(text and "n + 100" in text and "n - 30" in text for text in texts)


def test_what_cannot_be_followed_stays_possible() -> None:
    """An unsupported construct makes options uncertain, it does not rule them out."""
    source = "import re\n\ndef f(text):\n    return len(re.split(',', text)) - 1\n"
    options = Search(source).options([Fact(call="f('a,b')", expected="2")])

    assert options
    assert not any(option.certain for option in options)


def test_an_endless_program_is_searched_in_bounded_time() -> None:
    """A loop that never ends costs its steps and no more."""
    source = "def f(n):\n    while n > 0:\n        n += 1\n    return n\n"
    start = time.perf_counter()
    options = Search(source).options([Fact(call="f(3)", expected="0")])

    assert time.perf_counter() - start < 3.0
    assert any("n -= 1" in (option.text() or "") for option in options)


def test_a_syntax_error_is_the_callers_matter() -> None:
    """There is nothing to search in a text that is no program."""
    with pytest.raises(SyntaxError):
        Search("def f(:\n")


def test_option_names_do_not_depend_on_the_process() -> None:
    """Two searches of one text name their options alike."""
    first, second = ([option.name for option in Search(BROKEN).options([FAILS])] for _ in range(2))

    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize(
    ("value", "expected", "equal"),
    [
        (0.1 + 0.2, 0.3, True),
        ([0.1 + 0.2], [0.3], True),
        (1, 1.0, True),
        ((1,), [1], False),
        ("1", 1, False),
        (1.1, 1, False),
    ],
)
def test_numbers_are_compared_up_to_rounding(value: object, expected: object, equal: bool) -> None:
    """As the tests of these programs do."""
    assert same(value, expected) is equal
