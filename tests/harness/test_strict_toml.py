"""Tests of reading TOML with lines and choices in every error."""

from __future__ import annotations

import pytest
from pydantic import Field

from harness.errors import ManifestError
from harness.strict_toml import MAX_BYTES, Table, TomlFile, choices, listed, read_toml


class Inner(Table):
    """A table of the tests' schema."""

    size: int = 1
    names: list[str] = Field(default_factory=list)


class Outer(Table):
    """The tests' schema."""

    title: str
    inner: Inner = Inner()
    rows: list[Inner] = Field(default_factory=list)


def read(text: str) -> TomlFile:
    return read_toml({"x.toml": text.encode()}, "x.toml")


def error_of(text: str) -> str:
    with pytest.raises(ManifestError) as caught:
        read(text).check(Outer)
    return str(caught.value)


def test_a_good_file_becomes_the_schema() -> None:
    """Values arrive as they are, defaults fill the rest."""
    outer = read('title = "t"\n[inner]\nsize = 3\n[[rows]]\nnames = ["a"]\n').check(Outer)

    assert outer.inner.size == 3
    assert outer.rows[0].names == ["a"]
    assert outer.rows[0].size == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('title = "t"\n\n[inner]\n# size\nsizes = 3\n', "x.toml:5: unknown key 'sizes' in [inner]; did you mean 'size'?"),
        ('title = "t"\nother = 1\n', "x.toml:2: unknown key 'other' in the file; valid: title, inner, rows"),
        ('title = "t"\n[inner]\nsize = "3"\n', "x.toml:3: inner.size: input should be a valid integer"),
        ('title = "t"\n[inner]\nsize = true\n', "x.toml:3: inner.size: input should be a valid integer"),
        ('title = "t"\n[[rows]]\nsize = 1\n\n[[rows]]\nsize = 1.5\n', "x.toml:6: rows[1].size: "),
        ('title = "t"\n[[rows]]\n[[rows]]\nsise = 1\n', "x.toml:4: unknown key 'sise' in [rows[1]]; did you mean 'size'?"),
        ('title = "t"\ninner.size = "3"\n', "x.toml:2: inner.size: "),
        ('title = "t"\ninner = { size = "3" }\n', "x.toml:2: inner.size: "),
        ('title = "t"\n[inner]\nnames = [\n  "a",\n  1,\n]\n', "x.toml:3: inner.names[1]: "),
        ("# none\n[inner]\nsize = 1\n", "x.toml:1: the file needs the key 'title'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_line(text: str, expected: str) -> None:
    """Every error begins with file and line and says what is valid."""
    message = error_of(text)

    assert message.startswith(expected)
    assert "\n" not in message


def test_a_key_inside_a_multi_line_string_is_not_mistaken_for_the_key() -> None:
    """The line of a statement is found even where its name was written before, in text or comments."""
    message = error_of('title = """\nsize = 1\n[inner]\nsize = 2\n"""\n# size = 3\n[inner]\nsize = "x"\n')

    assert message.startswith("x.toml:8: inner.size")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ('a = "x\n', 1), ("a = [\n1,\n", 3), ("a = 1\n[b\n", 2)],
)  # fmt: skip
def test_broken_syntax_is_named_with_its_line(text: str, line: int) -> None:
    """The parser's own position is kept."""
    with pytest.raises(ManifestError) as caught:
        read(text)

    assert str(caught.value).startswith(f"x.toml:{line}: ")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a = 1\nb = '\xff'\n", "x.toml:2: not UTF-8"),
        (b"#" * (MAX_BYTES + 1), "x.toml: larger than"),
        (b"\n" * 3000, "x.toml: larger than"),
        (b"a = " + b"[" * 5000, "x.toml:"),
    ],
)
def test_hostile_files_are_one_line_errors(content: bytes, expected: str) -> None:
    """Bytes that are no text, large files and deep nesting never reach the caller as other exceptions."""
    with pytest.raises(ManifestError, match=expected):
        read_toml({"x.toml": content}, "x.toml")


def test_a_missing_file_is_named_with_the_files_there_are() -> None:
    """The error shows what could have been meant."""
    with pytest.raises(ManifestError, match=r"x\.toml: no such file in the harness; files are a, b"):
        read_toml({"a": b"", "b": b""}, "x.toml")


def test_the_line_of_a_missing_key_is_its_table() -> None:
    """Where the key is not there, the nearest table around it is shown."""
    toml = read("a = 1\n\n[limits]\nsteps = 1\n")

    assert toml.line(("limits", "wall")) == 3
    assert toml.line(("limits", "steps")) == 4
    assert toml.line(("nothing",)) == 1


def test_choices_name_what_was_probably_meant() -> None:
    """A near miss comes first, the whole list follows; without a near miss only the list."""
    assert choices("stepz", ["steps", "wall_seconds"]) == "did you mean 'steps'? valid: steps, wall_seconds"
    assert choices("qqq", []) == "valid: (none)"
    assert listed([str(n) for n in range(20)], most=2) == "0, 1, … (20 in all)"
