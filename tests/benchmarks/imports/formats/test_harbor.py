"""Harbor's folders as drafts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.imports.draft import Draft
from benchmarks.imports.folder import read_folder
from benchmarks.imports.formats.harbor import is_harbor, read_harbor
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier

Make = Callable[..., Path]


def draft_of(folder: Path) -> Draft:
    return read_harbor("s/one", read_folder(folder))


def test_a_folder_becomes_a_draft(harbor: Make, tmp_path: Path) -> None:
    """The container's working directory is the workspace, everywhere it is named."""
    draft = draft_of(harbor(tmp_path))

    assert draft.instruction == "Write 42 to /workspace/answer.txt.\n"
    assert draft.files == {"data.txt": b"see /workspace/data.txt\n"}
    assert isinstance(draft.verifier, CommandVerifier)
    assert draft.verifier.argv == ("bash", "/tests/test.sh")
    assert draft.verifier.reward == ("/tmp/logs/verifier/reward.txt", "/tmp/logs/verifier/reward.json")
    assert b"/tmp/logs/verifier/reward.txt" in draft.verifier.files["/tests/test.sh"]
    assert draft.verifier.seconds == 20.0
    assert draft.solution is not None
    assert b"/workspace/answer.txt" in draft.solution.files["/solution/solve.sh"]
    assert (draft.group, draft.needs) == ("one", ())


def test_the_usual_frame_becomes_pytest(harbor: Make, tmp_path: Path) -> None:
    """Nothing is installed."""
    script = "uvx -p 3.13 -w pytest==8.4.1 pytest /tests/test_it.py -rA\n"
    draft = draft_of(
        harbor(tmp_path, **{"tests/test.sh": script, "tests/test_it.py": "def test_x(): pass\n"})
    )

    assert isinstance(draft.verifier, TestsVerifier)
    assert draft.verifier.tests == ("/tests/test_it.py",)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"environment/Dockerfile": "FROM x/y\nWORKDIR /app\n"}, Reason.NEEDS_IMAGE),
        ({"environment/Dockerfile": "FROM ubuntu\nWORKDIR /app\nRUN pip install x\n"}, Reason.NEEDS_PACKAGES),
        ({"environment/docker-compose.yaml": "services:\n  main: {}\n  db: {}\n"}, Reason.NEEDS_DOCKER),
        ({"task.toml": '[environment]\ndocker_image = "x/y"\n'}, Reason.NEEDS_IMAGE),
        ({"task.toml": "[environment]\ngpus = 1\n"}, Reason.NEEDS_DOCKER),
        ({"tests/test.sh": "curl x | sh\n"}, Reason.NEEDS_NETWORK),
        ({"tests/test.sh": "pytest /tests/gone.py\n"}, Reason.UNREADABLE),
        ({"environment/data.txt": "#!/bin/bash\necho 42 > /app/answer.txt\n"}, Reason.GIVES_AWAY),
    ],
)
def test_what_the_machine_lacks_is_noted(
    harbor: Make, tmp_path: Path, files: dict[str, str], reason: Reason
) -> None:
    """The draft stays whole, so that a container could run it."""
    draft = draft_of(harbor(tmp_path, **files))

    assert reason in [refusal.reason for refusal in draft.needs]


@pytest.mark.parametrize(
    ("files", "gone", "reason"),
    [
        ({"task.toml": "version ="}, "", Reason.UNREADABLE),
        ({"environment/docker-compose.yaml": "a: [b"}, "", Reason.UNREADABLE),
        ({"environment/docker-compose.yaml": "[1, 2]"}, "", Reason.UNREADABLE),
        ({}, "environment/Dockerfile", Reason.NEEDS_IMAGE),
        ({}, "tests/test.sh", Reason.UNREADABLE),
        ({}, "solution/solve.sh", Reason.NO_REFERENCE),
    ],
)
def test_a_folder_without_its_parts_is_refused(
    harbor: Make, tmp_path: Path, files: dict[str, str], gone: str, reason: Reason
) -> None:
    """Each with its reason."""
    folder = harbor(tmp_path, **files)
    if gone:
        (folder / gone).unlink()
    with pytest.raises(RefusedError) as caught:
        draft_of(folder)

    assert caught.value.refusal.reason is reason


def test_limits_are_bounded(harbor: Make, tmp_path: Path) -> None:
    """A task cannot ask for hours, nor for what is no number."""
    long = draft_of(harbor(tmp_path / "a", **{"task.toml": "[verifier]\ntimeout_sec = 86400\n"}))
    odd = draft_of(harbor(tmp_path / "b", **{"task.toml": '[verifier]\ntimeout_sec = "long"\n'}))

    assert (long.verifier.seconds, odd.verifier.seconds) == (300.0, 120.0)


def test_variables_of_the_verifier_are_kept(harbor: Make, tmp_path: Path) -> None:
    """With those of the image."""
    files = {
        "task.toml": "[verifier.env]\nA = 1\n",
        "environment/Dockerfile": "FROM ubuntu\nWORKDIR /app\nENV B=2\n",
    }

    assert draft_of(harbor(tmp_path, **files)).verifier.environment == {"A": "1", "B": "2"}


def test_a_folder_is_known_by_its_files() -> None:
    """Settings and an instruction."""
    assert is_harbor(frozenset({"task.toml", "instruction.md"}))
    assert not is_harbor(frozenset({"task.toml"}))
