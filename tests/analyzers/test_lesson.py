"""What was tried is remembered as far as it tells anything about the next try."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.lesson import Lesson, Memory, lesson_lines
from harness.edits import AddMiddleware, AppendText, SetValue, WriteFile

LOOP = Lesson(
    id="q-1",
    pattern="p-1",
    answers="edit_loop",
    remedy="loop_detection",
    title="Tell the agent",
    surface="harness.toml:middleware",
    mechanism="middleware:stock:LoopDetection",
    edits=(AddMiddleware(use="stock:LoopDetection"),),
    came="reject",
    reason="worse",
    effect=-0.1,
    interval=(-0.3, 0.05),
)
WORDS = replace(
    LOOP,
    id="q-2",
    remedy="p",
    mechanism="prompt",
    edits=(AppendText(path="prompts/system.md", text="Stop."),),
)


def test_a_kind_of_surface_is_spent_after_two_failures_of_one_pattern() -> None:
    """One is not enough, another pattern's do not count, nor do refusals and promotions."""
    second = replace(WORDS, id="q-3")
    others = (
        replace(second, pattern="p-2"),
        replace(second, came="refused"),
        replace(second, came="promote"),
    )

    assert Memory(lessons=(WORDS, second)).spent("p-1") == ("prompt",)
    assert Memory(lessons=(WORDS, *others)).spent("p-1") == ()
    assert Memory(lessons=(WORDS, second)).spent("p-2") == ()


def test_the_latest_spent_kind_stands_last() -> None:
    """The next in turn comes after it."""
    lessons = (LOOP, WORDS, replace(WORDS, id="q-3"), replace(LOOP, id="q-4"))

    assert Memory(lessons=lessons).spent("p-1") == ("prompt", "middleware")


def test_a_promotion_that_was_undone_is_a_failure() -> None:
    """Whatever the gate said."""
    undone = replace(LOOP, came="promote", undone=True)

    assert undone.failed
    assert not undone.is_reusable


@pytest.mark.parametrize(
    ("came", "origin", "factor"),
    [
        ("promote", "", 4 / 3),
        ("reject", "", 2 / 3),
        ("inconclusive", "", 0.8),
        ("refused", "", 1.0),
        ("reject", "x", 0.8),
    ],
)
def test_past_success_is_a_posterior_mean_over_its_prior(came: str, origin: str, factor: float) -> None:
    """Nothing known is 1; other harnesses and undecided experiments count half."""
    memory = Memory(lessons=(replace(LOOP, came=came, origin=origin),))

    assert memory.success("loop_detection", "middleware:stock:LoopDetection") == pytest.approx(factor)
    assert memory.success("other", "prompt") == 1.0


def test_a_models_own_words_have_no_past() -> None:
    """Each paragraph is another one."""
    assert Memory(lessons=(replace(WORDS, remedy="own_paragraph"),)).success("own_paragraph", "prompt") == 1.0


def test_only_what_passed_and_brings_no_code_is_reusable() -> None:
    """The rest stays with its harness."""
    code = (WriteFile(path="middleware/a.py", content="x"), AddMiddleware(use="./middleware/a.py:A"))

    assert replace(LOOP, came="promote").is_reusable
    assert not LOOP.is_reusable
    assert not replace(LOOP, came="promote", edits=code).is_reusable


def test_lessons_on_a_pattern_come_with_those_of_other_harnesses_on_its_mechanism() -> None:
    """Own lessons on other patterns stay out."""
    elsewhere = replace(LOOP, origin="coder-2", pattern="")
    memory = Memory(lessons=(LOOP, replace(LOOP, pattern="p-9"), elsewhere))

    assert memory.of(pattern="p-1", answers="edit_loop") == (LOOP, elsewhere)


def test_an_analyst_reads_our_own_words_and_numbers() -> None:
    """No title, reason or text of the patch, which somebody else wrote."""
    setting = replace(LOOP, edits=(SetValue(key="limits.steps", value=9),), came="refused", interval=None)

    assert lesson_lines([LOOP, setting, replace(LOOP, undone=True, origin="x")]) == (
        "loop_detection (middleware): did not help, effect between -30 and +5 points",
        "loop_detection (setting): refused",
        "loop_detection (middleware) on another harness: rolled back later, effect between -30 and +5 points",
    )
