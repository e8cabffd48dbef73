"""The kinds of advice that the simulated model understands."""

from __future__ import annotations

from enum import StrEnum


class Advice(StrEnum):
    """What somebody may ask of a coding agent."""

    VERIFY = "verify"  # run the tests before finishing
    RECONSIDER = "reconsider"  # you repeat yourself: step back, try something else
    LOOK_FIRST = "look first"  # list and inspect instead of assuming paths
    WRAP_UP = "wrap up"  # time is nearly used up: finish now
    REREAD = "reread"  # check the instruction and all its requirements
    SHORT_OUTPUT = "short output"  # keep what commands print small
