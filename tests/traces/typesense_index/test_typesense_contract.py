"""The Typesense index answers as every index does: on a fake server, and on a real one where there is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.traces.index_contract import IndexContract
from traces.index import TraceIndex
from traces.typesense_index import TypesenseIndex


@pytest.fixture
def index(open_index: Callable[..., TypesenseIndex]) -> TraceIndex:
    """An empty one."""
    return open_index()


class TestTypesenseIndex(IndexContract):
    """All of it, against the model of a server."""
