"""Proposals are merged, sifted and put in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.boosting import Attention
from analyzers.drafting import proposal_id
from analyzers.lesson import Came, Lesson, Memory
from analyzers.proposal import Claim, Finding, Proposal
from analyzers.proposals import Standing, alike, rank_proposals
from harness.edits import (
    AddMiddleware,
    AppendText,
    Edit,
    RemoveMiddleware,
    SetValue,
    TuneMiddleware,
    WriteFile,
)

LOOP = AddMiddleware(use="stock:LoopDetection")
CLAIM = Claim(text="It loops.", run_id="r", span_id="s", quote="again")


def proposal(pattern: str, edit: Edit, priority: float, **more: tuple[str, ...]) -> Proposal:
    return Proposal(
        id=proposal_id("s", (edit,)),
        pattern=pattern,
        title="t",
        hypothesis="h",
        surface="s",
        mechanism="m",
        edits=(edit,),
        expected_fixes=more.get("fixes", ()),
        plausible_breakages=more.get("breakages", ()),
        evidence=(CLAIM,),
        remedy="r",
        priority=priority,
    )


def finding(*proposals: Proposal) -> Finding:
    return Finding(pattern=proposals[0].pattern, analyst="a", diagnosis="d", claims=(), proposals=proposals)


def prompt(text: str) -> AppendText:
    return AppendText(path="prompts/system.md", text=text)


def test_first_choices_come_before_second_choices() -> None:
    """Even where a strong pattern's second choice has the higher priority."""
    strong = finding(proposal("p1", LOOP, 0.9), proposal("p1", prompt("Stop."), 0.8))
    weak = finding(proposal("p2", SetValue(key="limits.steps", value=60), 0.1))

    assert [p.priority for p in rank_proposals([strong, weak])] == [0.9, 0.1, 0.8]


def test_a_first_choice_that_was_merged_away_does_not_promote_the_second() -> None:
    """A weak pattern that shares its best idea with a strong one does not get another early shot."""
    strong = finding(proposal("p1", LOOP, 0.9), proposal("p1", prompt("Stop."), 0.8))
    weak = finding(proposal("p2", LOOP, 0.2), proposal("p2", prompt("Look before you leap."), 0.1))
    ranked = rank_proposals([strong, weak])

    assert [p.edits for p in ranked] == [(LOOP,), (prompt("Stop."),), (prompt("Look before you leap."),)]


def test_the_same_change_for_two_patterns_is_measured_once() -> None:
    """With the predictions of both, the evidence once, and both their weights."""
    first = proposal("p1", LOOP, 0.5, fixes=("b",), breakages=("x",))
    second = proposal("p2", LOOP, 0.2, fixes=("a",))
    (merged,) = rank_proposals([finding(second), finding(first)])

    assert merged.pattern == "p1"
    assert merged.expected_fixes == ("a", "b")
    assert merged.plausible_breakages == ("x",)
    assert merged.evidence == (CLAIM,)
    assert merged.priority == 0.7


def test_two_analysts_with_one_idea_do_not_count_twice() -> None:
    """The weight is the pattern's, not the number of voices."""
    voices = [
        finding(proposal("p1", LOOP, 0.5)),
        finding(replace(proposal("p1", LOOP, 0.4), analyst="model")),
    ]
    (merged,) = rank_proposals(voices)

    assert merged.priority == 0.5


def test_what_was_tried_is_not_proposed_again() -> None:
    """Whichever pattern asks for it now."""
    tried = proposal("p1", LOOP, 0.5).id
    again = finding(proposal("p2", LOOP, 0.9), proposal("p2", prompt("Stop."), 0.1))

    assert [p.edits for p in rank_proposals([again], tried=[tried])] == [(prompt("Stop."),)]


def test_a_close_variant_of_something_tried_has_its_turn() -> None:
    """Other numbers are another proposal."""
    small, large = (SetValue(key="limits.steps", value=value) for value in (60, 120))
    tried = proposal("p1", small, 0.5).id

    ranked = rank_proposals([finding(proposal("p1", small, 0.5), proposal("p1", large, 0.4))], tried=[tried])
    assert [p.edits for p in ranked] == [(large,)]


