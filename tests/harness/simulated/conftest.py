"""Fixtures of the simulated model's tests."""

from __future__ import annotations

import pytest

from tests.harness.simulated.toy import ToyTask, toy_tasks


@pytest.fixture(scope="session")
def tasks() -> list[ToyTask]:
    """Six broken programs of which the healthy model repairs nearly all."""
    return toy_tasks([3, 9, 24, 40, 42, 43, 55, 57, 58, 60])[:6]
