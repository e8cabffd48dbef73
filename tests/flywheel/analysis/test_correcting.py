"""What persons say of patterns lasts, in a plain folder as in a harness repository."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flywheel.analysis.analyzing import analyze
from flywheel.analysis.correcting import label_pattern, listed, merge_patterns, split_pattern
from flywheel.analysis.recording import record_analysis
from flywheel.archive import Archive, open_archive
from flywheel.cli import run
from flywheel.errors import FlywheelError
from flywheel.project import Project
from tests.flywheel.plain_folder import store_own


def test_a_label_is_the_name_from_then_on(own: Archive) -> None:
    """Also when the index has been deleted."""
    first = analyze(own).explained[0].pattern
    label_pattern(own, first.id[:8], "cannot let go")
    for leftover in own.store.root.glob("index.sqlite*"):
        leftover.unlink()
    again = analyze(own).one(first.id).pattern

    assert (again.name, again.label) == ("cannot let go", "cannot let go")
    assert next(row.name for row in listed(own)) == "cannot let go"


def test_a_merge_moves_runs(own: Archive) -> None:
    """Both patterns' runs are one pattern's, and the list says where the other went."""
    first, second = (found.pattern for found in analyze(own).explained[:2])
    merge_patterns(own, second.id, first.id)
    merged = analyze(own).one(first.id).pattern

    assert set(merged.run_ids) == {*first.run_ids, *second.run_ids}
    assert f"merged into {first.id}" in "".join(row.note for row in listed(own))


def test_a_split_takes_runs_out(own: Archive) -> None:
    """They are a pattern with the name that was given."""
    whole = analyze(own).explained[0].pattern
    correction = split_pattern(
        own, whole.id, [run_id[:32] for run_id in whole.run_ids[:2]], name="two of them"
    )
    analysis = analyze(own)

    assert analysis.one(correction.into).pattern.name == "two of them"
    assert set(analysis.one(correction.into).pattern.run_ids) >= set(correction.run_ids)
    assert not set(analysis.one(whole.id).pattern.run_ids) & set(correction.run_ids)


def test_nonsense_is_refused_and_nothing_is_entered(own: Archive) -> None:
    """Unknown patterns, empty names, a merge with itself, foreign runs and all runs."""
    whole = analyze(own).explained[0].pattern
    attempts = [
        lambda: label_pattern(own, "p-none", "x"),
        lambda: label_pattern(own, whole.id, "  "),
        lambda: merge_patterns(own, whole.id, whole.id),
        lambda: split_pattern(own, whole.id, ["f" * 32]),
        lambda: split_pattern(own, whole.id, list(whole.run_ids)),
    ]
    for attempt in attempts:
        with pytest.raises(FlywheelError):
            attempt()
    ledger = own.ledger()

    assert ledger is None or ledger.entries("pattern_correction") == ()


def test_reading_makes_no_ledger(own: Archive) -> None:
    """A folder is left as it was by who only looks."""
    analyze(own)

    assert own.ledger() is None
    assert listed(own) == ()


def test_what_is_recorded_recurs(own: Archive) -> None:
    """A second round tells what is new and what is not, with its counts."""
    first = analyze(own)
    assert {found.pattern.status for found in first.explained} == {"new"}
    record_analysis(own, first.mined)
    second = analyze(own)

    assert {found.pattern.status for found in second.explained} == {"recurring"}
    assert second.explained[0].pattern.history[0].count == len(first.explained[0].pattern.run_ids)


def test_a_harness_keeps_them_in_its_own_ledger(project: Project) -> None:
    """Where promotions and verdicts are."""
    for number in range(6):
        store_own(project, f"mine/{number}")
    archive = Archive.of(project)
    found = analyze(archive).explained[0].pattern
    label_pattern(archive, found.id, "ours")

    assert len(project.ledger.entries("pattern_correction")) == 1
    assert analyze(open_archive(project.repository.path)).one("ours").pattern.id == found.id


def test_the_commands(own: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Show, label, merge, split and list, as they are typed."""
    here = ("-C", str(tmp_path))
    first, second = (found.pattern for found in analyze(own).explained[:2])
    codes = [
        run(["patterns", "label", first.id, "stuck", *here]),
        run(["patterns", "split", first.id, first.run_ids[0], "--name", "special", *here]),
        run(["patterns", "merge", second.id, first.id, *here]),
        run(["patterns", "show", "stuck", *here]),
    ]
    said = capsys.readouterr().out
    codes.append(run(["patterns", "list", "--json", *here]))
    rows = json.loads(capsys.readouterr().out)
    codes.append(run(["patterns", "show", "nothing", *here]))

    assert codes == [0, 0, 0, 0, 0, 2]
    assert "is called 'stuck' from now on" in said
    assert "stuck" in {row["name"] for row in rows}


def test_a_copy_of_the_folder_knows_them_too(own: Archive, tmp_path: Path) -> None:
    """They are in the folder, beside the traces."""
    found = analyze(own).explained[0].pattern
    label_pattern(own, found.id, "known")
    there = tmp_path / "copy"
    shutil.copytree(own.store.root, there / ".flywheel")

    assert analyze(open_archive(there)).one("known").pattern.id == found.id
