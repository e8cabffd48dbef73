"""Tests of which paths a harness may hold."""

from __future__ import annotations

import pytest

from harness.tree_paths import matches, path_problem


@pytest.mark.parametrize(
    "path", ["harness.toml", "prompts/system.md", "a/b/c.py", ".gitignore", "Ünicode.md", "a b.md"]
)
def test_ordinary_paths_are_fine(path: str) -> None:
    """Names that people give their files are accepted."""
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd", "../outside", "a/../b", "./a", "a//b", "a/", ".git/config", ".GIT/hooks/pre-commit",
        "sub/.git/config", ".git./x", "git~1/config", ".flywheel/segments/x", "a\\b", "a\nb", "a\x00b", "C:x", "a\x1b[2J",
    ],
)  # fmt: skip
def test_paths_that_reach_out_of_the_harness_are_refused(path: str) -> None:
    """Anything absolute, climbing, unprintable or inside git's and our own folder has a problem."""
    assert path_problem(path) is not None


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("prompts/**", "prompts/system.md", True),
        ("prompts/**", "prompts/de/system.md", True),
        ("prompts/**", "prompts", False),
        ("prompts/**", "other/prompts/system.md", False),
        ("prompts/*", "prompts/de/system.md", False),
        ("prompts/*.md", "prompts/system.md", True),
        ("**/*.md", "README.md", True),
        ("**/*.md", "a/b/README.md", True),
        ("**", "harness.toml", True),
        ("*", "harness.toml", True),
        ("PROMPTS/**", "prompts/system.md", False),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
    ],
)
def test_a_star_stays_in_its_folder_and_two_span_folders(glob: str, path: str, expected: bool) -> None:
    """Globs mean what they mean in git's own attribute and ignore files."""
    assert matches(glob, path) is expected
