"""The edits that come to mind include the inverses of ordinary slips."""

from __future__ import annotations

import ast

import pytest

from harness.simulated.repairs.candidates import far_fetched_repairs, likely_repairs
from harness.simulated.repairs.place import places
from harness.simulated.repairs.rewriting import rewrite

HEAD = "def f(a, b):\n"


def _texts(body: str, *, far: bool = False) -> set[str | None]:
    source = HEAD + body
    tree = ast.parse(source)
    found = far_fetched_repairs if far else likely_repairs
    return {rewrite(source, tree, repair) for place in places(tree) for repair in found(place)}


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("return a < b", "return a <= b"),
        ("return a == b", "return a != b"),
        ("return a in b", "return a not in b"),
        ("return a + b", "return a - b"),
        ("return a / b", "return a // b"),
        ("return a % b", "return a // b"),
        ("return a - b", "return b - a"),
        ("return a + 1", "return a"),
        ("return a and b", "return a or b"),
        ("return a if b else None", "return None if b else a"),
        ("return not a", "return a"),
        ("return True", "return False"),
        ("return a[0]", "return a[-1]"),
        ("return a[b]", "return a[b - 1]"),
        ("return a[1:b]", "return a[:b]"),
        ("return a[::-1]", "return a"),
        ("return list(range(a))", "return list(range(a + 1))"),
        ("return list(range(1, a))", "return list(range(a))"),
        ("return max(a, b)", "return min(a, b)"),
        ("return a.upper()", "return a.lower()"),
        ("return sorted(a)", "return sorted(a, reverse=True)"),
        ("return f(a, b)", "return f(b, a)"),
        ("return 3", "return 2"),
        ("return 'XXyesXX'", "return 'yes'"),
        ("return a", "return b"),
        ("return len(a)", "return len(b)"),
        ("return -a", "return a"),
        ("return None", "return a"),
        ("return [x for x in a if True]", "return [x for x in a if x]"),
    ],
)
def test_expressions_are_turned_back(broken: str, right: str) -> None:
    """The right program is among the edits of the broken one."""
    assert f"{HEAD}    {right}\n" in _texts(f"    {broken}\n")


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("    a -= b\n    return a\n", "    a += b\n    return a\n"),
        ("    a = b\n    return a\n", "    a += b\n    return a\n"),
        (
            "    for x in a:\n        break\n    return b\n",
            "    for x in a:\n        continue\n    return b\n",
        ),
        ("    if a:\n        pass\n    return b\n", "    if a:\n        return a\n    return b\n"),
        ("    for x in a:\n        pass\n    return b\n", "    for x in a:\n        b += 1\n    return b\n"),
        (
            "    for x in a:\n        pass\n    return b\n",
            "    for x in a:\n        b.append(x)\n    return b\n",
        ),
    ],
)
def test_statements_are_turned_back(broken: str, right: str) -> None:
    """Assignments, jumps and what a placeholder hides."""
    assert HEAD + right in _texts(broken)


def test_missing_statements_are_far_fetched() -> None:
    """They come to mind only when nothing else helps."""
    right = HEAD + "    b.append(a)\n    return b\n"

    assert right not in _texts("    return b\n")
    assert right in _texts("    return b\n", far=True)


def test_no_edit_touches_docstring_annotations_or_imports() -> None:
    """Only what runs is changed."""
    source = 'from typing import List\n\n\ndef f(a: List[int] = None) -> int:\n    """Give 1 or 2."""\n    return a\n'
    tree = ast.parse(source)
    texts = [rewrite(source, tree, repair) for place in places(tree) for repair in likely_repairs(place)]

    assert texts
    assert all(text and '"""Give 1 or 2."""' in text and "List[int]" in text for text in texts)


def test_edits_come_in_the_same_order_every_time() -> None:
    """Nothing depends on hashing."""
    source = "def f(a, b):\n    c = {a, b}\n    return sorted(c)[a - b] + len('abc')\n"
    tree = ast.parse(source)
    orders = [
        [rewrite(source, tree, repair) for place in places(tree) for repair in likely_repairs(place)]
        for _ in range(2)
    ]

    assert orders[0] == orders[1]
