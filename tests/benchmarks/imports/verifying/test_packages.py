"""The bundle of pytest that sandboxes import."""

from __future__ import annotations

import io
import zipfile

from benchmarks.imports.verifying.packages import pytest_packages, pytest_version


def test_the_bundle_is_small_and_compiled() -> None:
    """It travels with each verification."""
    names = zipfile.ZipFile(io.BytesIO(pytest_packages())).namelist()

    assert len(pytest_packages()) < 4_000_000
    assert {"pytest/__init__.pyc", "pluggy/__init__.pyc", "_pytest/assertion/rewrite.pyc"} <= set(names)
    assert all(name.endswith(".pyc") for name in names)


def test_the_version_is_known() -> None:
    """A refusal counts only for the same version."""
    assert pytest_version() == __import__("pytest").__version__
