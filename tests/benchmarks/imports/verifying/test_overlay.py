"""Laying a verifier's files over a workspace."""

from __future__ import annotations

from benchmarks.imports.verifying.overlay import lay_over, split_places


def test_the_verifiers_files_win() -> None:
    """Whatever the agent wrote under the same names."""
    assert lay_over({"a.py": b"mine", "test.py": b"forged"}, {"test.py": b"real"}) == {
        "a.py": b"mine",
        "test.py": b"real",
    }


def test_a_folder_in_the_place_of_a_file_gives_way() -> None:
    """Else a workspace could break its verifier, which is no verdict on the harness."""
    assert lay_over({"test.py/x": b"", "test.pyx": b""}, {"test.py": b"real"}) == {
        "test.py": b"real",
        "test.pyx": b"",
    }


def test_a_file_in_the_place_of_a_folder_gives_way() -> None:
    """The other way round."""
    assert lay_over({"cases": b"", "cases.txt": b""}, {"cases/a/b.json": b"{}"}) == {
        "cases.txt": b"",
        "cases/a/b.json": b"{}",
    }


def test_places_are_told_apart() -> None:
    """Relative paths go inside, absolute ones beside."""
    assert split_places({"a": b"1", "/tests/b": b"2"}) == ({"a": b"1"}, {"/tests/b": b"2"})
