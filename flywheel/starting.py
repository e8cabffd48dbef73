"""Making a new harness repository from the template."""

from __future__ import annotations

from pathlib import Path

from flywheel.errors import FlywheelError
from harness.models import create_model, is_simulated
from harness.repository import HarnessRepository
from harness.template import coder_template


def start_harness(path: Path, *, model: str) -> HarnessRepository:
    """Create a harness repository at ``path``.

    Raises ``FlywheelError`` if something is there already, ``ManifestError`` for a simulated model that there is not.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FlywheelError(f"{path} is not empty; name a folder that is empty or does not exist yet")
    if is_simulated(model):
        create_model(model, seed=0)
    return HarnessRepository.init(path, coder_template(model=model), "Start the harness")
