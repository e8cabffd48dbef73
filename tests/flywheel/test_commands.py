"""Commands on a repository in which the wheel has turned: what they write as JSON and for people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flywheel.cli import run
from flywheel.history import judged_proposals
from flywheel.mine_index import stored_runs
from flywheel.project import Project


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    """What a command writes with ``--json``."""
    assert run([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def text(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command writes for a person."""
    assert run(list(words)) == 0
    return capsys.readouterr().out


@pytest.fixture
def here(copied: Project) -> tuple[str, str]:
    """The option that names the copied repository."""
    return "-C", str(copied.repository.path)


def test_status(here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The harness, its campaign with what is left, and the promotion; the text says the same."""
    document = answer(capsys, "status", *here)
    shown = text(capsys, "status", *here)

    assert document["harness"]["commit"] == copied.repository.current()
    assert document["campaigns"][0]["used"] == 1
    assert document["campaigns"][0]["error_left"] == pytest.approx(0.8)
    assert document["waiting"] == []
    assert document["promotions"][0]["commit"][:10] in shown


def test_analyze(here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """After the promotion no failure is left in the current harness's runs."""
    document = answer(capsys, "analyze", *here)

    assert document["runs"] == document["passed"] == 12
    assert document["patterns"] == []
    assert "no pattern" in text(capsys, "analyze", *here)


def test_proposals(here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The list has each with its state; showing one gives its diff and verdict."""
    promoted = judged_proposals(copied)[0].proposal.id
    rows = answer(capsys, "proposals", "list", *here)
    document = answer(capsys, "proposals", "show", promoted, *here)

    assert {row["id"]: row["status"] for row in rows}[promoted] == "promoted"
    assert document["verdict"]["decision"] == "promote"
    assert document["diff"]
    assert promoted in text(capsys, "proposals", "list", *here)


def test_promote_again_and_rollback(
    here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promoting twice gives the same commit; a rollback gives the start's tree, and a second one is refused."""
    judged = judged_proposals(copied)[0]
    current = copied.repository.current()

    promoted = answer(capsys, "promote", judged.proposal.id, *here)
    undone = answer(capsys, "rollback", "--reason", "test", *here)

    assert promoted["commit"] == current
    assert undone["tree"] == copied.repository.tree_hash(judged.control)
    assert run(["rollback", *here]) == 2


def test_traces(here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Searching, showing a run and one of its spans, and building the index anew."""
    mine = next(found for found in stored_runs(copied) if found.split == "mine")
    found = answer(capsys, "traces", "search", *here, "--where", "outcome=failed", "--facet", "signal")
    shown = answer(capsys, "traces", "show", mine.run_id, *here)
    raw = json.loads(text(capsys, "traces", "show", mine.run_id, *here, "--span", mine.spans[0].span_id))
    report = answer(capsys, "traces", "reindex", *here)

    assert found["total"] == found["facets"]["signal"]["no_verification"]
    assert {hit["outcome"] for hit in found["hits"]} == {"failed"}
    assert shown["outcome"] == mine.outcome.value
    assert mine.spans[0].span_id in json.dumps(raw)
    assert report["runs"] == len(stored_runs(copied))
    assert mine.run_id[:12] in text(capsys, "traces", "show", mine.run_id, *here)


def test_an_unknown_span_names_those_of_the_run(
    here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use, with the choices."""
    mine = next(found for found in stored_runs(copied) if found.split == "mine")

    code = run(["traces", "show", mine.run_id, *here, "--span", "zzz"])

    assert code == 2
    assert "no span of this run" in capsys.readouterr().err


def test_suites(small_suite: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Splits are counted, and only tasks of mine are named or can be looked into."""
    listed = {row["name"] for row in answer(capsys, "suites", "list")}
    document = answer(capsys, "suites", "show", "humaneval-repair")
    task = answer(capsys, "suites", "show", "humaneval-repair", document["mine"][0])

    assert listed == {"humaneval-repair", "workshop"}
    assert {row["split"]: row["groups"] for row in document["splits"]} == {"mine": 6, "gate": 14, "sealed": 2}
    assert "check_visible.py" in task["files"]
    assert run(["suites", "show", "humaneval-repair", "humaneval-repair/HumanEval_0/m1"]) == 2


def test_a_promotion_needs_no_second_working_command(
    here: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """While one works on a repository, promote and rollback are refused and status still answers."""
    judged = judged_proposals(copied)[0]

    with copied.repository.lock():
        refused = run(["promote", judged.proposal.id, *here]), run(["rollback", *here])
        document = answer(capsys, "status", *here)

    assert refused == (2, 2)
    assert document["harness"]["commit"] == copied.repository.current()
