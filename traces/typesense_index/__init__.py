"""The index of runs and spans on a Typesense server, for teams."""

from __future__ import annotations

from traces.typesense_index.errors import ImportFailedError, TypesenseError
from traces.typesense_index.index import TypesenseIndex
from traces.typesense_index.settings import TypesenseSettings

__all__ = ["ImportFailedError", "TypesenseError", "TypesenseIndex", "TypesenseSettings"]
