"""Finds what a proposal's text has from a suite: a harness must get better at work, not at these tasks.

A rule answers with its name and never with what it found, so that its answer leaks nothing either.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from benchmarks.leak_code import CODE_RULES, CodeLint
from benchmarks.leak_literals import literals_of, squeezed
from benchmarks.task import Suite, Task
from benchmarks.verifiers import ScriptVerifier
from harness.edits import Tree
from harness.runs import Verifier

RULES = ("task_id", "entry_point", "file_name", "instruction", "verifier_literal", "shared_text")
SENTENCE_WORDS = 6  # shorter sentences are anybody's
NGRAM_TOKENS = 18
NGRAM_WORDS = 9  # different words that a shared n-gram must have, so that common idioms pass
PREFIX = 8  # characters by which literals are looked up

_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?!\w)")
_NAMED = re.compile(  # a single word counts only where it names code
    r"`(\w+)(?:\([^`]*\))?`|\b(\w+)\.py\b|^def (\w+)\(", re.MULTILINE
)
_ORDINARY = frozenset(
    {
        "add",
        "common",
        "compare",
        "cut",
        "digits",
        "dump",
        "f",
        "intersection",
        "load",
        "main",
        "matches",
        "maximum",
        "merge",
        "monotonic",
        "multiply",
        "parser",
        "read",
        "search",
        "share",
        "solution",
        "solve",
        "split",
        "totals",
        "unique",
        "write",
    }
)


class LeakLint:
    """The rules for one suite; what they look for is worked out once, a check takes milliseconds."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._texts = frozenset(_texts(suite.tasks))

    def check(self, text: str, *, among: Sequence[str] = RULES) -> tuple[str, ...]:
        """The names of the rules ``among`` these that ``text`` breaks, in the order of ``RULES``."""
        return tuple(rule for rule in RULES if rule in among and self._rules[rule](text))

    @cached_property
    def _rules(self) -> Mapping[str, Callable[[str], bool]]:
        return {
            "task_id": lambda text: self._task_ids.search(text) is not None,
            "entry_point": self._names_function,
            "file_name": lambda text: any(word in self._file_names for word in _WORD.findall(text)),
            "instruction": self._has_sentence,
            "verifier_literal": self._has_literal,
            "shared_text": self._shares_text,
        }

    def check_code(self, program: str) -> tuple[str, ...]:
        """The rules that a Python program breaks by what it reads or recognises, in the order of ``CODE_RULES``."""
        return self._code.check(program)

    def check_change(self, before: Tree, after: Tree) -> tuple[str, ...]:
        """The rules that a harness's files break as a patch leaves them, and did not break before it.

        Whatever edits a text is put together from: this looks at what comes out of them.
        """
        changed = [path for path in after if after[path] != before.get(path)]
        found = {
            rule for path in changed for rule in {*self._broken(path, after)} - {*self._broken(path, before)}
        }
        return tuple(rule for rule in (*RULES, *CODE_RULES) if rule in found)

    def _broken(self, path: str, tree: Tree) -> tuple[str, ...]:
        text = tree.get(path, b"").decode("utf-8", "replace")
        return (*self.check(text), *(self.check_code(text) if path.endswith(".py") else ()))

    @cached_property
    def _code(self) -> CodeLint:
        return CodeLint(self._suite.tasks, self._shown_by_decoding)

    def _shown_by_decoding(self, text: str) -> tuple[str, ...]:
        return self.check(text, among=("task_id", "entry_point", "instruction", "shared_text"))

    @cached_property
    def _task_ids(self) -> re.Pattern[str]:
        names = {self._suite.name, *(task.group for task in self._suite.tasks)}
        forms = {_loose(name) for name in names if re.search(r"[\d_-]", name)}
        forms |= {_loose(re.sub(r"[\W_]*\d+$", "", name)) for name in names if re.search(r"[a-z][A-Z]", name)}
        return re.compile("|".join(sorted(forms)) or r"(?!)", re.IGNORECASE)

    @cached_property
    def _file_names(self) -> frozenset[str]:
        paths = {path for task in self._suite.tasks for path in task.assignment.files if path.endswith(".py")}
        stems = {path.rsplit("/", 1)[-1].removesuffix(".py") for path in paths}
        return frozenset(stem for stem in stems if _distinctive(stem))

    @cached_property
    def _functions(self) -> frozenset[str]:
        return frozenset(name for text in _programs(self._suite.tasks) for name in _function_names(text))

    def _names_function(self, text: str) -> bool:
        if any(word in self._functions and _distinctive(word) for word in _WORD.findall(text)):
            return True
        named = {word for pair in _NAMED.findall(text) for word in pair}
        return bool((named - _ORDINARY) & self._functions)

    @cached_property
    def _sentences(self) -> frozenset[str]:
        return frozenset(
            sentence
            for task in self._suite.tasks
            for sentence in _sentences_of(task.assignment.instruction)
            if len(sentence.split()) >= SENTENCE_WORDS
        )

    def _has_sentence(self, text: str) -> bool:
        said = f" {_plain_words(text)} "
        return any(f" {sentence} " in said for sentence in self._sentences)

    @cached_property
    def _literals(self) -> Mapping[str, tuple[str, ...]]:
        by_prefix: dict[str, list[str]] = {}
        for literal in self._all_literals - self._numbers:
            by_prefix.setdefault(literal[:PREFIX], []).append(literal)
        return {prefix: tuple(literals) for prefix, literals in by_prefix.items()}

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """Literals too short to be looked up by a prefix: they count as whole numbers only."""
        return frozenset(literal for literal in self._all_literals if len(literal) < PREFIX)

    @cached_property
    def _all_literals(self) -> frozenset[str]:
        return frozenset(literal for checks in _checks(self._suite.tasks) for literal in literals_of(checks))

    def _has_literal(self, text: str) -> bool:
        return not self._numbers.isdisjoint(_numbers_of(text)) or any(
            form.startswith(literal, place)
            for form in (text, squeezed(text))
            for place in range(len(form))
            for literal in self._literals.get(form[place : place + PREFIX], ())
        )

    @cached_property
    def _ngrams(self) -> frozenset[int]:
        return frozenset(hash(ngram) for text in self._texts for ngram in _ngrams_of(text))

    def _shares_text(self, text: str) -> bool:
        shared = (ngram for ngram in _ngrams_of(text) if hash(ngram) in self._ngrams)
        return any(len({token for token in ngram if _telling(token)}) >= NGRAM_WORDS for ngram in shared)


