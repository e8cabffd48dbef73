"""How a run's steps went and how it ended, as far as the trace shows it."""

from __future__ import annotations

import re

from analyzers.tool_kinds import (
    ToolKind,
    is_check,
    is_document_edit,
    is_edit,
    is_submission,
    is_test_run,
    kind_of,
)
from traces.run import ModelCall, Run, ToolCall

_FAILING_TEST = re.compile(
    r"^FAIL(?:ED|URE)?\b|\b[1-9]\d* (?:failed|failures?|errors?)\b|Traceback \(most recent|AssertionError"
    r"|\bFAILED\b|exit code: [1-9]",
    re.MULTILINE,
)
_ERROR_TEXT = re.compile(r"\s*\W?(?:error|failed|failure)\b", re.IGNORECASE)


def final_answer(run: Run) -> ModelCall | None:
    """The model call by which the agent ended of its own accord; ``None`` when it was cut off.

    That is a last one which asks for no tool, or which hands the work in by a tool.
    """
    steps = run.steps
    handed_in = bool(steps) and isinstance(steps[-1], ToolCall) and is_submission(steps[-1])
    calls = sorted(run.model_calls, key=lambda call: (call.start_ns, call.end_ns))
    if not calls or calls[-1].error:
        return None
    return calls[-1] if handed_in or (steps[-1] is calls[-1] and not calls[-1].tool_names) else None


def has_failed(call: ToolCall) -> bool:
    """Whether a call went wrong: by its error, else its exit code, else by how its output begins."""
    if call.error:
        return True
    if call.exit_code is not None:
        return call.exit_code != 0
    if is_test_run(call):
        return bool(_FAILING_TEST.search(call.result))
    return kind_of(call) is not ToolKind.SHELL and bool(_ERROR_TEXT.match(call.result))


def has_changed(call: ToolCall) -> bool:
    """Whether a call changed a file. A shell line may write and fail later, so only its error counts."""
    if not is_edit(call):
        return False
    return not (has_failed(call) if kind_of(call) is ToolKind.EDIT else call.error)


def last_edit(run: Run) -> ToolCall | None:
    """The last call that changed a file of any kind."""
    return max((call for call in run.tool_calls if has_changed(call)), key=_start, default=None)


def last_code_edit(run: Run) -> ToolCall | None:
    """The last call that changed something which a test could cover: prose does not count."""
    edits = (call for call in run.tool_calls if has_changed(call) and not is_document_edit(call))
    return max(edits, key=_start, default=None)


def checks_after(run: Run, call: ToolCall | None) -> tuple[ToolCall, ...]:
    """Calls that put the work to a test, from ``call`` on (itself included: one line may edit and test)."""
    since = _start(call) if call else (-1, -1)
    return tuple(check for check in ordered_tools(run) if _start(check) >= since and is_check(check))


def ordered_tools(run: Run) -> tuple[ToolCall, ...]:
    """The tool calls in order of their start."""
    return tuple(sorted(run.tool_calls, key=_start))


def _start(call: ToolCall) -> tuple[int, int]:
    return call.start_ns, call.end_ns
