"""A person can read a run, and a run cannot act on the person's terminal."""

from __future__ import annotations

import json
from dataclasses import replace

from traces.codec import decode_span
from traces.labels import label_span, labels_in, rating_span
from traces.normal import assemble
from traces.outcome import Outcome
from traces.testing import TraceBuilder, small_run
from traces.waterfall import span_json, waterfall

_HOSTILE = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe \x9b31m \x7f\x00 a\rb \u2028c \ud800"


def _is_safe(text: str) -> bool:
    return all(character in "\n\t" or character.isprintable() for character in text)


def test_a_run_from_top_to_bottom(spans: TraceBuilder) -> None:
    """Outcome and totals first, then turns, calls, activations and errors in the order they happened."""
    acting = spans.span(events=(spans.activation("LoopDetection", "same edit 3 times"),))
    run = assemble(
        [
            acting,
            spans.chat("I will look", tools=("bash", "read_file"), reasoning_effort="high"),
            spans.tool("bash", {"command": "pytest -q", "timeout": 5}, "E  boom\n1 failed", exit_code=1),
            spans.tool("edit_file", "{broken", "", status="error"),
            spans.span("verifier", status="error", status_message="it broke"),
            spans.root(
                "failed", reason="verification_failed", cause="assertion", task="t1", split="mine", score=0.5,
                harness_commit="0123456789abcdef", run_attempt=2, run_seconds=12.0, run_cost=0.5,
            ),
        ]
    )  # fmt: skip

    assert waterfall(run).splitlines() == [
        f"run {'a' * 32}: failed (verification_failed, assertion)",
        "task t1, split mine, harness 0123456789ab, attempt 2, score 0.5",
        "12.0 s, 1 model call, 2 tool calls, 100 tokens in, 10 out, $0.5000",
        "",
        "     -1.0 s  acted  LoopDetection: same edit 3 times  [0000000000000001]",
        "     +1.0 s  model  turn 1, simulated:coder, 0.5 s, 100 → 10 tokens, effort high, stop  [0000000000000002]",
        "                   I will look",
        "                   calls bash, read_file",
        "     +2.0 s  tool   bash, 0.5 s, exit code 1  [0000000000000003]",
        "                   command: pytest -q",
        "                   timeout: 5",
        "                   → E  boom",
        "                     1 failed",
        "     +3.0 s  tool   edit_file, 0.5 s  [0000000000000004]",
        "                   arguments (no JSON object): {broken",
        "                   error: error",
        "     +4.0 s  error  verifier, it broke  [0000000000000005]",
    ]


def test_a_run_without_a_root_says_so(spans: TraceBuilder) -> None:
    """Nobody takes a cut-off run for a whole one."""
    text = waterfall(assemble([spans.started(task="t1")]))

    assert ": unknown\n" in text
    assert "task t1" in text
    assert "no root" in text


def test_long_texts_are_cut_in_the_middle(spans: TraceBuilder) -> None:
    """The end of an output is where its errors stand."""
    output = "\n".join(f"line {number}" for number in range(100)) + "\n" + "x" * 10_000
    text = waterfall(assemble([spans.tool("bash", {"command": "y" * 10_000}, output)]))

    assert "→ line 0" in text
    assert "… 95 more lines …" in text
    assert "line 99" in text
    assert max(len(line) for line in text.splitlines()) < 200


def test_a_run_cannot_act_on_the_terminal(spans: TraceBuilder) -> None:
    """Escape sequences, reordering and hidden characters are written out, wherever they stand."""
    event = spans.activation(_HOSTILE, _HOSTILE)
    run = assemble(
        [
            spans.chat(_HOSTILE, tools=(_HOSTILE,), finish_reasons=(_HOSTILE,), response_model=_HOSTILE),
            spans.tool(_HOSTILE, {_HOSTILE: _HOSTILE}, _HOSTILE),
            spans.tool("bash", _HOSTILE, "", error_type=_HOSTILE),
            spans.span(_HOSTILE, events=(event,), status="error", status_message=_HOSTILE),
            spans.root("failed", reason=_HOSTILE, cause=_HOSTILE, task=_HOSTILE),
        ]
    )
    run = replace(run, run_id=_HOSTILE)

    assert _is_safe(waterfall(run))
    assert "\\x1b[2J" in waterfall(run)


def test_a_raw_span_is_json_in_ascii(spans: TraceBuilder) -> None:
    """It holds all there is, and acts on nothing."""
    span = spans.tool("bash", {"k": _HOSTILE}, "\x7f ü \x1b", exit_code=1)
    text = span_json(span)

    assert decode_span(json.dumps(json.loads(text)).encode()) == span
    assert text.isascii()
    assert _is_safe(text)
    assert json.loads(text)["attributes"]["flywheel.tool.exit_code"] == 1


def test_a_small_run_fits_on_a_page() -> None:
    """What a newcomer sees first."""
    assert len(waterfall(small_run()).splitlines()) < 15


def test_where_a_foreign_run_comes_from(spans: TraceBuilder) -> None:
    """Its agent, its source, its session, who judged it, and what of its tokens was cached or thought."""
    root = spans.root(
        "passed", agent_name="codex", source="codex-rollout", conversation="c-1", provenance="harbor:reward"
    )
    call = spans.chat("Done", cached_tokens=60, reasoning_tokens=4)

    lines = waterfall(assemble([root, call])).splitlines()

    assert lines[1] == "agent codex, source codex-rollout, conversation c-1, judged by harbor:reward"
    assert "100 tokens in (60 cached), 10 out (4 reasoning)" in lines[2]


def test_what_people_said_stands_on_top(spans: TraceBuilder) -> None:
    """Their words cannot act on the terminal either."""
    run = assemble([spans.root("")])
    said = [
        label_span(run.run_id, Outcome.FAILED, reason="wrong file", who="ada", time_ns=1),
        rating_span(run.run_id, 2, reason=_HOSTILE, who=_HOSTILE, time_ns=2),
    ]

    text = waterfall(run, labels=tuple(labels_in(said)))

    assert "\nlabelled failed by ada: wrong file\nrated 2/5 by " in text
    assert _is_safe(text)


def test_a_long_run_is_brief_but_for_what_failed(spans: TraceBuilder) -> None:
    """A line for each step; the texts of those that failed, and all of them where they are asked for."""
    calls = [spans.tool("bash", {"command": f"ls {number}"}, "a\nb", exit_code=0) for number in range(61)]
    failed = [spans.tool("bash", {"command": "pytest"}, "E boom", exit_code=1)]
    run = assemble(
        [spans.chat("I look\naround"), *calls, *failed, spans.chat("", tools=("bash",)), spans.root()]
    )

    brief, full = waterfall(run).splitlines(), waterfall(run, full=True).splitlines()

    assert len(brief) == 4 + 64 + 2
    assert "--full" in brief[1] + brief[2]
    assert any("I look around" in line for line in brief)
    assert any(line.strip() == "→ E boom" for line in brief)
    assert any("calls bash" in line for line in brief)
    assert len(full) > 200