def _distinctive(name: str) -> bool:
    """Whether a name is of several words, so that nobody writes it by chance."""
    return re.search(r"[A-Za-z]\d*_+\w|[a-z][A-Z]", name) is not None and not name.startswith(("__", "test_"))


def _loose(name: str) -> str:
    """A pattern for a name with any number in place of its own and any separators."""
    parts = [r"\d+" if part.isdigit() else re.escape(part) for part in re.findall(r"\d+|[^\W\d_]+", name)]
    return r"\b" + r"[\s_/-]?".join(parts)


def _checks(tasks: Iterable[Task]) -> frozenset[str]:
    return frozenset(text for task in tasks for text in _verifier_texts(task.verifier))


def _verifier_texts(verifier: Verifier) -> Iterator[str]:
    """What a verifier is written in, and its data where that reads as Python (most JSON does)."""
    if isinstance(verifier, ScriptVerifier):
        yield verifier.checks
    elif isinstance(verifier, TestsVerifier | CommandVerifier):
        texts = (content.decode("utf-8", "replace") for content in verifier.files.values())
        yield from (text for text in texts if _tree(text) is not None)


def _programs(tasks: Iterable[Task]) -> frozenset[str]:
    """The Python files that references solve, where the functions stand that tasks are about."""
    files = (item for task in tasks for item in task.reference.items())
    return frozenset(content.decode("utf-8", "replace") for path, content in files if path.endswith(".py"))


def _texts(tasks: tuple[Task, ...]) -> Iterator[str]:
    yield from _checks(tasks)
    yield from _programs(tasks)
    for task in tasks:
        yield task.assignment.instruction
        for path in task.assignment.files.keys() & task.reference.keys():
            yield task.assignment.files[path].decode("utf-8", "replace")


def _function_names(program: str) -> Iterator[str]:
    tree = _tree(program)
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name


def _tree(text: str) -> ast.Module | None:
    """A text as Python, or ``None`` for one that is none: other people's tasks are in any language."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _sentences_of(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?:])\s+|\n\s*\n|\n- ", text):
        yield _plain_words(sentence)


def _plain_words(text: str) -> str:
    """Small letters, no punctuation, no code: what is left of a sentence when names are exchanged."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"`[^`\n]*`", " ", text).lower()))


def _numbers_of(text: str) -> Iterator[str]:
    return (number.replace("_", "") for number in _NUMBER.findall(text))


def _ngrams_of(text: str) -> Iterator[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    return zip(*(tokens[start:] for start in range(NGRAM_TOKENS)), strict=False)


def _telling(token: str) -> bool:
    return len(token) > 1 and not token.isdigit()
