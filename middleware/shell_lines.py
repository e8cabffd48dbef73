"""Reads a shell command line well enough to see which files it writes and whether it runs tests."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_HEREDOC = re.compile(
    r"^(?P<before>[^\n]*?)<<-?[ \t]*(?P<quote>['\"]?)(?P<mark>\w+)(?P=quote)(?P<after>[^\n]*)\n"
    r"(?P<body>.*?)^[ \t]*(?P=mark)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_INTERPRETER = re.compile(r"\b(python[\d.]*|node|ruby|perl|bash|sh)\b")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_TEST_WORD = re.compile(
    r"(?<![a-z])(tests?|checks?|verify|assert|pytest|unittest|doctest|nox|tox|ctest|jest|vitest|rspec|phpunit)(?![a-z])",
    re.IGNORECASE,
)
_WRITER = re.compile(r"\b(?:cat|echo|printf|sed|tee)\b")  # spares most commands a full reading
_OPERATORS = frozenset("();<>|&\n")
_AUTHORS = frozenset({"cat", "echo", "printf"})
_BYSTANDER = re.compile(  # programs that never run tests, whatever their arguments are called
    r"#.*|\[|awk|cat|cd|chmod|cp|diff|echo|find|git|grep|head|less|ls|mkdir|more|mv|nl|pip3?|printf|pwd|rg|rm|sed"
    r"|stat|tail|tee|test|touch|tree|vim?|wc|which"
)


def written_files(command: str) -> tuple[str, ...]:
    """Files whose text a command line writes itself, by ``cat``, ``echo``, ``printf``, ``tee`` or ``sed -i``.

    What another program writes is not seen, and its redirected output is no edit.
    """
    if not _WRITER.search(command):
        return ()
    commands = list(_simple_commands(command))
    found: list[str] = []
    for words in commands:
        if _program(words) in _AUTHORS:
            found += [words[at + 1] for at, word in enumerate(words[:-1]) if word in {">", ">>", ">|"}]
        found += _written_by_program(words, _program(commands[0]) in {*_AUTHORS, "tee"})
    return tuple(path for path in found if not path.startswith("/dev/"))


def runs_tests(command: str) -> bool:
    """Whether a command line looks as if it ran tests: by a runner's name, a test file, or assertions."""
    if not _TEST_WORD.search(command):
        return False
    bodies = (match["body"] for match in _HEREDOC.finditer(command) if _INTERPRETER.search(match["before"]))
    if any(_TEST_WORD.search(body) for body in bodies):
        return True
    return any(_is_test(words) for words in _simple_commands(command))


def hides_exit_code(command: str) -> bool:
    """Whether the exit code of a command line may be that of another command than the one that matters."""
    return any(mark in command for mark in ("|", ";", "\n"))


def _simple_commands(command: str) -> Iterator[list[str]]:
    words: list[str] = []
    for word in _words(_HEREDOC.sub(r"\g<before> \g<after>\n", command)):
        if _is_operator(word) and not {"<", ">"} & set(word):
            if words:
                yield words
            words = []
        else:
            words.append(word.strip("\n") if _is_operator(word) else word)
    if words:
        yield words


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="".join(_OPERATORS))
    lexer.whitespace = " \t\r"  # a newline ends a command, so it is an operator here
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # quotes that never close
        return text.split()


def _is_operator(word: str) -> bool:
    return bool(word) and set(word) <= _OPERATORS


def _written_by_program(words: list[str], authored: bool) -> list[str]:
    program = _program(words)
    if program == "tee" and authored:
        return [word for word in words[1:] if not word.startswith("-") and not _is_operator(word)]
    if program == "sed" and any(re.match(r"-\w*i|--in-place", word) for word in words):
        return words[-1:]
    return []


def _is_test(words: list[str]) -> bool:
    if _BYSTANDER.fullmatch(_program(words)) or "install" in words:
        return False
    return _TEST_WORD.search(" ".join(words)) is not None


def _program(words: list[str]) -> str:
    named = [word for word in words if not _ASSIGNMENT.match(word)]
    return named[0].rpartition("/")[2] if named else ""
