"""What a task's settings ask of its container, within what a container can be given."""

from __future__ import annotations

import os

import pytest

from benchmarks.imports.formats.wishes import Wishes, read_wishes, size_of
from harness.sandboxes.docker.limits import ContainerLimits

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("text", "size"),
    [("2G", 2 << 30), ("512 MB", 512 << 20), ("1.5GiB", 3 << 29), ("100", 100), ("", None), ("many", None)],
)
def test_sizes_are_read(text: str, size: int | None) -> None:
    """In the spellings that settings use."""
    assert size_of(text) == size


def test_settings_are_read() -> None:
    """Cores are at most the machine's: an engine refuses more."""
    table = {
        "cpus": 64,
        "memory_mb": 4096,
        "storage": "1G",
        "allow_internet": True,
        "build_timeout_sec": 60,
        "env": {"A": 1},
    }
    wishes = read_wishes(table, {"timeout_sec": 300.0})
    environment = wishes.environment("FROM a\n", {"run.sh": b"#!/bin/sh\n", "data": b"x"}, folders=("/logs",))

    assert environment is not None
    assert environment.network
    assert (environment.seconds, environment.build_seconds) == (300.0, 60.0)
    assert environment.variables == {"A": "1"}
    assert environment.limits.cpus == os.cpu_count()
    assert environment.limits.memory == 4096 * MEGABYTE
    assert environment.limits.workspace == 512 * MEGABYTE
    assert [environment.context[name].executable for name in ("run.sh", "data", "Dockerfile")] == [
        True,
        False,
        False,
    ]


def test_silence_means_the_usual_and_no_network() -> None:
    """Whatever the format's own default is."""
    environment = read_wishes({}, {}).environment("FROM a\n", {}, folders=())

    assert environment is not None
    assert not environment.network
    assert environment.limits == ContainerLimits()
    assert environment.seconds is None


@pytest.mark.parametrize("nonsense", [True, -1, 0, "x", None, [], {"a": 1}])
def test_nonsense_is_no_wish(nonsense: object) -> None:
    """A setting that cannot be read is left out rather than guessed."""
    table = dict.fromkeys(("cpus", "memory_mb", "storage_mb", "build_timeout_sec"), nonsense)

    assert read_wishes(table, {"timeout_sec": nonsense}) == Wishes()


def test_a_named_image_comes_before_a_dockerfile() -> None:
    """It is the same image, built already."""
    environment = Wishes(image="a:1").environment("FROM b\n", {}, folders=())

    assert environment is not None
    assert environment.image_name == "a:1"
    assert Wishes().environment(None, {}, folders=()) is None


def test_what_no_container_may_have_is_no_environment() -> None:
    """The task is then listed, and nothing of it is tried."""
    assert Wishes(variables={"HOME": "/x"}).environment("FROM a\n", {}, folders=()) is None
    assert Wishes().environment("FROM a\n", {"../x": b""}, folders=()) is None
