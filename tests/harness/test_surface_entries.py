"""Tests of what may stand in ``[surfaces]``."""

from __future__ import annotations

import pytest

from harness.surface_entries import entry_problem, is_within, key_of


@pytest.mark.parametrize(
    "entry",
    ["prompts/**", "middleware/*.py", "notes.md", "harness.toml:middleware", "harness.toml:limits.steps",
     "harness.toml:tools", "harness.toml:model.reasoning_effort", "harness.toml:harness.name"],
)  # fmt: skip
def test_surfaces_of_the_design_are_fine(entry: str) -> None:
    """Files by glob, and keys that a proposal may tune."""
    problem = entry_problem(entry)

    assert problem is None


@pytest.mark.parametrize(
    ("entry", "opened"),
    [
        ("harness.toml", "harness.toml"),
        ("**", "harness.toml"),
        ("*", "harness.toml"),
        ("*.toml", "harness.toml"),
        ("policy.*", "policy.toml"),
        (".git*", ".gitattributes"),
        ("harness.toml:model", "model.name"),
        ("harness.toml:model.name", "model.name"),
        ("harness.toml:model.name.x", "model.name"),
        ("harness.toml:harness", "harness.agent"),
        ("harness.toml:harness.argv", "harness.argv"),
        ("harness.toml:surfaces.edit", "surfaces"),
    ],
)
def test_what_is_never_a_surface_cannot_be_opened(entry: str, opened: str) -> None:
    """Not by name, not by a glob that covers it, not by a table that holds it, not by a key inside it."""
    problem = entry_problem(entry)

    assert problem == f"surface {entry!r} would open {opened}, which is never a surface"


@pytest.mark.parametrize(
    "entry", ["", "/etc/**", "../x", "prompts/../**", "./prompts/**", "!prompts/**", "policy.toml:x"]
)
def test_entries_that_are_no_glob_of_the_harness_are_refused(entry: str) -> None:
    """Each says the form that is wanted."""
    problem = entry_problem(entry)

    assert problem is not None
    assert "must be" in problem


@pytest.mark.parametrize("entry", ["harness.toml:", "harness.toml:limits.", "harness.toml:.steps"])
def test_a_key_path_must_name_a_key(entry: str) -> None:
    """An empty part would open everything."""
    problem = entry_problem(entry)

    assert problem is not None
    assert "must name a key" in problem


def test_a_key_lies_within_its_tables() -> None:
    """Whole parts count, not text."""
    assert is_within(("limits", "steps"), key_of("harness.toml:limits"))
    assert not is_within(("limits_extra",), key_of("harness.toml:limits"))
    assert not is_within(("limits",), key_of("harness.toml:limits.steps"))
