"""From a remedy to a proposal: the edits for this harness, the manifest and the predictions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from analyzers.detectors import default_detectors
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Claim, Proposal
from analyzers.remedies.remedy import Remedy
from analyzers.signatures import is_failure
from harness.edits import Edit, TuneMiddleware
from harness.manifest import Manifest
from harness.surface_entries import KEY_PREFIX, is_within, key_of
from harness.tree_paths import matches


def draft(
    remedy: Remedy,
    pattern: Pattern,
    manifest: Manifest,
    *,
    claims: Sequence[Claim],
    breakages: tuple[str, ...] = (),
    analyst: str = "playbook",
    priority: float = 0.0,
) -> Proposal | None:
    """The proposal, or ``None`` where the harness has the remedy or no surface is open for it."""
    edits = remedy.edits(manifest)
    surface = surface_for(remedy.touches(manifest), manifest.surfaces)
    if not edits or surface is None:
        return None
    return Proposal(
        id=proposal_id(surface, edits),
        pattern=pattern.id,
        title=_title(remedy, edits),
        hypothesis=f"{remedy.hypothesis} {_what_was_seen(pattern)}",
        surface=surface,
        mechanism=remedy.mechanism,
        edits=edits,
        expected_fixes=pattern.tasks,
        plausible_breakages=breakages,
        evidence=tuple(claims),
        remedy=remedy.name,
        analyst=analyst,
        priority=priority,
        answers=pattern.signature.mechanism,
    )


def _title(remedy: Remedy, edits: Sequence[Edit]) -> str:
    """The remedy's title; where the harness has it already and it is tuned, with what is tuned."""
    tuned = [
        f"{key} = {value}"
        for edit in edits
        if isinstance(edit, TuneMiddleware)
        for key, value in edit.parameters.items()
    ]
    return f"{remedy.title}: {', '.join(tuned)}" if tuned else remedy.title


def surface_for(touched: str, surfaces: Sequence[str]) -> str | None:
    """The entry of ``[surfaces]`` that opens a file or a ``harness.toml:key.path``; ``None`` if none does."""
    if touched.startswith(KEY_PREFIX):
        keys = [entry for entry in surfaces if entry.startswith(KEY_PREFIX)]
        return next((entry for entry in keys if is_within(key_of(touched), key_of(entry))), None)
    globs = [entry for entry in surfaces if not entry.startswith(KEY_PREFIX)]
    return next((entry for entry in globs if matches(entry, touched)), None)


def passing_tasks_that_show(mechanism: str, view: MineView) -> tuple[str, ...]:
    """Tasks that pass although the signal is there: a remedy against it may break them."""
    detector = next((detector for detector in default_detectors() if detector.name == mechanism), None)
    if detector is None:
        return ()
    passing = [run for run in view.runs() if run.outcome.is_scored and not is_failure(run)]
    return tuple(sorted({run.task for run in passing if run.task and detector.detect(run)}))


def proposal_id(surface: str, edits: Sequence[Edit]) -> str:
    """The same for the same surface and edits, on every machine and whichever pattern they answer."""
    content = json.dumps([surface, _edits_key(edits)], sort_keys=True)
    return "q-" + hashlib.sha256(content.encode()).hexdigest()[:12]


def _edits_key(edits: Sequence[Edit]) -> str:
    """Edits as one canonical text: equal for equal edits."""
    return json.dumps([{"edit": type(edit).__name__, **asdict(edit)} for edit in edits], sort_keys=True)


def _what_was_seen(pattern: Pattern) -> str:
    if pattern.contrast.basis == "none":
        return f"Seen in {len(pattern.run_ids)} runs; there is no passing run to compare with."
    points = round(100 * pattern.contrast.difference)
    return f"Seen in {len(pattern.run_ids)} failing runs, {points} points more often than in passing ones."
