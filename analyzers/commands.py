"""What a shell command does: writes a file, runs a test, runs a program, or only looks."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
_IN_PLACE = re.compile(r"^(?:sed|perl|cp|mv|touch)\b")
_OPENED = re.compile(
    r"open\(\s*[\"'](?P<file>[^\"'\n]{1,200})[\"']\s*,\s*[\"'](?:w|a|r\+)"
    r"|Path\(\s*[\"'](?P<path>[^\"'\n]{1,200})[\"']\s*\)\.write_"
)
_PATCHED = re.compile(
    r"^(?:\*\*\* (?:Add|Update|Delete) File: |\*\*\* Move to: |\+\+\+ (?:b/)?)(?P<file>[^\t\r\n]{1,300})",
    re.MULTILINE,
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
    r"^(?:cat|less|more|head|tail|ls|tree|pwd|cd|file|stat|grep|egrep|rg|ag|find|fd|wc|nl|echo|sort|uniq|cut|which"
    r"|sed\s+-n|git\s+(?:diff|log|show|status|blame|grep|ls-files))\b"
)
_DISCARDS = re.compile(r"^(?:rm|git\s+(?:checkout|restore|stash|reset|rm|clean))\b")
_DOCUMENT = re.compile(
    r"\.(?:md|rst|txt|adoc)$|(?:^|/)(?:changes|changelog|readme|license|notes)$", re.IGNORECASE
)
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|specs?)/|(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec|_spec)|conftest)\.\w{1,4}$"
)
_CONFIGURATION = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|pytest\.ini|mypy\.ini|noxfile\.py|package(?:-lock)?\.json|tsconfig"
    r"[\w.]*\.json|Cargo\.(?:toml|lock)|go\.(?:mod|sum)|Makefile|CMakeLists\.txt|\.pre-commit-config\.yaml|requirements[\w-]*\.txt"
    r"|pom\.xml|build\.gradle|\.eslintrc[\w.]*|\.github/.{1,200})$"
)


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """A command line, read once: its simple ``parts``, the files it ``changes`` as far as it names them."""

    parts: tuple[str, ...]
    targets: tuple[str, ...]
    changes: tuple[str, ...]
    writes: bool
    tests: bool
    programs: bool
    looks: bool
    discards: bool


def read_command(command: str) -> CommandLine:
    """What a command line does; of one longer than 20,000 characters only the beginning is read."""
    read = command[:_LONGEST]
    bare = _bare(read)
    parts = tuple(_PREFIX.sub("", part.strip()) for part in _SEPARATOR.split(bare) if part.strip())
    targets = _targets(bare)
    writes = bool(targets) or any(_WRITES.search(part) for part in parts) or _writes_by_program(read)
    return CommandLine(
        parts=parts,
        targets=targets,
        changes=_changes(read, parts, targets) if writes else (),
        writes=writes,
        tests=any(not _LOOKS.match(part) and _TEST_RUNNER.search(part) for part in parts),
        programs=any(_PROGRAM.match(part) for part in parts),
        discards=any(_DISCARDS.match(part) for part in parts),
        looks=bool(parts) and not writes and all(_LOOKS.match(part) for part in parts),
    )


def writes_files(command: str) -> bool:
    """Whether the command line sets out to change files; deleting some is cleaning up, not changing."""
    return read_command(command).writes


def write_targets(command: str) -> tuple[str, ...]:
    """The files that output is redirected to; devices left out."""
    return read_command(command).targets


def runs_tests(command: str) -> bool:
    """Whether the command line runs a test suite or a checking script."""
    return read_command(command).tests


def runs_program(command: str) -> bool:
    """Whether the command line runs some program of the workspace or of a language."""
    return read_command(command).programs


def is_document(path: str) -> bool:
    """Whether a path names prose (a change log, a readme), which no test covers."""
    return bool(_DOCUMENT.search(path))


def is_test_file(path: str) -> bool:
    """Whether a path names a test, or stands in a folder of tests."""
    return bool(_TESTS.search(path[-400:]))


def is_configuration(path: str) -> bool:
    """Whether a path names the settings of a project or its tools."""
    return bool(_CONFIGURATION.search(path[-400:]))


def patched_files(patch: str) -> tuple[str, ...]:
    """The files that a patch names, in the unified form or in that of ``apply_patch``."""
    if "+++ " not in patch and "*** " not in patch:
        return ()
    found = (match["file"].strip() for match in _PATCHED.finditer(patch[:_LONGEST]))
    return tuple(dict.fromkeys(file for file in found if file and file != "/dev/null"))


def _targets(bare: str) -> tuple[str, ...]:
    if ">" not in bare and "tee" not in bare:
        return ()
    found = (match["target"] or match["tee"] for match in _REDIRECT.finditer(bare))
    return tuple(target.strip("\"'") for target in found if not target.startswith("/dev/"))


def _writes_by_program(read: str) -> bool:
    """A program given on the line or in a heredoc may write; what it does stands anywhere in the text."""
    return bool(_PROGRAM.match(_PREFIX.sub("", read.strip())) and _WRITES.search(read))


def _changes(read: str, parts: tuple[str, ...], targets: tuple[str, ...]) -> tuple[str, ...]:
    edited = (part.split()[-1].strip("\"'") for part in parts if _IN_PLACE.match(part))
    opened = (match["file"] or match["path"] for match in _OPENED.finditer(read))
    return tuple(dict.fromkeys((*targets, *edited, *opened, *patched_files(read))))


def _bare(read: str) -> str:
    """The command line without the bodies of its heredocs."""
    return _HEREDOC.sub(lambda match: match["rest"], read) if "<<" in read else read
