"""A chat model's answer counts only as far as code can stand behind it."""

from __future__ import annotations

import pytest

from analyzers.analysts.budget import Budget
from analyzers.analysts.chat_model import ChatModelAnalyst, tried_lines
from analyzers.errors import BudgetExceededError
from analyzers.evidence import check_finding
from analyzers.lesson import Memory
from analyzers.lint import lint_proposal
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from harness.edits import Tree
from tests.analyzers.analysts.scripted import Scripted, calls, chooses, reads

ADVICE = "Test what you have changed before you call it done, every time."


def test_a_sound_answer_becomes_a_finding(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Chosen remedies and an own paragraph, in the model's order."""
    choice = chooses("verify_paragraph", {"remedy": "paragraph", "paragraph": ADVICE})
    model = Scripted(reading=[reads(unverified, view)], choosing=[choice])
    checked = check_finding(
        ChatModelAnalyst(model, name="scripted").diagnose(unverified, view, harness), view
    )

    assert checked.dropped == ()
    assert [p.remedy for p in checked.finding.proposals] == ["verify_paragraph", "own_paragraph"]
    assert all(p.analyst == "scripted" for p in checked.finding.proposals)
    assert all(lint_proposal(p, harness)[1] == () for p in checked.finding.proposals)
    assert checked.finding.spent.calls == 2


def test_invented_quotes_get_nothing_through(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """The claim is dropped, its proposals and the diagnosis with it."""
    lie = reads(unverified, view, quote="I never test, I am an artist")
    model = Scripted(reading=[lie], choosing=[chooses("verify_paragraph")])
    checked = check_finding(ChatModelAnalyst(model, name="liar").diagnose(unverified, view, harness), view)

    assert (checked.finding.claims, checked.finding.proposals, checked.finding.diagnosis) == ((), (), "")
    assert len(checked.dropped) == 3


def test_what_it_reads_it_can_ask_for(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Search, then a run, then a span; each result comes back between marks."""
    run_id = unverified.medoid
    model = Scripted(
        reading=[
            calls("search_runs", {"words": "comparison"}),
            calls("read_run", {"run_id": run_id}),
            reads(unverified, view),
        ],
        choosing=[chooses()],
    )
    finding = ChatModelAnalyst(model, name="curious").diagnose(unverified, view, harness)
    results = [str(message.content) for message in model.asked[2] if message.type == "tool"]

    assert "spans hold these words." in results[0]
    assert "steps; ended as failed." in results[1]
    assert all(result.startswith("<<<") for result in results)
    assert (finding.spent.calls, finding.spent.lookups) == (4, 2)
    assert model.offered[0] == ["search_runs", "read_run", "read_span", "ReadingAnswer"]
    assert model.offered[-1] == ["ChoicesAnswer"]


def test_one_that_never_stops_looking_is_stopped(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """First there is nothing more to look up, then the calls are used up."""
    model = Scripted(reading=[calls("search_runs", {"words": "a"})])
    budget = Budget(calls=5, lookups=3)

    with pytest.raises(BudgetExceededError, match="more than 5 model calls") as caught:
        ChatModelAnalyst(model, name="endless", budget=budget).diagnose(unverified, view, harness)
    assert caught.value.spent.lookups == 3
    assert model.offered[-1] == ["ReadingAnswer"]


def test_what_chooses_has_read_no_trace(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Neither the runs, nor what the reader said of them."""
    model = Scripted(reading=[reads(unverified, view)], choosing=[chooses()])
    ChatModelAnalyst(model, name="scripted").diagnose(unverified, view, harness)
    (question,) = model.asked[-1]
    spans = [span.span_id for run in view.runs() for span in run.spans]

    assert "Ran a test: 0 of 12 runs." in str(question.content)
    assert "It does not test." not in str(question.content)
    assert not [name for name in (*unverified.run_ids, *unverified.tasks, *spans) if name in str(question)]
    assert "I have fixed the comparison" not in str(question.content)


def test_what_was_tried_in_vain_is_not_taken_again(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """Although the model chooses it."""
    model = Scripted(reading=[reads(unverified, view)], choosing=[chooses("verify_paragraph")])
    first = ChatModelAnalyst(model, name="scripted").diagnose(unverified, view, harness)
    memory = Memory(passed_over=frozenset(p.id for p in first.proposals))
    second = ChatModelAnalyst(model, name="scripted", memory=memory).diagnose(unverified, view, harness)

    assert len(first.proposals) == 1
    assert second.proposals == ()
    assert tried_lines(unverified, memory) == ()


def test_what_it_says_is_one_printable_line(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """A terminal obeys control characters, whoever repeated them."""
    told = reads(unverified, view, text="It ends\x1b[2J\nat once.")
    told.tool_calls[0]["args"]["diagnosis"] = "It\x07 is\r\n\u202elazy."
    model = Scripted(reading=[told], choosing=[chooses()])
    finding = ChatModelAnalyst(model, name="scripted").diagnose(unverified, view, harness)

    assert finding.diagnosis == "It is lazy."
    assert finding.claims[0].text == "It ends [2J at once."
