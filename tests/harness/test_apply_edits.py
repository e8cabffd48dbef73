"""Tests of applying a proposal's edits."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.apply_edits import apply_edits
from harness.edits import (
    AddMiddleware,
    AppendText,
    Edit,
    RemoveMiddleware,
    SetValue,
    TuneMiddleware,
    WriteFile,
)
from harness.errors import EditError
from harness.manifest_file import parse_manifest
from harness.template import coder_template
from tests.examples import examples

LOOP, TIME, LOCAL = "stock:LoopDetection", "stock:TimeBudget", "stock:LocalContext"


def manifest_text(*edits: Edit) -> str:
    return apply_edits(coder_template(), edits)["harness.toml"].decode()


def uses(*edits: Edit) -> list[str]:
    return [entry.use for entry in parse_manifest(apply_edits(coder_template(), edits)).middleware]


def error_of(*edits: Edit) -> str:
    with pytest.raises(EditError) as caught:
        apply_edits(coder_template(), edits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_value_is_set_and_nothing_else_changes() -> None:
    """The diff is one line; the comment beside the value stays."""
    before = coder_template()["harness.toml"].decode().splitlines()
    after = manifest_text(SetValue(key="limits.steps", value=45)).splitlines()

    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        ("steps = 30                          # model calls of one run", "steps = 45                          # model calls of one run")
    ]  # fmt: skip


def test_the_tree_that_was_given_is_left_alone() -> None:
    """Edits yield a new tree."""
    tree = coder_template()
    copy = dict(tree)
    apply_edits(tree, [SetValue(key="limits.steps", value=45), AppendText(path="README.md", text="More.")])

    assert tree == copy


def test_a_key_in_a_new_table_makes_the_table() -> None:
    """Tables that are not there yet are added."""
    text = manifest_text(SetValue(key="tools.descriptions.bash", value="Runs a command."))

    assert tomllib.loads(text)["tools"]["descriptions"] == {"bash": "Runs a command."}


def test_a_list_of_values_is_replaced_whole() -> None:
    """Tuples become TOML arrays."""
    text = manifest_text(SetValue(key="tools.enabled", value=("bash", "read_file")))

    assert tomllib.loads(text)["tools"]["enabled"] == ["bash", "read_file"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [(-1, [LOOP, TIME, LOCAL]), (0, [LOCAL, LOOP, TIME]), (1, [LOOP, LOCAL, TIME]), (-2, [LOOP, LOCAL, TIME]), (-3, [LOCAL, LOOP, TIME])],
)  # fmt: skip
def test_positions_count_from_the_outermost_or_back_from_the_innermost(
    position: int, expected: list[str]
) -> None:
    """The first entry is the outermost; -1 is the innermost place."""
    edits = [AddMiddleware(use=LOOP), AddMiddleware(use=TIME), AddMiddleware(use=LOCAL, position=position)]

    assert uses(*edits) == expected


def test_an_added_entry_carries_its_parameters_and_reads_well() -> None:
    """Entries are tables of their own with an empty line between them."""
    text = manifest_text(
        AddMiddleware(use=LOOP, parameters={"soft_limit": 4, "hard_limit": 6}),
        AddMiddleware(use="stock:PreCompletionChecklist", parameters={"checks": ("Look again.",)}),
    )

    assert text.endswith(
        '"harness.toml:model.reasoning_effort"]\n\n'
        '[[middleware]]\nuse = "stock:LoopDetection"\nsoft_limit = 4\nhard_limit = 6\n\n'
        '[[middleware]]\nuse = "stock:PreCompletionChecklist"\nchecks = ["Look again."]\n'
    )


def test_an_entry_is_tuned_and_removed_by_its_use() -> None:
    """The last entry's removal leaves a file without middleware."""
    add = [AddMiddleware(use=LOOP), AddMiddleware(use=TIME)]
    tuned = apply_edits(coder_template(), [*add, TuneMiddleware(use=LOOP, parameters={"soft_limit": 2})])

    assert parse_manifest(tuned).middleware[0].parameters == {"soft_limit": 2}
    assert uses(*add, RemoveMiddleware(use=LOOP)) == [TIME]
    assert uses(*add, RemoveMiddleware(use=LOOP), RemoveMiddleware(use=TIME)) == []


def test_entries_scattered_over_the_file_are_edited_too() -> None:
    """Whatever layout a person chose, the values come out as meant."""
    toml = b'[[middleware]]\nuse = "a"\n\n[limits]\nsteps = 3 # few\n\n[[middleware]]\nuse = "b"\n'
    edited = apply_edits(
        {"harness.toml": toml}, [AddMiddleware(use="c", position=1), RemoveMiddleware(use="a")]
    )

    assert tomllib.loads(edited["harness.toml"].decode()) == {
        "middleware": [{"use": "c"}, {"use": "b"}],
        "limits": {"steps": 3},
    }


