"""Terminal-Bench 1's folders: task.yaml, Dockerfile, run-tests.sh, tests/, solution.sh."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.imports.draft import Draft
from benchmarks.imports.formats.containers import ContainerTask, read_yaml, seconds_of
from benchmarks.imports.formats.wishes import Wishes
from benchmarks.imports.refusal import Reason, RefusedError

SETTINGS, SCRIPT, SOLVE = "task.yaml", "run-tests.sh", "solution.sh"
_SECONDS = 120.0
_AGENT_SECONDS = 900.0
_OWN = frozenset({SETTINGS, SCRIPT, SOLVE, "solution.yaml", "docker-compose.yaml", "Dockerfile"})


def is_terminal_bench(files: Mapping[str, bytes] | frozenset[str]) -> bool:
    """Whether a folder with these files is a task of this format."""
    return SETTINGS in files and (SCRIPT in files or any(path.startswith("tests/") for path in files))


def read_terminal_bench(task: str, files: Mapping[str, bytes]) -> Draft:
    """The draft of one folder; raises ``RefusedError``."""
    settings = read_yaml(files[SETTINGS], SETTINGS)
    instruction = settings.get("instruction")
    if not isinstance(instruction, str):
        raise RefusedError(Reason.UNREADABLE, f"{SETTINGS} holds no instruction")
    if SCRIPT not in files:
        raise RefusedError(Reason.UNREADABLE, f"there is no {SCRIPT}")
    if SOLVE not in files:
        raise RefusedError(Reason.NO_REFERENCE, f"there is no {SOLVE}")
    dockerfile = files.get("Dockerfile")
    return ContainerTask(
        id=task,
        instruction=instruction,
        dockerfile=None if dockerfile is None else dockerfile.decode("utf-8", "replace"),
        context={path: content for path, content in files.items() if path not in _OWN},
        compose=files.get("docker-compose.yaml"),
        tests={
            f"/tests/{SCRIPT}": files[SCRIPT],
            **{f"/{path}": content for path, content in files.items() if path.startswith("tests/")},
        },
        script=f"/tests/{SCRIPT}",
        reward=(),
        solution={f"/solution/{SOLVE}": files[SOLVE]},
        solve=f"/solution/{SOLVE}",
        seconds=seconds_of(settings.get("max_test_timeout_sec"), _SECONDS),
        variables={"TEST_DIR": "/tests"},
        wishes=Wishes(seconds=seconds_of(settings.get("max_agent_timeout_sec"), _AGENT_SECONDS)),
    ).draft()
