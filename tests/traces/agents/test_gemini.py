"""Gemini CLI's logs and spans are one run, whichever of them arrives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import pytest

from traces import attributes as names
from traces.agents.gemini import Gemini
from traces.calls import operation_of
from traces.otlp.log_record import LogRecord
from traces.run import Run
from traces.span import AttributeValue, Span

Make = Callable[..., LogRecord]
MakeSpan = Callable[..., Span]
Read = Callable[[Iterable[Span]], Run]
Cut = Callable[[Sequence[LogRecord], int], list[Sequence[LogRecord]]]

CALL_ID = "run_shell_command__run_shell_command_1_0"
COMMAND = {"command": "pytest -q", "description": "Run the tests"}
BATCH, REFUSED = "b" * 16, "e" * 16


def response(
    make: Make, milliseconds: int, *, took: int, asked: int, said: int, thought: int, **more: AttributeValue
) -> LogRecord:
    """An answer, as the log counts it."""
    return make(
        "gemini_cli.api_response",
        milliseconds,
        model="gemini-2.5-pro",
        duration_ms=took,
        input_token_count=asked,
        output_token_count=said,
        thoughts_token_count=thought,
        cached_content_token_count=asked // 2,
        total_token_count=asked + said + thought,
        finish_reasons=("stop", "stop"),
        **more,
    )


def tool(make: Make, milliseconds: int, name: str, arguments: object, **more: AttributeValue) -> LogRecord:
    """A tool call, as the log tells of it; ``None`` for arguments that are not sent."""
    found: dict[str, AttributeValue] = {"success": True, "duration_ms": 20, "span_id": BATCH, **more}
    if arguments is not None:
        found["function_args"] = json.dumps(arguments, indent=2)
    return make("gemini_cli.tool_call", milliseconds, function_name=name, **found)


@pytest.fixture
def records(gemini_record: Make) -> list[LogRecord]:
    """A prompt, an answer with a command that fails, and an answer with a call that is refused."""
    make = gemini_record
    chunks = [
        {"candidates": [{"content": {"parts": [{"text": "Let me ", "thought": True}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "look", "thought": True}, {"text": "I run it."}]}}]},
        {
            "candidates": [
                {"content": {"parts": [{"functionCall": {"name": "run_shell_command", "args": COMMAND}}]}}
            ]
        },
    ]
    metadata = json.dumps({"exitCode": 1, "isError": True})
    return [
        make("gemini_cli.config", 0, model="gemini-2.5-pro", approval_mode="yolo"),
        make("gemini_cli.startup_stats", 1),
        make("gemini_cli.user_prompt", 10, prompt="Fix the test", prompt_length=12),
        make("gemini_cli.api_request", 20, model="gemini-2.5-pro", request_text="the whole history"),
        response(make, 230, took=200, asked=1200, said=44, thought=16, response_text=json.dumps(chunks)),
        tool(make, 300, "run_shell_command", COMMAND, metadata=metadata),
        response(make, 500, took=100, asked=1550, said=50, thought=17),
        tool(
            make, 520, "open_file", {}, success=False, span_id=REFUSED, duration_ms=0,
            error="no such tool", error_type="tool_not_registered",
        ),
    ]  # fmt: skip


@pytest.fixture
def spans(gemini_span: MakeSpan) -> list[Span]:
    """The spans of the same session, with content."""
    make = gemini_span
    answer = [
        {
            "role": "model",
            "parts": [{"functionCall": {"name": "run_shell_command", "args": COMMAND, "id": CALL_ID}}],
        }
    ]
    request = {"callId": CALL_ID, "name": "run_shell_command", "args": COMMAND}
    result = {"functionResponse": {"response": {"output": "1 failed\nExit Code: 1"}}}
    output = {
        "status": "success",
        "request": request,
        "response": {"responseParts": [result], "data": {"exitCode": 1}},
    }
    refused = {
        "status": "error",
        "request": {"callId": "open_1", "name": "open_file", "args": {}},
        "response": {
            "responseParts": [{"functionResponse": {"response": {"error": "no such tool"}}}],
            "errorType": "tool_not_registered",
        },
    }
    asked = {"prompt__name": "s1", "request__model": "gemini-2.5-pro", "system_instructions": "Be brief"}
    return [
        make("llm_call", "1" * 16, 30, 233, **asked, usage__input_tokens=1200, usage__output_tokens=44, output__messages=answer),
        make("tool_call", "2" * 16, 285, 300.4, parent_id=BATCH, tool__name="run_shell_command", tool__call_id=CALL_ID, input__messages=request, output__messages=output),
        make("schedule_tool_calls", BATCH, 281, 301, output__messages=[{**output, "invocation": {}}]),
        make("llm_call", "3" * 16, 400, 501, **asked, usage__input_tokens=1550, usage__output_tokens=50),
        make("schedule_tool_calls", REFUSED, 515, 521, output__messages=[refused]),
        make("llm_call", "4" * 16, 600, 700, **asked),
    ]  # fmt: skip


def test_logs_alone_tell_the_run(records: list[LogRecord], read_run: Read) -> None:
    """Tokens with thoughts, tool calls with arguments, errors and exit codes."""
    run = read_run(Gemini().from_logs(records).spans)

    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "gemini-cli"
    assert run.root.attributes[names.CONVERSATION] == "s1"
    assert names.AGENT_VERSION not in run.root.attributes  # service.version is that of Node
    assert [(call.usage.input_tokens, call.usage.output_tokens) for call in run.model_calls] == [
        (1200, 60),
        (1550, 67),
    ]
    assert [call.finish_reason for call in run.model_calls] == ["stop", "stop"]
    assert [call.name for call in run.tool_calls] == ["run_shell_command", "open_file"]
    assert run.tool_calls[0].arguments == COMMAND
    assert [call.exit_code for call in run.tool_calls] == [1, None]
    assert [call.error for call in run.tool_calls] == [None, "tool_not_registered: no such tool"]


def test_streamed_pieces_are_one_answer(records: list[LogRecord]) -> None:
    """Text that goes on is one part, thoughts are set apart, and the call stands at the end."""
    chat = next(span for span in Gemini().from_logs(records).spans if operation_of(span) == "chat")

    (message,) = json.loads(str(chat.attributes[names.OUTPUT_MESSAGES]))
    assert message["finish_reason"] == "stop"
    assert message["parts"] == [
        {"type": "reasoning", "content": "Let me look"},
        {"type": "text", "content": "I run it."},
        {"type": "tool_call", "name": "run_shell_command", "arguments": COMMAND},
    ]
    assert "Fix the test" in str(chat.attributes[names.INPUT_MESSAGES])


def test_spans_alone_tell_the_run(spans: list[Span], read_run: Read) -> None:
    """With content: the refused call from its batch, results, and a call that got no answer set aside."""
    run = read_run(Gemini().from_spans(spans).spans)

    assert run.root is not None
    assert run.root.attributes[names.SYSTEM_INSTRUCTIONS] == "Be brief"
    assert run.usage.input_tokens == 2750
    assert [call.tool_names for call in run.model_calls] == [("run_shell_command",), ()]
    assert [(call.name, call.call_id) for call in run.tool_calls] == [
        ("run_shell_command", CALL_ID),
        ("open_file", "open_1"),
    ]
    assert run.tool_calls[0].result == "1 failed\nExit Code: 1"
    assert [call.exit_code for call in run.tool_calls] == [1, None]
    assert run.tool_calls[1].error == "tool_not_registered: no such tool"
    assert [span.name for span in run.spans if span.attributes.get(names.ASIDE) == "unanswered"] == [
        "llm_call"
    ]


@pytest.mark.parametrize("first", ["logs", "spans"])
def test_both_tell_each_call_once(
    records: list[LogRecord], spans: list[Span], read_run: Read, first: str
) -> None:
    """Tokens are those of the log, which counts thoughts; results those of the spans, which have them."""
    told = [Gemini().from_logs(records).spans, Gemini().from_spans(spans).spans]
    if first == "spans":
        told.reverse()

    run = read_run([*told[0], *told[1]])

    assert [(call.usage.input_tokens, call.usage.output_tokens) for call in run.model_calls] == [
        (1200, 60),
        (1550, 67),
    ]
    assert [call.name for call in run.tool_calls] == ["run_shell_command", "open_file"]
    assert run.tool_calls[0].result == "1 failed\nExit Code: 1"
    assert [call.exit_code for call in run.tool_calls] == [1, None]
    assert [call.error for call in run.tool_calls] == [None, "tool_not_registered: no such tool"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batches_make_the_same_run(
    records: list[LogRecord], spans: list[Span], read_run: Read, batches: Cut, size: int
) -> None:
    """However the session is cut into requests, and though each comes twice."""
    whole = read_run([*Gemini().from_logs(records).spans, *Gemini().from_spans(spans).spans])
    parts = [span for part in batches(records, size) for span in Gemini().from_logs(part).spans]
    parts += [
        span
        for part in range(0, len(spans), size)
        for span in Gemini().from_spans(spans[part : part + size]).spans
    ]

    run = read_run([*parts, *reversed(parts)])

    assert run.usage == whole.usage
    assert [call.span_id for call in run.tool_calls] == [call.span_id for call in whole.tool_calls]
    assert [call.span_id for call in run.model_calls] == [call.span_id for call in whole.model_calls]


def test_without_content_the_logs_are_the_story(
    gemini_record: Make, gemini_span: MakeSpan, read_run: Read
) -> None:
    """A tool's span that does not say what was asked is kept, but is no step."""
    calls = [tool(gemini_record, 300, "read_file", None, content_length=size) for size in (176, 300, 300)]
    named = {"tool__name": "read_file", "parent_id": BATCH}
    kept = [gemini_span("tool_call", digit * 16, 285, 300, **named) for digit in "567"]

    run = read_run([*Gemini().from_logs(calls).spans, *Gemini().from_spans(kept).spans])

    assert [call.name for call in run.tool_calls] == ["read_file"] * 3
    assert [span.attributes[names.SOURCE_SPAN] for span in run.spans if span.name == "tool_call"] == [
        "5" * 16,
        "6" * 16,
        "7" * 16,
    ]


