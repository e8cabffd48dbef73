"""Exercism's layout as drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.imports.folder import read_folder
from benchmarks.imports.formats.exercism import is_exercism, read_exercism
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.tests_verifier import TestsVerifier

Make = Callable[..., Path]
HIDDEN = ("def test_one", "return 1")


def config(**lists: object) -> str:
    usual = {"solution": ["one.py"], "test": ["one_test.py"], "example": [".meta/example.py"]}
    return json.dumps({"files": {**usual, **lists}})


def refused(folder: Path) -> Reason:
    with pytest.raises(RefusedError) as caught:
        read_exercism("s/one", read_folder(folder))
    return caught.value.refusal.reason


def test_an_exercise_becomes_a_draft(exercise: Make, tmp_path: Path) -> None:
    """Stub and texts for the agent; tests and example not."""
    folder = exercise(
        tmp_path,
        **{
            ".docs/instructions.append.md": "# More\n\nRead this too.",
            ".approaches/x.md": "return 1",
            "data.txt": "7",
        },
    )
    draft = read_exercism("s/python/one", read_folder(folder))
    shown = draft.instruction + "".join(content.decode() for content in draft.files.values())

    assert (draft.group, set(draft.files)) == ("one", {"one.py", "data.txt"})
    assert draft.instruction.index("Return one.") < draft.instruction.index("Read this too.")
    assert "`one.py`" in draft.instruction
    assert not any(text in shown for text in HIDDEN)
    assert draft.reference == {"one.py": b"def one():\n    return 1\n"}
    assert isinstance(draft.verifier, TestsVerifier)
    assert (draft.verifier.tests, set(draft.verifier.files)) == (("one_test.py",), {"one_test.py"})


def test_helpers_are_shown_and_pinned(exercise: Make, tmp_path: Path) -> None:
    """What the track calls editor files, and an exemplar in place of an example."""
    lists = config(editor=["util.py"], example=[], exemplar=[".meta/exemplar.py"])
    folder = exercise(
        tmp_path, **{".meta/config.json": lists, ".meta/exemplar.py": "x = 1\n", "util.py": "y = 2\n"}
    )
    draft = read_exercism("s/one", read_folder(folder))

    assert set(draft.files) == {"one.py", "util.py"}
    assert draft.verifier.files["util.py"] == b"y = 2\n"
    assert draft.reference == {"one.py": b"x = 1\n"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", Reason.UNREADABLE),
        ("[]", Reason.UNREADABLE),
        ('{"files": {"solution": 3}}', Reason.UNREADABLE),
        ("[" * 100_000, Reason.UNREADABLE),
        (config(test=[]), Reason.UNREADABLE),
        (config(solution=["../../../etc/passwd"]), Reason.UNSAFE_FOLDER),
        (config(example=["/etc/passwd"]), Reason.UNSAFE_FOLDER),
        (config(test=[["x"]]), Reason.UNSAFE_FOLDER),
        (config(example=[]), Reason.NO_REFERENCE),
    ],
)
def test_a_bad_list_of_files_is_refused(exercise: Make, tmp_path: Path, text: str, reason: Reason) -> None:
    """Paths are looked up among the folder's own files, so none leads out."""
    assert refused(exercise(tmp_path, **{".meta/config.json": text})) is reason


def test_tests_in_other_languages_need_their_runner(exercise: Make, tmp_path: Path) -> None:
    """They are listed with that reason."""
    lists = config(test=["one.spec.js"], solution=["one.js"], example=[".meta/proof.js"])
    files = {"one.spec.js": "", "one.js": "", ".meta/proof.js": ""}

    assert refused(exercise(tmp_path, **{".meta/config.json": lists, **files})) is Reason.NEEDS_PACKAGES


def test_a_folder_is_known_by_its_files() -> None:
    """Configuration and instructions."""
    assert is_exercism(frozenset({".meta/config.json", ".docs/instructions.md"}))
    assert not is_exercism(frozenset({".meta/config.json"}))
