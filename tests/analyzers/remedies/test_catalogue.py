"""What the playbook knows fits together, and fits real harnesses."""

from __future__ import annotations

import pytest

from analyzers.detectors import default_detectors
from analyzers.drafting import surface_for
from analyzers.errors import UnknownRemedyError
from analyzers.lint import mechanisms
from analyzers.remedies.catalogue import all_remedies, remedies_for, remedy_named
from analyzers.remedies.prompt_paragraph import PromptParagraph
from analyzers.remedies.remedy import Remedy
from harness.apply_edits import apply_edits
from harness.edits import Edit, SetValue, Tree
from harness.manifest_file import parse_manifest

REMEDIES = all_remedies()
WANTING: dict[str, tuple[Edit, ...]] = {  # what the template has already
    "all_tools": (SetValue(key="tools.enabled", value=("bash",)),),
    "high_effort": (SetValue(key="model.reasoning_effort", value="low"),),
}


@pytest.mark.parametrize("detector", [detector.name for detector in default_detectors()])
def test_every_signal_has_remedies_of_its_own(detector: str) -> None:
    """Not just the general admonition."""
    assert [remedy.name for remedy in remedies_for(detector)] != ["careful_paragraph"]


def test_an_unknown_signal_gets_a_general_admonition() -> None:
    """Which the gate will most likely refuse."""
    assert [remedy.name for remedy in remedies_for("unheard_of")] == ["careful_paragraph"]


def test_an_unknown_remedy_is_refused_with_the_choices() -> None:
    """The message lists them."""
    with pytest.raises(UnknownRemedyError, match="known remedies: act_paragraph, all_tools"):
        remedy_named("prayer")


def test_names_are_distinct_and_there_are_more_than_eight() -> None:
    """Of several mechanisms."""
    assert len({remedy.name for remedy in REMEDIES}) == len(REMEDIES) >= 20
    assert {"prompt", "limits.steps", "model.reasoning_effort"} < {remedy.mechanism for remedy in REMEDIES}


@pytest.mark.parametrize("detector", [detector.name for detector in default_detectors()])
def test_code_and_configuration_come_before_wording(detector: str) -> None:
    """Where there is any: the first choice is wording only where nothing else is."""
    kinds = [isinstance(remedy, PromptParagraph) for remedy in remedies_for(detector)]
    wording_first = {"edit_mismatch", "unknown_tool", "tool_timeout", "gave_up"}

    assert kinds[0] is (detector in wording_first)


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.name)
def test_every_remedy_makes_a_harness_that_loads(remedy: Remedy, harness: Tree) -> None:
    """With one mechanism, under an open surface; applied once more, it has nothing left or tunes itself."""
    harness = apply_edits(harness, WANTING.get(remedy.name, ()))
    manifest = parse_manifest(harness)
    edits = remedy.edits(manifest)
    candidate = apply_edits(harness, edits)
    changed = parse_manifest(candidate)

    assert mechanisms(edits) == {remedy.mechanism}
    assert surface_for(remedy.touches(manifest), manifest.surfaces) is not None
    assert remedy.edits(changed) != edits


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.name)
def test_every_tuning_makes_a_harness_that_loads_and_then_ends(remedy: Remedy, harness: Tree) -> None:
    """However often it is applied, a remedy runs out of edits."""
    tree = harness
    for _ in range(5):
        edits = remedy.edits(parse_manifest(tree))
        if not edits:
            return
        tree = apply_edits(tree, edits)

    pytest.fail(f"{remedy.name} never ends")
