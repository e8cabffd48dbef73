"""Terminal-Bench 1's folders as drafts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.imports.draft import Draft
from benchmarks.imports.folder import read_folder
from benchmarks.imports.formats.terminal_bench import is_terminal_bench, read_terminal_bench
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier

Make = Callable[..., Path]


def draft_of(folder: Path) -> Draft:
    return read_terminal_bench("s/one", read_folder(folder))


def test_a_folder_becomes_a_draft(terminal: Make, tmp_path: Path) -> None:
    """Its frame is pytest on one file."""
    draft = draft_of(terminal(tmp_path))

    assert draft.instruction == "Write 42 to /workspace/answer.txt.\n"
    assert draft.files == {}
    assert isinstance(draft.verifier, TestsVerifier)
    assert draft.verifier.tests == ("/tests/test_outputs.py",)
    assert b"/workspace/answer.txt" in draft.verifier.files["/tests/test_outputs.py"]
    assert draft.verifier.seconds == 20.0
    assert draft.needs == ()


def test_a_script_of_its_own_is_judged_by_its_exit_code(terminal: Make, tmp_path: Path) -> None:
    """It finds its tests where the variable says."""
    draft = draft_of(
        terminal(tmp_path, **{"run-tests.sh": "bash $TEST_DIR/check.sh\n", "tests/check.sh": "true\n"})
    )

    assert isinstance(draft.verifier, CommandVerifier)
    assert (draft.verifier.reward, draft.verifier.environment) == ((), {"TEST_DIR": "/tests"})


def test_an_image_that_copies_the_whole_folder_gives_its_tests_away(terminal: Make, tmp_path: Path) -> None:
    """The agent must not see them; data that tests share with the workspace is nobody's secret."""
    dockerfile = "FROM ubuntu:24.04\nWORKDIR /app\n"
    whole = draft_of(terminal(tmp_path / "a", Dockerfile=dockerfile + "COPY . /app\n"))
    data = {"tests/data.csv": "1,2\n", "data.csv": "1,2\n", "Dockerfile": dockerfile + "COPY data.csv ./\n"}
    shared = draft_of(terminal(tmp_path / "b", **data))

    assert [refusal.reason for refusal in whole.needs] == [Reason.GIVES_AWAY]
    assert shared.needs == ()


@pytest.mark.parametrize(
    ("files", "gone", "reason"),
    [
        ({"task.yaml": "instruction: 3\n"}, "", Reason.UNREADABLE),
        ({"task.yaml": "- a\n"}, "", Reason.UNREADABLE),
        ({"task.yaml": "a: !!python/object/apply:os.system [ls]\n"}, "", Reason.UNREADABLE),
        ({"task.yaml": "x" * 300_000}, "", Reason.TOO_LARGE),
        ({}, "run-tests.sh", Reason.UNREADABLE),
        ({}, "solution.sh", Reason.NO_REFERENCE),
        ({}, "Dockerfile", Reason.NEEDS_IMAGE),
    ],
)
def test_a_folder_without_its_parts_is_refused(
    terminal: Make, tmp_path: Path, files: dict[str, str], gone: str, reason: Reason
) -> None:
    """Each with its reason; nothing in a file is carried out by reading it."""
    folder = terminal(tmp_path, **files)
    if gone:
        (folder / gone).unlink()
    with pytest.raises(RefusedError) as caught:
        draft_of(folder)

    assert caught.value.refusal.reason is reason


def test_a_folder_is_known_by_its_files() -> None:
    """Settings and tests."""
    assert is_terminal_bench(frozenset({"task.yaml", "run-tests.sh"}))
    assert is_terminal_bench(frozenset({"task.yaml", "tests/"}))
    assert not is_terminal_bench(frozenset({"task.yaml"}))
