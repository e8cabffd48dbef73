"""QuixBugs' layout: one buggy program per task, its correction and its test cases in folders beside.

Source: Lin, Koppel, Chen, Solar-Lezama, "QuixBugs: a multi-lingual program repair benchmark set", 2017.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from benchmarks.imports.draft import Draft
from benchmarks.imports.folder import read_folder
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.tests_verifier import TestsVerifier

BUGGY, CORRECT, TESTS, DATA = (
    "python_programs",
    "correct_python_programs",
    "python_testcases",
    "json_testcases",
)
FOLDERS = (BUGGY, CORRECT, TESTS, DATA)
_SETTINGS = b"import pytest\n\npytest.use_correct = False\npytest.run_slow = False\n"
_SECONDS = 20.0  # buggy programs can loop for ever


def program_names(paths: Mapping[str, bytes] | frozenset[str]) -> tuple[str, ...]:
    """The programs that have a correction and tests, and those that lack one of them."""
    names = (
        path.removeprefix(f"{BUGGY}/").removesuffix(".py") for path in paths if path.startswith(f"{BUGGY}/")
    )
    return tuple(
        sorted(
            name
            for name in names
            if not name.endswith("_test") and name not in {"node", "__init__"} and "/" not in name
        )
    )


def is_quixbugs(folder: Path) -> bool:
    """Whether a folder has this layout."""
    return all((folder / name).is_dir() for name in (BUGGY, CORRECT, TESTS))


def load_program(folder: Path, name: str) -> Mapping[str, bytes]:
    """The files of one program and what its tests share; raises ``RefusedError``."""
    wanted = {f"{BUGGY}/{name}.py", f"{CORRECT}/{name}.py", *_test_paths(name)}
    files = {f"{part}/{path}": content for part in FOLDERS for path, content in _part(folder / part).items()}
    return {path: content for path, content in files.items() if path in wanted}


def read_quixbugs(task: str, files: Mapping[str, bytes], *, name: str) -> Draft:
    """The draft of the program ``name``; raises ``RefusedError``."""
    program, test = f"{BUGGY}/{name}.py", f"{TESTS}/test_{name}.py"
    if f"{CORRECT}/{name}.py" not in files:
        raise RefusedError(Reason.NO_REFERENCE, f"there is no {CORRECT}/{name}.py")
    if test not in files:
        raise RefusedError(Reason.UNREADABLE, f"there is no {test}")
    return Draft(
        id=task,
        group=name,
        instruction=_instruction(program, files[program]),
        files={program: files[program]},
        verifier=TestsVerifier(
            tests=(test,),
            files={
                "conftest.py": _SETTINGS,
                **{path: files[path] for path in _test_paths(name) if path in files},
            },
            path=("", TESTS),
            seconds=_SECONDS,
        ),
        reference={program: files[f"{CORRECT}/{name}.py"]},
    )


def _test_paths(name: str) -> tuple[str, ...]:
    return (
        f"{DATA}/{name}.json",
        f"{TESTS}/load_testdata.py",
        f"{TESTS}/node.py",
        f"{TESTS}/test_{name}.py",
    )


def _part(folder: Path) -> Mapping[str, bytes]:
    return read_folder(folder) if folder.is_dir() else {}


def _instruction(program: str, content: bytes) -> str:
    return (
        f"`{program}` has a bug in a single line. Find it and repair it; keep the function's name and its "
        "parameters. Hidden tests decide.\n\n"
        f"The program is meant to do this:\n\n{_description(content)}\n"
    )


def _description(content: bytes) -> str:
    """The text at the end of the program, which says what it is for."""
    try:
        last = ast.parse(content).body[-1]
        return str(ast.literal_eval(last.value)).strip() if isinstance(last, ast.Expr) else "(not described)"
    except (SyntaxError, ValueError, IndexError):
        return "(not described)"
