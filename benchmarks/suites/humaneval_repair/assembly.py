"""Turns a blueprint into a task: workspace, instruction, verifier and reference."""

from __future__ import annotations

from functools import cache
from importlib import resources
from string import Template

from benchmarks.suites.humaneval_repair.blueprint import Blueprint
from benchmarks.suites.humaneval_repair.problem import Problem
from benchmarks.task import Task
from benchmarks.verifiers import ScriptVerifier, sha256
from harness.runs import Assignment

NAME = "humaneval-repair"
CHANGES = "# Changes\n"
_CHECKS = Template("""$reference

$tests


def verify_all(program):
    import random

    random.seed(0)
    check(program.function("$module.py", "$module"))
""")


def assemble(blueprint: Blueprint, problem: Problem) -> Task:
    """Make the task of a blueprint; the same bytes on every machine."""
    module = problem.entry_point
    task = f"{NAME}/{problem.group}/m{blueprint.number}"
    visible = _visible_test(blueprint, module)
    files = {
        f"{module}.py": blueprint.program.encode(),
        "check_visible.py": visible,
        "README.md": _template("README.md").substitute(module=module).encode(),
        "CHANGES.md": CHANGES.encode(),
    }
    instruction = _template("instruction.md").substitute(module=module)
    return Task(
        id=task,
        group=problem.group,
        assignment=Assignment(task=task, instruction=instruction, files=files),
        verifier=_verifier(problem, visible),
        reference={
            f"{module}.py": problem.reference.encode(),
            "CHANGES.md": f"{CHANGES}\n- {module}: repaired.\n".encode(),
        },
    )


def _verifier(problem: Problem, visible: bytes) -> ScriptVerifier:
    module = problem.entry_point
    return ScriptVerifier(
        checks=_CHECKS.substitute(reference=problem.reference, tests=problem.tests, module=module),
        program=("*.py",),
        required=(f"{module}.py",),
        unchanged={"check_visible.py": sha256(visible)},
        extended={"CHANGES.md": CHANGES},
    )


def _visible_test(blueprint: Blueprint, module: str) -> bytes:
    examples = "\n".join(f"    ({call!r}, {value})," for call, value in blueprint.visible)
    return _template("check_visible.py").substitute(module=module, examples=examples).encode()


@cache
def _template(name: str) -> Template:
    folder = resources.files(__package__).joinpath("templates")
    return Template(folder.joinpath(f"{name}.txt").read_text("utf-8"))
