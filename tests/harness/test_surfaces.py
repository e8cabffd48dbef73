"""Tests of keeping candidates within their control's surfaces."""

from __future__ import annotations

import pytest

from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, AppendText, SetValue, WriteFile
from harness.errors import ManifestError, SurfaceError
from harness.surfaces import allowed_entries, check_surfaces, surface_of
from harness.template import coder_template

CONTROL = coder_template()


def replaced(old: str, new: str) -> dict[str, bytes]:
    toml = CONTROL["harness.toml"].decode()
    assert old in toml
    return {**CONTROL, "harness.toml": toml.replace(old, new, 1).encode()}


def refusal(candidate: dict[str, bytes]) -> str:
    with pytest.raises(SurfaceError) as caught:
        check_surfaces(CONTROL, candidate)
    return str(caught.value)


def test_changes_within_the_surfaces_pass_and_are_told() -> None:
    """Each entry that was touched is named, in the manifest's order."""
    candidate = apply_edits(
        CONTROL,
        [
            SetValue(key="model.reasoning_effort", value="low"),
            SetValue(key="limits.steps", value=31),
            AddMiddleware(use="stock:LoopDetection"),
            AppendText(path="prompts/system.md", text="More."),
            WriteFile(path="middleware/guard.py", content="x = 1\n"),
        ],
    )
    check_surfaces(CONTROL, candidate)

    assert surface_of(CONTROL, candidate) == (
        "prompts/**", "middleware/**", "harness.toml:middleware", "harness.toml:limits",
        "harness.toml:model.reasoning_effort",
    )  # fmt: skip


def test_no_change_touches_no_surface() -> None:
    """Equal trees pass; whether they are worth a trial is for the lint to say."""
    check_surfaces(CONTROL, dict(CONTROL))

    assert surface_of(CONTROL, dict(CONTROL)) == ()


def test_a_comment_in_the_manifest_is_no_change_of_a_key() -> None:
    """The manifest is compared by what it says."""
    candidate = replaced("[limits]", "# a word\n[limits]")
    check_surfaces(CONTROL, candidate)

    assert surface_of(CONTROL, candidate) == ()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"simulated:coder"', '"openai:gpt"', "model.name"),
        ('agent = "builtin"', 'agent = "command"', "harness.agent"),
        ('agent = "builtin"', 'agent = "builtin"\nargv = ["x"]', "harness.argv"),
        ('"prompts/**", ', '"prompts/**", "**", ', "surfaces.edit"),
        ("[surfaces]", "[surfaces]\nother = 1", "surfaces.other"),
    ],
)
def test_what_is_never_a_surface_is_refused(old: str, new: str, key: str) -> None:
    """Model, agent, command and surfaces are the control's, for good."""
    assert refusal(replaced(old, new)) == f"harness.toml:{key} was changed, which is never a surface"


def test_a_candidate_cannot_widen_its_own_surfaces() -> None:
    """The surfaces are read from the control, so a wider list in the candidate opens nothing."""
    candidate = {**replaced('"prompts/**", ', '"prompts/**", "notes/**", '), "notes/a.md": b"x"}

    assert "was changed" in refusal(candidate)


@pytest.mark.parametrize(
    "path",
    ["policy.toml", ".gitattributes", ".gitmodules", "prompts/.gitattributes", "middleware/.gitmodules"],
)
def test_protected_files_are_refused_even_under_an_open_folder(path: str) -> None:
    """Git's own control files and the policy cannot be added or changed."""
    assert refusal({**CONTROL, path: b"* filter=evil\n"}) == f"{path} was changed, which is never a surface"


def test_removing_the_policy_is_a_change_of_it() -> None:
    """A missing file would mean the defaults."""
    assert "policy.toml was changed" in refusal({p: c for p, c in CONTROL.items() if p != "policy.toml"})


def test_other_files_and_keys_are_refused_with_the_surfaces_there_are() -> None:
    """The error lists what may be touched."""
    assert refusal({**CONTROL, "README.md": b"x"}).startswith(
        "README.md was changed; surfaces are prompts/**, "
    )
    assert refusal({**CONTROL, "new/x.py": b"x"}).startswith("new/x.py was changed")
    assert refusal(replaced('name = "coder"', 'name = "other"')).startswith(
        "harness.toml:harness.name was changed"
    )
    assert refusal({**CONTROL, "prompts/../x": b""}).startswith("'prompts/../x' cannot be a file")


def test_a_key_path_opens_no_wider_table() -> None:
    """``limits.steps`` opens neither ``limits.wall_seconds`` nor the removal of the table's other keys."""
    control = replaced('"harness.toml:limits"', '"harness.toml:limits.steps"')
    allowed = apply_edits(control, [SetValue(key="limits.steps", value=31)])
    check_surfaces(control, allowed)

    with pytest.raises(SurfaceError, match=r"harness.toml:limits.wall_seconds was changed"):
        check_surfaces(control, apply_edits(control, [SetValue(key="limits.wall_seconds", value=31)]))


def test_a_change_of_type_is_a_change() -> None:
    """``true`` is not ``1``, though Python thinks so."""
    control = {"harness.toml": b"[a]\nb = 1\n"}

    with pytest.raises(SurfaceError, match=r"harness.toml:a.b was changed; surfaces are \(none\)"):
        check_surfaces(control, {"harness.toml": b"[a]\nb = true\n"})


def test_modes_are_part_of_the_change() -> None:
    """Links and submodules are refused anywhere, a new executable bit where the file is no surface."""
    modes = dict.fromkeys(CONTROL, "100644")
    for odd in ("120000", "160000", "040000", "100664"):
        with pytest.raises(SurfaceError, match=f"has mode {odd}"):
            check_surfaces(CONTROL, CONTROL, candidate_modes={**modes, "prompts/system.md": odd})
    check_surfaces(
        CONTROL, CONTROL, control_modes=modes, candidate_modes={**modes, "prompts/system.md": "100755"}
    )

    with pytest.raises(SurfaceError, match=r"harness.toml was changed"):
        check_surfaces(
            CONTROL, CONTROL, control_modes=modes, candidate_modes={**modes, "harness.toml": "100755"}
        )


def test_an_entry_that_opens_too_much_opens_nothing() -> None:
    """A control whose own surfaces are wrong is treated as if they were not there."""
    control = replaced('"prompts/**"', '"**"')

    assert "**" not in allowed_entries(control)
    with pytest.raises(SurfaceError, match=r"prompts/system\.md was changed"):
        check_surfaces(control, {**control, "prompts/system.md": b"x"})


def test_a_manifest_that_is_no_toml_is_a_manifest_error() -> None:
    """Whether it can be read comes before what it changes."""
    with pytest.raises(ManifestError, match=r"harness.toml:1: "):
        check_surfaces(CONTROL, {**CONTROL, "harness.toml": b"["})
