"""The spans of one run: what they hold, what they leave out, and what bounds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from harness.clock import VirtualClock
from harness.hands.toolbox import ToolOutcome
from harness.root_attributes import ACTIVATED_COUNTS, is_root, result_of
from harness.run_record import Ending, InEffect, RunRecord
from harness.runs import Assignment, Checkout, RunRequest, run_id
from tests.harness.scripted import FileSays
from traces import attributes as names
from traces.outcome import Outcome
from traces.span import Span

BEGAN = 1_700_000_000_000_000_000
EFFECT = InEffect(model="simulated:m", effort="high", prompt_hash="p", tools_hash="t")
DESCRIBED = {names.AGENT_NAME: "coder", names.ISOLATION: "namespace", names.LIMITS_HASH: "h"}


class Recorded:
    """A record whose spans stay in memory; it is its own sink."""

    def __init__(self, **more: Any) -> None:
        self.spans: list[Span] = []
        self.clock = VirtualClock()
        request = RunRequest(
            key=more.pop("key", "run"),
            checkout=Checkout(path=Path("/nowhere"), commit="c" * 40, tree="t" * 40),
            assignment=Assignment(task="task-1", instruction="i", files={}),
            verifier=FileSays(),
            seed=7,
            **more,
        )
        self.record = RunRecord(request, self, self.clock, BEGAN)

    def append(self, span: Span) -> None:
        """Keep it."""
        self.spans.append(span)

    def close(self, outcome: Outcome = Outcome.PASSED, **more: Any) -> Span:
        """End the run."""
        return self.record.close(Ending(outcome=outcome, reason="verified", **more), DESCRIBED)


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def answer(text: str = "yes", **more: Any) -> AIMessage:
    """An answer of a model with the usual usage."""
    usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
    return AIMessage(content=text, **{"usage_metadata": usage, **more})


def test_the_announcement_says_which_run_it_is(recorded: Recorded) -> None:
    """Key, attempt, seed, task and harness: enough to know what was lost if nothing follows."""
    recorded.record.started()
    (span,) = recorded.spans

    assert span.name == names.RUN_STARTED
    assert span.attributes == {
        names.RUN_KEY: "run",
        names.RUN_ATTEMPT: 1,
        names.RUN_SEED: 7,
        names.TASK: "task-1",
        names.HARNESS_COMMIT: "c" * 40,
        names.HARNESS_TREE: "t" * 40,
        names.IN_FLIGHT: 1,
    }


def test_ids_follow_from_the_run(recorded: Recorded) -> None:
    """Made again the same run is cited by the same ids; another attempt has others."""
    again, other = Recorded(), Recorded(attempt=2)
    for made in (recorded, again, other):
        made.record.started()
        made.record.claim("A", "b")
        made.close()
    ids = [[span.span_id for span in made.spans] for made in (recorded, again, other)]

    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])
    assert len(set(ids[0])) == 3
    assert {span.trace_id for span in recorded.spans} == {run_id("run", 1)}


def test_no_two_moments_are_the_same(recorded: Recorded) -> None:
    """Readers sort by time, and a virtual clock stands still."""
    first, second = recorded.record.now_ns(), recorded.record.now_ns()
    recorded.clock.spend(2.0)
    later = recorded.record.now_ns()

    assert BEGAN < first < second < BEGAN + 1_000_000
    assert later == BEGAN + 2_000_000_000


def test_usage_adds_up_over_answers(recorded: Recorded) -> None:
    """A provider that tells no usage counts as none, a failed call is no step."""
    now = recorded.record.now_ns()
    recorded.record.chat(now, EFFECT, "[]", answer())
    recorded.record.chat(now, EFFECT, "[]", answer(usage_metadata=None))
    recorded.record.chat(now, EFFECT, "[]", None, ConnectionError("x" * 900))
    recorded.record.chat(now, EFFECT, "[]", answer())
    result = result_of(recorded.close())

    assert (result.usage.input_tokens, result.usage.output_tokens, result.steps) == (20, 10, 3)
    assert [span.status for span in recorded.spans] == ["unset", "unset", "error", "unset", "ok"]
    assert recorded.spans[2].status_message == "x" * 500
    assert names.OUTPUT_MESSAGES not in recorded.spans[2].attributes


def test_an_answer_keeps_the_provider_s_own_words(recorded: Recorded) -> None:
    """Which model really answered, under which id, and why it stopped."""
    told = {"model_name": "m-2026-01", "finish_reason": "length"}
    recorded.record.chat(
        recorded.record.now_ns(), EFFECT, "[]", answer("hm", id="resp-1", response_metadata=told)
    )
    (span,) = recorded.spans

    assert span.kind == "client"
    assert span.attributes[names.REQUEST_MODEL] == "simulated:m"
    assert span.attributes[names.RESPONSE_MODEL] == "m-2026-01"
    assert span.attributes[names.RESPONSE_ID] == "resp-1"
    assert span.attributes[names.FINISH_REASONS] == ("length",)


def test_what_was_in_effect_is_a_set_over_the_run(recorded: Recorded) -> None:
    """A harness that changes its mind is seen to; no effort is none."""
    now = recorded.record.now_ns()
    for effort, prompt in (("high", "p"), ("low", "p"), (None, "q"), ("low", "p")):
        effect = InEffect(model="m", effort=effort, prompt_hash=prompt, tools_hash="t")
        recorded.record.chat(now, effect, "[]", answer())
    result = result_of(recorded.close())

    assert result.efforts == {"high", "low"}
    assert result.prompt_hashes == {"p", "q"}
    assert result.tools_hashes == {"t"}
    assert names.REASONING_EFFORT not in recorded.spans[2].attributes


def test_a_tool_call_has_its_arguments_and_its_result(recorded: Recorded) -> None:
    """With the exit code where there is one, and an error where it failed."""
    fine = ToolOutcome(text="out", exit_code=0)
    failed = ToolOutcome(text="error: no", error="FileNotFoundError")
    recorded.record.tool(recorded.record.now_ns(), "bash", "1", {"command": "ls"}, fine)
    recorded.record.tool(recorded.record.now_ns(), "read_file", "2", {"path": "é"}, failed)
    one, other = recorded.spans

    assert (one.name, one.status, one.attributes[names.EXIT_CODE]) == ("execute_tool bash", "unset", 0)
    assert (other.status, other.attributes[names.ERROR_TYPE]) == ("error", "FileNotFoundError")
    assert names.EXIT_CODE not in other.attributes
    assert other.attributes[names.TOOL_ARGUMENTS] == '{"path": "é"}'
    assert other.attributes[names.TOOL_CALL_ID] == "2"


def test_long_arguments_and_results_are_cut(recorded: Recorded) -> None:
    """Arguments stay JSON, results keep both ends; the digest is of all of it."""
    huge = {"content": "x" * 200_000}
    recorded.record.tool(recorded.record.now_ns(), "t", "1", huge, ToolOutcome(text="a" * 50_000 + "END"))
    (span,) = recorded.spans
    other = Recorded()
    other.record.tool(other.record.now_ns(), "t", "1", huge, ToolOutcome(text="a" * 50_001 + "END"))

    assert set(json.loads(str(span.attributes[names.TOOL_ARGUMENTS]))) == {"cut"}
    assert len(str(span.attributes[names.TOOL_ARGUMENTS])) < 100_000
    assert len(str(span.attributes[names.TOOL_RESULT])) < 33_000
    assert str(span.attributes[names.TOOL_RESULT]).endswith("END")
    assert recorded.record.digest.value() != other.record.digest.value()


def test_a_lent_hand_is_no_part_of_what_the_agent_did(recorded: Recorded) -> None:
    """It has a span, and changes neither digest nor steps."""
    before = recorded.record.digest.value()
    recorded.record.hand(recorded.record.now_ns(), "run_command", ["ls"], ToolOutcome(text="x", exit_code=0))
    (span,) = recorded.spans

    assert span.name == "flywheel.hand"
    assert span.attributes[names.TOOL_NAME] == "run_command"
    assert (recorded.record.digest.value(), recorded.record.steps) == (before, 0)


def test_claims_are_marked_as_such_and_counted(recorded: Recorded) -> None:
    """By name, until there are too many to mean anything."""
    for number in range(1200):
        recorded.record.claim("AB"[number % 2], "because")
    root = recorded.close()

    assert result_of(root).activated == {"A": 500, "B": 500}
    assert len(recorded.spans) == 1001
    assert all(span.events[0].attributes[names.CLAIM] is True for span in recorded.spans[:-1])
    assert root.attributes[ACTIVATED_COUNTS] == '{"A": 500, "B": 500}'


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_root_says_how_it_ended(recorded: Recorded, outcome: Outcome) -> None:
    """Only what passed is ok; it begins where the run began and ends last."""
    recorded.clock.spend(3.0)
    root = recorded.close(outcome, score=0.25, cause="c")
    result = result_of(root)

    assert is_root(root)
    assert root.status == ("ok" if outcome is Outcome.PASSED else "error")
    assert (result.outcome, result.score, result.cause, result.seconds) == (outcome, 0.25, "c", 3.0)
    assert (root.start_ns, root.end_ns, root.parent_id) == (BEGAN, BEGAN + 3_000_000_000, None)


@given(
    key=st.text(min_size=1),
    attempt=st.integers(1, 9),
    score=st.floats(0, 1),
    names_of=st.dictionaries(st.text(), st.integers(1, 3), max_size=4),
)
def test_a_result_follows_from_the_root(
    key: str, attempt: int, score: float, names_of: dict[str, int]
) -> None:
    """Whatever keys and names there are: what is written is what was seen."""
    made = Recorded(key=key, attempt=attempt)
    for name, count in names_of.items():
        for _ in range(count):
            made.record.claim(name, "")
    result = result_of(made.close(score=score))

    assert (result.key, result.attempt, result.run_id) == (key, attempt, run_id(key, attempt))
    assert result.score == score
    assert result.activated == names_of


def test_other_spans_are_no_roots(recorded: Recorded) -> None:
    """Neither a part of a run nor the announcement nor anybody else's trace."""
    recorded.record.started()
    root = recorded.close()
    foreign = Span(
        trace_id="a" * 32, span_id="b" * 16, parent_id=None, name="x", start_ns=1, end_ns=2, attributes={}
    )

    assert [is_root(span) for span in (*recorded.spans, foreign)] == [False, True, False]
    assert recorded.spans[-1] is root


def test_attempts_and_keys_do_not_share_ids() -> None:
    """A key that ends in a digit is not another key's later attempt."""
    pairs = [("a", 1), ("a", 2), ("a\n1", 1), ("a1", 1), ("a", 11), ("", 1)]
    ids = {run_id(key, attempt) for key, attempt in pairs}

    assert len(ids) == len(pairs)
    assert all(len(found) == 32 and int(found, 16) for found in ids)
