"""Fixtures of this room's tests."""

from __future__ import annotations

import pytest

from harness.sandbox import Sandbox
from harness.sandboxes.choose import choose_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """The sandbox that this machine has."""
    return choose_sandbox()
