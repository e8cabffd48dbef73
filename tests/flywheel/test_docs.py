"""What the documents say can be typed as it stands there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from flywheel.cli import build
from traces.fields import FIELDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMAND = re.compile(r"(?:\.venv/bin/)?flywheel (?=[a-z])([^`\n#|…]+)")


def commands_in(page: Path) -> Iterator[list[str]]:
    """Every ``flywheel …`` in a page's code, as words."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"```\w*\n(.*?)```|`(flywheel [^`]+)`", text, re.DOTALL):
        for found in COMMAND.findall("\n".join(block)):
            yield shlex.split(found.partition(" > ")[0])


def resolve(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and the words after it."""
    command: Any = typer.main.get_command(build())
    rest = list(words)
    while rest and getattr(command, "commands", None):
        if rest[0].partition("|")[0] not in command.commands:
            return None, rest
        command = command.commands[rest.pop(0).partition("|")[0]]
    return command, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_the_documents_exists_with_its_options(page: Path) -> None:
    """A command or option that was renamed would stand wrong in a document for years."""
    for words in commands_in(page):
        command, rest = resolve(words)
        assert command is not None, f"{page.name}: {words}"
        if getattr(command, "commands", None):
            continue
        known = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        } | {"--help"}
        unknown = [word for word in rest if re.match(r"--?[a-zA-Z]", word) and word not in known]
        assert not unknown, f"{page.name}: {words}"


def test_the_documents_show_commands() -> None:
    """The check above has something to look at."""
    assert sum(1 for page in PAGES for _ in commands_in(page)) > 20


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link of every page names a file that is there."""
    pages = [*PAGES, *(ROOT / "docs" / "decisions").glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_make_targets_in_the_documents_exist() -> None:
    """``make X`` in a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name
        for page in PAGES
        for name in re.findall(r"`?make ([a-z][a-z-]+)\b(?=[`\s])", page.read_text(encoding="utf-8"))
        if f"`make {name}" in page.read_text(encoding="utf-8")
        or f"\nmake {name}" in page.read_text(encoding="utf-8")
    }

    assert named <= targets


def test_the_page_about_traces_explains_every_field() -> None:
    """A field that nobody can look up is found by nobody."""
    page = (ROOT / "docs" / "traces.md").read_text(encoding="utf-8")

    assert [field.name for field in FIELDS if f"| `{field.name}` | {field.meaning}" not in page] == []
