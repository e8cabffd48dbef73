"""A new harness repository from the template."""

from __future__ import annotations

from pathlib import Path

import pytest

from flywheel.cli import run
from flywheel.starting import start_harness
from harness.errors import ManifestError


def test_a_simulated_model_that_there_is_not_is_refused(tmp_path: Path) -> None:
    """Before anything is made, with those that there are."""
    with pytest.raises(ManifestError, match="simulated:coder-steady"):
        start_harness(tmp_path / "harness", model="simulated:nobody")

    assert not (tmp_path / "harness").exists()


def test_it_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line."""
    code = run(["init", str(tmp_path / "harness"), "--model", "simulated:nobody"])

    assert code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
