"""Tries mutants in sandboxes and keeps those that a problem's own tests reject."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from importlib import resources
from typing import Any

from benchmarks.errors import SuiteError
from benchmarks.suites.humaneval_repair.blueprint import Blueprint
from benchmarks.suites.humaneval_repair.examples import examples_of
from benchmarks.suites.humaneval_repair.mutation import Mutant, mutants
from benchmarks.suites.humaneval_repair.problem import Problem
from harness.sandbox import Sandbox

Progress = Callable[[int, int], None]

MUTANTS_TRIED = 24  # of one problem at most
TASKS_WANTED = 3  # of one problem
EXAMPLES_SHOWN = 6
BATCH = 8  # problems in one sandbox
TIMEOUT = 300.0  # seconds for one batch


def generate(
    problems: Sequence[Problem],
    *,
    seed: int,
    sandbox: Sandbox,
    workers: int = 2,
    progress: Progress | None = None,
) -> tuple[Blueprint, ...]:
    """Make up to three tasks of each problem, the same for the same seed whatever finishes first.

    ``progress`` is told how many problems of how many are done. Raises ``SuiteError`` when a sandbox
    could not carry out the trial.
    """
    batches = [problems[start : start + BATCH] for start in range(0, len(problems), BATCH)]
    made: dict[int, list[Blueprint]] = {}
    done = 0
    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting = {
            pool.submit(_try_batch, batch, seed, sandbox): number for number, batch in enumerate(batches)
        }
        for future in as_completed(waiting):
            made[waiting[future]] = future.result()
            done += len(batches[waiting[future]])
            if progress is not None:
                progress(done, len(problems))
    return tuple(blueprint for number in sorted(made) for blueprint in made[number])


def _try_batch(problems: Sequence[Problem], seed: int, sandbox: Sandbox) -> list[Blueprint]:
    candidates = {problem.id: mutants(problem, seed=seed, limit=MUTANTS_TRIED) for problem in problems}
    request = [_request(problem, candidates[problem.id]) for problem in problems]
    with sandbox.open({"problems.json": json.dumps(request).encode()}) as session:
        script = resources.files(__package__).joinpath("trial.py").read_text("utf-8")
        done = session.execute(("python3", "-I", "-S", "-B", "-c", script), timeout=TIMEOUT)
        if done.exit_code != 0 or done.timed_out:
            raise SuiteError(
                f"suite humaneval-repair could not be made in a {sandbox.isolation} sandbox: python3 ended with "
                f"{done.exit_code}: {done.output.strip()[-200:]!r}; check that the sandbox has Python 3.11 or later"
            )
        results = json.loads(session.read("results.json"))
    return [made for result in results for made in _choose(result, candidates[result["id"]])]


def _request(problem: Problem, candidates: tuple[Mutant, ...]) -> dict[str, Any]:
    return {
        "id": problem.id,
        "entry_point": problem.entry_point,
        "reference": problem.reference,
        "tests": problem.tests,
        "examples": [asdict(example) for example in examples_of(problem)],
        "mutants": [mutant.text for mutant in candidates],
        "shown": EXAMPLES_SHOWN,
        "wanted": TASKS_WANTED,
    }


def _choose(result: Mapping[str, Any], candidates: tuple[Mutant, ...]) -> Iterator[Blueprint]:
    """Rejected mutants: those with a wrong answer to an example first, then other visible failures."""
    tried = zip(candidates, result["mutants"], strict=False)
    rejected = [pair for pair in tried if pair[1].get("hidden", "passed") not in {"passed", "memory"}]
    rejected.sort(key=lambda pair: _preference(pair[1]["visible"]))
    for number, (mutant, outcome) in enumerate(rejected[:TASKS_WANTED], 1):
        yield Blueprint(
            problem=result["id"],
            number=number,
            operator=mutant.operator,
            program=mutant.text,
            visible=tuple((call, value) for call, value in result["visible"]),
            visible_rejects=set(outcome["visible"]) != {"passed"},
        )


def _preference(visible: Sequence[str]) -> int:
    if "assertion" in visible:
        return 0
    return 1 if set(visible) != {"passed"} else 2
