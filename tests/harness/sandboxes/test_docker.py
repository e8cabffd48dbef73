"""The Docker sandbox keeps the contract, and nothing gets out of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.sandbox import Sandbox
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.sandbox import DockerSandbox
from tests.harness.containers import IMAGE, engine_with_image
from tests.harness.sandboxes.sandbox_contract import SandboxContract

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_with_image()


@pytest.fixture(scope="module")
def containers(engine: Engine) -> Iterator[DockerSandbox]:
    with DockerSandbox(IMAGE) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(containers: DockerSandbox) -> Sandbox:
    return containers


class TestDockerSandbox(SandboxContract):
    """Containers."""
