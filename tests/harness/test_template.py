"""Tests of the harness that ``flywheel init`` starts from."""

from __future__ import annotations

import pytest

from harness.manifest_file import parse_manifest
from harness.surface_entries import entry_problem
from harness.template import coder_template


def test_the_template_is_a_harness_that_loads() -> None:
    """A plain agent: no middleware, high effort, thirty steps, fifteen minutes."""
    manifest = parse_manifest(coder_template())

    assert manifest.model == "simulated:coder"
    assert manifest.reasoning_effort == "high"
    assert manifest.middleware == ()
    assert (manifest.limits.steps, manifest.limits.wall_seconds) == (30, 900.0)
    assert all(entry_problem(entry) is None for entry in manifest.surfaces)


def test_its_files_are_what_a_newcomer_needs() -> None:
    """The manifest, the policy, the prompt and a page that explains them."""
    assert sorted(coder_template()) == ["README.md", "harness.toml", "policy.toml", "prompts/system.md"]


@pytest.mark.parametrize("model", ["anthropic:claude", 'odd "name" \\ with quotes'])
def test_the_model_is_the_callers_choice(model: str) -> None:
    """Any name ends up in the file as it was given."""
    assert parse_manifest(coder_template(model)).model == model


def test_the_prompt_gives_no_advice() -> None:
    """How to work is left for the wheel to find out."""
    prompt = parse_manifest(coder_template()).system_prompt.lower()

    assert "bash, read_file, edit_file, write_file" in prompt
    assert not [
        word for word in ("test", "verify", "check", "list", "careful", "plan", "step") if word in prompt
    ]
