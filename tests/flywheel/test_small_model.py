"""A real model end to end: what it answers may be worthless, and no round breaks over it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from analyzers.analysts.answer import ChoicesAnswer
from analyzers.analysts.asking import Asking
from analyzers.analysts.budget import Budget, Meter
from analyzers.detectors import default_detectors
from analyzers.errors import MalformedAnswerError
from analyzers.evidence import check_finding, problem_of
from analyzers.mine_view import RunsView
from analyzers.observing import observe_each
from analyzers.patterns import find_patterns
from analyzers.testing import unverified_run, verified_run
from flywheel.analyst_process import run_apart
from flywheel.analyst_work import Brief, diagnose
from harness.models import create_model
from harness.template import coder_template
from tests.flywheel import small_model

NAME = "openai:smollm2"
pytestmark = [
    pytest.mark.llm,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(
        bool(small_model.missing()),
        reason=f"not installed: {', '.join(small_model.missing())}; see CONTRIBUTING.md",
    ),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the model is served, by a process of its own."""
    program = [sys.executable, str(Path(small_model.__file__))]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.kill()


@pytest.fixture(autouse=True)
def reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """LangChain's client finds it by the environment, as it would any provider."""
    monkeypatch.setenv("OPENAI_API_BASE", f"{address}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "none-is-needed")


@pytest.mark.enable_socket
def test_answers_of_a_real_model_are_retried_and_counted() -> None:
    """Each malformed one, three at most; one that fits is taken."""
    meter = Meter(Budget())
    prompt = (
        'You improve an agent. Answer with JSON only, like {"choices": [{"remedy": "careful_paragraph"}]}.'
    )
    with suppress(MalformedAnswerError):
        Asking(create_model(NAME, seed=0), name=NAME, meter=meter).ask(prompt, ChoicesAnswer)
    print(meter.spent)  # noqa: T201 - for whoever runs it with -s

    assert meter.spent.calls == min(1 + meter.spent.malformed, 3)
    assert meter.spent.tokens > 0


def test_a_round_with_a_real_model_comes_to_its_end() -> None:
    """In the analysts' process, beside the playbook, which loses nothing."""
    runs = [unverified_run(n, "failed", task=f"t{n}") for n in range(4)]
    runs += [verified_run(100 + n, "passed", task=f"t{n}") for n in range(12)]
    patterns = find_patterns(observe_each(runs, default_detectors())).patterns[:1]
    brief = Brief(
        patterns=patterns,
        runs=tuple(runs),
        harness=coder_template(),
        analysts=("playbook", NAME),
        budget=Budget(seconds=900, characters=1000, lookups=2),
    )
    playbook, model = run_apart([], diagnose, brief)
    print(model)  # noqa: T201 - for whoever runs it with -s

    assert playbook.finding is not None
    assert len(playbook.finding.proposals) > 1
    assert model.finding is not None or model.loss in {"malformed", "budget", "time"}
    assert model.loss != "malformed" or model.spent.malformed == 3
    if model.finding is not None:
        checked = check_finding(model.finding, RunsView(runs)).finding
        assert not [claim for claim in checked.claims if problem_of(claim, RunsView(runs))]
