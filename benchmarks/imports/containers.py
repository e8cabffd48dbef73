"""What Harbor's and Terminal-Bench's folders share: an image, a test script, a solution script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml  # type: ignore[import-untyped]

from benchmarks.imports.command_verifier import CommandVerifier
from benchmarks.imports.container_paths import ContainerPaths
from benchmarks.imports.dockerfile import Image, read_dockerfile
from benchmarks.imports.draft import Draft, ImportedVerifier, Solution
from benchmarks.imports.refusal import Reason, Refusal, RefusedError
from benchmarks.imports.tests_verifier import TestsVerifier
from benchmarks.imports.verifier_script import read_script

MAX_SECONDS = 300.0
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

    def draft(self) -> Draft:
        """The draft; raises ``RefusedError``. What its script wants from a network is among its needs."""
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
        secret = {content for path, content in self.tests.items() if _TEST_NAME.search(path)}
        secret |= set(self.solution.values())
        shown = sorted(path for path, content in image.files.items() if content.strip() and content in secret)
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
