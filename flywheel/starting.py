"""Making a new harness repository from the template."""

from __future__ import annotations

from pathlib import Path

from flywheel.errors import FlywheelError
from harness.repository import HarnessRepository
from harness.template import coder_template


def start_harness(path: Path, *, model: str) -> HarnessRepository:
    """Create a harness repository at ``path``; raises ``FlywheelError`` if something is there already."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FlywheelError(f"{path} is not empty; name a folder that is empty or does not exist yet")
    return HarnessRepository.init(path, coder_template(model=model), "Start the harness")