def test_calls_of_one_batch_keep_their_order(gemini_record: Make, read_run: Read) -> None:
    """They ran at the same time, and their durations are told in whole milliseconds."""
    calls = [
        tool(gemini_record, 300, "read_file", {"file_path": "a"}, duration_ms=10),
        tool(gemini_record, 300, "read_file", {"file_path": "b"}, duration_ms=11),
    ]

    run = read_run(Gemini().from_logs(calls).spans)

    assert [call.arguments for call in run.tool_calls] == [{"file_path": "a"}, {"file_path": "b"}]


def test_empty_answers_in_a_row_are_counted_each(gemini_record: Make, read_run: Read) -> None:
    """A malformed answer has no tokens, and is asked for again after a second with the same prompt."""
    answers = [
        response(gemini_record, at, took=100, asked=1200, said=0, thought=0) for at in (200, 1400, 2600)
    ]

    run = read_run(Gemini().from_logs(answers).spans)

    assert [call.usage.input_tokens for call in run.model_calls] == [1200, 1200, 1200]


def test_a_refused_request_is_a_model_call_with_an_error(gemini_record: Make, read_run: Read) -> None:
    """Its span says nothing of it."""
    error = gemini_record(
        "gemini_cli.api_error", 100, span_id="a" * 16, model="gemini-2.5-pro", duration_ms=70, status_code=429,
        error="rate limit", error__type="ApiError",
    )  # fmt: skip

    run = read_run(Gemini().from_logs([error]).spans)

    assert [call.error for call in run.model_calls] == ["429: rate limit"]
    assert [call.model for call in run.model_calls] == ["gemini-2.5-pro"]


