"""What kind of change lies between two harnesses."""

from __future__ import annotations

import pytest

from flywheel.difference import mechanism_between
from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, AppendText, Edit, RemoveMiddleware, SetValue, TuneMiddleware
from harness.manifest_file import parse_manifest
from harness.template import coder_template

LOOPS = AddMiddleware(use="stock:LoopDetection")


@pytest.mark.parametrize(
    ("before", "change", "mechanism"),
    [
        ((), (LOOPS,), "middleware:stock:LoopDetection"),
        ((LOOPS,), (RemoveMiddleware(use="stock:LoopDetection"),), "removal:stock:LoopDetection"),
        ((LOOPS,), (TuneMiddleware(use="stock:LoopDetection", parameters={"soft_limit": 3}),), "other"),
        ((), (AppendText(path="prompts/system.md", text="Look first."),), "prompt"),
        ((), (SetValue(key="limits.steps", value=50),), "limits"),
        ((), (SetValue(key="model.reasoning_effort", value="low"),), "model.reasoning_effort"),
        ((), (SetValue(key="tools.enabled", value=("bash",)),), "tools"),
        ((), (LOOPS, SetValue(key="limits.steps", value=50)), "other"),
        ((), (LOOPS, AddMiddleware(use="stock:TimeBudget")), "other"),
        ((), (), "other"),
    ],
    ids=[
        "added",
        "removed",
        "tuned",
        "prompt",
        "limits",
        "effort",
        "tools",
        "two kinds",
        "two added",
        "same",
    ],
)
def test_a_single_change_is_named_and_several_are_not(
    before: tuple[Edit, ...], change: tuple[Edit, ...], mechanism: str
) -> None:
    """Only a change of one kind has evidence of its own that it fired."""
    control = apply_edits(coder_template(), before) if before else coder_template()
    candidate = apply_edits(control, change) if change else control

    assert mechanism_between(parse_manifest(control), parse_manifest(candidate)) == mechanism
