"""What an instruction says about files is read from its words."""

from __future__ import annotations

import pytest

from analyzers.files_asked import is_same_file, read_files_asked

BOUNDARIES = (
    "## Important Boundaries\n- MODIFY: Regular source code files in /testbed\n"
    "- DO NOT MODIFY: Tests, configuration files (pyproject.toml, setup.cfg, etc.)\n"
)


def test_wanted_banned_and_subject_are_told_apart() -> None:
    """A banned file is neither wanted nor what the work is in."""
    asked = read_files_asked(
        "Fix `src/a.py`. Do not change `setup.cfg`. Add one line to `CHANGES.md`. Leave `core.py` as it is."
    )

    assert asked.subjects == {"src/a.py"}
    assert asked.banned == {"setup.cfg", "core.py"}
    assert "CHANGES.md" in asked.wanted


@pytest.mark.parametrize(
    ("path", "forbidden"),
    [
        ("tests/test_a.py", True),
        ("/testbed/pkg/tests/conftest.py", True),
        ("setup.cfg", True),
        ("pkg/module.py", False),
        ("docs/testing.md", False),
    ],
)
def test_kinds_of_files_may_be_banned_as_a_whole(path: str, forbidden: bool) -> None:
    """As the instructions of a well-known agent do."""
    assert read_files_asked(BOUNDARIES).forbids(path) is forbidden


@pytest.mark.parametrize(
    "sentence",
    [
        "Do not change any file other than `a.py`.",
        "Never edit anything except a.py.",
        "Do not break the tests.",
        "Run the tests.",
        "Please do not modify test.py's callers.",
        "",
    ],
)
def test_exceptions_and_mentions_are_no_ban(sentence: str) -> None:
    """Of tests or of the file that is excepted."""
    asked = read_files_asked(sentence)

    assert not asked.forbids("a.py")
    assert not asked.no_tests


@pytest.mark.parametrize(
    ("path", "file", "same"),
    [
        ("a.py", "a.py", True),
        ("/app/src/a.py", "src/a.py", True),
        ("src/a.py", "./src/a.py", True),
        ("ba.py", "a.py", False),
        ("a.py", "src/a.py", False),
    ],
)
def test_a_file_is_the_same_from_whatever_folder(path: str, file: str, same: bool) -> None:
    """An edit's path may be longer than the instruction's, never shorter."""
    assert is_same_file(path, file) is same
