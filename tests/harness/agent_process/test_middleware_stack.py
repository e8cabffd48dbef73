"""Middleware by dotted path and by file, with parameters and what the runtime supplies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from harness.agent_process.middleware_stack import MiddlewareLoadError, build_middleware

OWN = """
from langchain.agents.middleware import AgentMiddleware
class Own(AgentMiddleware):
    def __init__(self, words: tuple[str, ...] = (), items: list[str] | None = None, clock=None, budget_seconds: float = 1.0):
        self.words, self.items, self.clock, self.budget_seconds = words, items, clock, budget_seconds
class Named(AgentMiddleware):
    name = "chosen"
class Other: pass
"""


def entry(name: str, **parameters: Any) -> dict[str, Any]:
    """An entry for a class of the harness's own file."""
    return {
        "use": f"./own.py:{name}",
        "module": None,
        "path": "own.py",
        "class": name,
        "parameters": parameters,
    }


def build(folder: Path, *entries: dict[str, Any], tree: str = "abc", **supplied: Any) -> list[Any]:
    """The stack of a harness in ``folder``."""
    (folder / "own.py").write_text(OWN)
    return build_middleware(entries, folder=folder, tree=tree, supplied=supplied)


def test_parameters_fit_their_annotations(tmp_path: Path) -> None:
    """A list of ``harness.toml`` comes as the tuple or list that the class asks for."""
    (made,) = build(tmp_path, entry("Own", words=["a"], items=["b"]))

    assert (made.words, made.items) == (("a",), ["b"])


def test_the_runtime_supplies_by_name_what_is_not_set(tmp_path: Path) -> None:
    """What a class does not ask for is not passed."""
    plain, tuned = build(
        tmp_path,
        entry("Own"),
        entry("Own", budget_seconds=5.0),
        clock=len,
        budget_seconds=900.0,
        read_file=len,
    )

    assert (plain.clock, plain.budget_seconds) == (len, 900.0)
    assert tuned.budget_seconds == 5.0


def test_instances_of_one_class_have_distinct_names(tmp_path: Path) -> None:
    """Also where a class chose its name itself; the first keeps it."""
    made = build(tmp_path, entry("Own"), entry("Own"), entry("Named"), entry("Named"), entry("Own"))

    assert [one.name for one in made] == ["Own", "Own-2", "chosen", "chosen-2", "Own-3"]


def test_a_file_is_loaded_under_its_tree_s_name(tmp_path: Path) -> None:
    """Two trees never share a module, and ``sys.path`` is not touched."""
    path = list(sys.path)
    (one,) = build(tmp_path, entry("Own"), tree="aaa")
    (other,) = build(tmp_path, entry("Own"), tree="bbb")

    assert type(one) is not type(other)
    assert type(one).__module__.startswith("harness_aaa_own")
    assert sys.path == path


def test_stock_comes_by_dotted_path(tmp_path: Path) -> None:
    """As the supervisor resolved it."""
    stock = {
        "use": "stock:LoopDetection",
        "module": "middleware.loop_detection",
        "path": None,
        "class": "LoopDetection",
        "parameters": {"soft_limit": 3},
    }
    (made,) = build(tmp_path, stock)

    assert type(made).__name__ == "LoopDetection"


@pytest.mark.parametrize("name", ["Missing", "Other"])
def test_what_is_no_middleware_is_refused(tmp_path: Path, name: str) -> None:
    """The error names the entry."""
    with pytest.raises(MiddlewareLoadError, match=f"own.py:{name}"):
        build(tmp_path, entry(name))


def test_a_parameter_that_is_not_taken_is_refused(tmp_path: Path) -> None:
    """Here too, though the manifest's parser comes first."""
    with pytest.raises(MiddlewareLoadError, match="TypeError"):
        build(tmp_path, entry("Own", wings=2))


def test_two_files_of_one_name_are_two_modules(tmp_path: Path) -> None:
    """Their folders tell them apart."""
    entries = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "own.py").write_text(OWN + f"HERE = {folder!r}\n")
        entries.append({**entry("Own"), "path": f"{folder}/own.py"})
    one, other = build(tmp_path, *entries)

    assert [sys.modules[type(made).__module__].HERE for made in (one, other)] == ["a", "b"]


def test_one_file_is_loaded_once(tmp_path: Path) -> None:
    """Two of its classes share what the module holds."""
    own, named = build(tmp_path, entry("Own"), entry("Named"), tree="once")

    assert type(own).__module__ == type(named).__module__


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("class Own(", "SyntaxError"),
        ("raise KeyError('x')", "KeyError: 'x'"),
        ("import nothing_such", "ModuleNotFoundError: No module named 'nothing_such'"),
        ("from . import sibling", "ImportError"),
    ],
)
def test_a_file_that_does_not_load_is_named(tmp_path: Path, text: str, told: str) -> None:
    """With what Python said of it."""
    (tmp_path / "broken.py").write_text(text)
    broken = {**entry("Own"), "use": "./broken.py:Own", "path": "broken.py"}

    with pytest.raises(MiddlewareLoadError, match=rf"^\./broken\.py:Own: {told}"):
        build_middleware([broken], folder=tmp_path, tree=f"tree{abs(hash(text))}", supplied={})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As any other that does not load."""
    missing = {**entry("Own"), "path": "missing.py"}

    with pytest.raises(MiddlewareLoadError, match="FileNotFoundError"):
        build_middleware([missing], folder=tmp_path, tree="missing", supplied={})


def test_what_an_entry_sets_wins_over_the_runtime(tmp_path: Path) -> None:
    """Here; the manifest's parser keeps the names of hands for the runtime."""
    (made,) = build(tmp_path, entry("Own", clock="set"), clock=len)

    assert made.clock == "set"


def test_an_empty_stack_is_one(tmp_path: Path) -> None:
    """A harness may do without."""
    assert build(tmp_path) == []
