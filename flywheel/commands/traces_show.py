"""``flywheel traces show``: one run as a waterfall."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, write_json
from flywheel.errors import UnknownName
from flywheel.exit_codes import ExitCode
from flywheel.reading import find_run
from traces.run import Run
from traces.waterfall import span_json, waterfall


def command(
    run: Annotated[str, typer.Argument(help="A run's id, or enough of its beginning.")],
    folder: FolderOption = HERE,
    *,
    span: Annotated[str | None, typer.Option(help="Show this span raw, as JSON.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Show a run: its turns, tool calls, errors, tokens and what middleware did.

    Reading a run of the gate or sealed split is a look, and is recorded as one.
    Example: `flywheel traces show 3f9a`
    """
    found = find_run(open_archive(folder), run)
    if span is not None:
        typer.echo(_raw_span(found, span))
    elif as_json:
        write_json(_document(found))
    else:
        typer.echo(waterfall(found))
    return ExitCode.DONE


def _raw_span(run: Run, wanted: str) -> str:
    matching = [span for span in run.spans if span.span_id.startswith(wanted)]
    if not matching:
        raise UnknownName("span of this run", wanted, (span.span_id for span in run.spans))
    return span_json(matching[0])


def _document(run: Run) -> dict[str, Any]:
    return {
        "run": run.run_id,
        "task": run.task,
        "outcome": run.outcome.value,
        "reason": run.reason,
        "cause": run.cause,
        "score": run.score,
        "seconds": run.seconds,
        "harness": run.harness_commit,
        "input_tokens": run.usage.input_tokens,
        "output_tokens": run.usage.output_tokens,
        "model_calls": len(run.model_calls),
        "tool_calls": [
            {"span": call.span_id, "tool": call.name, "exit_code": call.exit_code, "error": call.error}
            for call in run.tool_calls
        ],
        "activations": [
            {"middleware": activation.middleware, "reason": activation.reason}
            for activation in run.activations
        ],
    }
