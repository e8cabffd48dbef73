"""Finding tasks by what folders and files hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.imports.finding import find_sources
from benchmarks.imports.refusal import Reason, RefusedError

Make = Callable[..., Path]


def found(path: Path, wanted: str = "auto") -> list[tuple[str, str]]:
    return [(source.id, source.format) for source in find_sources(path, suite="s", wanted=wanted)]


def test_every_layout_is_recognised(
    exercise: Make, harbor: Make, terminal: Make, quixbugs: Make, write: Make, tmp_path: Path
) -> None:
    """Wherever it lies, in the order of the paths."""
    exercise(tmp_path / "practice" / "one")
    harbor(tmp_path / "h")
    terminal(tmp_path / "deep" / "er" / "t")
    quixbugs(tmp_path / "q", gcd=("a = 1\n", "a = 2\n"), lis=("a = 1\n", "a = 2\n"))
    write(tmp_path, {"more.jsonl": json.dumps({"id": "add"}) + "\n\n{\n"})

    assert found(tmp_path) == [
        ("s/add", "jsonl"),
        ("s/deep/er/t", "terminal-bench"),
        ("s/h", "harbor"),
        ("s/line-3", "jsonl"),
        ("s/practice/one", "exercism"),
        ("s/q/gcd", "quixbugs"),
        ("s/q/lis", "quixbugs"),
    ]
    assert found(tmp_path, "harbor") == [("s/h", "harbor")]


def test_a_single_folder_or_file_is_enough(harbor: Make, write: Make, tmp_path: Path) -> None:
    """It gives the task its name."""
    folder = harbor(tmp_path / "only")
    write(tmp_path, {"x.jsonl": '{"id": "a/b"}\n'})

    assert found(folder) == [("s/only", "harbor")]
    assert found(tmp_path / "x.jsonl") == [("s/a/b", "jsonl")]


def test_a_task_is_not_searched_further(exercise: Make, terminal: Make, tmp_path: Path) -> None:
    """Its tests may hold what looks like another."""
    exercise(terminal(tmp_path / "t") / "tests" / "inner")

    assert found(tmp_path) == [("s/t", "terminal-bench")]


def test_links_are_not_followed(harbor: Make, tmp_path: Path) -> None:
    """Neither to folders beside nor in circles."""
    harbor(tmp_path / "elsewhere" / "h")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set" / "self").symlink_to(tmp_path / "set")
    with pytest.raises(SuiteError, match="holds no tasks"):
        found(tmp_path / "set")


def test_nothing_found_says_what_could_be(tmp_path: Path, harbor: Make) -> None:
    """The formats, and that a path is not there."""
    harbor(tmp_path / "h")
    with pytest.raises(
        SuiteError, match=r"no tasks of the format exercism; formats are harbor, terminal-bench"
    ):
        found(tmp_path, "exercism")
    with pytest.raises(SuiteError, match="does not exist"):
        found(tmp_path / "gone")


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31mred", "a;b", "-"])
def test_a_name_that_cannot_be_one_is_refused_when_read(harbor: Make, tmp_path: Path, name: str) -> None:
    """Found nevertheless: nothing is dropped in silence."""
    harbor(tmp_path / name)
    (source,) = find_sources(tmp_path, suite="s")
    if name == "-":
        assert source.read(source.id, source.load()).id == "s/-"
        return
    with pytest.raises(RefusedError) as caught:
        source.read(source.id, source.load())

    assert caught.value.refusal.reason is Reason.UNSAFE_FOLDER


@pytest.mark.parametrize(
    "line", ["{", "[" * 100_000, '{"id": 3}', '{"id": "../x"}', '{"id": "a\\u001bb"}', "7"]
)
def test_a_bad_line_is_a_task_that_is_refused(write: Make, tmp_path: Path, line: str) -> None:
    """Under its line's number."""
    (source,) = find_sources(write(tmp_path, {"x.jsonl": line}) / "x.jsonl", suite="s")

    assert source.id == "s/line-1"
    with pytest.raises(RefusedError):
        source.read(source.id, source.load())
