"""A program that can be run in the head, as it is or with one place replaced."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.simulated.evaluation.expressions import Switch
from harness.simulated.evaluation.limits import PROGRAM_ERRORS, Meter, TooLongError, UnsupportedError
from harness.simulated.evaluation.scope import UP, Frame, Scope, assigned_names
from harness.simulated.evaluation.statements import Compiler, Statement

_CANNOT_FOLLOW = (UnsupportedError, TooLongError, RecursionError, MemoryError)


@dataclass(frozen=True, kw_only=True)
class Value:
    """The evaluation ended with a value after ``steps`` steps."""

    value: Any
    steps: int


@dataclass(frozen=True, kw_only=True)
class Raised:
    """The program raised an exception of this class name."""

    error: str
    steps: int


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """The evaluation could not be followed; ``why`` says what stood in the way."""

    why: str
    steps: int


Evaluation = Value | Raised | Unknown


class Program:
    """A parsed module; ``sites`` are the nodes in whose place something else can be put.

    Raises ``SyntaxError`` for a text that is no Python.
    """

    def __init__(self, tree: ast.Module, *, sites: Iterable[ast.AST] = ()) -> None:
        self._meter = Meter()
        self._compiler = Compiler(self._meter, frozenset(id(site) for site in sites))
        self._scope = Scope(names=assigned_names(tree.body))
        self._load = self._compiler.block(tree.body, self._scope)

    def evaluate(self, expression: ast.expr, *, steps: int) -> Evaluation:
        """Run the module, then the expression in it, within a number of steps."""
        self._meter.start(steps)
        frame: Frame = {UP: None}
        try:
            self._load(frame)
            value = self._compiler.expression(expression, self._scope)(frame)
        except _CANNOT_FOLLOW as why:
            return Unknown(why=f"{type(why).__name__}: {why}", steps=self._meter.spent)
        except PROGRAM_ERRORS as error:
            return Raised(error=type(error).__name__, steps=self._meter.spent)
        return Value(value=value, steps=self._meter.spent)

    def clear_reached(self) -> None:
        """Forget which sites were reached."""
        for switch in self._compiler.switches.values():
            switch.reached = False

    def reached(self) -> frozenset[int]:
        """Identities of the sites that ran since ``clear_reached``."""
        return frozenset(key for key, switch in self._compiler.switches.items() if switch.reached)

    def put(self, target: ast.AST, piece: ast.expr | Sequence[ast.stmt]) -> Putting:
        """A context in which ``piece`` stands in the place of ``target``, one of the sites."""
        switch = self._compiler.switches[id(target)]
        if isinstance(piece, ast.expr):
            assert isinstance(target, ast.expr)
            return Putting(switch, self._compiler.replacement(target, piece))
        assert isinstance(target, ast.stmt)
        run: Statement = self._compiler.replacement_block(target, list(piece))
        return Putting(switch, run)


class Putting:
    """While entered, a switch runs something else."""

    __slots__ = ("_run", "_switch")

    def __init__(self, switch: Switch, run: Any) -> None:
        self._switch = switch
        self._run = run

    def __enter__(self) -> None:
        self._switch.run = self._run

    def __exit__(self, *_: object) -> None:
        self._switch.run = self._switch.original
