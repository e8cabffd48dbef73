"""Finds tasks below a path by what folders hold; a folder that is a task is not searched further."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks.errors import SuiteError
from benchmarks.imports.draft import Draft, Source
from benchmarks.imports.folder import read_folder
from benchmarks.imports.formats import exercism, harbor, quixbugs, terminal_bench
from benchmarks.imports.formats.jsonl import jsonl_sources
from benchmarks.imports.refusal import Reason, RefusedError

FORMATS = ("harbor", "terminal-bench", "exercism", "quixbugs", "jsonl")
MAX_DEPTH = 6
_ID = re.compile(r"[\w.+@=,-][\w.+@=, -]*(?:/[\w.+@=,-][\w.+@=, -]*)*")
_MARKS = (
    harbor.SETTINGS,
    harbor.INSTRUCTION,
    terminal_bench.SETTINGS,
    terminal_bench.SCRIPT,
    exercism.CONFIG,
    ".docs/instructions.md",
    ".docs/instructions.append.md",
)
_Reader = Callable[[str, Mapping[str, bytes]], Draft]


def find_sources(path: Path, *, suite: str, wanted: str = "auto") -> tuple[Source, ...]:
    """All tasks at or below ``path`` in the order of their ids; raises ``SuiteError`` where there are none.

    Links are not followed.
    """
    if not path.exists():
        raise SuiteError(f"{path} does not exist")
    found = jsonl_sources(path, suite=suite) if path.is_file() else _below(path, suite)
    chosen = sorted(
        (source for source in found if wanted in {"auto", source.format}), key=lambda source: source.id
    )
    if not chosen:
        kind = "" if wanted == "auto" else f" of the format {wanted}"
        raise SuiteError(f"{path} holds no tasks{kind}; formats are {', '.join(FORMATS)}")
    return tuple(chosen)


def _below(root: Path, suite: str) -> Iterator[Source]:
    for folder in _folders(root, MAX_DEPTH):
        relative = folder.relative_to(root)
        if quixbugs.is_quixbugs(folder):
            yield from _programs(folder, "/".join((suite, *relative.parts)))
            continue
        known = _recognised(folder)
        if known is not None:
            name = "/".join((suite, *(relative.parts or (folder.resolve().name,))))
            yield Source(
                id=name, format=known[0], load=partial(read_folder, folder), read=partial(_named, known[1])
            )
    for file in sorted(root.glob("*.jsonl")):
        yield from jsonl_sources(file, suite=suite)


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    """``folder`` and what is below it, not into tasks."""
    yield folder
    if depth == 0 or _recognised(folder) is not None or quixbugs.is_quixbugs(folder):
        return
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        )
    for name in names:
        yield from _folders(folder / name, depth - 1)


def _recognised(folder: Path) -> tuple[str, _Reader] | None:
    marks = frozenset(mark for mark in _MARKS if (folder / mark).is_file())
    if (folder / "tests").is_dir():
        marks |= {"tests/"}
    if harbor.is_harbor(marks):
        return "harbor", harbor.read_harbor
    if terminal_bench.is_terminal_bench(marks):
        return "terminal-bench", terminal_bench.read_terminal_bench
    if exercism.is_exercism(marks):
        return "exercism", exercism.read_exercism
    return None


def _programs(folder: Path, prefix: str) -> Iterator[Source]:
    names = frozenset(f"{quixbugs.BUGGY}/{file.name}" for file in (folder / quixbugs.BUGGY).glob("*.py"))
    for name in quixbugs.program_names(names):
        yield Source(
            id=f"{prefix}/{name}",
            format="quixbugs",
            load=partial(quixbugs.load_program, folder, name),
            read=partial(quixbugs.read_quixbugs, name=name),
        )


def _named(reader: _Reader, task: str, files: Mapping[str, bytes]) -> Draft:
    if _ID.fullmatch(task) is None:
        raise RefusedError(Reason.UNSAFE_FOLDER, f"its path {task!r} cannot be a task's name")
    return reader(task, files)
