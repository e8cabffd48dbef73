"""Claude Code's log events and spans are one run, whichever of them arrives, content or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from traces import attributes as names
from traces.agents.claude_code import ClaudeCode
from traces.agents.draft import CACHE_CREATION_TOKENS
from traces.calls import operation_of
from traces.otlp.log_record import LogRecord
from traces.run import Run
from traces.span import AttributeValue, Span, SpanEvent

Make = Callable[..., LogRecord]
MakeSpan = Callable[..., Span]
Read = Callable[[Iterable[Span]], Run]
Cut = Callable[[Sequence[LogRecord], int], list[Sequence[LogRecord]]]

TOKENS: dict[str, AttributeValue] = {
    "input_tokens": 2,
    "output_tokens": 1200,
    "cache_read_tokens": 80_000,
    "cache_creation_tokens": 7000,
}


def request(make: Make, milliseconds: int, request_id: str, **more: AttributeValue) -> LogRecord:
    """An answered request."""
    found: dict[str, AttributeValue] = {
        "model": "claude-opus-5", "duration_ms": 200, "cost_usd": 0.5, "query_source": "repl_main_thread", **TOKENS,
    }  # fmt: skip
    return make("api_request", milliseconds, request_id=request_id, **{**found, **more})


def result(make: Make, milliseconds: int, tool: str, use: str, **more: AttributeValue) -> LogRecord:
    """A tool that ran; ``success`` and ``duration_ms`` come as texts or not."""
    found: dict[str, AttributeValue] = {
        "success": "true",
        "duration_ms": "30",
        "decision_type": "accept",
        **more,
    }
    return make("tool_result", milliseconds, tool_name=tool, tool_use_id=use, **found)


@pytest.fixture
def records(claude_record: Make) -> list[LogRecord]:
    """A prompt, a command that fails, a call that the user rejects and one that was read; all redacted."""
    make = claude_record
    return [
        make("plugin_loaded", 0),
        make("user_prompt", 1, prompt="<REDACTED>", prompt_length=12),
        request(make, 300, "req_1"),
        make("assistant_response", 301, request_id="req_1", response="<REDACTED>", response_length=9),
        make("tool_decision", 310, tool_name="Bash", tool_use_id="use_1", decision="accept", source="config"),
        result(make, 350, "Bash", "use_1", success="false", error_type="ShellError"),
        make(
            "tool_decision",
            360,
            tool_name="Write",
            tool_use_id="use_2",
            decision="reject",
            source="user_reject",
        ),
        request(make, 700, "req_2", effort="high"),
        result(make, 750, "Read", "use_3", tool_result_size_bytes=900),
    ]


@pytest.fixture
def spans(claude_span: MakeSpan) -> list[Span]:
    """The spans of the same session."""
    make = claude_span
    asked: dict[str, AttributeValue] = {
        "model": "claude-opus-5",
        "success": True,
        "stop_reason": "tool_use",
        **TOKENS,
    }
    return [
        make("llm_request", "1" * 16, 99, 301, parent_id="9" * 16, request_id="req_1", **asked),
        make("tool.execution", "3" * 16, 321, 351, parent_id="2" * 16, tool_use_id="use_1", success=False, error="ShellError"),
        make("tool", "2" * 16, 309, 352, parent_id="9" * 16, tool_name="Bash", tool_use_id="use_1", duration_ms=43),
        make("llm_request", "4" * 16, 499, 701, parent_id="9" * 16, request_id="req_2", **asked),
        make("tool.blocked_on_user", "6" * 16, 719, 720, parent_id="5" * 16, decision="accept"),
        make("tool", "5" * 16, 719, 751, parent_id="9" * 16, tool_name="Read", tool_use_id="use_3"),
        make("interaction", "9" * 16, 1, 800, user_prompt="<REDACTED>", user_prompt_length=12),
    ]  # fmt: skip


def test_logs_alone_tell_the_run(records: list[LogRecord], read_run: Read) -> None:
    """Everything but content: tokens, cost, what failed, what was rejected."""
    run = read_run(ClaudeCode().from_logs(records).spans)

    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "claude-code"
    assert run.root.attributes[names.AGENT_VERSION] == "2.1.329"
    assert run.root.attributes["user.id"] == "u1"
    assert names.INPUT_MESSAGES not in run.root.attributes
    assert [call.usage.input_tokens for call in run.model_calls] == [87_002, 87_002]
    assert (run.usage.output_tokens, run.usage.cost_usd) == (2400, 1.0)
    assert [call.reasoning_effort for call in run.model_calls] == [None, "high"]
    assert [(call.name, call.error) for call in run.tool_calls] == [
        ("Bash", "ShellError"),
        ("Write", "rejected: user_reject"),
        ("Read", None),
    ]


def test_what_was_cached_is_part_of_the_input(records: list[LogRecord]) -> None:
    """The API does not count it as such."""
    chat = next(span for span in ClaudeCode().from_logs(records).spans if operation_of(span) == "chat")

    assert chat.attributes[names.CACHED_TOKENS] == 80_000
    assert chat.attributes[CACHE_CREATION_TOKENS] == 7000
    assert chat.attributes[names.RESPONSE_ID] == "req_1"


def test_spans_alone_tell_the_run(spans: list[Span], read_run: Read) -> None:
    """A tool's own span never fails, its execution does; waiting stands below the call that waited."""
    run = read_run(ClaudeCode().from_spans(spans).spans)

    assert [call.usage.input_tokens for call in run.model_calls] == [87_002, 87_002]
    assert [call.finish_reason for call in run.model_calls] == ["tool_use", "tool_use"]
    assert [(call.name, call.error) for call in run.tool_calls] == [
        ("Bash", "ShellError: ShellError"),
        ("Read", None),
    ]
    waiting = next(span for span in run.spans if span.name == "claude_code.tool.blocked_on_user")
    assert waiting.parent_id == run.tool_calls[1].span_id
    assert waiting.attributes[names.SOURCE_SPAN] == "6" * 16
    interaction = next(span for span in run.spans if span.name == "claude_code.interaction")
    assert run.root is not None
    assert interaction.parent_id == run.root.span_id


