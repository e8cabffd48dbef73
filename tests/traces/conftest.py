"""Parts that the tests of this room share."""

from __future__ import annotations

from pathlib import Path

import pytest

from traces.store import TraceStore
from traces.testing import TraceBuilder


@pytest.fixture
def spans() -> TraceBuilder:
    """A builder of the spans of one trace."""
    return TraceBuilder()


@pytest.fixture
def store(tmp_path: Path) -> TraceStore:
    """An empty store."""
    return TraceStore(root=tmp_path / "store")
