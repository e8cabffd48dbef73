"""Fixtures of this room's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.agent_service import agent_service
from harness.repository import HarnessRepository
from harness.sandboxes.choose import why_not
from harness.sandboxes.fork_service import ForkService
from harness.sandboxes.namespace import NamespaceSandbox
from harness.template import coder_template
from tests.harness.supervised import Supervised
from traces.redaction import Redactor
from traces.segments import SegmentWriter

HOOKS = (
    "pre-commit", "commit-msg", "post-commit", "post-checkout", "post-merge", "post-index-change", "pre-push",
    "reference-transaction", "post-rewrite", "pre-auto-gc", "fsmonitor-watchman", "update", "pre-receive",
)  # fmt: skip


@pytest.fixture(scope="session")
def namespaces() -> Iterator[NamespaceSandbox]:
    """A sandbox of namespaces, where this machine has them."""
    with NamespaceSandbox() as sandbox:
        if (reason := why_not(sandbox)) is not None:
            pytest.skip(reason)
        yield sandbox


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[HarnessRepository]:
    """A fresh harness repository whose clock stands still."""
    made = HarnessRepository.init(
        tmp_path / "coder", coder_template(), "Start", clock=lambda: 1_700_000_000.0
    )
    yield made
    made.close()


@pytest.fixture
def marked_hooks(tmp_path: Path) -> Callable[[Path], Path]:
    """Fills a repository's hooks with scripts that leave a mark when they run; gives the mark's path."""

    def fill(folder: Path) -> Path:
        mark = tmp_path / "a-program-of-the-repository-ran"
        hooks = folder / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in HOOKS:
            hook = hooks / name
            hook.write_text(f"#!/bin/sh\necho {name} >> '{mark}'\nexit 0\n")
            hook.chmod(0o755)
        return mark

    return fill


@pytest.fixture(scope="session")
def agent_processes(namespaces: NamespaceSandbox) -> Iterator[ForkService]:
    """A fork server of isolated agent processes."""
    service = agent_service(isolated=True)
    yield service
    service.close()


@pytest.fixture
def supervised(
    tmp_path: Path, namespaces: NamespaceSandbox, agent_processes: ForkService
) -> Iterator[Supervised]:
    """Runs in this process, with a real sandbox, real agent processes and real segments."""
    with SegmentWriter(tmp_path / "segments", redactor=Redactor()) as writer:
        yield Supervised(folder=tmp_path, writer=writer, sandbox=namespaces, processes=agent_processes)
