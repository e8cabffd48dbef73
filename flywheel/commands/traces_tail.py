"""``flywheel traces tail``: what agents do, while they do it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import orjson
import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption
from flywheel.exit_codes import ExitCode
from flywheel.tailing import new_spans
from traces.calls import (
    AGENT_OPERATION,
    MODEL_OPERATIONS,
    TOOL_OPERATION,
    error_of,
    model_call,
    operation_of,
    tool_call,
)
from traces.codec import span_to_json
from traces.span import Span
from traces.terminal import one_line

_WIDTH = 90


def command(
    folder: FolderOption = HERE,
    *,
    every: bool = typer.Option(False, "--all", help="Also spans that are no step of an agent."),
    as_json: JsonOption = False,
) -> int:
    """Print model calls, tool calls and ends of runs as they are stored, until Ctrl-C.

    With `--json` each line is a whole span. Runs of held-out splits are left out.
    Example: `flywheel traces tail`
    """
    archive = open_archive(folder)
    sys.stderr.write(f"waiting for spans in {archive.store.root}; Ctrl-C ends it\n")
    try:
        for span in new_spans(archive):
            if span is None:
                sys.stdout.flush()
            elif as_json:
                sys.stdout.buffer.write(orjson.dumps(span_to_json(span), default=str) + b"\n")
                sys.stdout.buffer.flush()
            elif every or operation_of(span):
                typer.echo(_line(span))
    except KeyboardInterrupt:
        return ExitCode.DONE
    return ExitCode.DONE


def _line(span: Span) -> str:
    kind, text = _told(span)
    seconds = max(0, span.end_ns - span.start_ns) / 1e9
    failed = error_of(span)
    error = f"  error: {one_line(failed, _WIDTH)}" if failed else ""
    return f"{_clock(span.end_ns)} {span.trace_id[:12]} {kind:5} {seconds:7.1f} s  {one_line(text, _WIDTH)}{error}"


def _told(span: Span) -> tuple[str, str]:
    operation = operation_of(span)
    if operation in MODEL_OPERATIONS:
        call = model_call(span)
        calls = f" → {', '.join(call.tool_names)}" if call.tool_names else ""
        return "model", f"{call.model}{calls} {' '.join(call.text.split())}"
    if operation == TOOL_OPERATION:
        tool = tool_call(span)
        code = "" if tool.exit_code is None else f" (exit code {tool.exit_code})"
        shown = tool.arguments_text or " ".join(str(value) for value in tool.arguments.values())
        return "tool", f"{tool.name}{code} {' '.join(shown.split())}"
    return ("agent" if operation == AGENT_OPERATION else "span"), span.name


def _clock(time_ns: int) -> str:
    try:
        return datetime.fromtimestamp(time_ns / 1e9, UTC).astimezone().strftime("%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "--:--:--"
