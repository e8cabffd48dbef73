"""The embedded index: SQLite with full-text search in one file, for one machine."""

from __future__ import annotations

from traces.embedded.index import EmbeddedIndex, is_index
from traces.embedded.stats import IndexStats

__all__ = ["EmbeddedIndex", "IndexStats", "is_index"]
