"""Codex's log events are runs; its spans are none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from traces import attributes as names
from traces.agents.codex import Codex
from traces.agents.draft import PARENT_RUN
from traces.calls import operation_of
from traces.otlp.log_record import LogRecord
from traces.run import Run
from traces.span import Span

Make = Callable[..., LogRecord]
Read = Callable[[Iterable[Span]], Run]
ReadAll = Callable[[Iterable[Span]], list[Run]]
Cut = Callable[[Sequence[LogRecord], int], list[Sequence[LogRecord]]]

FAILED = "Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 1\nOutput:\nFAILED\nexit code: 0\n"


@pytest.fixture
def conversation(codex_record: Make) -> list[LogRecord]:
    """A prompt, two answers, a command that fails and a call that cannot be parsed."""
    make = codex_record
    return [
        make("conversation_starts", 0, provider_name="openai", sandbox_policy="read-only", auth__env="x"),
        make("startup_phase", 1, duration_ms="38"),
        make("user_prompt", 2, prompt="Fix the test", prompt_length="12"),
        make("api_request", 100, duration_ms="60", http__response__status_code=200, attempt=0),
        make("sse_event", 101, event__kind="response.created"),
        make("sse_event", 109, event__kind="response.completed"),
        answer(make, 110, asked=1200, said=60, cached=0, thought=16),
        make(
            "tool_decision", 120, tool_name="exec_command", call_id="k1", decision="approved", source="Config"
        ),
        result(make, 150, "exec_command", "k1", '{"cmd": "pytest"}', FAILED, duration_ms="35"),
        make("api_request", 210, duration_ms="50", http__response__status_code=200, attempt=0),
        make("sse_event", 219, event__kind="response.completed"),
        answer(make, 220, asked=1550, said=67, cached=1280, thought=17),
        result(make, 221, "exec_command", "k2", '{"cmd": "ls"', "failed to parse", success="false"),
    ]


def answer(make: Make, milliseconds: int, *, asked: int, said: int, cached: int, thought: int) -> LogRecord:
    """The end of an answer; some counts are texts, some are numbers."""
    return make(
        "sse_event",
        milliseconds,
        event__kind="response.completed",
        input_token_count=str(asked),
        output_token_count=str(said),
        cached_token_count=cached,
        reasoning_token_count=thought,
        tool_token_count=str(asked + said),
        model_reasoning_effort="medium",
    )


def result(
    make: Make, milliseconds: int, tool: str, call_id: str, arguments: str, output: str, **more: str
) -> LogRecord:
    """A tool's result."""
    found = {"success": "true", "duration_ms": "0", **more}
    return make(
        "tool_result",
        milliseconds,
        tool_name=tool,
        call_id=call_id,
        arguments=arguments,
        output=output,
        **found,
    )


def test_a_conversation_is_one_run(conversation: list[LogRecord], read_run: Read) -> None:
    """Root, answers with their tokens, and tool calls in order with arguments and results."""
    run = read_run(Codex().from_logs(conversation).spans)

    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "codex"
    assert run.root.attributes[names.AGENT_VERSION] == "0.169.0"
    assert run.root.attributes[names.CONVERSATION] == "c1"
    assert run.root.attributes["sandbox_policy"] == "read-only"
    assert "auth.env" not in run.root.attributes
    assert [(call.usage.input_tokens, call.usage.output_tokens) for call in run.model_calls] == [
        (1200, 60),
        (1550, 67),
    ]
    assert [call.reasoning_effort for call in run.model_calls] == ["medium", "medium"]
    assert [(call.name, call.call_id) for call in run.tool_calls] == [
        ("exec_command", "k1"),
        ("exec_command", "k2"),
    ]
    assert run.tool_calls[0].arguments == {"cmd": "pytest"}
    assert [type(step).__name__ for step in run.steps] == ["ModelCall", "ToolCall", "ModelCall", "ToolCall"]


