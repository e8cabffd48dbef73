"""Reads the shell script that judges a container's task: the usual frame around pytest, or a script of its own.

Most published tasks install curl, uv and pytest from the network and then run pytest on one file. That
frame is recognised line by line and replaced by this machine's pytest; any other script must do without
the network.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.imports.refusal import Reason, RefusedError

_PYTEST = re.compile(
    r"^(?:(?:uv run|uvx|python3?)\b[^|;&]*?\s)?(?:-m )?pytest\s+(?P<arguments>[^|;&]+?)(?:\s*2>&1)?$"
)
_WITH = re.compile(r"(?:^|\s)(?:-w|--with|-p|--python)[ =](?P<name>\S+)")
_NAMES = r"\s+(?P<names>(?:(?!\s\d?>|[|;&]).)+)"  # up to a redirection or the next command
_ADD = re.compile(r"^(?:uv (?:add|pip install)|(?:python3? -m )?pip3? install)" + _NAMES)
_APT = re.compile(r"^apt(?:-get)? (?:-\w+ )*install" + _NAMES)
_FRAME = (
    re.compile(
        r"^(?:set [-+]\w+.*|source \S*/(?:env|activate)|\. \S*/(?:env|activate)|cd (?:/workspace|\.)|uv (?:init|venv|sync).*)$"
    ),
    re.compile(r"^apt(?:-get)? (?:-\w+ )*(?:update|clean).*$"),
    re.compile(r"^curl -LsSf https://astral\.sh/uv/[\w.]+/?install\.sh \| sh$"),
    re.compile(r"^(?:if \[.*\]; then|if \[.*\]|then|else|fi|exit \S+|echo .*|mkdir -p \S+|\w+=\$\?)$"),
)
_TOOLS = frozenset(
    {"curl", "wget", "ca-certificates", "git", "python3", "python3-pip", "pytest", "pytest-json-ctrf"}
)
_NETWORK = re.compile(
    r"\b(?:apt(?:-get)?|curl|wget|pip3?|uvx?|npm|yarn|conda|cargo|git clone|go get)\b(?! --version)"
)


@dataclass(frozen=True, kw_only=True)
class PytestRun:
    """The test files that a script runs with pytest, as absolute paths."""

    tests: tuple[str, ...]


def read_script(
    script: str, variables: Mapping[str, str], *, in_image: bool = False, network: bool = False
) -> PytestRun | None:
    """What the frame runs, or ``None`` for a script of its own that may be run as it is.

    Raises ``RefusedError`` where the script wants the network without a ``network``, or packages that are not here;
    ``in_image`` packages are taken to be in the image, as the check of its reference will show.
    """
    lines = _lines(script, variables)
    found = [match for line in lines if (match := _PYTEST.match(line))]
    if len(found) != 1:
        _refuse_network([] if network else lines)
        return None
    packages = (
        set() if in_image else {name for line in lines for name in _packages(line)} - {"pytest", *_TOOLS}
    )
    if packages:
        raise RefusedError(Reason.NEEDS_PACKAGES, f"its verifier installs {', '.join(sorted(packages))}")
    if not all(_in_frame(line) for line in lines):
        _refuse_network([] if network else lines)
        return None
    tests = _tests(found[0]["arguments"])
    return PytestRun(tests=tests) if tests else None


def _lines(script: str, variables: Mapping[str, str]) -> list[str]:
    text = re.sub(r"\\[ \t]*\n\s*", " ", script)
    for name, value in variables.items():
        text = re.sub(rf"\$\{{{name}\}}|\${name}\b", value, text)
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def _packages(line: str) -> set[str]:
    if match := _ADD.match(line) or _APT.match(line):
        return {_bare(name) for name in match["names"].split() if not name.startswith("-")}
    if _PYTEST.match(line):
        return {_bare(match["name"]) for match in _WITH.finditer(line) if not match["name"][0].isdigit()}
    return set()


def _bare(name: str) -> str:
    return re.split(r"[=<>!~\[;]", name.strip("\"'"), maxsplit=1)[0]


def _in_frame(line: str) -> bool:
    patterns = (_PYTEST, _ADD, _APT, *_FRAME)
    return any(pattern.match(line) for pattern in patterns)


def _tests(arguments: str) -> tuple[str, ...]:
    try:
        words = shlex.split(arguments)
    except ValueError:
        return ()
    words = [
        word for word, before in zip(words, ["", *words], strict=False) if "--ctrf" not in {word, before}
    ]
    files = [word for word in words if word.endswith(".py")]
    flags = [word for word in words if word not in files]
    harmless = all(
        re.fullmatch(r"-[rvqsxl]\w*|--(?:verbose|tb=\w+|color=\w+|no-header|capture=no)", flag)
        for flag in flags
    )
    return tuple(files) if harmless and all(file.startswith("/") for file in files) else ()


def _refuse_network(lines: list[str]) -> None:
    for line in lines:
        if _NETWORK.search(line):
            raise RefusedError(Reason.NEEDS_NETWORK, f"its verifier runs: {line[:120]}")
