"""The generated reference names every command with every option and argument."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer

from flywheel.cli import build, run
from flywheel.exit_codes import EXIT_CODES_HELP, ExitCode
from flywheel.reference import reference


def leaves(command: Any, name: str = "flywheel") -> list[tuple[str, Any]]:
    """Every command with its whole name."""
    members = getattr(command, "commands", None)
    if members is None:
        return [(name, command)]
    return [leaf for member, child in members.items() for leaf in leaves(child, f"{name} {member}")]


LEAVES = leaves(typer.main.get_command(build()))
SECTIONS = {part.partition("\n")[0]: part for part in reference().split("\n## ")[1:]}


def test_the_reference_has_a_section_for_each_command() -> None:
    """In the order of the command line, none twice."""
    assert list(SECTIONS) == [name for name, _ in LEAVES]
    assert len(LEAVES) == 39


@pytest.mark.parametrize(("name", "command"), LEAVES, ids=[name for name, _ in LEAVES])
def test_a_section_has_every_option_and_argument(name: str, command: Any) -> None:
    """Each spelling of an option with its help, each argument in the usage line."""
    section = SECTIONS[name]
    usage = section.partition("```\n")[2].partition("\n```")[0]

    for parameter in command.params:
        if parameter.param_type_name == "argument":
            assert parameter.name.upper() in usage
        elif parameter.name != "help":
            assert all(
                f"`{spelling}`" in section for spelling in (*parameter.opts, *parameter.secondary_opts)
            )
            assert (parameter.help or "") in section
    assert command.help.strip() in section
    assert f"Example: `{name}" in " ".join(section.split())


@pytest.mark.parametrize(("name", "command"), LEAVES, ids=[name for name, _ in LEAVES])
def test_every_option_says_what_it_does(name: str, command: Any) -> None:
    """An option without help is a riddle; numbers explain themselves by name and bounds."""
    riddles = [
        parameter.name
        for parameter in command.params
        if parameter.param_type_name == "option" and not parameter.help
    ]

    assert set(riddles) <= {"limit", "offset"}, name


def test_optional_arguments_are_bracketed() -> None:
    """A reader sees which words may be left out."""
    assert "flywheel suites show SUITE [TASK]" in SECTIONS["flywheel suites show"]
    assert "flywheel promote NAME" in SECTIONS["flywheel promote"]
    assert "flywheel traces search [TEXT]" in SECTIONS["flywheel traces search"]


def test_defaults_are_shown_where_there_are_any() -> None:
    """A choice shows its value, and a flag that is off shows none."""
    section = SECTIONS["flywheel run"]

    assert "Default: `mine`." in section
    assert "Default: `humaneval-repair`." in section
    assert not re.search(r"Default: `(None|False|Split\.\w+|\.)`", reference())


def test_all_exit_codes_are_documented() -> None:
    """Each code with its meaning, in the page and in the help of the whole."""
    assert EXIT_CODES_HELP in reference()
    assert [int(code) for code in re.findall(r"\d+", EXIT_CODES_HELP)] == [int(code) for code in ExitCode]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["nonsense"], "flywheel --help"),
        (["traces", "nonsense"], "flywheel traces --help"),
        (["promote"], "flywheel promote --help"),
        (["proposals", "show"], "flywheel proposals show --help"),
        (["run", "--split", "secret"], "flywheel run --help"),
        (["optimize", "--rounds", "0"], "flywheel optimize --help"),
        (["run", "--in-flight", "65"], "flywheel run --help"),
        (["optimize", "--autonomy", "anarchy"], "flywheel optimize --help"),
    ],
    ids=str,
)
def test_wrong_words_name_the_help_of_their_command(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error with exit code 2, and nothing on standard output."""
    code = run(words)

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert hint in said.err
    assert len(said.err.splitlines()) == 1
