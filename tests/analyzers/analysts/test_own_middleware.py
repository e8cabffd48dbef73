"""A chat model may answer with a middleware, and reads what was tried before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from analyzers.analysts.chat_model import ChatModelAnalyst, tried_lines
from analyzers.analysts.playbook import Playbook, claims_for
from analyzers.lesson import Lesson, Memory
from analyzers.lint import lint_proposal
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Proposal
from harness.edits import AddMiddleware, AppendText, Tree

CODE = """
from langchain.agents.middleware import AgentMiddleware

class TestFirst(AgentMiddleware):
    def before_model(self, state, runtime):
        return None
"""
TEST = """
from test_first import TestFirst

def test_it():
    assert TestFirst().before_model({}, None) is None
"""


class Scripted(BaseChatModel):
    """Gives its answers one after another as text and keeps what it was asked."""

    answers: list[str]
    asked: list[str] = []  # noqa: RUF012 - Pydantic copies it

    def _generate(self, messages: list[BaseMessage], *_args: Any, **_kwargs: Any) -> ChatResult:
        self.asked.append(messages[0].text)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.answers[len(self.asked) - 1]))])

    def bind_tools(self, tools: Sequence[Any], **_kwargs: Any) -> Any:
        """It has none."""
        raise NotImplementedError

    @property
    def _llm_type(self) -> str:
        return "scripted"


def scripted(pattern: Pattern, view: RunsView, **choice: str) -> Scripted:
    """A model that cites a true claim and makes one choice."""
    claim = claims_for(pattern, view)[0]
    claims = [{"text": claim.text, "run_id": claim.run_id, "span_id": claim.span_id, "quote": claim.quote}]
    return Scripted(
        answers=[json.dumps({"diagnosis": "d", "claims": claims}), json.dumps({"choices": [choice]})]
    )


def tried(proposal: Proposal) -> Lesson:
    """The lesson that a proposal became."""
    return Lesson(
        id=proposal.id,
        pattern=proposal.pattern,
        answers=proposal.answers,
        remedy=proposal.remedy,
        title=proposal.title,
        surface=proposal.surface,
        mechanism=proposal.mechanism,
        edits=proposal.edits,
        came="reject",
        reason="r",
        interval=(-0.2, 0.1),
    )


def test_a_middleware_with_its_test_is_a_proposal_that_lint_accepts(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """Of one mechanism: file, test and entry."""
    model = scripted(unverified, view, remedy="middleware", class_name="TestFirst", code=CODE, test=TEST)
    (proposal,) = ChatModelAnalyst(model, name="m").diagnose(unverified, view, harness).proposals

    assert proposal.mechanism == "middleware:./middleware/test_first.py:TestFirst"
    assert lint_proposal(proposal, harness)[1] == ()


@pytest.mark.parametrize("code", ["import os\n" + CODE, CODE.replace("TestFirst", "Other"), ""])
def test_a_middleware_of_another_shape_is_refused(
    unverified: Pattern, view: RunsView, harness: Tree, code: str
) -> None:
    """With the reason, and the finding stands."""
    model = scripted(unverified, view, remedy="middleware", class_name="TestFirst", code=code, test=TEST)
    finding = ChatModelAnalyst(model, name="m").diagnose(unverified, view, harness)

    assert finding.proposals == ()
    assert "'middleware'" in finding.refused[0]


def test_what_was_tried_is_shown_and_not_taken_again(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """Neither by a model that chooses it all the same, nor by the playbook."""
    first = Playbook().diagnose(unverified, view, harness).proposals[0]
    memory = Memory(lessons=(tried(first),), passed_over=frozenset({first.id}))
    model = scripted(unverified, view, remedy=first.remedy)
    finding = ChatModelAnalyst(model, name="m", memory=memory).diagnose(unverified, view, harness)
    again = Playbook(memory).diagnose(unverified, view, harness).proposals

    assert finding.proposals == ()
    assert f"- {first.remedy} (middleware): did not help, effect between -20 and +10 points" in model.asked[1]
    assert first.id not in {proposal.id for proposal in again}


def test_a_spent_kind_of_surface_is_named_and_comes_last(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """Two failures of wording: the playbook begins with something else."""
    base = tried(Playbook().diagnose(unverified, view, harness).proposals[0])
    words = [replace(base, id=n, edits=(AppendText(path="p", text=n),)) for n in ("a", "b")]
    code = [replace(base, id=n, edits=(AddMiddleware(use=n),)) for n in ("c", "d")]
    worded, coded = (Memory(lessons=tuple(lessons)) for lessons in (words, code))

    assert tried_lines(unverified, worded)[-1] == "in vain twice, so try another kind: prompt"
    assert Playbook(worded).diagnose(unverified, view, harness).proposals[0].mechanism != "prompt"
    assert Playbook(coded).diagnose(unverified, view, harness).proposals[0].mechanism == "prompt"
