"""Errors of this room.

BenchmarkError
├── SuiteError       a suite or task that does not exist or is not usable: names the valid choices
├── CampaignError    a campaign cannot take what was asked of it (closed, budget spent, no ledger)
└── PlanError        an experiment that cannot decide
    └── GainTooSmallError  what this candidate can gain at most is less than could be seen
"""

from __future__ import annotations


class BenchmarkError(Exception):
    """Base of all errors of ``benchmarks``; the message is one line that names the way out."""


class SuiteError(BenchmarkError):
    """A suite or task cannot be used."""


class CampaignError(BenchmarkError):
    """A campaign refuses."""


class PlanError(BenchmarkError):
    """An experiment could not decide with what it may spend."""


class GainTooSmallError(PlanError):
    """The most that a candidate can gain is below the smallest effect that its experiment detects."""