def test_a_result_that_was_cut_is_kept_as_far_as_it_goes(
    gemini_record: Make, gemini_span: MakeSpan, read_run: Read
) -> None:
    """The cut may fall into an escape; what the log says of the exit code then goes first."""
    asked = {"command": "seq 9"}
    cut = '{"status":"success","request":{},"response":{"output":"1\\n2\\n3\\u00'
    span = gemini_span(
        "tool_call", "2" * 16, 280, 300.4, parent_id=BATCH, tool__name="run_shell_command",
        input__messages={"args": asked}, output__messages=f"{cut}...[TRUNCATED: original length 99]",
    )  # fmt: skip
    log = tool(gemini_record, 300, "run_shell_command", asked, metadata='{"exitCode": 3}')

    alone = read_run(Gemini().from_spans([span]).spans)
    both = read_run([*Gemini().from_logs([log]).spans, *Gemini().from_spans([span]).spans])

    assert alone.tool_calls[0].result == "1\n2\n3...[TRUNCATED: original length 99]"
    assert [call.exit_code for call in both.tool_calls] == [3]


def test_other_spans_move_with_their_content(gemini_span: MakeSpan) -> None:
    """A sub-agent's span has no operation in the run, but says where it came from and what was said."""
    span = gemini_span("agent_call", "8" * 16, 10, 20, input__messages="go", output__messages="done")

    root, moved = Gemini().from_spans([span]).spans

    assert moved.parent_id == root.span_id
    assert operation_of(moved) == ""
    assert moved.attributes[names.SOURCE_TRACE] == span.trace_id
    assert (moved.attributes[names.INPUT_MESSAGES], moved.attributes[names.OUTPUT_MESSAGES]) == ("go", "done")


