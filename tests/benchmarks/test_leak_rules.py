"""The lint's rules one by one, on a suite of one small task: where each begins and where it ends."""

from __future__ import annotations

import pytest

from benchmarks.leak_lint import NGRAM_TOKENS, RULES, LeakLint
from benchmarks.task import Split, Suite, Task
from benchmarks.verifiers import ScriptVerifier
from harness.runs import Assignment

INSTRUCTION = """The ledger of `sum_rows` forgets the last row of every page.

- Keep the order of the rows as it was given.
- Short one here.
"""
CHECKS = """
def verify_rows(program):
    assert program.call("row_ledger.py", "sum_rows", [7, 3, 9, 1, 4, 4]) == 84723
    assert program.call("row_ledger.py", "sum_rows", "kilo@lima.example") == 2.7183
"""
REFERENCE = '''
def sum_rows(rows, page=None):
    """Add up."""
    total, carried, pages = 0, 0, []
    for number, row in enumerate(rows):
        total += row.amount if row.valid else carried
        pages.append((number, total, carried))
    return total

def solve(rows): return rows
def _hidden_helper(rows): return rows
class RowKeeper:
    def keep_rows(self): return None
'''


@pytest.fixture(scope="module")
def lint() -> LeakLint:
    task = Task(
        id="toy-shop/PageLedger_7",
        group="PageLedger_7",
        assignment=Assignment(
            task="toy-shop/PageLedger_7",
            instruction=INSTRUCTION,
            files={
                "row_ledger.py": b"def sum_rows(rows): return 0\n",
                "tests/test_rows.py": b"",
                "plain.py": b"",
                "data_file.txt": b"",
            },
        ),
        verifier=ScriptVerifier(checks=CHECKS),
        reference={"row_ledger.py": REFERENCE.encode(), "NOTES.md": b"def not_python("},
    )
    return LeakLint(Suite(name="toy-shop", tasks=(task,), splits={"PageLedger_7": Split.MINE}))


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("as in PageLedger_7", True),
        ("pageledger 12 is hard", True),
        ("PAGELEDGER/3", True),
        ("the pageledger tasks", True),
        ("from the toy shop", True),
        ("the toy_shop suite", True),
        ("a toy in a shop", False),
        ("a page of a ledger", False),
        ("my-page", False),
    ],
)
def test_names_of_suite_and_groups_are_found_however_they_are_joined(
    lint: LeakLint, text: str, leaks: bool
) -> None:
    """With any number, any separator and any case, but not as words apart."""
    assert ("task_id" in lint.check(text)) is leaks


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("call sum_rows first", True),
        ("sum_rowsx", False),
        ("`sum_rows`", True),
        ("SumRows", False),
        ("`solve(rows)` does it", False),
        ("_hidden_helper", False),
        ("keep_rows", False),
        ("RowKeeper", False),
    ],
)
def test_public_functions_of_the_solution_are_entry_points(lint: LeakLint, text: str, leaks: bool) -> None:
    """Private ones, methods and classes are not, nor are ordinary words in code quotes."""
    assert ("entry_point" in lint.check(text)) is leaks


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("open row_ledger.py", True),
        ("import row_ledger", True),
        ("read plain.py", False),
        ("data_file.txt", False),
        ("run test_rows", False),
    ],
)
def test_program_files_with_telling_names_are_found(lint: LeakLint, text: str, leaks: bool) -> None:
    """One ordinary word, data files and names of tests are nobody's."""
    assert ("file_name" in lint.check(text)) is leaks


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("Keep the order of the rows as it was given.", True),
        ("keep the ORDER of the rows,\n  as it was given and more", True),
        ("Mind: the ledger of `other` forgets the last row of every page!", True),
        ("Keep the order of the rows.", False),
        ("Short one here.", False),
        ("upkeep the order of the rows as it was givens", False),
    ],
)
def test_whole_sentences_of_the_instruction_are_found(lint: LeakLint, text: str, leaks: bool) -> None:
    """In any case, layout and punctuation, names exchanged; parts and short ones are anybody's."""
    assert ("instruction" in lint.check(text)) is leaks


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("The answer is 84723 for this.", True),
        ("84_723", True),
        ("x=84723;", True),
        ("a ratio of 2.7183, about", True),
        ("184723", False),
        ("84723.5", False),
        ("v84723", False),
        ("2.718281828", False),
        ("[7,3, 9,\n 1, 4, 4]", True),
        ("[7, 3, 9]", False),
        ("kilo@lima.example", True),
    ],
)
def test_literals_of_the_verifier_are_found(lint: LeakLint, text: str, leaks: bool) -> None:
    """Short numbers as whole numbers only, wherever they stand; lists in any layout."""
    assert ("verifier_literal" in lint.check(text)) is leaks


def test_a_passage_of_the_solution_is_shared_text_and_a_shorter_one_is_not(lint: LeakLint) -> None:
    """Eighteen tokens in a row with many different words."""
    passage = "total += row.amount if row.valid else carried\n        pages.append((number, total, carried))"

    assert lint.check(passage) == ("shared_text",)
    assert lint.check(passage.split("\n", maxsplit=1)[0]) == ()


def test_repeated_signs_are_no_shared_text() -> None:
    """A ruler or a table is long, but says nothing."""
    ruler = "= - " * NGRAM_TOKENS
    task = Task(
        id="t",
        group="t",
        assignment=Assignment(task="t", instruction=ruler, files={}),
        verifier=ScriptVerifier(checks=""),
    )

    assert LeakLint(Suite(name="toy", tasks=(task,), splits={"t": Split.MINE})).check(ruler) == ()


def test_an_empty_suite_finds_nothing() -> None:
    """Without tasks there is nothing to leak."""
    assert LeakLint(Suite(name="toy", tasks=(), splits={})).check(INSTRUCTION + CHECKS + REFERENCE) == ()


def test_rules_are_named_in_their_order_each_once(lint: LeakLint) -> None:
    """The whole task breaks all of them."""
    assert lint.check(INSTRUCTION + CHECKS + REFERENCE + " PageLedger_7") == RULES
