"""Errors of this room.

AnalyzerError
├── AnalystError              an analyst's finding is lost; the others stand
│   └── MalformedAnswerError  a model answered outside the schema, also when asked again
└── UnknownRemedyError        a remedy's name that the playbook does not know: names the valid ones
"""

from __future__ import annotations


class AnalyzerError(Exception):
    """Base of all errors of ``analyzers``; the message is one line."""


class AnalystError(AnalyzerError):
    """An analyst could not make a finding."""


class MalformedAnswerError(AnalystError):
    """A model's answers did not fit the schema."""


class UnknownRemedyError(AnalyzerError):
    """No remedy has this name."""
