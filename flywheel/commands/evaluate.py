"""``flywheel evaluate``: measure one harness commit against another."""

from __future__ import annotations

from typing import Annotated

import typer

from benchmarks.gate.verdict import Decision
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
from flywheel.evaluating import Question, evaluate, question_document, verdict_text
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working

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
    seed: SeedOption = 1,
    in_flight: InFlightOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
) -> int:
    """Say whether a harness is better than another, both run side by side on the gate split.

    Draws on the suite's campaign. Exit code 0 better, 1 rejected, 3 inconclusive.
    Example: `flywheel evaluate my-change --against HEAD --suite humaneval-repair`
    """
    question = Question(
        candidate=candidate,
        against=against,
        suite=suite,
        seed=seed,
        in_flight=in_flight,
        trust_code=trust_code,
    )
    with working(open_project(repository)) as project, observing(as_json=as_json) as observer:
        judged = evaluate(project, question, observer)
    if as_json:
        write_json(question_document(judged))
    else:
        typer.echo(verdict_text(judged.verdict))
    return _CODES[judged.verdict.decision]
