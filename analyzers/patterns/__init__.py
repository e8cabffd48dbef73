"""Patterns: failing runs grouped by what explains them, known again from round to round."""

from __future__ import annotations

from analyzers.patterns.finding import find_patterns
from analyzers.patterns.found import Alike, Candidate, Found

__all__ = ["Alike", "Candidate", "Found", "find_patterns"]
