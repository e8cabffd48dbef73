"""What helped elsewhere is proposed where the same mechanism is found, and what acts in failures may be taken out."""

from __future__ import annotations

from dataclasses import replace

from analyzers.analysts.librarian import Librarian
from analyzers.evidence import check_finding
from analyzers.lesson import Lesson, Memory
from analyzers.lint import lint_proposal
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.remedies.removal import idle_middleware, removals
from harness.apply_edits import apply_edits
from harness.edits import AddMiddleware, AppendText, RemoveMiddleware, Tree
from harness.manifest_file import parse_manifest
from traces.run import Activation, Run

LOOP = AddMiddleware(use="stock:LoopDetection")
LESSON = Lesson(
    id="q-1",
    pattern="",
    answers="no_verification",
    remedy="verify_paragraph",
    title="Ask for a test run",
    surface="prompts/**",
    mechanism="prompt",
    edits=(AppendText(path="prompts/system.md", text="Run the tests before you end."),),
    came="promote",
    reason="",
    effect=0.2,
    interval=(0.1, 0.3),
    origin="coder-2",
)


def acted(run: Run, middleware: str) -> Run:
    """The run, in which a middleware acted."""
    fields = {"span_id": run.spans[0].span_id, "time_ns": 0, "middleware": middleware, "reason": "r"}
    return replace(run, activations=(Activation(**fields),))  # type: ignore[arg-type]


def test_what_helped_elsewhere_is_proposed_with_evidence_of_this_harness(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """It passes the same checks as any analyst's, and says where it comes from."""
    finding = Librarian(Memory(lessons=(LESSON,))).diagnose(unverified, view, harness)
    (proposal,) = check_finding(finding, view).finding.proposals

    assert proposal.edits == LESSON.edits
    assert proposal.analyst == "library"
    assert "coder-2" in proposal.hypothesis
    assert lint_proposal(proposal, harness)[1] == ()


def test_what_is_not_reusable_or_of_another_mechanism_is_not_borrowed(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """Nor what this harness has tried itself, or cannot take."""
    lessons = (
        replace(LESSON, came="reject"),
        replace(LESSON, answers="edit_loop"),
        replace(LESSON, origin=""),
        replace(LESSON, edits=(AppendText(path="prompts/other.md", text="Hi."),)),
    )

    assert Librarian(Memory(lessons=lessons)).diagnose(unverified, view, harness).proposals == ()
    (known,) = Librarian(Memory(lessons=(LESSON,))).diagnose(unverified, view, harness).proposals
    memory = Memory(lessons=(LESSON,), passed_over=frozenset({known.id}))
    assert Librarian(memory).diagnose(unverified, view, harness).proposals == ()


def test_middleware_that_acts_in_the_failures_may_be_taken_out(
    unverified: Pattern, runs: tuple[Run, ...], harness: Tree
) -> None:
    """As one mechanism, that lint accepts; where it acts in passes as well, it stays."""
    tree = apply_edits(harness, (LOOP,))
    failing = [acted(run, "LoopDetection") if run.run_id in unverified.run_ids else run for run in runs]
    everywhere = [acted(run, "LoopDetection") for run in runs]
    (proposal,) = Librarian(Memory()).diagnose(unverified, RunsView(failing), tree).proposals

    assert proposal.edits == (RemoveMiddleware(use="stock:LoopDetection"),)
    assert proposal.mechanism == "removal:stock:LoopDetection"
    assert lint_proposal(proposal, tree)[1] == ()
    assert removals(unverified, RunsView(everywhere), parse_manifest(tree)) == ()


def test_what_an_experiment_showed_to_help_is_not_taken_out_for_where_it_acts(
    unverified: Pattern, runs: tuple[Run, ...], harness: Tree
) -> None:
    """Unless its promotion was rolled back."""
    tree = apply_edits(harness, (LOOP,))
    view = RunsView(
        [acted(run, "LoopDetection") if run.run_id in unverified.run_ids else run for run in runs]
    )
    helped = replace(LESSON, origin="", edits=(LOOP,), mechanism="middleware:stock:LoopDetection")
    undone = replace(helped, undone=True)

    assert Librarian(Memory(lessons=(helped,))).diagnose(unverified, view, tree).proposals == ()
    assert len(Librarian(Memory(lessons=(undone,))).diagnose(unverified, view, tree).proposals) == 1


def test_idle_middleware_is_that_which_no_run_shows(runs: tuple[Run, ...], harness: Tree) -> None:
    """Of LangChain's own nobody can tell, and of no runs nothing follows."""
    edits = (LOOP, AddMiddleware(use="langchain:TodoListMiddleware"))
    manifest = parse_manifest(apply_edits(harness, edits))

    assert idle_middleware(manifest, runs) == ("stock:LoopDetection",)
    assert idle_middleware(manifest, [acted(runs[0], "LoopDetection")]) == ()
    assert idle_middleware(manifest, ()) == ()
