"""The playbook's knowledge: every remedy, and which are tried against which signal, in order of promise."""

from __future__ import annotations

from analyzers.errors import UnknownRemedyError
from analyzers.remedies.prompt_paragraph import PromptParagraph, paragraph_text
from analyzers.remedies.remedy import Remedy
from analyzers.remedies.setting import HigherEffort, HigherLimit, LowerEffort
from analyzers.remedies.stock_middleware import StockMiddleware
from analyzers.remedies.tools import AllTools, ToolDescription, WithoutTool

_REQUIREMENTS = (
    "Read the instruction again and tick off every requirement, one by one.",
    "Run the tests after the last edit and read what they print.",
)

# Code and configuration before wording; the last ones often only sound good.
_TRIED = {
    "no_verification": "completion_checklist verify_paragraph careful_paragraph",
    "claims_success_without_evidence": "completion_checklist verify_paragraph careful_paragraph",
    "ignored_failure": "completion_checklist failing_test_paragraph more_steps careful_paragraph",
    "constraint_ignored": "requirements_checklist requirements_paragraph to_do_list careful_paragraph",
    "edit_loop": "loop_detection reconsider_paragraph more_steps",
    "repeated_call": "loop_detection reconsider_paragraph more_steps",
    "oscillation": "loop_detection reconsider_paragraph more_steps",
    "error_streak": "loop_detection reconsider_paragraph local_context careful_paragraph",
    "edit_mismatch": "read_first_paragraph loop_detection edit_tool_description without_edit_tool careful_paragraph",
    "missing_path": "local_context look_first_paragraph read_tool_description careful_paragraph",
    "missing_dependency": "local_context environment_paragraph bash_tool_description",
    "permission_denied": "local_context environment_paragraph",
    "unknown_tool": "valid_calls_paragraph all_tools careful_paragraph",
    "malformed_call": "argument_check valid_calls_paragraph loop_detection careful_paragraph",
    "tool_timeout": "short_commands_paragraph time_tool_description more_time",
    "output_flood": "output_truncation short_output_paragraph output_tool_description",
    "context_overflow": "output_truncation context_editing short_output_paragraph",
    "time_burn": "reasoning_budget medium_effort time_budget more_time",
    "no_edit": "completion_checklist act_paragraph careful_paragraph",
    "gave_up": "reconsider_paragraph more_steps high_effort careful_paragraph",
    "step_exhaustion": "loop_detection more_steps time_budget",
    "stale_verification": "completion_checklist verify_paragraph careful_paragraph",
    "weak_verification": "completion_checklist verify_paragraph requirements_paragraph high_effort",
    "restated_call": "loop_detection reconsider_paragraph more_steps",
    "endless_reading": "loop_detection act_paragraph more_steps",
    "wrong_arguments": "loop_detection valid_calls_paragraph edit_tool_description careful_paragraph",
    "slow_tool": "time_budget short_commands_paragraph time_tool_description more_time",
    "premature_end": "completion_checklist act_paragraph careful_paragraph",
    "open_plan": "completion_checklist to_do_list requirements_paragraph more_steps",
    "asks_back": "completion_checklist act_paragraph careful_paragraph",
    "model_refusal": "completion_checklist act_paragraph careful_paragraph",
    "forbidden_path": "requirements_checklist requirements_paragraph careful_paragraph",
    "wrong_file": "local_context look_first_paragraph requirements_paragraph",
    "edited_tests": "requirements_checklist requirements_paragraph careful_paragraph",
    "wrong_directory": "local_context look_first_paragraph folder_tool_description environment_paragraph",
    "sandbox_trouble": "local_context environment_paragraph",
    "model_trouble": "more_time",
    "token_burn": "output_truncation context_editing short_output_paragraph loop_detection",
    "cut_off": "time_budget reasoning_budget medium_effort more_time",
}


def remedies_for(signal: str) -> tuple[Remedy, ...]:
    """The remedies for a signal, the most promising first; for an unknown one a general admonition."""
    return tuple(remedy_named(name) for name in _TRIED.get(signal, "careful_paragraph").split())


def remedy_named(name: str) -> Remedy:
    """A remedy by its name; raises ``UnknownRemedyError``."""
    known = {remedy.name: remedy for remedy in all_remedies()}
    if name not in known:
        raise UnknownRemedyError(f"unknown remedy {name[:60]!r}; known remedies: {', '.join(sorted(known))}")
    return known[name]


def all_remedies() -> tuple[Remedy, ...]:
    """Every remedy that the playbook knows."""
    return (*_checklists(), *_middleware(), *_settings(), *_tools(), *_descriptions(), *_paragraphs())


def _checklists() -> tuple[Remedy, ...]:
    return (
        StockMiddleware(
            name="completion_checklist",
            title="Send the agent back with a checklist when it ends untested",
            hypothesis="An agent that is held up once before it ends, and told to test, finds its own mistake.",
            use="stock:PreCompletionChecklist",
            tuned={"max_gates": 2},
        ),
        StockMiddleware(
            name="requirements_checklist",
            title="Have the agent read its instruction again before it ends",
            hypothesis="An agent that goes through the requirements once more before it ends meets all of them.",
            use="stock:PreCompletionChecklist",
            parameters={"checks": _REQUIREMENTS, "require_verification": False},
            tuned={"checks": _REQUIREMENTS, "require_verification": False},
        ),
    )