def test_entries_written_inline_are_edited_too() -> None:
    """``middleware = [{…}]`` is the same as a list of tables."""
    toml = b'middleware = [{ use = "a" }]\n[limits]\nsteps = 3\n'
    edited = apply_edits(
        {"harness.toml": toml}, [AddMiddleware(use="b"), TuneMiddleware(use="a", parameters={"n": 1})]
    )

    assert tomllib.loads(edited["harness.toml"].decode())["middleware"] == [
        {"use": "a", "n": 1},
        {"use": "b"},
    ]


def test_a_paragraph_is_appended_to_a_prompt() -> None:
    """One empty line stands before it, one line break after it."""
    edited = apply_edits(
        coder_template(), [AppendText(path="prompts/system.md", text="\nRun the tests.\n\n")]
    )

    assert edited["prompts/system.md"].decode().endswith("a sentence or two.\n\nRun the tests.\n")


def test_a_file_is_written() -> None:
    """New files and new content for old ones."""
    edited = apply_edits(coder_template(), [WriteFile(path="middleware/guard.py", content="x = 1\n")])

    assert edited["middleware/guard.py"] == b"x = 1\n"


@pytest.mark.parametrize(
    "edit",
    [
        SetValue(key="limits.steps", value=30),
        SetValue(key="model.reasoning_effort", value="high"),
        AppendText(path="prompts/system.md", text=""),
        AppendText(path="prompts/system.md", text="Do what the user asks, then answer in a sentence or two."),
    ],
)
def test_an_edit_that_changes_nothing_is_an_error(edit: Edit) -> None:
    """A proposal must not look like a change without being one."""
    assert "changes nothing" in error_of(edit)


def test_tuning_to_the_same_value_and_rewriting_the_same_file_change_nothing() -> None:
    """The same holds for middleware and whole files."""
    add = AddMiddleware(use=LOOP, parameters={"soft_limit": 2})

    assert "changes nothing" in error_of(add, TuneMiddleware(use=LOOP, parameters={"soft_limit": 2}))
    assert "changes nothing" in error_of(add, TuneMiddleware(use=LOOP, parameters={}))
    assert "changes nothing" in error_of(WriteFile(path="a", content="x"), WriteFile(path="a", content="x"))


def test_true_is_not_one() -> None:
    """A change of type alone is a change."""
    text = manifest_text(
        AddMiddleware(use=LOOP, parameters={"n": 1}), TuneMiddleware(use=LOOP, parameters={"n": True})
    )

    assert text.endswith("n = true\n")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (SetValue(key="limits", value=1), "it is a table"),
        (SetValue(key="limits.steps.x", value=1), "'steps' is no table"),
        (
            TuneMiddleware(use=LOOP, parameters={"a": 1}),
            f"no middleware entry uses '{LOOP}'; entries: (none)",
        ),
        (RemoveMiddleware(use=LOOP), "no middleware entry uses"),
        (AddMiddleware(use=LOOP, position=1), "at position 1: there are 0 entries"),
        (AddMiddleware(use=LOOP, position=-2), "at position -2: there are 0 entries"),
        (AppendText(path="prompts/sys.md", text="x"), "no such file; files: README.md"),
        (WriteFile(path="../x", content=""), "cannot write '../x'"),
        (WriteFile(path=".git/hooks/pre-commit", content=""), "reserved name"),
    ],
)
def test_an_edit_that_does_not_fit_says_why(edit: Edit, expected: str) -> None:
    """The error names what is there instead."""
    assert expected in error_of(edit)


def test_two_entries_of_one_use_cannot_be_told_apart() -> None:
    """Rather than tune the wrong one, the edit is refused."""
    twice = [AddMiddleware(use=LOOP), AddMiddleware(use=LOOP)]

    assert "more than one middleware entry" in error_of(*twice, RemoveMiddleware(use=LOOP))


VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.text(max_size=30),
    st.lists(st.text(max_size=8)).map(tuple),
)
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
EDITS = st.one_of(
    st.builds(SetValue, key=st.tuples(NAMES, NAMES).map(".".join), value=VALUES),
    st.builds(AddMiddleware, use=st.sampled_from("abc"), parameters=st.dictionaries(NAMES, VALUES, max_size=2), position=st.integers(-3, 3)),
    st.builds(TuneMiddleware, use=st.sampled_from("abc"), parameters=st.dictionaries(NAMES, VALUES, max_size=2)),
    st.builds(RemoveMiddleware, use=st.sampled_from("abc")),
)  # fmt: skip


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(EDITS, max_size=6))
def test_whatever_is_edited_the_file_stays_toml_and_says_what_was_meant(edits: list[Edit]) -> None:
    """Any sequence either fits or is refused; a set value is there afterwards, and the comments are too."""
    tree = coder_template()
    for edit in edits:
        try:
            tree = apply_edits(tree, [edit])
        except EditError:
            continue
        data = tomllib.loads(tree["harness.toml"].decode())
        if isinstance(edit, SetValue):
            table, name = edit.key.split(".")
            wanted = list(edit.value) if isinstance(edit.value, tuple) else edit.value
            assert data[table][name] == wanted

    assert b"# model calls of one run" in tree["harness.toml"]
