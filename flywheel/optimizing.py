"""A whole ``optimize``: set up, turn the wheel, rebuild the index, write result and report."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.leak_lint import LeakLint
from flywheel.analyst_work import build_analyst
from flywheel.archive import Archive
from flywheel.campaigns import known_campaign
from flywheel.confirmations import confirmations
from flywheel.indexing import caught_up, detect
from flywheel.known_noise import noise_document
from flywheel.loop import turn
from flywheel.memory import MemoryWatch
from flywheel.observer import Observer
from flywheel.project import Project, open_executor
from flywheel.report.page import render_report
from flywheel.result import result_document
from flywheel.shared_ledger import share_ledger
from flywheel.suites import open_suite
from flywheel.wheel import Settings, Wheel, WheelResult
from traces.terminal import one_line


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where result and report go; both are written whole or not at all."""

    result: Path
    report: Path


def optimize(
    project: Project,
    settings: Settings,
    outputs: Outputs,
    observer: Observer,
    *,
    model_profile: object | None = None,
) -> dict[str, Any]:
    """Turn the wheel on a project and return the result document, which is also written to ``outputs``.

    ``seconds`` in it are those of this call: what an interrupted one took before is not in them.
    """
    started = time.monotonic()
    for name in settings.analysts:  # an analyst that there is not is said so before anything runs,
        build_analyst(name)
    project.manifest()  # so is a harness that does not load,
    known_campaign(project, suite=settings.suite, seed=settings.seed)  # and so is another seed
    shared = share_ledger(project, local=settings.local_ledger, observer=observer)
    shared.publish()
    with MemoryWatch() as memory:
        with _wheel(project, settings, observer, model_profile) as wheel:
            result = turn(replace(wheel, publish=shared.publish))
        shared.publish()
        observer.stage("write the report")
        archive = Archive.of(project)
        with caught_up(archive, observer) as index:
            detect(archive, index, observer)
    document = result_document(
        result,
        seconds=time.monotonic() - started,
        peak_memory_mb=memory.peak_mb,
        simulated=project.manifest().model.startswith("simulated:"),
        noise=noise_document(
            project, suite=settings.suite, control_tree=project.repository.tree_hash(result.start)
        ),
        confirmations=confirmations(project),
    )
    write_outputs(project, result, document, outputs)
    return document


def write_outputs(project: Project, result: WheelResult, document: dict[str, Any], outputs: Outputs) -> None:
    """Write the report, then the result: a result that is there belongs to a finished work."""
    diffs = {
        trial.proposal.id: project.repository.diff(trial.control, trial.candidate)
        for trial in result.trials
        if trial.candidate
    }
    page = render_report(result, document, history_text(project), diffs)
    _write_whole(outputs.report, page)
    _write_whole(outputs.result, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def history_text(project: Project, *, limit: int = 20) -> str:
    """The git log of the harness repository, newest first."""
    return "\n".join(
        f"{logged.commit[:10]} {one_line(logged.subject, 200)}" for logged in project.repository.log()[:limit]
    )


@contextmanager
def _wheel(
    project: Project,
    settings: Settings,
    observer: Observer,
    model_profile: object | None,
) -> Iterator[Wheel]:
    suite = open_suite(settings.suite, seed=settings.seed, observer=observer, held_out=True, project=project)
    with open_executor(
        project,
        in_flight=settings.in_flight,
        trust_code=settings.trust_code,
        model_profile=model_profile,
    ) as executor:
        yield Wheel(
            project=project,
            settings=settings,
            policy=project.policy(),
            suite=suite,
            executor=executor,
            leak_lint=LeakLint(suite),
            observer=observer,
        )


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
