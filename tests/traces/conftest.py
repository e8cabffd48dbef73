"""Parts that the tests of this room share."""

from __future__ import annotations

import pytest

from traces.testing import TraceBuilder


@pytest.fixture
def spans() -> TraceBuilder:
    """A builder of the spans of one trace."""
    return TraceBuilder()
