"""A person's word on a run, and what nobody else's word changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flywheel.archive import open_archive
from flywheel.cli import run
from flywheel.labelling import labels_of
from flywheel.project import Project
from flywheel.reading import find_run
from tests.flywheel.plain_folder import store_own, unjudged, write_runs, write_spans, write_trial
from traces import attributes as names
from traces.labels import label_span
from traces.outcome import Outcome
from traces.span import Span, SpanLink
from traces.testing import TraceBuilder, small_run

OPEN = f"{1:032x}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a run that nobody judged and one that a verifier judged."""
    write_trial(tmp_path / "trial", reward=0.0)
    write_runs(tmp_path / "open.jsonl", unjudged(1))
    run(["traces", "ingest", str(tmp_path / "trial"), str(tmp_path / "open.jsonl"), "-C", str(tmp_path)])
    return tmp_path


def label(folder: Path, wanted: str, *words: str) -> int:
    """Label a run in a folder."""
    return run(["traces", "label", wanted, *words, "-C", str(folder)])


def shown(folder: Path, wanted: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """A run as JSON."""
    capsys.readouterr()
    assert run(["traces", "show", wanted, "--json", "-C", str(folder)]) == 0
    return json.loads(capsys.readouterr().out)


def outcome(folder: Path, wanted: str) -> Outcome:
    """The outcome that a run has for every reader."""
    return find_run(open_archive(folder), wanted).outcome


def test_a_label_becomes_the_outcome_of_a_run_that_nobody_judged(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who said it and why is shown with the run; the search finds it."""
    code = label(folder, OPEN, "--outcome", "failed", "--reason", "edited the wrong file", "--stars", "2")

    document = shown(folder, OPEN, capsys)
    run(["traces", "show", OPEN, "-C", str(folder)])
    text = capsys.readouterr().out
    run(
        [
            "traces",
            "search",
            "--where",
            "outcome=failed",
            "--where",
            "rating=2/5",
            "--by-run",
            "-C",
            str(folder),
        ]
    )
    assert code == 0
    assert (document["outcome"], document["reason"]) == ("failed", "labelled:label")
    assert [(said["label"], said["rating"]) for said in document["labels"]] == [
        ("failed", False),
        ("2/5", True),
    ]
    assert "edited the wrong file" in text
    assert "1 run matches" in capsys.readouterr().out


def test_the_latest_label_counts(folder: Path) -> None:
    """A person may change their mind, and the earlier word is kept."""
    label(folder, OPEN, "--outcome", "failed")
    label(folder, OPEN, "--outcome", "passed")

    said = [label.label for label in labels_of(open_archive(folder), OPEN)]

    assert outcome(folder, OPEN) is Outcome.PASSED
    assert said == ["failed", "passed"]


def test_no_label_overrides_a_verifier(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is kept beside the verdict, and the person is told."""
    archive = open_archive(folder)
    run(["traces", "search", "--where", "outcome=failed", "--json", "-C", str(folder)])
    judged = json.loads(capsys.readouterr().out)["hits"][0]["run"]

    label(folder, judged, "--outcome", "passed")

    assert "its verdict stays" in capsys.readouterr().out
    assert outcome(folder, judged) is Outcome.FAILED
    assert len(labels_of(archive, judged)) == 1


def test_stars_are_no_verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The outcome stays open."""
    label(folder, OPEN, "--stars", "5")

    assert "5 of 5 stars" in capsys.readouterr().out
    assert outcome(folder, OPEN) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((OPEN,), "--outcome or --stars"),
        ((OPEN, "--outcome", "good"), "choose from passed"),
        ((OPEN, "--outcome", "unknown"), "choose from passed"),
        ((OPEN, "--stars", "6"), "less than or equal to 5"),
        (("zzz", "--stars", "3"), "no run 'zzz'; there is: "),
    ],
    ids=["nothing", "word", "unknown", "stars", "run"],
)
def test_a_label_that_makes_no_sense_is_wrong_use(
    words: tuple[str, ...], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, a line that says what there is, and nothing is written."""
    assert label(folder, *words) == 2

    assert said in capsys.readouterr().err
    assert not (folder / ".flywheel" / "segments").exists()


def test_a_label_in_a_harness_repository_is_a_ledger_entry(project: Project) -> None:
    """Deleting the index, or the segments of labels, loses no person's word."""
    own = store_own(project, "mine/one")

    label(project.repository.path, own, "--stars", "4", "--reason", "tidy")

    body = project.ledger.entries("label")[-1].body
    assert (body["run"], body["stars"], body["outcome"], body["reason"]) == (own, 4, None, "tidy")


def test_a_person_may_judge_a_run_of_our_own_that_has_no_verdict(project: Project) -> None:
    """What only this machine's programs write counts for its own runs too."""
    own = store_own(project, "mine/one", outcome="")

    label(project.repository.path, own, "--outcome", "failed")

    assert outcome(project.repository.path, own) is Outcome.FAILED


def foreign_evaluation(run_id: str, said: str) -> Span:
    """An evaluation that some sender made of a run."""
    return Span(
        trace_id="9" * 32,
        span_id="9" * 16,
        parent_id=None,
        name="evaluation",
        start_ns=2**62,
        end_ns=2**62,
        attributes={names.EVALUATION_NAME: "judge", names.EVALUATION_LABEL: said},
        links=(SpanLink(trace_id=run_id, span_id="1" * 16),),
    )


def test_a_sender_cannot_claim_an_outcome(folder: Path, tmp_path: Path) -> None:
    """``flywheel.outcome`` from outside says nothing."""
    write_runs(tmp_path / "claim.jsonl", small_run(7, "passed"))

    run(["traces", "ingest", str(tmp_path / "claim.jsonl"), "-C", str(folder)])

    assert outcome(folder, f"{7:032x}") is Outcome.UNKNOWN


def test_an_imported_evaluation_judges_an_imported_run(folder: Path, tmp_path: Path) -> None:
    """A benchmark's list of verdicts is as good as the runs beside it."""
    write_spans(tmp_path / "judged.jsonl", [foreign_evaluation(OPEN, "passed")])

    run(["traces", "ingest", str(tmp_path / "judged.jsonl"), "-C", str(folder)])

    assert outcome(folder, OPEN) is Outcome.PASSED


def test_nobody_poses_as_a_person(folder: Path, tmp_path: Path) -> None:
    """A label span that came from outside is not shown as a person's word."""
    forged = label_span(OPEN, Outcome.PASSED, reason="trust me", who="ada", time_ns=5)
    write_spans(tmp_path / "forged.jsonl", [forged])

    run(["traces", "ingest", str(tmp_path / "forged.jsonl"), "-C", str(folder)])

    assert labels_of(open_archive(folder), OPEN) == ()


@pytest.mark.parametrize("given", ["failed", ""])
def test_what_comes_from_outside_changes_no_run_of_our_own(
    project: Project, tmp_path: Path, given: str
) -> None:
    """Neither a trace under its id nor an evaluation of it, be it judged or not."""
    own = store_own(project, "mine/one", outcome=given)
    trace = TraceBuilder(own)
    forged = [trace.chat("I passed"), trace.root("passed"), foreign_evaluation(own, "passed")]
    write_spans(tmp_path / "forged.jsonl", forged)
    folder = project.repository.path
    before = find_run(open_archive(folder), own)

    code = run(["traces", "ingest", str(tmp_path / "forged.jsonl"), "-C", str(folder)])

    assert code == 0
    assert find_run(open_archive(folder), own) == before