def _middleware() -> tuple[Remedy, ...]:
    return (
        StockMiddleware(
            name="loop_detection",
            title="Tell the agent when it repeats itself",
            hypothesis="An agent that hears that it repeats itself leaves the loop for another approach.",
            use="stock:LoopDetection",
            tuned={"soft_limit": 3, "hard_limit": 5, "repeat_limit": 2},
        ),
        StockMiddleware(
            name="local_context",
            title="Show the agent its workspace at the start",
            hypothesis="An agent that sees what is there does not guess paths and programs.",
            use="stock:LocalContext",
            tuned={"max_entries": 120},
        ),
        StockMiddleware(
            name="reasoning_budget",
            title="Think hard to plan and to verify, less in between",
            hypothesis="An agent that thinks hard only at the beginning and the end has time for all of its work.",
            use="stock:ReasoningBudget",
            tuned={"plan_effort": "medium", "verify_effort": "medium"},
        ),
        StockMiddleware(
            name="time_budget",
            title="Warn the agent as its time runs out",
            hypothesis="An agent that knows how much time is left ends with a result instead of being cut off.",
            use="stock:TimeBudget",
        ),
        StockMiddleware(
            name="output_truncation",
            title="Cut long tool output to head and tail",
            hypothesis="An agent that sees head and tail of a long output finds what matters in it.",
            use="stock:ToolOutputTruncation",
            tuned={"max_characters": 2000},
        ),
        StockMiddleware(
            name="argument_check",
            title="Mend broken tool arguments, or send them back",
            hypothesis="An agent that is told which of its calls was broken sends it again instead of reading a shell's complaint.",
            use="stock:ArgumentCheck",
        ),
        StockMiddleware(
            name="context_editing",
            title="Forget old tool output when the context fills up",
            hypothesis="An agent whose oldest tool results are cleared keeps room for what it does now.",
            use="langchain:ContextEditingMiddleware",
        ),
        StockMiddleware(
            name="to_do_list",
            title="Give the agent a to-do list",
            hypothesis="An agent that keeps a list of what is to be done leaves nothing out.",
            use="langchain:TodoListMiddleware",
        ),
    )


def _settings() -> tuple[Remedy, ...]:
    return (
        HigherLimit(
            name="more_steps",
            title="Allow more steps",
            hypothesis="An agent that is cut off at its step limit would have succeeded with more steps.",
            limit="steps",
            most=240,
        ),
        HigherLimit(
            name="more_time",
            title="Allow more time",
            hypothesis="An agent that is cut off by the clock would have succeeded with more time.",
            limit="wall_seconds",
            most=7200,
        ),
        LowerEffort(
            name="medium_effort",
            title="Think at medium effort throughout",
            hypothesis="An agent that thinks less long over each step has time for all of its work.",
            effort="medium",
        ),
        HigherEffort(
            name="high_effort",
            title="Think at high effort throughout",
            hypothesis="An agent that thinks longer over each step sees what it overlooks.",
            effort="high",
        ),
    )


def _tools() -> tuple[Remedy, ...]:
    return (
        AllTools(
            name="all_tools",
            title="Offer every tool",
            hypothesis="An agent that has the tool which it calls gets an answer from it.",
        ),
        WithoutTool(
            name="without_edit_tool",
            title="Leave edit_file out, write whole files",
            hypothesis="An agent that writes whole files need not know the old text letter by letter.",
            tool="edit_file",
            instead="write_file",
        ),
    )


def _descriptions() -> tuple[Remedy, ...]:
    told = (
        ("edit", "edit_file", "how to name the old text", "Read the file first and copy the old text from what you read."),
        ("read", "read_file", "to list before it reads", "List the folder first where you are not sure of a path."),
        ("bash", "bash", "what is not to be had", "There is no network: nothing can be installed."),
        ("time", "bash", "to keep commands short", "Give a command that may take long a timeout, and leave out what waits for input."),
        ("folder", "bash", "where commands begin", "Each command begins in the workspace, whatever folder the one before went to."),
        ("output", "bash", "to keep output short", "Long output is hard to read: show only the part of it that you need."),
    )  # fmt: skip
    return tuple(
        ToolDescription(
            name=f"{name}_tool_description",
            title=f"Say in the description of {tool} {what}",
            hypothesis=f"An agent that reads this where it reads how to call {tool} calls it so.",
            tool=tool,
            text=text,
        )
        for name, tool, what, text in told
    )


def _paragraphs() -> tuple[Remedy, ...]:
    told = (
        ("verify", "Ask for a test run before the end", "tests its last edit"),
        ("failing_test", "Say that a failing test means unfinished work", "goes on until its tests pass"),
        ("requirements", "Ask to check every requirement before the end", "meets all requirements"),
        ("reconsider", "Ask to change the approach after a failure", "leaves a loop by itself"),
        ("look_first", "Ask to look before assuming a path", "does not guess paths"),
        ("read_first", "Ask to read a passage before editing it", "edits text that is there"),
        ("environment", "Ask to make do with what is installed", "does not count on what is missing"),
        ("valid_calls", "Ask for complete and valid tool calls", "makes calls that can be read"),
        ("short_commands", "Ask for commands that end soon", "does not wait for commands in vain"),
        ("short_output", "Ask for short command output", "sees what matters"),
        ("act", "Ask for a change, not for advice", "changes the program"),
        ("careful", "Ask for careful work, step by step", "makes fewer mistakes"),
    )
    return tuple(
        PromptParagraph(
            name=f"{name}_paragraph",
            title=title,
            hypothesis=f"An agent that is told so at the start {effect}.",
            text=paragraph_text(name),
        )
        for name, title, effect in told
    )
