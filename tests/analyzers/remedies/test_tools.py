"""Tools are added, taken away and described, each only where that changes something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.remedies.new_middleware import NewMiddleware
from analyzers.remedies.setting import HigherEffort
from analyzers.remedies.tools import AllTools, ToolDescription, WithoutTool
from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, SetValue, Tree, WriteFile
from harness.hands.schemas import tool_schemas
from harness.manifest import TOOL_NAMES, Manifest, MiddlewareEntry
from harness.manifest_file import parse_manifest

SHORT = ToolDescription(name="d", title="t", hypothesis="h", tool="bash", text="Keep it short.")
ALL = AllTools(name="a", title="t", hypothesis="h")
WITHOUT = WithoutTool(name="w", title="t", hypothesis="h", tool="edit_file", instead="write_file")
OWN = NewMiddleware(class_name="StopLoops", code="code", test="test")


@pytest.fixture
def manifest(harness: Tree) -> Manifest:
    return parse_manifest(harness)


def test_a_description_is_what_the_model_then_reads(manifest: Manifest, harness: Tree) -> None:
    """Ours with the sentence after it, once."""
    changed = parse_manifest(apply_edits(harness, SHORT.edits(manifest)))
    (bash,) = [tool["function"] for tool in tool_schemas(changed) if tool["function"]["name"] == "bash"]

    assert bash["description"].startswith("Run a bash command")
    assert bash["description"].endswith("Keep it short.")
    assert SHORT.edits(changed) == ()


def test_a_tool_that_is_not_there_is_not_described(manifest: Manifest) -> None:
    """Nor are those of a command agent, which are its own."""
    assert SHORT.edits(replace(manifest, tools=("read_file",))) == ()
    assert SHORT.edits(replace(manifest, agent="command")) == ()


def test_missing_tools_are_offered(manifest: Manifest) -> None:
    """All of them, where one is missing."""
    assert ALL.edits(replace(manifest, tools=("bash",))) == (SetValue(key="tools.enabled", value=TOOL_NAMES),)
    assert ALL.edits(manifest) == ()


def test_a_tool_goes_only_where_another_does_its_work(manifest: Manifest) -> None:
    """So that nothing becomes impossible."""
    left = tuple(name for name in TOOL_NAMES if name != "edit_file")

    assert WITHOUT.edits(manifest) == (SetValue(key="tools.enabled", value=left),)
    assert WITHOUT.edits(replace(manifest, tools=("bash", "edit_file"))) == ()


@pytest.mark.parametrize(("present", "edits"), [("low", 1), ("high", 0), (None, 0)])
def test_effort_is_raised_where_it_was_lowered(manifest: Manifest, present: str | None, edits: int) -> None:
    """Where nothing is set, the model's own is."""
    raised = HigherEffort(name="h", title="t", hypothesis="h", effort="high")

    assert len(raised.edits(replace(manifest, reasoning_effort=present))) == edits


def test_new_middleware_brings_file_test_and_entry(manifest: Manifest) -> None:
    """Once: a class of that name that is there already is not written again."""
    there = replace(manifest, middleware=(MiddlewareEntry(use="./middleware/other.py:StopLoops"),))

    assert OWN.edits(manifest) == (
        WriteFile(path="middleware/stop_loops.py", content="code\n"),
        WriteFile(path="middleware/stop_loops_test.py", content="test\n"),
        AddMiddleware(use="./middleware/stop_loops.py:StopLoops"),
    )
    assert OWN.edits(there) == ()
    assert OWN.mechanism == "middleware:./middleware/stop_loops.py:StopLoops"
