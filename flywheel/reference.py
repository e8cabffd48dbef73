"""The CLI reference, generated from the commands themselves: ``python -m flywheel.reference`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from flywheel.cli import build
from flywheel.exit_codes import EXIT_CODES_HELP


def reference() -> str:
    """The whole page in Markdown."""
    root = typer.main.get_command(build())
    parts = [
        "# Commands",
        "Generated from the commands by `make docs`; a test checks that it is current.",
        EXIT_CODES_HELP,
    ]
    for name, command in _walk(root, "flywheel"):
        parts += _section(name, command)
    return "\n\n".join(parts) + "\n"


def _walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    members = getattr(command, "commands", None)
    if members is None:
        yield name, command
        return
    for member, child in members.items():
        yield from _walk(child, f"{name} {member}")


def _section(name: str, command: Any) -> list[str]:
    arguments = " ".join(
        f"[{(parameter.name or '').upper()}]" if not parameter.required else (parameter.name or "").upper()
        for parameter in command.params
        if parameter.param_type_name == "argument"
    )
    rows = [
        f"| `{'`, `'.join([*parameter.opts, *parameter.secondary_opts])}` | {_described(parameter)} |"
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.name != "help"
    ]
    table = ["| option | |\n|---|---|\n" + "\n".join(rows)] if rows else []
    usage = f"```\n{name} {arguments}".rstrip() + "\n```"
    return [f"## {name}", usage, (command.help or "").strip(), *table]


def _described(parameter: Any) -> str:
    text = str(getattr(parameter, "help", None) or "")
    default = parameter.default
    if default is None or default is False or callable(default):
        return text
    shown = getattr(default, "value", default)
    return f"{text} Default: `{shown}`." if str(shown) not in {"", "."} else text


if __name__ == "__main__":
    sys.stdout.write(reference())
