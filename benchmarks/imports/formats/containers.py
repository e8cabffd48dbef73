"""What Harbor's and Terminal-Bench's folders share: an image, a test script, a solution script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import yaml  # type: ignore[import-untyped]

from benchmarks.imports.draft import Draft, ImportedVerifier, Solution
from benchmarks.imports.formats.container_paths import ContainerPaths
from benchmarks.imports.formats.dockerfile import Image, read_dockerfile
from benchmarks.imports.formats.verifier_script import read_script
from benchmarks.imports.formats.wishes import Wishes
from benchmarks.imports.refusal import Reason, Refusal, RefusedError
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from harness.task_environment import TaskEnvironment

MAX_SECONDS = 300.0
LOGS_INSIDE = "/logs"  # where these formats' scripts leave their reward
MAX_YAML = 256 * 1024
_TEST_NAME = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.\w+$|\.sh$")


@dataclass(frozen=True, kw_only=True)
class ContainerTask:
    """One folder's parts, whatever their places in it were. Paths of tests and solution are absolute.

    ``script`` is the test script's path among ``tests``; ``reward`` are the files it writes its score to,
    none where its exit code counts. ``solve`` is the solution script's path among ``solution``.
    """

    id: str
    instruction: str
    dockerfile: str | None
    context: Mapping[str, bytes]
    compose: bytes | None
    tests: Mapping[str, bytes]
    script: str
    reward: tuple[str, ...]
    solution: Mapping[str, bytes]
    solve: str
    seconds: float
    variables: Mapping[str, str]
    needs: tuple[Refusal, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)

    def draft(self) -> Draft:
        """The draft; raises ``RefusedError``. What its script wants from a network is among its needs."""
        contained = self._contained()
        if self.dockerfile is None and contained is not None:
            return replace(contained, environment=None, needs=self.needs, contained=contained)
        image = self._image()
        paths = ContainerPaths(workdir=image.workdir)
        needs = (*self.needs, *image.needs, *self._services(), *self._given_away(image))
        try:
            verifier = self._verifier(paths, image)
        except RefusedError as error:
            verifier, needs = self._as_shipped(paths, image), (*needs, error.refusal)
        return Draft(
            id=self.id,
            group=self.id.partition("/")[2],
            instruction=paths.text(self.instruction).strip() + "\n",
            files=paths.tree(image.files),
            verifier=verifier,
            solution=Solution(
                argv=("bash", self.solve),
                files=paths.tree(self.solution),
                seconds=self._seconds,
                environment={**image.environment, **self.variables},
            ),
            needs=needs,
            contained=contained,
        )

    def _contained(self) -> Draft | None:
        """The same task in its own image, with every path as its author wrote it; ``None`` where no image can do."""
        hidden = {*self.tests, *self.solution}  # which some sets keep beside their Dockerfile
        context = {path: content for path, content in self.context.items() if f"/{path}" not in hidden}
        environment = self.wishes.environment(self.dockerfile, context, folders=(LOGS_INSIDE,))
        beyond = any(need.reason is Reason.NEEDS_DOCKER for need in (*self.needs, *self._services()))
        if environment is None or beyond:
            return None
        try:
            verifier = self._verifier_inside(environment)
        except RefusedError:
            return None
        return Draft(
            id=self.id,
            group=self.id.partition("/")[2],
            instruction=self.instruction.strip() + "\n",
            files={},
            verifier=verifier,
            solution=Solution(
                argv=("bash", self.solve),
                files=self.solution,
                seconds=self._seconds,
                environment=self.variables,
            ),
            environment=environment,
        )

    def _verifier_inside(self, environment: TaskEnvironment) -> ImportedVerifier:
        script = self.tests[self.script].decode("utf-8", "replace")
        run = read_script(script, self.variables, in_image=True, network=environment.network)
        if run is None or any(path not in self.tests for path in run.tests):
            return CommandVerifier(
                argv=("bash", self.script),
                files=self.tests,
                reward=self.reward,
                seconds=self._seconds,
                environment=self.variables,
            )
        folders = {str(PurePosixPath(path).parent) for path in run.tests}
        return TestsVerifier(
            tests=run.tests,
            files=self.tests,
            path=("", *sorted(folders)),
            seconds=self._seconds,
            environment=self.variables,
            site=True,
        )

    @property
    def _seconds(self) -> float:
        return min(MAX_SECONDS, max(1.0, self.seconds))

    def _image(self) -> Image:
        if self.dockerfile is None:
            raise RefusedError(Reason.NEEDS_IMAGE, "the folder has no Dockerfile: its image is elsewhere")
        return read_dockerfile(self.dockerfile, self.context)

    def _verifier(self, paths: ContainerPaths, image: Image) -> ImportedVerifier:
        """Pytest where the script is the usual frame around it, else the script itself."""
        run = read_script(paths.text(self.tests[self.script].decode("utf-8", "replace")), self.variables)
        if run is None:
            return self._as_shipped(paths, image)
        absent = [path for path in run.tests if path not in self.tests]
        if absent:
            raise RefusedError(Reason.UNREADABLE, f"its verifier runs {absent[0]}, which is not there")
        folders = {str(PurePosixPath(path).parent) for path in run.tests}
        return TestsVerifier(
            tests=run.tests,
            files=paths.tree(self.tests),
            path=("", *sorted(folders)),
            seconds=self._seconds,
            environment={**image.environment, **self.variables},
        )

    def _as_shipped(self, paths: ContainerPaths, image: Image) -> CommandVerifier:
        return CommandVerifier(
            argv=("bash", self.script),
            files=paths.tree(self.tests),
            reward=tuple(paths.text(path) for path in self.reward),
            seconds=self._seconds,
            environment={**image.environment, **self.variables},
        )

    def _services(self) -> tuple[Refusal, ...]:
        services = _services(self.compose) if self.compose else frozenset()
        if len(services) <= 1:
            return ()
        shown = ", ".join(sorted(services)[:5])
        return (Refusal(reason=Reason.NEEDS_DOCKER, detail=f"it needs several services ({shown})"),)

    def _given_away(self, image: Image) -> tuple[Refusal, ...]:
        """Tests and solutions that the image itself would show to the agent."""
        return given_away(image.files, tests=self.tests, solution=self.solution)


def given_away(
    files: Mapping[str, bytes], *, tests: Mapping[str, bytes], solution: Mapping[str, bytes]
) -> tuple[Refusal, ...]:
    """Whether a workspace shows the agent what judges it."""
    secret = {content for path, content in tests.items() if _TEST_NAME.search(path)} | set(solution.values())
    shown = sorted(path for path, content in files.items() if content.strip() and content in secret)
    if not shown:
        return ()
    detail = f"its workspace shows {shown[0]}, which is one of its tests or its solution"
    return (Refusal(reason=Reason.GIVES_AWAY, detail=detail),)


def read_yaml(content: bytes, name: str) -> Mapping[str, Any]:
    """A YAML mapping; raises ``RefusedError`` for anything else."""
    if len(content) > MAX_YAML:
        raise RefusedError(Reason.TOO_LARGE, f"{name} is larger than {MAX_YAML >> 10} KiB")
    try:
        value = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise RefusedError(Reason.UNREADABLE, f"{name} is no YAML") from None
    if not isinstance(value, dict):
        raise RefusedError(Reason.UNREADABLE, f"{name} holds no mapping")
    return value


def seconds_of(value: object, default: float) -> float:
    """A limit as a file gives it, or the default."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def _services(compose: bytes) -> frozenset[str]:
    services = read_yaml(compose, "docker-compose.yaml").get("services")
    return frozenset(map(str, services)) if isinstance(services, dict) else frozenset()
