"""Mining without running: patterns in the current harness's runs of the mine split."""

from __future__ import annotations

from typing import Any

from flywheel.errors import FlywheelError
from flywheel.mine_index import mine_view
from flywheel.mining import find
from flywheel.project import Project
from flywheel.wheel import Mined


def analyze(project: Project) -> Mined:
    """Patterns over the minable runs of the current tree, or over all minable runs where it has none."""
    tree = project.repository.tree_hash(project.repository.current())
    runs = mine_view(project).runs()
    of_tree = [run for run in runs if run.harness_tree == tree]
    if not runs:
        raise FlywheelError("no runs to analyze yet; `flywheel run` makes some on the mine split")
    return find(project, of_tree or runs, round_number=0, commit=project.repository.current())


def analysis_document(mined: Mined) -> dict[str, Any]:
    """The patterns as JSON, with quotes' places."""
    return {
        "runs": mined.runs,
        "passed": mined.passed,
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
    lines = [f"{mined.runs} runs, {mined.passed} passed"]
    lines += [f"set apart: {count} {reason}" for reason, count in mined.set_apart.items() if count]
    for pattern in mined.patterns:
        low, high = pattern.contrast.interval
        lines += [
            "",
            f"{pattern.name}  ({pattern.id}, {pattern.status})",
            f"  {len(pattern.run_ids)} runs, {100 * pattern.share:.0f} % of the failures",
            (
                f"  in failures more often than in passes by {100 * pattern.contrast.difference:+.0f} points "
                f"({100 * low:+.0f} … {100 * high:+.0f}, by {pattern.contrast.basis})"
            ),
            f"  typical: flywheel traces show {pattern.medoid[:12]}",
        ]
    if not mined.patterns:
        lines.append("no pattern: nothing occurs more often in failures than in passes")
    lines += ["", f"{mined.unexplained} failures fit no pattern"]
    return "\n".join(lines)
