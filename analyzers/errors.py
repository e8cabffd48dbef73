"""Errors of this room.

AnalyzerError
├── AnalystError              an analyst's finding is lost; the others stand
│   ├── MalformedAnswerError  a model answered outside the schema, also when asked again
│   ├── BudgetExceededError   it took more calls, tokens or money than it has
│   └── ModelFailedError      its model could not be reached, or refused
└── UnknownRemedyError        a remedy's name that the playbook does not know: names the valid ones
"""

from __future__ import annotations

from typing import ClassVar, Literal

from analyzers.analysts.spent import Spent

Loss = Literal["malformed", "budget", "model", "time", "memory", "ended", "stray", "failed"]


class AnalyzerError(Exception):
    """Base of all errors of ``analyzers``; the message is one line."""


class AnalystError(AnalyzerError):
    """An analyst could not make a finding; ``loss`` is why in a word, ``spent`` what it took so far."""

    loss: ClassVar[Loss] = "failed"

    def __init__(self, message: str, *, spent: Spent | None = None) -> None:
        super().__init__(message)
        self.spent = spent or Spent()


class MalformedAnswerError(AnalystError):
    """A model's answers did not fit the schema."""

    loss = "malformed"


class BudgetExceededError(AnalystError):
    """An analyst took more than it has."""

    loss = "budget"


class ModelFailedError(AnalystError):
    """A model gave no answer at all."""

    loss = "model"


class UnknownRemedyError(AnalyzerError):
    """No remedy has this name."""
