"""The calls that a problem's text shows, with what it says they give."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.suites.humaneval_repair.problem import Problem

_SEPARATOR = re.compile(
    r"\s*\)?\s*(?:#\s*)?(?:should\s+return|returns?|==>|=>|-+>|➞|===?|=)?\s*(?:=>\s*)?", re.IGNORECASE
)
_WORDS = {"true": "True", "false": "False", "none": "None"}


@dataclass(frozen=True, kw_only=True)
class Example:
    """An expression and the literal that the text promises; ``None`` where it promises none that parses."""

    call: str
    promised: str | None


def examples_of(problem: Problem) -> tuple[Example, ...]:
    """The examples of a problem's text, in order, each call once; the text is not always right."""
    found = list(_doctests(problem)) or list(_prose(problem))
    by_call: dict[str, Example] = {}
    for example in found:
        by_call.setdefault(example.call, example)
    return tuple(by_call.values())


def _doctests(problem: Problem) -> Iterator[Example]:
    try:
        parsed = doctest.DocTestParser().get_examples(problem.prompt)
    except ValueError:
        return
    for example in parsed:
        call = _expression(example.source)
        if call is not None and problem.entry_point in call:
            yield Example(call=call, promised=_literal(example.want))


def _prose(problem: Problem) -> Iterator[Example]:
    for line in problem.prompt.splitlines():
        start = line.find(f"{problem.entry_point}(")
        if start < 0 or line.lstrip().startswith("def "):
            continue
        for end in (found.end() for found in re.finditer(r"\)", line)):
            call = _expression(line[start:end])
            if end > start and call is not None:
                rest = line[end:]
                separator = _SEPARATOR.match(rest)
                yield Example(call=call, promised=_literal(rest[separator.end() :] if separator else rest))
                break


def _expression(text: str) -> str | None:
    """The text without its comment, if it is an expression whose names are all called."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    if any(isinstance(node, ast.Name) and id(node) not in called for node in ast.walk(tree)):
        return None
    return ast.unparse(tree)


def _literal(text: str) -> str | None:
    """The longest beginning of a line that is a literal."""
    words = (text.strip().splitlines() or [""])[0].split(" ")
    for count in range(len(words), 0, -1):
        part = " ".join(words[:count]).strip().rstrip(".,;")
        try:
            return repr(ast.literal_eval(_WORDS.get(part.lower(), part)))
        except (ValueError, SyntaxError, MemoryError, TypeError):
            continue
    return None