@pytest.mark.parametrize("first", ["logs", "spans"])
def test_both_tell_each_call_once(
    records: list[LogRecord], spans: list[Span], read_run: Read, first: str
) -> None:
    """Costs and rejections from the logs, which the spans do not tell."""
    told = [ClaudeCode().from_logs(records).spans, ClaudeCode().from_spans(spans).spans]
    if first == "spans":
        told.reverse()

    run = read_run([*told[0], *told[1]])

    assert len(run.model_calls) == 2
    assert run.usage.cost_usd == 1.0
    assert [(call.name, call.error) for call in run.tool_calls] == [
        ("Bash", "ShellError"),
        ("Write", "rejected: user_reject"),
        ("Read", None),
    ]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_batches_make_the_same_run(
    records: list[LogRecord], spans: list[Span], read_run: Read, batches: Cut, size: int
) -> None:
    """However the session is cut into requests, and though each comes twice."""
    whole = read_run([*ClaudeCode().from_logs(records).spans, *ClaudeCode().from_spans(spans).spans])
    parts = [span for part in batches(records, size) for span in ClaudeCode().from_logs(part).spans]
    parts += [
        span
        for at in range(0, len(spans), size)
        for span in ClaudeCode().from_spans(spans[at : at + size]).spans
    ]

    run = read_run([*parts, *reversed(parts)])

    assert run.usage == whole.usage
    assert [call.span_id for call in run.model_calls] == [call.span_id for call in whole.model_calls]
    assert [(call.span_id, call.error) for call in run.tool_calls] == [
        (call.span_id, call.error) for call in whole.tool_calls
    ]


