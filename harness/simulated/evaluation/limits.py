"""What an evaluation in the head may cost, and how it says that it stops."""

from __future__ import annotations

from collections.abc import Sized

MAX_SIZE = 20_000  # elements of a string or container
MAX_BITS = 8_192  # of an integer
MAX_DEPTH = 40  # interpreted calls within each other; Python's own limit allows about 80


class UnsupportedError(Exception):
    """The program uses something that the interpreter does not follow; says nothing about the program."""


class TooLongError(Exception):
    """The evaluation would take too many steps or too much memory; says nothing about the program."""


PROGRAM_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


class Meter:
    """Counts the steps of one evaluation: loop turns, calls, elements that a builtin walks over."""

    __slots__ = ("depth", "left", "spent")

    def __init__(self) -> None:
        self.left = 0
        self.spent = 0
        self.depth = 0

    def start(self, steps: int) -> None:
        """Allow ``steps`` from here on."""
        self.left = steps
        self.spent = 0
        self.depth = 0

    def tick(self, steps: int = 1) -> None:
        """Take steps; raises ``TooLongError`` when none are left."""
        self.spent += steps
        self.left -= steps
        if self.left < 0:
            raise TooLongError("out of steps")


def check_size(value: Sized) -> None:
    """Raise ``TooLongError`` for a container or string that has grown too large."""
    if len(value) > MAX_SIZE:
        raise TooLongError("a value grew too large")
