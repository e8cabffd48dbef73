"""How a run's steps went and how it ended, as far as the trace shows it."""

from __future__ import annotations

from analyzers.account import account_of
from analyzers.act import Act
from traces.run import ModelCall, Run, ToolCall


def final_answer(run: Run) -> ModelCall | None:
    """The model call by which the agent ended of its own accord; ``None`` when it was cut off.

    That is a last one which asks for no tool, or which hands the work in by a tool.
    """
    return account_of(run).final_answer


def has_failed(call: ToolCall) -> bool:
    """Whether a call went wrong: by its error, else its exit code, else by what its output says."""
    return Act(call).has_failed


def has_changed(call: ToolCall) -> bool:
    """Whether a call changed a file. A shell line may write and fail later, so only its error counts."""
    return Act(call).has_changed


def last_edit(run: Run) -> ToolCall | None:
    """The last call that changed a file of any kind."""
    act = account_of(run).last_edit
    return act.call if act else None


def last_code_edit(run: Run) -> ToolCall | None:
    """The last call that changed something which a test could cover: prose does not count."""
    act = account_of(run).last_code_edit
    return act.call if act else None


def checks_after(run: Run, call: ToolCall | None) -> tuple[ToolCall, ...]:
    """Calls that put the work to a test, from ``call`` on (itself included: one line may edit and test)."""
    account = account_of(run)
    since = next((act for act in account.acts if act.call is call), None)
    return tuple(act.call for act in account.since(since) if act.is_check)


def ordered_tools(run: Run) -> tuple[ToolCall, ...]:
    """The tool calls in order of their start."""
    return tuple(act.call for act in account_of(run).acts)
