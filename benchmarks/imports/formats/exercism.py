"""Exercism's layout: ``.docs``, ``.meta/config.json`` with its lists of files, a stub and a test file.

The folder's name is the group, so that one exercise in several languages stays together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from benchmarks.imports.draft import Draft
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.tests_verifier import TestsVerifier

CONFIG = ".meta/config.json"
_DOCS = (".docs/introduction.md", ".docs/instructions.md", ".docs/instructions.append.md")
_CLOSING = "Solve the task in {files}. Use the standard library only. Hidden tests decide; do not add any."


def is_exercism(files: Mapping[str, bytes] | frozenset[str]) -> bool:
    """Whether a folder with these files is an exercise."""
    return CONFIG in files and any(path in files for path in _DOCS[1:])


def read_exercism(task: str, files: Mapping[str, bytes]) -> Draft:
    """The draft of one exercise; raises ``RefusedError``."""
    lists = _lists(files)
    solution, tests = lists["solution"], lists["test"]
    if not solution or not tests:
        raise RefusedError(Reason.UNREADABLE, f"{CONFIG} names no solution or no test files")
    _only_python(tests)
    helpers = _workspace(files, tests)
    return Draft(
        id=task,
        group=PurePosixPath(task).name,
        instruction=_instruction(files, solution),
        files=helpers,
        verifier=TestsVerifier(
            tests=tests,
            files={path: files[path] for path in (*tests, *lists["editor"])},
            path=tuple(sorted({str(PurePosixPath(path).parent) for path in (*solution, *tests)})),
        ),
        reference=_reference(files, solution, lists["example"] or lists["exemplar"]),
    )


def _lists(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    try:
        config: Any = json.loads(files[CONFIG])
        listed = config["files"]
        lists = {name: tuple(listed.get(name, ())) for name in _NAMES}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RefusedError(Reason.UNREADABLE, f"{CONFIG} does not list the exercise's files") from None
    for path in (path for paths in lists.values() for path in paths):
        if not isinstance(path, str) or path not in files:
            shown = repr(path)[:80]
            raise RefusedError(Reason.UNSAFE_FOLDER, f"{CONFIG} names {shown}, which is not in the folder")
    return lists


_NAMES = ("solution", "test", "example", "exemplar", "editor")


def _only_python(tests: tuple[str, ...]) -> None:
    foreign = [path for path in tests if not path.endswith(".py")]
    if foreign:
        raise RefusedError(
            Reason.NEEDS_PACKAGES, f"its tests ({foreign[0]}) need a test runner other than pytest"
        )


def _workspace(files: Mapping[str, bytes], tests: tuple[str, ...]) -> dict[str, bytes]:
    """What is not hidden: stubs and helpers; neither tests nor examples nor the track's own files."""
    return {
        path: content for path, content in files.items() if not path.startswith(".") and path not in tests
    }


def _instruction(files: Mapping[str, bytes], solution: tuple[str, ...]) -> str:
    docs = [files[path].decode("utf-8", "replace").strip() for path in _DOCS if path in files]
    return "\n\n".join([*docs, _CLOSING.format(files=", ".join(f"`{path}`" for path in solution))]) + "\n"


def _reference(
    files: Mapping[str, bytes], solution: tuple[str, ...], examples: tuple[str, ...]
) -> dict[str, bytes]:
    """Which example solves which file: the only one the first, several in the order of the lists."""
    if not examples:
        raise RefusedError(Reason.NO_REFERENCE, f"{CONFIG} names no example")
    return {path: files[example] for path, example in zip(solution, examples, strict=False)}
