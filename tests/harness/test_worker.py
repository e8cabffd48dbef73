"""What a worker tells its executor when it can carry out nothing."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import BrokenSystemError, HarnessError, ManifestError, RepositoryError
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.namespace import NamespaceSandbox
from harness.worker import _as_harness_error
from harness.worker_messages import Failure, WorkerSetup
from tests.harness.scripted import SOLVE, Script
from traces.errors import SegmentError
from traces.redaction_policy import OwnRule, rules_named

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SegmentError("the disk is full"), "the disk is full"),
        (pickle.UnpicklingError("odd"), "a run cannot be carried to a worker: odd"),
        (ModuleNotFoundError("no x"), "a run cannot be carried to a worker: no x"),
        (KeyError("x"), "a worker failed: KeyError: 'x'"),
    ],
)
def test_any_error_becomes_one_that_travels(error: Exception, told: str) -> None:
    """The executor's process may not know the class that was raised."""
    failure = pickle.loads(pickle.dumps(Failure(error=_as_harness_error(error))))

    assert type(failure.error) is BrokenSystemError
    assert str(failure.error) == told


@pytest.mark.parametrize("kind", [ManifestError, RepositoryError, BrokenSystemError])
def test_our_own_errors_stay(kind: type[HarnessError]) -> None:
    """They say what the caller can do."""
    error = kind("do this")

    assert _as_harness_error(error) is error


@pytest.mark.parametrize("sandbox", [DirectorySandbox(), NamespaceSandbox()])
def test_what_a_worker_needs_is_a_value(tmp_path: Path, sandbox: DirectorySandbox | NamespaceSandbox) -> None:
    """It survives the way to another process; nothing of it is started by travelling."""
    setup = WorkerSetup(
        segments=tmp_path,
        sandbox=sandbox,
        model_factory=Script(SOLVE),
        model_profile=None,
        trust_code=False,
        stall_seconds=5.0,
        rules=rules_named((), extra=[OwnRule(name="own", literals=("acme_",), pattern="acme_[a-z]{9}")]),
    )
    copy = pickle.loads(pickle.dumps(setup))

    assert copy.model_factory == setup.model_factory
    assert copy.sandbox.isolation == sandbox.isolation
    assert copy.segments == tmp_path
    assert copy.rules[0].replace("acme_abcdefghi") == ("[redacted:own]", 1)


def test_a_worker_ends_with_what_it_lives_by() -> None:
    """Also while it waits for its setup: the executor's process is gone."""
    alive, theirs = os.pipe()
    setup, connection = os.pipe()
    program = f"from harness.worker import main; main({setup}, {alive})"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, pass_fds=[setup, alive])
    for descriptor in (alive, setup, theirs):
        os.close(descriptor)

    assert process.wait(timeout=20) == 1
    os.close(connection)
