"""``flywheel traces show``: one run as a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, write_json
from flywheel.errors import UnknownName
from flywheel.exit_codes import ExitCode
from flywheel.labelling import labels_of
from flywheel.reading import find_run
from traces.labels import PersonLabel
from traces.run import Run
from traces.waterfall import span_json, waterfall


def command(
    run: Annotated[str, typer.Argument(help="A run's id, or enough of its beginning.")],
    folder: FolderOption = HERE,
    *,
    span: Annotated[str | None, typer.Option(help="Show this span raw, as JSON.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Quote every step of a long run too.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Show a run: its turns, tool calls, errors, tokens, what middleware did and what people said of it.

    Reading a run of the gate or sealed split is a look, and is recorded as one.
    Example: `flywheel traces show 3f9a`
    """
    archive = open_archive(folder)
    found = find_run(archive, run)
    if span is not None:
        typer.echo(_raw_span(found, span), nl=False)
        return ExitCode.DONE
    labels = labels_of(archive, found.run_id)
    if as_json:
        write_json(_document(found, labels))
    else:
        typer.echo(waterfall(found, labels=labels, full=full), nl=False)
    return ExitCode.DONE


def _raw_span(run: Run, wanted: str) -> str:
    matching = [span for span in run.spans if span.span_id.startswith(wanted)]
    if not matching:
        raise UnknownName("span of this run", wanted, (span.span_id for span in run.spans))
    return span_json(matching[0])


def _document(run: Run, labels: Sequence[PersonLabel]) -> dict[str, Any]:
    return {
        "run": run.run_id,
        "source": run.source,
        "agent": run.agent,
        "conversation": run.conversation,
        "task": run.task,
        "outcome": run.outcome.value,
        "reason": run.reason,
        "cause": run.cause,
        "score": run.score,
        "provenance": run.provenance,
        "labels": [
            {"who": label.who, "label": label.label, "reason": label.reason, "rating": label.is_rating}
            for label in labels
        ],
        "seconds": run.seconds,
        "harness": run.harness_commit,
        "input_tokens": run.usage.input_tokens,
        "cached_tokens": run.usage.cached_tokens,
        "output_tokens": run.usage.output_tokens,
        "reasoning_tokens": run.usage.reasoning_tokens,
        "cost_usd": run.usage.cost_usd,
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
