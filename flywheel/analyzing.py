"""Mining without running: patterns in the current harness's runs of the mine split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzers.pattern import Contrast
from flywheel.archive import Archive
from flywheel.errors import FlywheelError
from flywheel.indexing import caught_up
from flywheel.mine_index import mine_view
from flywheel.mining import find
from flywheel.reading import matching_runs
from flywheel.wheel import Mined
from traces.run import Run


def analyze(archive: Archive) -> Mined:
    """Patterns over the runs of an archive, without running anything.

    Of a harness repository: the minable runs of the current tree, or all minable runs where it has none.
    Where there are none at all, and of any other folder: the runs that were received and imported.
    """
    archive.require_traces()
    own, commit = _own_runs(archive)
    runs = own or _foreign_runs(archive)
    if not runs:
        raise FlywheelError("no runs to analyze yet; none of the stored traces tells of an agent's work")
    return find(archive, runs, round_number=0, commit=commit)


def _own_runs(archive: Archive) -> tuple[Sequence[Run], str]:
    project = archive.project
    if project is None:
        return (), ""
    commit = project.repository.current()
    tree = project.repository.tree_hash(commit)
    runs = mine_view(project).runs()
    return [run for run in runs if run.harness_tree == tree] or runs, commit


def _foreign_runs(archive: Archive) -> Sequence[Run]:
    with caught_up(archive) as index:
        return [run for run in matching_runs(archive, index) if not run.harness_tree]


def analysis_document(mined: Mined) -> dict[str, Any]:
    """The patterns as JSON, with quotes' places."""
    return {
        "runs": mined.runs,
        "passed": mined.passed,
        "rests_on": mined.rests_on,
        "set_apart": dict(mined.set_apart),
        "unexplained": mined.unexplained,
        "patterns": [
            {
                "id": pattern.id,
                "name": pattern.name,
                "cause": pattern.signature.cause,
                "mechanism": pattern.signature.mechanism,
                "runs": list(pattern.run_ids),
                "tasks": list(pattern.tasks),
                "share": round(pattern.share, 4),
                "contrast": {
                    "difference": round(pattern.contrast.difference, 4),
                    "interval": [round(end, 4) for end in pattern.contrast.interval],
                    "basis": pattern.contrast.basis,
                },
                "medoid": pattern.medoid,
                "terms": list(pattern.terms),
            }
            for pattern in mined.patterns
        ],
    }


def analysis_text(mined: Mined) -> str:
    """The patterns for a terminal."""
    lines = [f"{_counted(mined.runs, 'run')}, {mined.passed:,} passed"]
    if mined.rests_on == "signals":
        lines.append(
            "too few runs have an outcome: patterns rest on signals alone, and say what happens often, not what"
        )
        lines.append("goes with failure; `flywheel traces label RUN --outcome failed|passed` tells of some")
    lines += [f"set apart: {count} {reason}" for reason, count in mined.set_apart.items() if count]
    looked_at = "run" if mined.rests_on == "signals" else "failure"
    for pattern in mined.patterns:
        lines += [
            "",
            f"{pattern.name}  ({pattern.id}, {pattern.status})",
            f"  {_counted(len(pattern.run_ids), 'run')}, {100 * pattern.share:.0f} % of the {looked_at}s",
            *([] if mined.rests_on == "signals" else [f"  {_contrast_text(pattern.contrast)}"]),
            f"  typical: flywheel traces show {pattern.medoid[:12]}",
        ]
    if not mined.patterns:
        what = "happen often" if looked_at == "run" else "occur more often in failures than in passes"
        lines.append(f"no pattern: nothing is shown to {what}")
    lines += ["", f"{_counted(mined.unexplained, looked_at)} in no pattern"]
    return "\n".join(lines)


def _contrast_text(contrast: Contrast) -> str:
    if contrast.basis == "none":
        return "there are no passes to compare with"
    low, high = contrast.interval
    return (
        f"in failures more often than in passes by {100 * contrast.difference:+.0f} points "
        f"({100 * low:+.0f} … {100 * high:+.0f}, by {contrast.basis})"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
