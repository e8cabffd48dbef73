"""New code is linted and tried in the sandbox before anything else sees it; what fails there is no proposal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from analyzers.lint import lint_proposal
from analyzers.proposal import Finding, Proposal
from analyzers.remedies.new_middleware import path_of_test
from benchmarks.leak_lint import LeakLint
from harness.code_trial import OwnCode, code_problem
from harness.edits import AddMiddleware, Tree, WriteFile
from harness.errors import BrokenSystemError
from harness.middleware_registry import is_own_code, resolve
from harness.sandboxes.choose import SandboxChoice


def vetted(
    finding: Finding,
    harness: Tree,
    *,
    leak_lint: LeakLint,
    sandbox: SandboxChoice,
    note: Callable[[str], None],
) -> Finding:
    """The finding without the proposals whose code may be no candidate; ``note`` is told why, for each."""
    kept = []
    for proposal in finding.proposals:
        problem = vet(proposal, harness, leak_lint=leak_lint, sandbox=sandbox)
        if problem is None:
            kept.append(proposal)
        else:
            note(f"refused from {finding.analyst}: {proposal.title}: {problem}")
    return finding if len(kept) == len(finding.proposals) else replace(finding, proposals=tuple(kept))


def vet(proposal: Proposal, harness: Tree, *, leak_lint: LeakLint, sandbox: SandboxChoice) -> str | None:
    """Why the code of a proposal is refused, in one line; ``None`` for one without code, or whose code held.

    First what can be seen without running it (lint, and the rules by which code would know tasks), then its own
    test in the sandbox.
    """
    written = {edit.path for edit in proposal.edits if isinstance(edit, WriteFile)}
    entries = _own_entries(proposal)
    if not entries and not any(path.endswith(".py") for path in written):
        return None
    if len(entries) != 1:
        return f"it brings {len(entries)} entries of own code instead of one with its file and test"
    path = resolve(entries[0].use).path or ""
    code = OwnCode(use=entries[0].use, test=path_of_test(path))
    if not {path, code.test} <= written:
        return "a middleware comes with its file and its test"
    candidate, problems = lint_proposal(proposal, harness)
    leaks = leak_lint.check_change(harness, candidate)
    if problems or leaks:
        return "; ".join([*problems, *(f"leaks a task ({rule})" for rule in leaks)])
    return _tried(candidate, code, sandbox)


def _own_entries(proposal: Proposal) -> Sequence[AddMiddleware]:
    return [edit for edit in proposal.edits if isinstance(edit, AddMiddleware) and is_own_code(edit.use)]


def _tried(candidate: Tree, code: OwnCode, sandbox: SandboxChoice) -> str | None:
    try:
        return code_problem(candidate, code, sandbox=sandbox)
    except BrokenSystemError as error:
        return f"its test was not run: {error}"
