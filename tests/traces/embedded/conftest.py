"""What tests of the embedded index share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from traces.embedded import EmbeddedIndex
from traces.embedded.schema import connect, create_tables


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Empty tables, in a transaction."""
    empty = connect(Path(":memory:"))
    empty.execute("BEGIN")
    create_tables(empty)
    yield empty
    empty.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index lies."""
    return tmp_path / "new" / "index.sqlite"


@pytest.fixture
def index(path: Path) -> Iterator[EmbeddedIndex]:
    """An empty index."""
    with EmbeddedIndex(path) as empty:
        yield empty