def test_what_explains_a_run_is_noted(gemini_record: Make) -> None:
    """A loop that Gemini CLI saw itself is no step, and not lost."""
    told = Gemini().from_logs([gemini_record("loop_detected", 5, loop_type="identical_calls", count=2)])

    assert told.used == {0}
    assert told.spans[1].attributes["loop_type"] == "identical_calls"
    assert operation_of(told.spans[1]) == ""


def test_details_tell_only_of_the_whole(gemini_record: Make) -> None:
    """They repeat requests and responses; the system prompt goes to the root, the call is not counted again."""
    details = gemini_record(
        "gen_ai.client.inference.operation.details", 5, gen_ai__system_instructions="Be brief",
        gen_ai__operation__name="generate_content", gen_ai__usage__input_tokens=7,
    )  # fmt: skip

    told = Gemini().from_logs([details])

    assert [span.attributes[names.OPERATION] for span in told.spans] == ["invoke_agent"]
    assert told.spans[0].attributes[names.SYSTEM_INSTRUCTIONS] == "Be brief"


def test_what_tells_nothing_is_dropped_with_a_reason(records: list[LogRecord], gemini_record: Make) -> None:
    """Details of other programs are left for others."""
    strange = gemini_record("gemini_cli.something_new", 600)
    homeless = LogRecord(time_ns=1, name="gemini_cli.tool_call")
    other = LogRecord(time_ns=1, name="gen_ai.client.inference.operation.details", scope="other")

    told = Gemini().from_logs([*records, strange, homeless, other])

    assert told.dropped == {
        1: "gemini_cli.startup_stats",
        3: "gemini_cli.api_request",
        8: "gemini-cli: another event",
        9: "gemini-cli: no event of a session",
    }
    assert told.used == {0, 2, 4, 5, 6, 7}


def test_spans_of_others_are_left_alone(gemini_span: MakeSpan) -> None:
    """Those of another program, and those of no session."""
    mine = gemini_span("llm_call", "1" * 16, 1, 2)
    other = Span(trace_id="a" * 32, span_id="b" * 16, parent_id=None, name="llm_call", start_ns=1, end_ns=2)
    homeless = Span(
        trace_id="a" * 32,
        span_id="c" * 16,
        parent_id=None,
        name="x",
        start_ns=1,
        end_ns=2,
        scope="gemini-cli",
    )

    assert Gemini().from_spans([other, mine, homeless]).used == {1}
