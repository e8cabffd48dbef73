"""What a shell command does: writes a file, runs a test, runs a program, or only looks."""

from __future__ import annotations

import re

_LONGEST = 20_000  # characters of a command that are read; what it does shows early
_HEREDOC = re.compile(
    r"<<-?[ \t]*[\"']?(\w+)[\"']?(?P<rest>[^\n]*)\n.*?(?:^[ \t]*\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_SEPARATOR = re.compile(r"&&|\|\||[;\n|]")
_PREFIX = re.compile(
    r"^(?:\(|\w+=\S*\s+|(?:sudo|time|env|exec|nice|uv run|poetry run|npx)\s+|timeout\s+(?:-\S+\s+)*\S+\s+)+"
)
_REDIRECT = re.compile(
    r"(?<![0-9&<=-])>{1,2}\s*(?P<target>[^\s&|;<>()]+)|\btee\s+(?:-a\s+)?(?P<tee>[^\s|;&]+)"
)
_WRITES = re.compile(
    r"^(?:sed\s+(?:-\w+\s+)*-\w*i|perl\s+-\w*i|apply_patch\b|git\s+(?:apply|checkout\s+--|restore)|patch\b"
    r"|(?:cp|mv)\s+\S)"
    r"|\.write_text\(|open\([^)\n]{0,120},\s*[\"'](?:w|a|r\+)"
)
_TEST_RUNNER = re.compile(
    r"^(?:python[\d.]*\s+(?:-\S+\s+)*-m\s+)?(?:pytest|py\.test|unittest|doctest|tox|nox|nosetests|nose2|jest|vitest|mocha"
    r"|rspec|ctest|phpunit|runtests)\b"
    r"|^(?:npm|yarn|pnpm|bun|cargo|go|mvn|gradle|dotnet|mix|swift|bazel|make|just|rake|sbt|zig|deno)\s+(?:\S+\s+)*?"
    r"(?:test|check|verify)\b"
    r"|^(?:python[\d.]*|node|ruby|perl|bash|sh)?\s*(?:-\S+\s+)*\S*(?:tests?|check|verify|spec)\w{0,60}\.(?:py|sh|js|ts|rb|pl)\b"
    r"|\bmanage\.py\s+test",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"^(?:python[\d.]*|node|ruby|perl|php|deno|lua|java|Rscript|bash|sh)\s+"
    r"(?!-m\s+(?:pip|venv|py_compile|json)|--version|-V\b)\S|^\./\S"
)
_LOOKS = re.compile(
    r"^(?:cat|less|head|tail|ls|grep|rg|find|wc|nl|echo|sed\s+-n|git\s+(?:diff|log|show|status))\b"
)
_DOCUMENT = re.compile(
    r"\.(?:md|rst|txt|adoc)$|(?:^|/)(?:changes|changelog|readme|license|notes)$", re.IGNORECASE
)


def writes_files(command: str) -> bool:
    """Whether the command line sets out to change files; deleting some is cleaning up, not changing."""
    if write_targets(command) or any(_WRITES.search(part) for part in _parts(command)):
        return True
    read = command[:_LONGEST].strip()
    return bool(_PROGRAM.match(_PREFIX.sub("", read)) and _WRITES.search(read))


def write_targets(command: str) -> tuple[str, ...]:
    """The files that output is redirected to; devices left out."""
    targets = (match["target"] or match["tee"] for match in _REDIRECT.finditer(_bare(command)))
    return tuple(target.strip("\"'") for target in targets if not target.startswith("/dev/"))


def runs_tests(command: str) -> bool:
    """Whether the command line runs a test suite or a checking script."""
    return any(not _LOOKS.match(part) and _TEST_RUNNER.search(part) for part in _parts(command))


def runs_program(command: str) -> bool:
    """Whether the command line runs some program of the workspace or of a language."""
    return any(_PROGRAM.match(part) for part in _parts(command))


def is_document(path: str) -> bool:
    """Whether a path names prose (a change log, a readme), which no test covers."""
    return bool(_DOCUMENT.search(path))


def _parts(command: str) -> tuple[str, ...]:
    """The simple commands of a command line, without prefixes such as ``timeout 60``."""
    return tuple(_PREFIX.sub("", part.strip()) for part in _SEPARATOR.split(_bare(command)) if part.strip())


def _bare(command: str) -> str:
    """The command line without the bodies of its heredocs."""
    return _HEREDOC.sub(lambda match: match["rest"], command[:_LONGEST])
