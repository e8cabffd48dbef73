"""Each kind of remedy fits itself to the harness at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.remedies.prompt_paragraph import PromptParagraph
from analyzers.remedies.setting import HigherLimit, LowerEffort
from analyzers.remedies.stock_middleware import StockMiddleware
from harness.edits import AddMiddleware, AppendText, SetValue, Tree, TuneMiddleware
from harness.manifest import Limits, Manifest, MiddlewareEntry
from harness.manifest_file import parse_manifest

LOOP = StockMiddleware(
    name="loop",
    title="t",
    hypothesis="h",
    use="stock:LoopDetection",
    parameters={"soft_limit": 4},
    tuned={"soft_limit": 2},
)
PARAGRAPH = PromptParagraph(name="p", title="t", hypothesis="h", text="Run the tests.")
STEPS = HigherLimit(name="s", title="t", hypothesis="h", limit="steps", most=100)
EFFORT = LowerEffort(name="e", title="t", hypothesis="h", effort="medium")


@pytest.fixture
def manifest(harness: Tree) -> Manifest:
    return parse_manifest(harness)


def with_loop(manifest: Manifest, **parameters: int) -> Manifest:
    return replace(manifest, middleware=(MiddlewareEntry(use="stock:LoopDetection", parameters=parameters),))


def test_middleware_that_is_missing_is_added(manifest: Manifest) -> None:
    """With its parameters."""
    assert LOOP.edits(manifest) == (AddMiddleware(use="stock:LoopDetection", parameters={"soft_limit": 4}),)
    assert LOOP.mechanism == "middleware:stock:LoopDetection"


def test_middleware_that_is_there_is_tuned_once(manifest: Manifest) -> None:
    """And left alone after that."""
    tuned = (TuneMiddleware(use="stock:LoopDetection", parameters={"soft_limit": 2}),)

    assert LOOP.edits(with_loop(manifest, soft_limit=4)) == tuned
    assert LOOP.edits(with_loop(manifest, soft_limit=2)) == ()


def test_middleware_without_a_tuning_is_not_proposed_again(manifest: Manifest) -> None:
    """There is nothing new to try."""
    assert replace(LOOP, tuned={}).edits(with_loop(manifest)) == ()


def test_a_paragraph_is_added_once(manifest: Manifest) -> None:
    """A prompt that says so already stays as it is."""
    told = replace(manifest, system_prompt=manifest.system_prompt + "\n\nRun the tests.\n")

    assert PARAGRAPH.edits(manifest) == (AppendText(path="prompts/system.md", text="Run the tests."),)
    assert PARAGRAPH.edits(told) == ()


@pytest.mark.parametrize(("steps", "expected"), [(30, 60), (70, 100), (100, None), (300, None)])
def test_a_limit_is_doubled_up_to_its_most(manifest: Manifest, steps: int, expected: int | None) -> None:
    """It never goes down."""
    edits = STEPS.edits(replace(manifest, limits=Limits(steps=steps)))

    assert edits == (() if expected is None else (SetValue(key="limits.steps", value=expected),))


@pytest.mark.parametrize(
    ("effort", "lowered"), [("high", True), (None, True), ("medium", False), ("low", False)]
)
def test_effort_is_lowered_only(manifest: Manifest, effort: str | None, lowered: bool) -> None:
    """An effort that is not set counts as high."""
    edits = EFFORT.edits(replace(manifest, reasoning_effort=effort))

    assert bool(edits) is lowered


@pytest.mark.parametrize("remedy", [LOOP, PARAGRAPH, EFFORT])
def test_a_command_agent_has_nothing_of_this(manifest: Manifest, remedy: StockMiddleware) -> None:
    """It brings its own loop, prompt and model; only limits bind it."""
    foreign = replace(manifest, agent="command", argv=("tool",))

    assert remedy.edits(foreign) == ()
    assert STEPS.edits(foreign)