def test_edits_are_alike_when_they_change_the_same_thing() -> None:
    """Other numbers and other words do not make another idea; another target does."""
    same = [
        (SetValue(key="a", value=1), SetValue(key="a", value=2)),
        (prompt("Always run the tests."), prompt("always run the tests!")),
        (TuneMiddleware(use="x", parameters={"n": 1}), TuneMiddleware(use="x", parameters={"n": 2})),
        (RemoveMiddleware(use="x"), RemoveMiddleware(use="x")),
        (WriteFile(path="a", content="one two"), WriteFile(path="a", content="two one")),
    ]
    other = [
        (SetValue(key="a", value=1), SetValue(key="b", value=1)),
        (prompt("Always run the tests."), prompt("Look before you leap.")),
        (LOOP, AddMiddleware(use="stock:LocalContext")),
        (LOOP, RemoveMiddleware(use="stock:LoopDetection")),
    ]

    assert all(alike((first,), (second,)) for first, second in same)
    assert not any(alike((first,), (second,)) for first, second in other)
    assert not alike((LOOP,), (LOOP, LOOP))


def test_the_order_of_the_findings_does_not_matter() -> None:
    """Ties are broken by id."""
    findings = [finding(proposal(f"p{n}", SetValue(key=f"k{n}", value=n), 0.5)) for n in range(6)]

    assert rank_proposals(findings) == rank_proposals(findings[::-1])
    assert rank_proposals([]) == ()


def lesson(edit: Edit, came: Came, *, pattern: str = "p1", remedy: str = "r", name: str = "q-0") -> Lesson:
    """What came of an edit."""
    return Lesson(
        id=name,
        pattern=pattern,
        answers="edit_loop",
        remedy=remedy,
        title="t",
        surface="s",
        mechanism="m",
        edits=(edit,),
        came=came,
        reason="",
        effect=0.0,
        interval=(-0.1, 0.1),
    )


def test_the_priority_is_weight_times_gain_over_cost() -> None:
    """All factors stay with the proposal."""
    standing = Standing(attention=Attention(patterns={"p1": 2.0}), failure_rate=0.5, runs=lambda _: 40.0)
    (ranked,) = rank_proposals([finding(proposal("p1", LOOP, 0.8))], standing=standing)

    assert (ranked.weight, ranked.expected_gain, ranked.test_runs) == (2.0, 0.4, 40.0)
    assert ranked.priority == pytest.approx(2.0 * 0.4 / 40.0)


def test_a_weight_moves_a_pattern_forward() -> None:
    """Where earlier rounds failed on it."""
    strong = finding(proposal("p1", LOOP, 0.5))
    weak = finding(proposal("p2", SetValue(key="limits.steps", value=60), 0.4))
    standing = Standing(attention=Attention(patterns={"p1": 0.8, "p2": 1.2}))

    assert [p.pattern for p in rank_proposals([strong, weak])] == ["p1", "p2"]
    assert [p.pattern for p in rank_proposals([strong, weak], standing=standing)] == ["p2", "p1"]


def test_a_cheaper_test_comes_first_at_equal_gain() -> None:
    """What two patterns ask for gains more, and is decided in fewer runs."""
    findings = [
        finding(proposal("p1", LOOP, 0.3)),
        finding(proposal("p2", LOOP, 0.3)),
        finding(proposal("p3", prompt("Stop."), 0.5)),
    ]
    ranked = rank_proposals(findings, standing=Standing(runs=lambda gain: 100.0 if gain < 0.55 else 20.0))

    assert [(p.edits[0], p.test_runs) for p in ranked] == [(LOOP, 20.0), (prompt("Stop."), 100.0)]


def test_past_success_counts_in_the_expected_gain() -> None:
    """A remedy that failed elsewhere in this harness is expected to gain less."""
    memory = Memory(lessons=(lesson(LOOP, "reject", pattern="p9"),))
    (ranked,) = rank_proposals([finding(proposal("p1", LOOP, 0.3))], standing=Standing(memory=memory))

    assert ranked.expected_gain == pytest.approx(0.2)


def test_after_two_failures_on_one_surface_another_kind_is_the_first_choice() -> None:
    """The next in turn, tools after wording; what is on the spent one comes last."""
    tool = SetValue(key="tools.descriptions.bash", value="Run.")
    everything = finding(
        proposal("p1", prompt("Stop."), 0.9), proposal("p1", LOOP, 0.5), proposal("p1", tool, 0.1)
    )
    memory = Memory(
        lessons=tuple(lesson(prompt(text), "reject", name=text) for text in ("Look first.", "Think again."))
    )
    ranked = rank_proposals([everything], standing=Standing(memory=memory))

    assert [p.edits[0] for p in ranked] == [tool, LOOP, prompt("Stop.")]


def test_what_memory_has_judged_is_passed_over() -> None:
    """As what was tried is."""
    known = proposal("p1", LOOP, 0.5)

    assert (
        rank_proposals([finding(known)], standing=Standing(memory=Memory(passed_over=frozenset({known.id}))))
        == ()
    )