def test_content_that_is_told_is_read(claude_record: Make, read_run: Read) -> None:
    """Prompt, answer, arguments and error message, where their gates are open."""
    make = claude_record
    answer = {
        "content": [
            {"type": "text", "text": "I run it"},
            {"type": "tool_use", "id": "use_1", "name": "Bash", "input": {}},
        ]
    }
    records = [
        make("user_prompt", 1, prompt="Fix the test"),
        request(make, 300, "req_1"),
        make("api_response_body", 301, request_id="req_1", body=json.dumps(answer)),
        make("assistant_response", 302, request_id="req_1", response="I run it"),
        result(make, 350, "Bash", "use_1", tool_input='{"command": "pytest"}', success="false", error_type="ShellError", error="Exit code 2\nFAILED"),
        result(make, 360, "Bash", "use_2", tool_parameters='{"bash_command": "ls", "full_command": "ls -l"}'),
    ]  # fmt: skip

    run = read_run(ClaudeCode().from_logs(records).spans)

    assert (run.model_calls[0].text, run.model_calls[0].tool_names) == ("I run it", ("Bash",))
    assert [call.arguments for call in run.tool_calls] == [{"command": "pytest"}, {"command": "ls -l"}]
    assert [call.exit_code for call in run.tool_calls] == [2, None]
    assert run.tool_calls[0].error == "ShellError: Exit code 2\nFAILED"
    assert run.root is not None
    assert "Fix the test" in str(run.root.attributes[names.INPUT_MESSAGES])


def test_an_answer_in_another_batch_takes_nobodys_place(claude_record: Make, read_run: Read) -> None:
    """It stands below its model call, which keeps its tokens."""
    asked = ClaudeCode().from_logs([request(claude_record, 300, "req_1")]).spans
    answered = (
        ClaudeCode()
        .from_logs([claude_record("assistant_response", 400, request_id="req_1", response="Done")])
        .spans
    )

    run = read_run([*asked, *answered])

    assert [call.usage.output_tokens for call in run.model_calls] == [1200]
    below = next(span for span in run.spans if span.name == "claude_code.assistant_response")
    assert below.parent_id == run.model_calls[0].span_id
    assert "Done" in str(below.attributes[names.OUTPUT_MESSAGES])


def test_a_tools_content_is_read_from_its_span(claude_span: MakeSpan, read_run: Read) -> None:
    """It comes as an event; with it, the span counts before the log of the same call."""
    span = claude_span("tool", "2" * 16, 300, 352, tool_name="Bash", tool_use_id="use_1", full_command="ls")
    content = SpanEvent(
        name="tool.output", time_ns=span.end_ns, attributes={"bash_command": "ls -l", "output": "a.py"}
    )
    attempt = SpanEvent(name="other", time_ns=span.end_ns)

    told = ClaudeCode().from_spans([replace(span, events=(content, attempt))])
    run = read_run(told.spans)

    assert [(call.arguments, call.result) for call in run.tool_calls] == [({"command": "ls -l"}, "a.py")]
    assert told.spans[1].events == (attempt,)
    assert told.spans[1].end_ns == span.end_ns


def test_requests_that_failed_are_model_calls_with_an_error(
    claude_record: Make, claude_span: MakeSpan, read_run: Read
) -> None:
    """Once each, whoever tells of them; without an id of the request by attempt and minute."""
    log = claude_record(
        "api_error",
        900,
        model="claude-opus-5",
        error="Overloaded",
        status_code=529,
        duration_ms=100,
        attempt=10,
    )
    span = claude_span(
        "llm_request",
        "1" * 16,
        799,
        901,
        model="claude-opus-5",
        success=False,
        status_code=529,
        error="Overloaded",
        attempt=10,
    )

    run = read_run([*ClaudeCode().from_logs([log]).spans, *ClaudeCode().from_spans([span]).spans])

    assert [call.error for call in run.model_calls] == ["529: Overloaded"]