def test_a_command_that_failed_is_no_failed_tool(conversation: list[LogRecord], read_run: Read) -> None:
    """Codex calls it a success: only its words above the output tell, and the output does not matter."""
    run = read_run(Codex().from_logs(conversation).spans)

    assert [call.exit_code for call in run.tool_calls] == [1, None]
    assert run.tool_calls[0].error is None
    assert run.tool_calls[1].error == "tool_error: failed to parse"
    assert run.tool_calls[1].arguments_text == '{"cmd": "ls"'


def test_cached_and_reasoning_tokens_are_parts(conversation: list[LogRecord]) -> None:
    """They are kept beside the counts that include them."""
    chats = [span for span in Codex().from_logs(conversation).spans if operation_of(span) == "chat"]

    assert [span.attributes[names.CACHED_TOKENS] for span in chats] == [0, 1280]
    assert [span.attributes[names.REASONING_TOKENS] for span in chats] == [16, 17]


def test_a_model_call_lasts_from_its_request(conversation: list[LogRecord], read_run: Read) -> None:
    """The answer alone does not say how long it took, the request before it does."""
    first = read_run(Codex().from_logs(conversation).spans).model_calls[0]

    assert (first.end_ns - first.start_ns) // 1_000_000 == 110 - 40


def test_the_prompt_stands_with_the_first_call_and_on_the_root(conversation: list[LogRecord]) -> None:
    """What a run was asked to do is what readers look for first."""
    spans = Codex().from_logs(conversation).spans
    prompt = [{"role": "user", "parts": [{"type": "text", "content": "Fix the test"}]}]
    asked = [span.name for span in spans if span.attributes.get(names.INPUT_MESSAGES) is not None]

    assert asked == ["invoke_agent codex", "codex.user_prompt", "chat gpt-5.5"]
    assert json.loads(str(spans[0].attributes[names.INPUT_MESSAGES])) == prompt


def test_a_redacted_prompt_is_no_prompt(codex_record: Make) -> None:
    """Its length is all there is."""
    spans = Codex().from_logs([codex_record("user_prompt", 0, prompt="[REDACTED]", prompt_length="12")]).spans

    assert all(names.INPUT_MESSAGES not in span.attributes for span in spans)
    assert spans[1].attributes["prompt_length"] == "12"


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_batches_make_the_same_run(
    conversation: list[LogRecord], read_run: Read, batches: Cut, size: int
) -> None:
    """However a conversation is cut into requests, in whatever order they come, and twice."""
    whole = read_run(Codex().from_logs(conversation).spans)
    parts = [span for part in batches(conversation, size) for span in Codex().from_logs(part).spans]

    run = read_run([*reversed(parts), *parts])

    assert run.usage == whole.usage
    assert [call.span_id for call in run.model_calls] == [call.span_id for call in whole.model_calls]
    assert [call.span_id for call in run.tool_calls] == [call.span_id for call in whole.tool_calls]
    assert [call.result for call in run.tool_calls] == [call.result for call in whole.tool_calls]
    assert run.root is not None
    assert whole.root is not None
    assert (run.root.start_ns, run.root.end_ns) == (whole.root.start_ns, whole.root.end_ns)


def test_failed_attempts_are_model_calls_with_an_error(codex_record: Make, read_run: Read) -> None:
    """An HTTP error and a stream that was cut, each once; then the answer."""
    make = codex_record
    records = [
        make(
            "api_request",
            70,
            duration_ms="60",
            http__response__status_code=500,
            error__message="http 500",
            attempt=0,
        ),
        make("api_request", 140, duration_ms="60", error__message="connection refused", attempt=1),
        make("api_request", 200, duration_ms="50", http__response__status_code=200, attempt=2),
        make("sse_event", 210, event__kind="response.completed", error__message="stream closed before it"),
        make("api_request", 300, duration_ms="50", http__response__status_code=200, attempt=0),
        answer(make, 310, asked=1200, said=60, cached=0, thought=16),
    ]

    run = read_run(Codex().from_logs(records).spans)

    assert [call.error for call in run.model_calls] == [
        "500: http 500",
        "request_failed: connection refused",
        "stream_failed: stream closed before it",
        None,
    ]
    assert run.usage.input_tokens == 1200


