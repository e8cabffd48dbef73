"""Imported runs in normal form: ids, times, tokens, errors, and that they read back as what they are."""

from __future__ import annotations

from traces import attributes as names
from traces.codec import decode_span, encode_span
from traces.importers.clock import Clock
from traces.importers.parts import call_part, message, text_part
from traces.importers.run_builder import Failure, RunBuilder, Tokens
from traces.normal import assemble
from traces.span import Span

_START = 1_700_000_000_000_000_000


def _builder(identity: str = "session-1") -> RunBuilder:
    return RunBuilder(
        source="a-format", identity=identity, agent="coder", clock=Clock(_START), conversation=identity
    )


def _chat(builder: RunBuilder, key: str = "m1", aside: str = "") -> Span:
    return builder.chat(
        key,
        start_ns=builder.clock.tick(),
        end_ns=builder.clock.tick(),
        model="model-1",
        inputs=[message("user", [text_part("Repair it.")])],
        outputs=[message("assistant", [text_part("Yes."), call_part("c1", "bash", {})], "tool_call")],
        tokens=Tokens(input=100, output=10, cached=60, reasoning=4),
        aside=aside,
    )


def _tool(builder: RunBuilder, call_id: str = "c1", arguments: object = None) -> Span:
    return builder.tool(
        call_id,
        name="bash",
        arguments={"command": "ls"} if arguments is None else arguments,
        start_ns=builder.clock.tick(),
        end_ns=builder.clock.tick(_START + 500),
        result="a b",
        exit_code=0,
    )


def test_a_run_reads_back() -> None:
    """Root, model call and tool call with all that was stated of them."""
    builder = _builder()
    run = assemble([_chat(builder), _tool(builder), builder.root(version="1.2", cost_usd=0.5)])
    (call,), (tool,) = run.model_calls, run.tool_calls

    assert (call.model, call.text, call.tool_names, call.finish_reason) == (
        "model-1",
        "Yes.",
        ("bash",),
        "tool_call",
    )
    assert (run.usage.input_tokens, run.usage.output_tokens, run.usage.cost_usd) == (100, 10, 0.5)
    assert (tool.call_id, tool.name, tool.arguments, tool.result, tool.exit_code) == (
        "c1",
        "bash",
        {"command": "ls"},
        "a b",
        0,
    )
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "a-format"
    assert run.root.attributes[names.AGENT_VERSION] == "1.2"
    assert run.root.attributes[names.CONVERSATION] == "session-1"


def test_the_same_things_get_the_same_ids() -> None:
    """And another session other ones."""
    first, again, other = _builder(), _builder(), _builder("session-2")

    assert _chat(first) == _chat(again)
    assert first.root_id == again.root_id
    assert _chat(other).trace_id != first.trace_id


def test_an_id_that_comes_again_is_numbered() -> None:
    """Some models count their calls from 0 in each answer; no span hides another."""
    builder = _builder()
    spans = [_tool(builder), _tool(builder), _tool(builder, ""), _tool(builder, "")]

    assert len({span.span_id for span in spans}) == 4
    assert spans[0].attributes[names.TOOL_CALL_ID] == spans[1].attributes[names.TOOL_CALL_ID] == "c1"


def test_all_is_below_the_root() -> None:
    """Or below the parent that is given."""
    builder = _builder()
    tool = _tool(builder)
    agent = builder.agent("a" * 16, name="explorer", start_ns=1, end_ns=2, parent_id=tool.span_id)

    assert tool.parent_id == builder.root_id == builder.root().span_id
    assert (agent.parent_id, agent.name) == (tool.span_id, "invoke_agent explorer")
    assert builder.root().parent_id is None


def test_the_root_covers_its_spans() -> None:
    """And the times that the source states beyond them."""
    builder = _builder()
    _chat(builder)
    _tool(builder)
    root, longer = builder.root(), builder.root(start_ns=_START - 5, end_ns=_START + 9000)

    assert (root.start_ns, root.end_ns) == (_START, _START + 500)
    assert (longer.start_ns, longer.end_ns) == (_START - 5, _START + 9000)


def test_no_span_ends_before_it_starts() -> None:
    """Whatever the times say."""
    builder = _builder()

    assert builder.chat("m", start_ns=10, end_ns=5).end_ns == 10


def test_broken_arguments_stay_a_text() -> None:
    """They are what the model sent."""
    run = assemble([_tool(_builder(), arguments='{"command": "ls')])

    assert (run.tool_calls[0].arguments, run.tool_calls[0].arguments_text) == ({}, '{"command": "ls')


def test_a_failure_is_the_spans_error() -> None:
    """Its message is cut in the status; the result holds it whole."""
    span = _builder().tool(
        "c",
        name="bash",
        arguments={},
        start_ns=1,
        end_ns=2,
        result="x" * 9000,
        failure=Failure(type="tool_error", message="x" * 9000),
    )

    assert (span.status, span.attributes[names.ERROR_TYPE], len(span.status_message)) == (
        "error",
        "tool_error",
        500,
    )
    assert len(str(span.attributes[names.TOOL_RESULT])) == 9000


def test_what_is_set_aside_counts_for_nothing() -> None:
    """A retried request is kept, but is no step and spends no tokens."""
    builder = _builder()
    run = assemble([_chat(builder, aside="retried request"), builder.root()])

    assert run.model_calls == ()
    assert run.usage.input_tokens == 0
    assert any(span.attributes.get(names.ASIDE) == "retried request" for span in run.spans)


def test_what_is_not_stated_is_left_out() -> None:
    """Empty texts and ``None`` are no attributes; zero tokens are."""
    builder = _builder()
    span = builder.chat(
        "m", start_ns=1, end_ns=2, tokens=Tokens(input=0), more={"a.b": None, "a.c": "", "a.d": 0}
    )

    assert names.RESPONSE_MODEL not in span.attributes
    assert (span.attributes[names.INPUT_TOKENS], span.attributes["a.d"]) == (0, 0)
    assert not {"a.b", "a.c", names.OUTPUT_TOKENS} & span.attributes.keys()


def test_hostile_texts_and_numbers_can_be_stored() -> None:
    """Lone surrogates anywhere, sums beyond 64 bits, names of a megabyte."""
    builder = _builder()
    span = builder.tool(
        "\ud800",
        name="\udfff" * 3,
        arguments={"a": "\ud800"},
        start_ns=1,
        end_ns=2,
        more={"k\ud800": "v\ud800"},
    )
    chat = builder.chat("m", start_ns=1, end_ns=2, tokens=Tokens(input=2**63 + 5))

    assert decode_span(encode_span(span)) == span
    assert chat.attributes[names.INPUT_TOKENS] == 2**63 - 1
