"""Tests of reading a constructor from source that must not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import ManifestError
from harness.parameter_spec import ParameterSpec
from harness.source_constructor import MAX_BYTES, source_parameters

GUARD = '''
"""A guard."""
from __future__ import annotations
import dataclasses
from typing import Literal
from langchain.agents.middleware import AgentMiddleware

Mode = Literal["soft", "hard"]

class Guard(AgentMiddleware):
    def __init__(self, limit: int, mode: Mode = "soft", *, run_command: "Callable[[str], str] | None" = None,
                 names: list[str], plain=3, **rest):
        pass

class Strict(Guard):
    name = "strict"

class Bare(AgentMiddleware):
    pass

@dataclasses.dataclass(frozen=True)
class Data:
    size: int
    label: str = "x"
'''


def parameters(name: str, text: str = GUARD) -> dict[str, ParameterSpec]:
    return {
        spec.name: spec
        for spec in source_parameters({"middleware/guard.py": text.encode()}, "middleware/guard.py", name)
    }


def test_parameters_are_read_with_their_types_and_defaults() -> None:
    """Positional and keyword parameters are found; *args and **kwargs take nothing from harness.toml."""
    found = parameters("Guard")

    assert list(found) == ["limit", "mode", "run_command", "names", "plain"]
    assert [name for name, spec in found.items() if spec.required] == ["limit", "names"]
    assert found["run_command"].accepts is None
    assert found["mode"].problem("medium") == "must be Literal['soft', 'hard'], is \"medium\""
    assert found["names"].problem(("a", "b")) is None
    assert found["plain"].problem("anything") is None


def test_a_constructor_is_inherited_within_the_file() -> None:
    """A subclass takes its base's parameters; a class without a constructor takes none."""
    assert list(parameters("Strict")) == list(parameters("Guard"))
    assert parameters("Bare") == {}


def test_a_dataclass_takes_its_fields() -> None:
    """Fields are parameters, required where they have no default."""
    found = parameters("Data")

    assert {name: spec.required for name, spec in found.items()} == {"size": True, "label": False}


def test_reading_does_not_run_the_file(tmp_path: Path) -> None:
    """Code at import, in decorators and in defaults leaves no trace."""
    mark = tmp_path / "ran"
    act = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    text = f"{act}\nclass A:\n    x = {act}\n    def __init__(self, n: int = {act}): ...\n"

    assert list(parameters("A", text)) == ["n"]
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class Gaurd: ...", "defines no class 'Guard'; did you mean 'Gaurd'?"),
        ("x = (", r"middleware/guard\.py:1 is not valid Python"),
        ("x = 1\x00", r"middleware/guard\.py.* is not valid Python"),
        ("x = " + "(" * 10_000 + ")" * 10_000, r"middleware/guard\.py.* is not valid Python"),
        ("#" * (MAX_BYTES + 1), "is larger than"),
    ],
)
def test_files_that_cannot_be_read_are_one_line_errors(text: str, expected: str) -> None:
    """The error names the file and what is wrong with it."""
    with pytest.raises(ManifestError, match=expected) as caught:
        parameters("Guard", text)

    assert "\n" not in str(caught.value)


def test_a_missing_file_lists_the_python_files_there_are() -> None:
    """A typing error in the path is easily seen."""
    with pytest.raises(ManifestError, match=r"no file 'a\.py' in the harness; Python files: b\.py"):
        source_parameters({"b.py": b"", "harness.toml": b""}, "a.py", "A")


def test_classes_that_inherit_in_a_circle_end() -> None:
    """What Python would refuse to run is still only read."""
    assert parameters("A", "class A(B): ...\nclass B(A): ...\n") == {}
