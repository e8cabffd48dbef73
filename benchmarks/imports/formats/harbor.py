"""Harbor's folders (Terminal-Bench 2): task.toml, instruction.md, environment/, tests/test.sh, solution/solve.sh."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from benchmarks.imports.draft import Draft
from benchmarks.imports.formats.containers import ContainerTask, seconds_of
from benchmarks.imports.formats.wishes import read_wishes
from benchmarks.imports.refusal import Reason, Refusal, RefusedError

SETTINGS, INSTRUCTION, SCRIPT, SOLVE = "task.toml", "instruction.md", "tests/test.sh", "solution/solve.sh"
_REWARDS = ("/logs/verifier/reward.txt", "/logs/verifier/reward.json")
_SECONDS = 120.0


def is_harbor(files: Mapping[str, bytes] | frozenset[str]) -> bool:
    """Whether a folder with these files is a task of this format."""
    return SETTINGS in files and INSTRUCTION in files


def read_harbor(task: str, files: Mapping[str, bytes]) -> Draft:
    """The draft of one folder; raises ``RefusedError``."""
    settings = _settings(files[SETTINGS])
    if SCRIPT not in files:
        raise RefusedError(Reason.UNREADABLE, f"there is no {SCRIPT}")
    if SOLVE not in files:
        raise RefusedError(Reason.NO_REFERENCE, f"there is no {SOLVE}")
    context = _below(files, "environment/", "")
    dockerfile = context.pop("Dockerfile", None)
    return ContainerTask(
        id=task,
        instruction=files[INSTRUCTION].decode("utf-8", "replace"),
        dockerfile=None if dockerfile is None else dockerfile.decode("utf-8", "replace"),
        context=context,
        compose=context.pop("docker-compose.yaml", None),
        tests=_below(files, "tests/", "/tests/"),
        script=f"/{SCRIPT}",
        reward=_REWARDS,
        solution=_below(files, "solution/", "/solution/"),
        solve=f"/{SOLVE}",
        seconds=seconds_of(_table(settings, "verifier").get("timeout_sec"), _SECONDS),
        variables={str(name): str(value) for name, value in _table(settings, "verifier", "env").items()},
        needs=_needs(_table(settings, "environment")),
        wishes=read_wishes(_table(settings, "environment"), _table(settings, "agent")),
    ).draft()


def _settings(content: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise RefusedError(Reason.UNREADABLE, f"{SETTINGS} is no TOML") from None


def _table(settings: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = settings.get(name, {})
        settings = inner if isinstance(inner, dict) else {}
    return settings


def _needs(environment: Mapping[str, Any]) -> tuple[Refusal, ...]:
    if image := environment.get("docker_image"):
        return (Refusal(reason=Reason.NEEDS_IMAGE, detail=f"docker_image {str(image)[:100]}"),)
    if environment.get("gpus"):
        return (Refusal(reason=Reason.NEEDS_DOCKER, detail="it wants a GPU"),)
    return ()


def _below(files: Mapping[str, bytes], folder: str, place: str) -> dict[str, bytes]:
    return {
        place + path.removeprefix(folder): content
        for path, content in files.items()
        if path.startswith(folder)
    }
