"""Which kind of surface a patch works through, and whose turn it is."""

from __future__ import annotations

import pytest

from analyzers.surface_kind import TURNS, surface_kind, turns_after
from harness.edits import AddMiddleware, AppendText, Edit, RemoveMiddleware, SetValue, WriteFile


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (AppendText(path="prompts/system.md", text="Look."), "prompt"),
        (SetValue(key="tools.descriptions.bash", value="Run."), "tool"),
        (SetValue(key="limits.steps", value=60), "setting"),
        (SetValue(key="model.reasoning_effort", value="low"), "setting"),
        (RemoveMiddleware(use="stock:LoopDetection"), "middleware"),
        (WriteFile(path="middleware/guard.py", content=""), "middleware"),
    ],
)
def test_each_edit_is_of_one_kind(edit: Edit, kind: str) -> None:
    """By what it works through, not by the file it stands in."""
    assert surface_kind((edit,)) == kind


def test_new_code_counts_as_middleware() -> None:
    """File, test and entry together."""
    edits = (
        WriteFile(path="middleware/a.py", content=""),
        WriteFile(path="middleware/a_test.py", content=""),
        AddMiddleware(use="./middleware/a.py:A"),
    )

    assert surface_kind(edits) == "middleware"


def test_the_turn_goes_from_wording_to_tools_to_middleware_and_round() -> None:
    """A kind comes last after itself."""
    assert [turns_after(kind, "prompt") for kind in TURNS] == [4, 1, 2, 3]
    assert [turns_after(kind, "setting") for kind in TURNS] == [1, 2, 3, 4]
