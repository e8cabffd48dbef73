"""Fixtures of this room's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.sandboxes.choose import why_not
from harness.sandboxes.namespace import NamespaceSandbox


@pytest.fixture(scope="session")
def namespaces() -> Iterator[NamespaceSandbox]:
    """A sandbox of namespaces, where this machine has them."""
    with NamespaceSandbox() as sandbox:
        if (reason := why_not(sandbox)) is not None:
            pytest.skip(reason)
        yield sandbox
