"""Program texts: positions are bytes, changes touch nothing else."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suites.humaneval_repair.source_text import Change, SourceText

TEXT = "größe = 'ä'  # ö\nsumme = (größe\n         + 'ü')\n"


def test_a_node_is_found_behind_letters_beyond_ascii() -> None:
    """``ast`` counts columns in bytes; so do we."""
    source = SourceText(TEXT)
    constants = [source.of(node) for node in ast.walk(source.tree) if isinstance(node, ast.Constant)]

    assert constants == ["'ä'", "'ü'"]


def test_a_token_is_found_over_lines() -> None:
    """The operator between two nodes may stand on another line."""
    source = SourceText(TEXT)
    (sum_,) = [node for node in ast.walk(source.tree) if isinstance(node, ast.BinOp)]
    (change,) = source.token("arithmetic", sum_.left, sum_.right, r"\+", "-")

    assert source.apply(change) == TEXT.replace("+", "-")


def test_a_comment_in_between_hides_the_token() -> None:
    """What might stand in a comment is left alone."""
    source = SourceText("x = (1  # 1 + 1\n  + 2)\n")
    (sum_,) = [node for node in ast.walk(source.tree) if isinstance(node, ast.BinOp)]

    assert list(source.token("arithmetic", sum_.left, sum_.right, r"\+", "-")) == []


@pytest.mark.parametrize(("start", "end", "text", "expected"), [(0, 1, "b", "b = 1"), (5, 5, "0", "a = 10")])
def test_a_change_replaces_its_bytes(start: int, end: int, text: str, expected: str) -> None:
    """Also none of them, which inserts."""
    change = Change(operator="any", start=start, end=end, text=text)

    assert SourceText("a = 1").apply(change) == expected


NODES = st.sampled_from(
    ["a + b", "f(x)[1:]", "{'ä': [1, (2, 3)]}", "x if y else 'ß'", "[i for i in 'größe' if i]", "-1 ** 2"]
)


@given(before=st.text(alphabet="abä ß→", max_size=12), expression=NODES)
def test_every_node_is_the_text_it_was_parsed_from(before: str, expression: str) -> None:
    """Whatever stands before it on the line and above: a node's text parses to the same tree."""
    source = SourceText(f"# {before}\nv = '{before}', {expression}\n")
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, ast.expr)]

    for node in nodes:
        if not isinstance(node, ast.Slice) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            assert ast.dump(ast.parse(source.of(node), mode="eval").body) == ast.dump(node)


def test_a_statement_over_many_lines_is_found_whole() -> None:
    """From its first to its last character."""
    text = "def f():\n    return (1,\n            2)\n\nx = 1\n"
    source = SourceText(text)

    assert source.of(source.tree.body[0]) == text[: text.index("\n\nx")]


def test_replacing_a_node_by_itself_changes_nothing() -> None:
    """The round trip of a change."""
    source = SourceText(TEXT)

    for node in ast.walk(source.tree):
        if isinstance(node, ast.expr | ast.stmt):
            assert source.apply(source.replace("none", node, source.of(node))) == TEXT
