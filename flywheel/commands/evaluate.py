"""``flywheel evaluate``: measure one harness commit against another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.gate.verdict import Decision
from flywheel.ci.forecast import forecast, forecast_document, forecast_text
from flywheel.ci.junit import answer_junit
from flywheel.ci.markdown import answer_markdown, append_summary, require_summary
from flywheel.ci.text import answer_text
from flywheel.ci.wording import Wording
from flywheel.commands.common import (
    HERE,
    InFlightOption,
    JsonOption,
    RepositoryOption,
    SeedOption,
    SuiteOption,
    TrustOption,
    observing,
    write_json,
)
from flywheel.evaluating import Answer, Question, evaluate, question_document
from flywheel.exit_codes import ExitCode
from flywheel.project import Project, open_project, working
from traces.redaction import Redactor

_CODES = {
    Decision.PROMOTE: ExitCode.DONE,
    Decision.REJECT: ExitCode.NEGATIVE,
    Decision.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}


def command(
    candidate: Annotated[str, typer.Argument(help="A commit, branch or tag of the harness repository.")],
    repository: RepositoryOption = HERE,
    *,
    against: Annotated[str, typer.Option(help="The control: a commit, branch or tag.")] = "HEAD",
    suite: SuiteOption = "humaneval-repair",
    better: Annotated[
        bool, typer.Option("--better", help="Ask whether it is better instead of whether it is safe.")
    ] = False,
    budget: Annotated[
        int | None,
        typer.Option(min=2, max=1_000_000, help="Runs of both arms; as many as usually decide by default."),
    ] = None,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Go on with an inconclusive experiment, with its evidence.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take and could show; run and record nothing.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(help="Write JUnit XML here, one test case for each task.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write a summary with the table of flips here.")
    ] = None,
    github: Annotated[
        bool, typer.Option("--github", help="Append the summary to that of the running GitHub job.")
    ] = False,
    local_ledger: Annotated[
        bool,
        typer.Option("--local-ledger", help="Do without the remote's ledger: the verdict counts only here."),
    ] = False,
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
        candidate=candidate,
        against=against,
        suite=suite,
        asks="better" if better else "safe",
        seed=seed,
        budget=budget,
        go_on=go_on,
        in_flight=in_flight,
        trust_code=trust_code,
        local_ledger=local_ledger,
    )
    project = open_project(repository)
    if dry_run:
        return _foretell(project, question, as_json=as_json)
    if github:
        require_summary()
    with working(project, untracked=False), observing(as_json=as_json) as observer:
        answer = evaluate(project, question, observer)
    wording = Wording(redactor=Redactor(project.policy(answer.measured.control).redaction.rules()))
    _write(answer, wording, junit=junit, markdown=markdown, github=github)
    if as_json:
        write_json(question_document(answer))
    else:
        typer.echo(answer_text(answer, wording))
    return _CODES[answer.verdict.decision]


def _foretell(project: Project, question: Question, *, as_json: bool) -> int:
    with observing(as_json=as_json) as observer:
        found = forecast(project, question, observer)
    if as_json:
        write_json(forecast_document(found))
    else:
        typer.echo(Wording().lines(forecast_text(found)))
    return ExitCode.DONE


def _write(
    answer: Answer, wording: Wording, *, junit: Path | None, markdown: Path | None, github: bool
) -> None:
    if junit is not None:
        _write_whole(junit, answer_junit(answer, wording))
    if markdown is not None:
        _write_whole(markdown, answer_markdown(answer, wording))
    if github:
        append_summary(answer_markdown(answer, wording))


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
