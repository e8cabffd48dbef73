"""The command line: names and groups of commands, and how an error ends."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from flywheel.exit_codes import EXIT_CODES_HELP, ExitCode, exit_code_of
from harness.errors import BrokenSystemError
from traces.errors import SegmentError, UnavailableError

VERSION = "--version"
_COMMANDS = {
    "init": "flywheel.commands.init",
    "run": "flywheel.commands.run",
    "analyze": "flywheel.commands.analyze",
    "calibrate": "flywheel.commands.calibrate",
    "plan": "flywheel.commands.plan",
    "evaluate": "flywheel.commands.evaluate",
    "optimize": "flywheel.commands.optimize",
    "promote": "flywheel.commands.promote",
    "rollback": "flywheel.commands.rollback",
    "library": "flywheel.commands.library",
    "status": "flywheel.commands.status",
    "demo": "flywheel.commands.demo",
}
_GROUPS = {
    "patterns": (
        "Look at patterns of failure, and correct them.",
        {
            "list": "flywheel.commands.patterns_list",
            "show": "flywheel.commands.patterns_show",
            "label": "flywheel.commands.patterns_label",
            "merge": "flywheel.commands.patterns_merge",
            "split": "flywheel.commands.patterns_split",
        },
    ),
    "proposals": (
        "Review what analysts proposed and what the gate said of it.",
        {
            "list": "flywheel.commands.proposals_list",
            "show": "flywheel.commands.proposals_show",
            "merge": "flywheel.commands.proposals_merge",
        },
    ),
    "campaigns": (
        "The error budgets that candidates are judged on, and the epochs of their suites.",
        {
            "list": "flywheel.commands.campaigns_list",
            "open": "flywheel.commands.campaigns_open",
            "close": "flywheel.commands.campaigns_close",
        },
    ),
    "suites": (
        "The tasks that harnesses are measured on.",
        {
            "list": "flywheel.commands.suites_list",
            "show": "flywheel.commands.suites_show",
            "check": "flywheel.commands.suites_check",
            "import": "flywheel.commands.suites_import",
        },
    ),
    "traces": (
        "Bring in what agents did, search it, read it.",
        {
            "ingest": "flywheel.commands.traces_ingest",
            "receive": "flywheel.commands.traces_receive",
            "search": "flywheel.commands.traces_search",
            "show": "flywheel.commands.traces_show",
            "tail": "flywheel.commands.traces_tail",
            "label": "flywheel.commands.traces_label",
            "stats": "flywheel.commands.traces_stats",
            "export": "flywheel.commands.traces_export",
            "verify": "flywheel.commands.traces_verify",
            "retain": "flywheel.commands.traces_retain",
            "reindex": "flywheel.commands.traces_reindex",
            "push": "flywheel.commands.traces_push",
        },
    ),
}


def build(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command line as one Typer application.

    Where ``arguments`` name a command, only that one is loaded: the others would cost seconds of imports.
    """
    only = tuple(arguments[:2])
    app = typer.Typer(
        name="flywheel",
        help=f"Improves a coding agent by changing what surrounds the model. {EXIT_CODES_HELP}",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    names = () if only[:1] == (VERSION,) else _one_or_all((*_COMMANDS, *_GROUPS), only[:1])
    for name in names:
        if name in _COMMANDS:
            app.command(name)(_command(_COMMANDS[name]))
            continue
        text, members = _GROUPS[name]
        group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode="markdown")
        for member in _one_or_all(tuple(members), only[1:]):
            group.command(member)(_command(members[member]))
        app.add_typer(group, name=name)
    return app


def main() -> None:
    """Run the command line and exit with a documented code; an error is one line on standard error."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code, whatever happens in it."""
    if not arguments or (len(arguments) == 1 and arguments[0] in _GROUPS):
        arguments = [*arguments, "--help"]
    try:
        outcome = build(arguments)(args=arguments, prog_name="flywheel", standalone_mode=False)
    except TyperException as error:
        sys.stderr.write(
            f"flywheel: {error.format_message()} (`flywheel {_path(arguments)}--help` shows how)\n"
        )
        return ExitCode.WRONG_USE
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted()
    except SystemExit:  # the reader of our output had enough
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - a command ends here; the cause is typed and shown
        return _explain(error)
    return _interrupted() if outcome == ExitCode.INTERRUPTED else int(outcome or 0)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"flywheel {version('flywheel')}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool,
        typer.Option(VERSION, callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Hold the commands together."""


def _interrupted() -> ExitCode:
    sys.stderr.write("interrupted; what was finished is kept, the same command goes on from there\n")
    return ExitCode.INTERRUPTED


def _one_or_all(names: tuple[str, ...], words: Sequence[str]) -> tuple[str, ...]:
    """The one that the first word names, or all where it names none."""
    return (words[0],) if words and words[0] in names else names


def _path(arguments: Sequence[str]) -> str:
    """The command that was meant, as far as its words name one."""
    if not arguments or arguments[0] not in {*_COMMANDS, *_GROUPS}:
        return ""
    members = _GROUPS[arguments[0]][1] if arguments[0] in _GROUPS else {}
    return " ".join([*arguments[:1], *(word for word in arguments[1:2] if word in members), ""])


def _command(module: str) -> Callable[..., object]:
    """The ``command`` function of a module, whose docstring is the help text."""
    function: Callable[..., object] = importlib.import_module(module).command
    return function


def _explain(error: Exception) -> ExitCode:
    code = exit_code_of(error)
    known = code is ExitCode.WRONG_USE or isinstance(
        error, BrokenSystemError | SegmentError | UnavailableError | OSError
    )
    if os.environ.get("FLYWHEEL_DEBUG") or not known:
        traceback.print_exception(error)
    message = " ".join(str(error).split()) or type(error).__name__
    sys.stderr.write(f"flywheel: {message}\n")
    return code
