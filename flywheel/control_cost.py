"""What one run of a control costs, as far as anything here tells."""

from __future__ import annotations

from flywheel.calibration import RunCost
from flywheel.mine_index import stored_runs
from flywheel.planning import known_cost
from flywheel.project import Project
from flywheel.run_cost import cost_of_runs


def control_cost(project: Project, *, suite: str, control: str) -> RunCost | None:
    """Means over a calibration or runs of ``mine``; else over all its stored runs, of which only the cost is read.

    ``None`` where no run of this harness is stored.
    """
    tree = project.repository.tree_hash(control)
    known = known_cost(project, suite=suite, tree=tree)
    if known is not None and known.seconds is not None:
        return known
    runs = [run for run in stored_runs(project) if run.harness_tree == tree and run.suite == suite]
    return cost_of_runs(runs) or known
