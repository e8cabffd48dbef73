"""Lint of a proposal before anything is run: what it may not be, whatever it promises."""

from __future__ import annotations

from analyzers.proposal import Proposal
from analyzers.remedies.new_middleware import path_of_test
from harness.apply_edits import apply_edits
from harness.edits import (
    AddMiddleware,
    AppendText,
    Edit,
    RemoveMiddleware,
    SetValue,
    Tree,
    TuneMiddleware,
    WriteFile,
)
from harness.errors import HarnessError
from harness.manifest_file import parse_manifest
from harness.surfaces import check_surfaces
from traces.redaction import Redactor


def lint_proposal(proposal: Proposal, control: Tree) -> tuple[Tree, tuple[str, ...]]:
    """The candidate's tree, and a sentence for each thing wrong with it (none for a clean one).

    Where the edits do not apply, the tree is the control's. Leaks of tasks are found elsewhere, by those who
    know the tasks. A merge touches what its parents touch, each of which was linted.
    """
    is_one = len(mechanisms(proposal.edits)) == 1
    problems = [] if is_one or proposal.parents else [_too_many(proposal.edits)]
    try:
        candidate: Tree = apply_edits(control, proposal.edits)
    except HarnessError as error:
        return control, (*problems, f"does not apply: {error}")
    if candidate == control:
        return candidate, (*problems, "equals its parent")
    problems.extend(_refusals(control, candidate))
    problems.extend(
        f"{path}: holds a secret" for path in sorted(candidate) if _new_secret(control, candidate, path)
    )
    return candidate, tuple(problems)


def mechanisms(edits: tuple[Edit, ...]) -> frozenset[str]:
    """What the edits touch; a proposal touches one. New middleware counts together with its own file and its test."""
    files = {
        edit.use[2:].rpartition(":")[0]
        for edit in edits
        if isinstance(edit, AddMiddleware) and edit.use.startswith("./")
    }
    own_files = files | {path_of_test(path) for path in files}
    return frozenset(_mechanism(edit) for edit in edits if getattr(edit, "path", None) not in own_files)


def _mechanism(edit: Edit) -> str:
    match edit:
        case SetValue():
            return edit.key
        case AddMiddleware() | TuneMiddleware() | RemoveMiddleware():
            return f"middleware:{edit.use}"
        case AppendText() | WriteFile():
            return "prompt" if edit.path.startswith("prompts/") else edit.path


def _too_many(edits: tuple[Edit, ...]) -> str:
    return f"touches {len(mechanisms(edits))} mechanisms instead of one: {', '.join(sorted(mechanisms(edits))) or 'none'}"


def _refusals(control: Tree, candidate: Tree) -> list[str]:
    problems = []
    try:
        check_surfaces(control, candidate)
    except HarnessError as error:
        problems.append(f"outside the surfaces: {error}")
    try:
        parse_manifest(candidate)
    except HarnessError as error:
        problems.append(f"does not load: {error}")
    return problems


def _new_secret(control: Tree, candidate: Tree, path: str) -> bool:
    """Whether a changed file holds what looks like a secret."""
    if control.get(path) == candidate[path]:
        return False
    text = candidate[path].decode("utf-8", "replace")
    return Redactor().redact(text) != text