def test_a_title_is_no_step(claude_record: Make, read_run: Read) -> None:
    """The request is kept, but set aside."""
    title = request(claude_record, 300, "req_1", query_source="generate_session_title")

    run = read_run(ClaudeCode().from_logs([title]).spans)

    assert run.model_calls == ()
    assert [span.attributes.get(names.ASIDE) for span in run.spans if span.name.startswith("chat")] == [
        "title"
    ]


def test_events_are_known_by_their_body_too(claude_record: Make, read_run: Read) -> None:
    """Where the name is in the body alone, and a tool use has no id yet."""
    known = result(claude_record, 350, "Bash", "")
    bare = replace(known, name="", scope="", body="claude_code.tool_result")

    run = read_run(ClaudeCode().from_logs([bare]).spans)

    assert [call.name for call in run.tool_calls] == ["Bash"]


def test_what_explains_a_run_is_noted(claude_record: Make) -> None:
    """Compaction and sub-agents are no steps, and not lost."""
    told = ClaudeCode().from_logs([claude_record("compaction", 5, trigger="auto", pre_tokens=9)])

    assert told.spans[1].name == "claude_code.compaction"
    assert told.spans[1].attributes["trigger"] == "auto"
    assert operation_of(told.spans[1]) == ""


def test_what_tells_nothing_is_dropped_with_a_reason(records: list[LogRecord], claude_record: Make) -> None:
    """Others' records are left to others."""
    strange = claude_record("something_new", 900)
    homeless = LogRecord(time_ns=1, name="tool_result", scope="com.anthropic.claude_code.events")
    other = LogRecord(time_ns=1, name="tool_result", attributes={"session.id": "s1"})

    told = ClaudeCode().from_logs([*records, strange, homeless, other])

    assert told.dropped == {
        0: "claude_code.plugin_loaded",
        3: "claude-code: another event",
        9: "claude-code: another event",
        10: "claude-code: no event of a session",
    }
    assert 11 not in told.used


def test_spans_of_others_are_left_alone(claude_span: MakeSpan) -> None:
    """Those of another program, and those of no session."""
    mine = claude_span("tool", "1" * 16, 1, 2, tool_name="Bash")
    other = replace(mine, name="tool")
    homeless = replace(mine, attributes={})

    assert ClaudeCode().from_spans([other, mine, homeless]).used == {1}


def test_without_an_id_of_the_request_tokens_and_minute_tell_calls_apart(
    claude_record: Make, claude_span: MakeSpan, read_run: Read
) -> None:
    """Other providers give none; both signals count the same tokens."""
    logs = [request(claude_record, at, "", output_tokens=said) for at, said in ((300, 10), (600, 20))]
    span = claude_span(
        "llm_request",
        "1" * 16,
        99,
        301,
        model="claude-opus-5",
        success=True,
        **{**TOKENS, "output_tokens": 10},
    )

    run = read_run([*ClaudeCode().from_logs(logs).spans, *ClaudeCode().from_spans([span]).spans])

    assert [call.usage.output_tokens for call in run.model_calls] == [10, 20]


def test_events_of_one_millisecond_are_ordered_by_their_number(claude_record: Make, read_run: Read) -> None:
    """Calls side by side that took the same time."""
    calls = [
        result(claude_record, 100, "Read", f"use_{number}", event__sequence=number) for number in (1, 2, 3)
    ]

    run = read_run(ClaudeCode().from_logs(list(reversed(calls))).spans)

    assert [call.call_id for call in run.tool_calls] == ["use_1", "use_2", "use_3"]


def test_a_failed_execution_in_another_batch_is_told_by_the_log(
    spans: list[Span], records: list[LogRecord], read_run: Read
) -> None:
    """The tool's own span does not know of it, and gives way to the log that does."""
    apart = [*ClaudeCode().from_spans(spans[1:2]).spans, *ClaudeCode().from_spans(spans[2:3]).spans]

    run = read_run([*ClaudeCode().from_logs(records).spans, *apart])

    assert run.tool_calls[0].error == "ShellError"
    execution = next(span for span in run.spans if span.name == "claude_code.tool.execution")
    assert execution.parent_id == run.tool_calls[0].span_id
