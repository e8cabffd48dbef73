"""A task's container survives the store, and a bad one in a JSONL file is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.imports.keeping.environment_record import (
    EnvironmentRecord,
    contents,
    environment_record,
    texts,
)
from benchmarks.imports.keeping.records import read_record
from benchmarks.imports.refusal import Reason, RefusedError
from harness.sandboxes.docker.build_context import ContextFile
from harness.sandboxes.docker.limits import ContainerLimits
from harness.task_environment import TaskEnvironment

FULL = TaskEnvironment(
    context={
        "Dockerfile": ContextFile(content=b"FROM a\n"),
        "bin/run": ContextFile(content=b"\x00\xff", executable=True),
    },
    network=True,
    build_network=True,
    build_seconds=30.0,
    limits=ContainerLimits(processes=20, memory=1 << 30, cpus=0.5),
    home="/app",
    folders=("/logs",),
    variables={"A": "1"},
    seconds=60.0,
)


@pytest.mark.parametrize("environment", [FULL, TaskEnvironment(), TaskEnvironment(image="a:1")])
def test_an_environment_comes_back_from_json(environment: TaskEnvironment) -> None:
    """With the image that it names or is made of."""
    record = json.loads(json.dumps(environment_record(environment)))
    back = EnvironmentRecord.model_validate(record).value()

    assert back == environment
    assert (back.digest, back.image_name) == (environment.digest, environment.image_name)


def test_files_come_back_from_json() -> None:
    """Those that are no text, too."""
    files = {"a": b"text \xc3\xa4", "b": b"\xff\x00"}
    record = EnvironmentRecord.model_validate({"context": texts(files)})

    assert contents(record.context) == files


def of(**environment: Any) -> dict[str, Any]:
    return {"id": "a", "instruction": "x", "verifier": {"command": ["true"]}, "environment": environment}


def test_a_jsonl_task_may_name_its_image() -> None:
    """Or bring a Dockerfile."""
    named = read_record(of(image="a:1", home="/app"))
    built = read_record(of(context={"Dockerfile": "FROM a\n"}))

    assert named.environment == TaskEnvironment(image="a:1", home="/app")
    assert built.environment is not None
    assert built.environment.is_built


@pytest.mark.parametrize(
    "bad",
    [
        {"home": "/usr"},
        {"home": "app"},
        {"folders": ["/proc/x"]},
        {"variables": {"LD_PRELOAD": "x"}},
        {"context": {"../x": "y"}},
        {"limits": {"memory": 1}},
        {"limits": {"processes": 0}},
        {"privileged": True},
        {"network": "yes"},
    ],
)
def test_what_no_container_may_have_is_refused(bad: dict[str, Any]) -> None:
    """In a file that anybody may have written."""
    with pytest.raises(RefusedError) as refused:
        read_record(of(**bad))

    assert refused.value.refusal.reason in {Reason.UNREADABLE, Reason.UNSAFE_FOLDER}
