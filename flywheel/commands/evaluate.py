"""``flywheel evaluate``: measure one harness commit against another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.gate.verdict import Decision
from benchmarks.gate.verdict import Question as Asks
from flywheel.answer import Answer, question_document
from flywheel.budgets import parse_budget
from flywheel.ci.forecast import forecast, forecast_document, forecast_text
from flywheel.ci.junit import answer_junit
from flywheel.ci.markdown import answer_markdown, append_summary, require_summary
from flywheel.ci.text import answer_text
from flywheel.ci.wording import Wording
from flywheel.commands.common import (
    HERE,
    InFlightOption,
    JsonOption,
    LocalLedgerOption,
    RepositoryOption,
    SeedOption,
    SuiteOption,
    TrustOption,
    observing,
    write_json,
)
from flywheel.confirming import confirm_question
from flywheel.errors import FlywheelError
from flywheel.evaluating import Question, evaluate
from flywheel.exit_codes import ExitCode
from flywheel.project import Project, open_project, working
from traces.redaction import Redactor

_CODES = {
    Decision.PROMOTE: ExitCode.DONE,
    Decision.REJECT: ExitCode.NEGATIVE,
    Decision.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}


@dataclass(frozen=True, kw_only=True)
class _Outputs:
    """Where an answer goes beside standard output."""

    junit: Path | None
    markdown: Path | None
    github: bool
    as_json: bool


CandidateArgument = Annotated[
    str, typer.Argument(help="A commit, branch or tag; with --confirm also a proposal or an experiment.")
]
AgainstOption = Annotated[str, typer.Option(help="The control: a commit, branch or tag.")]
BetterOption = Annotated[
    bool | None,
    typer.Option("--better/--safe", help="Ask whether it is better, or safe; default from policy.toml."),
]
BudgetOption = Annotated[
    str | None,
    typer.Option(
        help="The most to spend on both arms: runs (200), minutes or hours (30m, 2h) or dollars (5usd). "
        "As many runs as usually decide by default."
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Also run what cannot decide: ends inconclusive or vetoed.")
]
ContinueOption = Annotated[
    bool, typer.Option("--continue", help="Go on with an inconclusive experiment, with its evidence.")
]
ConfirmOption = Annotated[
    bool,
    typer.Option("--confirm", help="After a verdict: its effect without bias, from fresh runs, once."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what it would take and could show; run and record nothing.")
]
JUnitOption = Annotated[Path | None, typer.Option(help="Write JUnit XML here, one test case for each task.")]
MarkdownOption = Annotated[Path | None, typer.Option(help="Write a summary with the table of flips here.")]
GitHubOption = Annotated[
    bool, typer.Option("--github", help="Append the summary to that of the running GitHub job.")
]


def command(
    candidate: CandidateArgument,
    repository: RepositoryOption = HERE,
    *,
    against: AgainstOption = "HEAD",
    suite: SuiteOption = "humaneval-repair",
    better: BetterOption = None,
    budget: BudgetOption = None,
    force: ForceOption = False,
    go_on: ContinueOption = False,
    confirm: ConfirmOption = False,
    dry_run: DryRunOption = False,
    junit: JUnitOption = None,
    markdown: MarkdownOption = None,
    github: GitHubOption = False,
    local_ledger: LocalLedgerOption = False,
    seed: SeedOption = 1,
    in_flight: InFlightOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
) -> int:
    """Say whether a harness change is safe, or with `--better` whether it helps, side by side on the gate split.

    Safe is worse by less than the policy's margin, if at all. Draws on the suite's campaign. Exit code 0 safe (or
    better), 1 shown worse or vetoed, 3 inconclusive. A killed call goes on where it stood when it is repeated.
    Example: `flywheel evaluate my-change --against HEAD --suite humaneval-repair`
    """
    question = Question(
        candidate=candidate, against=against, suite=suite, asks=_asks(better), seed=seed, force=force, go_on=go_on,
        budget=None if budget is None else parse_budget(budget),
        in_flight=in_flight, trust_code=trust_code, local_ledger=local_ledger,
    )  # fmt: skip
    if confirm and (dry_run or go_on or force):
        raise FlywheelError(
            "--confirm goes with neither --dry-run nor --continue nor --force: one after another"
        )
    project = open_project(repository)
    if dry_run:
        return _foretell(project, question, as_json=as_json)
    outputs = _Outputs(junit=junit, markdown=markdown, github=github, as_json=as_json)
    return _answered(project, question, outputs, confirm=confirm)


def _asks(better: bool | None) -> Asks | None:
    if better is None:
        return None
    return "better" if better else "safe"


def _answered(project: Project, question: Question, outputs: _Outputs, *, confirm: bool) -> int:
    if outputs.github:
        require_summary()
    with working(project, untracked=False), observing(as_json=outputs.as_json) as observer:
        answer = (confirm_question if confirm else evaluate)(project, question, observer)
    wording = Wording(redactor=Redactor(project.policy(answer.measured.control).redaction.rules()))
    _write(answer, wording, outputs)
    return _CODES[answer.verdict.decision]


def _foretell(project: Project, question: Question, *, as_json: bool) -> int:
    with observing(as_json=as_json) as observer:
        found = forecast(project, question, observer)
    if as_json:
        write_json(forecast_document(found))
    else:
        typer.echo(Wording().lines(forecast_text(found)))
    return ExitCode.DONE


def _write(answer: Answer, wording: Wording, outputs: _Outputs) -> None:
    if outputs.junit is not None:
        _write_whole(outputs.junit, answer_junit(answer, wording))
    if outputs.markdown is not None:
        _write_whole(outputs.markdown, answer_markdown(answer, wording))
    if outputs.github:
        append_summary(answer_markdown(answer, wording))
    if outputs.as_json:
        write_json(question_document(answer))
    else:
        typer.echo(answer_text(answer, wording))


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
