"""QuixBugs' layout as drafts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.imports.formats.quixbugs import is_quixbugs, load_program, program_names, read_quixbugs
from benchmarks.imports.refusal import Reason, RefusedError

Make = Callable[..., Path]
BUGGY = 'def double(n):\n    return n + 2\n\n\n"""\nDoubles a number.\n"""\n'
CORRECT = "def double(n):\n    return n * 2\n"


def test_a_program_becomes_a_draft(quixbugs: Make, tmp_path: Path) -> None:
    """The buggy program and what it is for; neither its correction nor its cases."""
    folder = quixbugs(tmp_path, double=(BUGGY, CORRECT))
    draft = read_quixbugs("s/double", load_program(folder, "double"), name="double")

    assert is_quixbugs(folder)
    assert dict(draft.files) == {"python_programs/double.py": BUGGY.encode()}
    assert "Doubles a number." in draft.instruction
    assert draft.reference == {"python_programs/double.py": CORRECT.encode()}
    assert "json_testcases/double.json" in draft.verifier.files
    assert not any("correct" in path or path.endswith("_test.py") for path in draft.verifier.files)


def test_programs_are_told_from_drivers_and_helpers() -> None:
    """What tests are driven by is no program of its own."""
    paths = {f"python_programs/{name}.py" for name in ("gcd", "gcd_test", "node", "sqrt")}

    assert program_names(frozenset(paths)) == ("gcd", "sqrt")


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ("correct_python_programs/double.py", Reason.NO_REFERENCE),
        ("python_testcases/test_double.py", Reason.UNREADABLE),
    ],
)
def test_a_program_without_its_parts_is_refused(
    quixbugs: Make, tmp_path: Path, gone: str, reason: Reason
) -> None:
    """With the part that is missing."""
    folder = quixbugs(tmp_path, double=(BUGGY, CORRECT))
    (folder / gone).unlink()
    with pytest.raises(RefusedError, match=gone) as caught:
        read_quixbugs("s/double", load_program(folder, "double"), name="double")

    assert caught.value.refusal.reason is reason


@pytest.mark.parametrize("program", ["def double(n:\n", "def double(n): return n\n", ""])
def test_a_program_need_not_describe_itself(quixbugs: Make, tmp_path: Path, program: str) -> None:
    """Nor be Python at all: the bug may be there."""
    folder = quixbugs(tmp_path, double=(program, CORRECT))
    draft = read_quixbugs("s/double", load_program(folder, "double"), name="double")

    assert "(not described)" in draft.instruction