def test_a_call_without_its_result_is_one_that_has_not_ended(codex_record: Make, read_run: Read) -> None:
    """A run that was killed shows what it was at; the result, when it comes, takes the place."""
    decision = codex_record("tool_decision", 10, tool_name="exec_command", call_id="k1", decision="approved")
    outcome = result(codex_record, 5000, "exec_command", "k1", "{}", "Process exited with code 0\nOutput:\n")

    before = read_run(Codex().from_logs([decision]).spans)
    after = read_run([*Codex().from_logs([outcome]).spans, *Codex().from_logs([decision]).spans])

    assert [(call.name, call.result) for call in before.tool_calls] == [("exec_command", "")]
    assert [call.exit_code for call in after.tool_calls] == [0]


def test_a_patch_is_kept_as_it_was_sent(codex_record: Make, read_run: Read) -> None:
    """Its arguments are no JSON, and its result is headed otherwise."""
    patch = "*** Begin Patch\n*** Update File: a.py\n*** End Patch\n"
    output = "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nM a.py\n"

    run = read_run(Codex().from_logs([result(codex_record, 10, "apply_patch", "k1", patch, output)]).spans)

    assert run.tool_calls[0].arguments_text == patch
    assert run.tool_calls[0].exit_code == 0


def test_a_resumed_conversation_is_one_run(codex_record: Make, read_run: Read) -> None:
    """Two processes, one conversation."""
    first = Codex().from_logs(
        [
            codex_record("conversation_starts", 0),
            answer(codex_record, 9, asked=1, said=2, cached=0, thought=0),
        ]
    )
    second = Codex().from_logs(
        [
            codex_record("conversation_starts", 900),
            answer(codex_record, 990, asked=3, said=4, cached=0, thought=0),
        ]
    )

    run = read_run([*first.spans, *second.spans])

    assert (run.usage.input_tokens, run.usage.output_tokens) == (4, 6)


def test_a_sub_agent_has_a_run_of_its_own(codex_record: Make, read_runs: ReadAll) -> None:
    """It says whose it is, and the call that started it links to it."""
    child = "01a1fb69-d6d3-7c82-9c8f-313cd2d7e1fa"
    started = result(
        codex_record, 10, "spawn_agent", "k1", "{}", json.dumps({"agent_id": child}), agent_name="/root"
    )
    worked = codex_record(
        "tool_result", 20, conversation=child, tool_name="ls", call_id="k2", agent_name="Ada", trace_id=""
    )

    told = Codex().from_logs([started, worked])
    parent, nested = read_runs(told.spans)
    link = next(span for span in told.spans if span.links).links[0]

    assert nested.root is not None
    assert nested.root.attributes[PARENT_RUN] == parent.run_id
    assert nested.root.attributes["agent_name"] == "Ada"
    assert (link.trace_id, link.span_id) == (nested.run_id, nested.root.span_id)


def test_a_sub_agent_is_known_by_the_trace_it_shares(codex_record: Make, read_runs: ReadAll) -> None:
    """Where the call that started it was in an earlier batch."""
    main = codex_record("tool_result", 10, tool_name="ls", call_id="k1", agent_name="/root")
    nested = codex_record(
        "tool_result", 20, conversation="c2", tool_name="ls", call_id="k2", agent_name="Ada"
    )
    stranger = codex_record(
        "tool_result", 20, conversation="c3", tool_name="ls", call_id="k3", agent_name="Bob", trace_id=""
    )

    roots = [run.root for run in read_runs(Codex().from_logs([main, nested, stranger]).spans)]

    assert [root is not None and root.attributes.get(PARENT_RUN) for root in roots] == [
        None,
        read_runs(Codex().from_logs([main]).spans)[0].run_id,
        None,
    ]


