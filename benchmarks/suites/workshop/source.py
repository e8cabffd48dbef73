"""Reads the suite's task folders.

A folder holds ``task.toml``, ``instruction.md``, ``workspace/`` (what the agent gets), ``reference/``
(files that, laid over the workspace, solve the task) and ``verifier/checks.py`` with any fixtures beside it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from benchmarks.errors import SuiteError
from benchmarks.task import Task
from benchmarks.verifiers import ScriptVerifier, sha256
from harness.runs import Assignment

NAME = "workshop"
IGNORED = ("__pycache__",)


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The tasks of ``names``, or all."""

    names: tuple[str, ...] | None = None

    def tasks(self) -> Iterable[Task]:
        """The tasks in the order of their names; raises ``SuiteError`` for one that is not there."""
        folder = resources.files(__package__).joinpath("tasks")
        present = sorted(item.name for item in folder.iterdir() if item.is_dir() and item.name not in IGNORED)
        unknown = set(self.names or ()) - set(present)
        if unknown:
            raise SuiteError(
                f"suite {NAME!r} has no task {min(unknown)!r}; choose one of {', '.join(present)}"
            )
        return tuple(
            _read_task(folder / name) for name in present if self.names is None or name in self.names
        )


def _read_task(folder: Traversable) -> Task:
    settings = tomllib.loads((folder / "task.toml").read_text("utf-8"))
    files = _tree(folder / "workspace")
    task = f"{NAME}/{folder.name}"
    return Task(
        id=task,
        group=folder.name,
        assignment=Assignment(
            task=task, instruction=(folder / "instruction.md").read_text("utf-8"), files=files
        ),
        verifier=ScriptVerifier(
            checks=(folder / "verifier" / "checks.py").read_text("utf-8"),
            program=tuple(settings["program"]),
            required=tuple(settings["required"]),
            fixtures={
                path: content for path, content in _tree(folder / "verifier").items() if path != "checks.py"
            },
            unchanged={path: sha256(files[path]) for path in settings.get("unchanged", ())},
            extended={path: files[path].decode() for path in settings.get("extended", ())},
            cpu_seconds=settings.get("cpu_seconds", 5),
            wall_seconds=float(settings.get("wall_seconds", 60)),
        ),
        reference=_tree(folder / "reference"),
    )


def _tree(folder: Traversable, prefix: str = "") -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name not in IGNORED:
            found |= _tree(item, f"{prefix}{item.name}/")
        elif item.is_file():
            found[prefix + item.name] = item.read_bytes()
    return found
