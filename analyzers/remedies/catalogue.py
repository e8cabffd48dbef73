"""The playbook's knowledge: every remedy, and which are tried against which signal, in order of promise."""

from __future__ import annotations

from analyzers.errors import UnknownRemedyError
from analyzers.remedies.prompt_paragraph import PromptParagraph, paragraph_text
from analyzers.remedies.remedy import Remedy
from analyzers.remedies.setting import HigherLimit, LowerEffort
from analyzers.remedies.stock_middleware import StockMiddleware

_REQUIREMENTS = (
    "Read the instruction again and tick off every requirement, one by one.",
    "Run the tests after the last edit and read what they print.",
)

# Code and configuration before wording; the last ones often only sound good.
_TRIED = {
    "no_verification": "completion_checklist verify_paragraph careful_paragraph",
    "claims_success_without_evidence": "completion_checklist verify_paragraph careful_paragraph",
    "ignored_failure": "completion_checklist failing_test_paragraph more_steps careful_paragraph",
    "constraint_ignored": "requirements_checklist requirements_paragraph careful_paragraph",
    "edit_loop": "loop_detection reconsider_paragraph more_steps",
    "repeated_call": "loop_detection reconsider_paragraph more_steps",
    "oscillation": "loop_detection reconsider_paragraph more_steps",
    "error_streak": "loop_detection reconsider_paragraph local_context careful_paragraph",
    "edit_mismatch": "read_first_paragraph loop_detection careful_paragraph",
    "missing_path": "local_context look_first_paragraph careful_paragraph",
    "missing_dependency": "local_context environment_paragraph",
    "permission_denied": "local_context environment_paragraph",
    "unknown_tool": "valid_calls_paragraph careful_paragraph",
    "malformed_call": "valid_calls_paragraph loop_detection careful_paragraph",
    "tool_timeout": "short_commands_paragraph more_time",
    "output_flood": "output_truncation short_output_paragraph",
    "context_overflow": "output_truncation short_output_paragraph",
    "time_burn": "reasoning_budget medium_effort time_budget more_time",
    "no_edit": "completion_checklist act_paragraph careful_paragraph",
    "gave_up": "reconsider_paragraph more_steps careful_paragraph",
    "step_exhaustion": "loop_detection more_steps time_budget",
    "stale_verification": "completion_checklist verify_paragraph careful_paragraph",
    "weak_verification": "completion_checklist verify_paragraph requirements_paragraph",
    "restated_call": "loop_detection reconsider_paragraph more_steps",
    "endless_reading": "loop_detection act_paragraph more_steps",
    "wrong_arguments": "loop_detection valid_calls_paragraph careful_paragraph",
    "slow_tool": "time_budget short_commands_paragraph more_time",
    "premature_end": "completion_checklist act_paragraph careful_paragraph",
    "open_plan": "completion_checklist requirements_paragraph more_steps",
    "asks_back": "completion_checklist act_paragraph careful_paragraph",
    "model_refusal": "completion_checklist act_paragraph careful_paragraph",
    "forbidden_path": "requirements_checklist requirements_paragraph careful_paragraph",
    "wrong_file": "local_context look_first_paragraph requirements_paragraph",
    "edited_tests": "requirements_checklist requirements_paragraph careful_paragraph",
    "wrong_directory": "local_context look_first_paragraph environment_paragraph",
    "sandbox_trouble": "local_context environment_paragraph",
    "model_trouble": "more_time",
    "token_burn": "output_truncation short_output_paragraph loop_detection",
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
    return (*_checklists(), *_middleware(), *_settings(), *_paragraphs())


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
