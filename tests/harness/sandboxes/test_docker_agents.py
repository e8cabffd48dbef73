"""Agent processes in a container: a harness's own code runs there wholly, and leaves nothing to the next run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.agents import ContainedAgents
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.sandbox import DockerSandbox
from tests.harness.containers import IMAGE, engine_with_image, labelled
from tests.harness.scripted import Harness, Say, bash
from tests.harness.supervised import Supervised
from traces.outcome import Outcome
from traces.redaction import Redactor
from traces.segments import SegmentWriter

pytestmark = pytest.mark.docker
OWN = '[[middleware]]\nuse = "./middleware/own.py:Own"\n'


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_with_image()


@pytest.fixture(scope="module")
def agents(engine: Engine) -> Iterator[ContainedAgents]:
    service = ContainedAgents()
    service.start()
    yield service
    service.close()


@pytest.fixture(scope="module")
def containers(engine: Engine) -> Iterator[DockerSandbox]:
    with DockerSandbox(IMAGE) as sandbox:
        yield sandbox


@pytest.fixture
def contained(tmp_path: Path, containers: DockerSandbox, agents: ContainedAgents) -> Iterator[Supervised]:
    """Runs whose agent process and whose commands are in containers."""
    with SegmentWriter(tmp_path / "segments", redactor=Redactor()) as writer:
        yield Supervised(folder=tmp_path, writer=writer, sandbox=containers, processes=agents)
