"""What test output says about a program: which call should give which value."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

_ASSERTION_LINE = re.compile(r"^\W*(?:E\s+)?assert|^\W*FAIL|\bself\.assert|^\w*Error\b", re.IGNORECASE)
_PASSED_LINE = re.compile(r"^\W*(?:ok|pass(?:ed)?)\b", re.IGNORECASE)
_EXPECTED = re.compile(
    r"\b(?:expected|should (?:be|return|give)|want(?:ed)?)\b(?:\s+(?:was|is|value))?[:\s]*", re.IGNORECASE
)
_RETURNED = re.compile(r"\b(?:returned|returns|gave|got|is)\b[:\s]*|==|->|=>", re.IGNORECASE)
_EQUALS = re.compile(r"^\s*(?:==|->|=>|,)\s*")
_COUNT = re.compile(
    r"\b(\d+) (?:of|out of|/) ?(\d+)\b[^\n]*\bpass|\b(\d+)/(\d+)\b[^\n]*\bpass", re.IGNORECASE
)
_FAILURE = re.compile(
    r"^\W*FAIL|^FAILED\b|^Traceback|\b\d+ failed\b|Failed example:|^\w*Error\b", re.MULTILINE
)
_LONGEST_LINE = 4_000


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Evaluating ``call`` should give ``expected``; both are Python expressions as text."""

    call: str
    expected: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one run of the tests said. ``passed`` is ``None`` where the output does not tell."""

    passed: bool | None
    failing: tuple[Fact, ...]
    passing: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts, failing ones first."""
        return (*self.failing, *self.passing)


def read_report(output: str, exit_code: int | None, functions: Collection[str]) -> Report:
    """Read test output; ``functions`` are the names that calls may start with."""
    failing: dict[Fact, None] = {}
    passing: dict[Fact, None] = {}
    for fact, passed in _facts(output, functions):
        (passing if passed else failing)[fact] = None
    return Report(
        passed=_verdict(output, exit_code, failed=bool(failing)),
        failing=tuple(failing),
        passing=tuple(passing),
    )


def _verdict(output: str, exit_code: int | None, *, failed: bool) -> bool | None:
    counts = [tuple(int(number) for number in match.groups() if number) for match in _COUNT.finditer(output)]
    if failed or any(passed < total for passed, total in counts):
        return False
    if exit_code is not None:
        return exit_code == 0
    if _FAILURE.search(output):
        return False
    return True if counts else None


def _facts(output: str, functions: Collection[str]) -> Iterator[tuple[Fact, bool]]:
    if not functions:
        return
    starts = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(functions)))})\(")
    lines = output.splitlines()
    for number, line in enumerate(lines):
        match = starts.search(line)
        if match is None or len(line) > _LONGEST_LINE:
            continue
        call = _longest_expression(line[match.start() :], closing=")")
        if call is None:
            continue
        rest = line[match.start() + len(call) :]
        expected = _expected_on_line(line, rest) or _expected_below(lines[number + 1 : number + 8])
        if expected is not None:
            passed = bool(_PASSED_LINE.match(line)) and not _EXPECTED.search(line)
            yield Fact(call=call, expected=expected), passed


def _expected_on_line(line: str, rest: str) -> str | None:
    told = list(_EXPECTED.finditer(line))
    if told:
        return _longest_literal(line[told[-1].end() :])
    equals = _EQUALS.match(rest)
    if equals and (_ASSERTION_LINE.search(line) or _PASSED_LINE.match(line)):
        return _longest_literal(rest[equals.end() :])
    returned = _RETURNED.search(rest)
    if returned and _PASSED_LINE.match(line):
        return _longest_literal(rest[returned.end() :])
    return None


def _expected_below(lines: list[str]) -> str | None:
    """The value in a doctest report, which stands on the line after ``Expected:``."""
    for line, following in pairwise(lines):
        if line.strip().lower() == "expected:":
            return _longest_literal(following.strip())
        if line.strip().startswith(("File ", "FAIL", "Trying:")):
            return None
    return None


def _longest_expression(text: str, *, closing: str) -> str | None:
    ends = [index + 1 for index, letter in enumerate(text) if letter == closing]
    for end in ends:  # the first that parses: a call ends where its parentheses close
        if _parses(text[:end]):
            return text[:end]
    return None


def _longest_literal(text: str) -> str | None:
    text = text.strip()
    cuts = [len(text), *(index for index in range(len(text) - 1, 0, -1) if text[index] in ",;).] ")]
    for cut in cuts[:60]:
        piece = text[:cut].rstrip(" ,;.")  # a comma would make a tuple, a full stop a float
        if _is_literal(piece):
            return piece
    return None


def _parses(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
