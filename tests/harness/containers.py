"""A Docker engine with an image that needs no registry, for tests."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.engine import Engine

IMAGE = "flywheel-test:latest"
_ARCHIVE = Path("/var/cache/flywheel/base.tar")  # made by debootstrap, kept between runs of the tests


def engine_with_image() -> Engine:
    """The engine; the test is skipped where none answers or no image can be made."""
    engine = Engine()
    try:
        engine.api.ping()
        engine.image(IMAGE)
    except BrokenSystemError as error:
        if "no engine" in str(error):
            pytest.skip(str(error))
        _import_image(engine)
    return engine


def labelled(engine: Engine) -> list[str]:
    """The ids of all containers of ours, running or not."""
    return sorted(found["Id"] for found in engine.containers("flywheel.owner.process"))


def ids(engine: Engine) -> set[str]:
    """The ids of all containers, whoever made them."""
    return {found["Id"] for found in engine.api.containers(all=True)}


def skip_where_others_work() -> None:
    """Skip a test of times where a busy loop takes longer than the processor time that it gets."""
    began, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.4:
        pass
    if time.perf_counter() - began > 1.3 * 0.4:
        pytest.skip("others use this machine: no time can be told")


def _import_image(engine: Engine) -> None:
    if not _ARCHIVE.exists():
        _make_archive()
    engine.api.import_image_from_file(str(_ARCHIVE), repository=IMAGE.split(":", maxsplit=1)[0], tag="latest")


def _make_archive() -> None:
    command = ["debootstrap", "--variant=minbase", "--include=python3"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run([*command, "bookworm", f"{folder}/root"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"debootstrap makes no image here: {error}")
        _ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
        half = _ARCHIVE.with_suffix(".half")
        with tarfile.open(half, "w") as archive:
            archive.add(f"{folder}/root", arcname=".")
        half.rename(_ARCHIVE)