def test_what_tells_nothing_is_dropped_with_a_reason(conversation: list[LogRecord]) -> None:
    """Each record is used or dropped, for a reason that holds nothing of it; others' records are neither."""
    flush = LogRecord(time_ns=1, name="", body="flushing OTEL metrics", scope="codex_otel::metrics::client")
    other = LogRecord(time_ns=1, name="gemini_cli.tool_call", attributes={"session.id": "s"})
    records = [
        *conversation,
        flush,
        other,
        LogRecord(time_ns=1, name="codex.secret-name", attributes={"conversation.id": "c1"}),
    ]

    told = Codex().from_logs(records)

    assert told.dropped == {
        1: "codex.startup_phase",
        4: "codex.sse_event",
        5: "codex.sse_event",
        10: "codex.sse_event",
        13: "codex: no event of a conversation",
        15: "codex: another event",
    }
    assert told.used | set(told.dropped) == set(range(16)) - {14}


def test_runtime_spans_stay_what_they_are(codex_record: Make) -> None:
    """They are Codex's, so nobody else makes a run of them, and they are no steps: the logs tell of those."""
    place = {"code.file.path": "core/src/tools/parallel.rs", "tool_name": "exec_command", "call_id": "k1"}
    runtime = Span(
        trace_id="a" * 32, span_id="b" * 16, parent_id=None, name="exec_command", start_ns=1, end_ns=2,
        attributes=place, resource={"service.name": "codex_exec"},
    )  # fmt: skip
    claiming = Span(
        trace_id="a" * 32, span_id="c" * 16, parent_id=None, name="turn", start_ns=1, end_ns=2,
        attributes={"busy_ns": 1, names.OPERATION: "chat"}, resource={"service.name": "codex_exec"},
    )  # fmt: skip
    other = Span(trace_id="a" * 32, span_id="d" * 16, parent_id=None, name="codex", start_ns=1, end_ns=2)

    told = Codex().from_spans([runtime, other, claiming])

    assert told.used == {0, 2}
    assert told.spans[0] is runtime
    assert dict(told.spans[1].attributes) == {"busy_ns": 1}


def test_calls_side_by_side_start_when_they_were_let_run(codex_record: Make, read_run: Read) -> None:
    """The second asked for may be the first to end, and durations are told in whole milliseconds."""
    make = codex_record
    records = [
        make("tool_decision", 10.1, tool_name="exec_command", call_id="k1", decision="approved"),
        make("tool_decision", 10.2, tool_name="exec_command", call_id="k2", decision="approved"),
        result(make, 30, "exec_command", "k2", "{}", "", duration_ms="21"),
        result(make, 50, "exec_command", "k1", "{}", "", duration_ms="39"),
    ]

    run = read_run(Codex().from_logs(records).spans)

    assert [call.call_id for call in run.tool_calls] == ["k1", "k2"]
    assert run.tool_calls[0].end_ns > run.tool_calls[1].end_ns


def test_records_without_any_time_keep_their_order(codex_record: Make, read_run: Read) -> None:
    """The record says 0, and the event states none."""
    records = [
        replace(record, time_ns=0, attributes={**record.attributes, "event.timestamp": ""})
        for record in (result(codex_record, 1, "ls", f"k{number}", "{}", "") for number in range(3))
    ]

    run = read_run(Codex().from_logs(records).spans)

    assert [call.call_id for call in run.tool_calls] == ["k0", "k1", "k2"]


def test_a_call_without_an_id_is_told_too(codex_record: Make, read_run: Read) -> None:
    """By its moment; a decision without one tells nothing."""
    calls = [result(codex_record, at, "ls", "", "{}", "") for at in (1, 2)]
    decision = codex_record("tool_decision", 3, tool_name="ls", decision="approved")

    told = Codex().from_logs([*calls, decision])

    assert [call.name for call in read_run(told.spans).tool_calls] == ["ls", "ls"]
    assert told.dropped == {2: "codex.tool_decision"}


def test_an_answer_after_a_restart_of_the_receiver_begins_with_what_was_seen(
    codex_record: Make, read_run: Read
) -> None:
    """Its request was in an earlier batch: the first piece of the answer is the earliest that is known."""
    records = [
        codex_record("sse_event", 100, event__kind="response.created"),
        answer(codex_record, 160, asked=1200, said=60, cached=0, thought=16),
    ]

    call = read_run(Codex().from_logs(records).spans).model_calls[0]

    assert (call.end_ns - call.start_ns) // 1_000_000 == 60
