"""Turns a task for its own image into one that can be tried: image built, working folder and its files known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.imports.draft import Draft
from benchmarks.imports.formats.containers import given_away
from benchmarks.imports.refusal import Reason, Refusal, RefusedError
from benchmarks.imports.verifying.tests_verifier import TestsVerifier
from harness.errors import BrokenSystemError
from harness.sandbox import Sandbox
from harness.sandboxes.task_containers import TaskContainers
from harness.task_environment import TaskEnvironment

_DETAIL = 400
_NOT_WANTED = "it runs in a container of its own, and images are not wanted"
Images = Literal["never", "needed", "always"]


@dataclass(frozen=True, kw_only=True)
class OwnImages:
    """Whether tasks get the images they ask for, and whether building those may fetch from the network."""

    containers: TaskContainers
    wanted: Images = "needed"
    network: bool = False

    def of(self, draft: Draft) -> Draft:
        """The draft as it is to be tried: for its own image where that is wanted, else unchanged.

        Where its image cannot be had that is among its needs. Raises ``RefusedError`` where building fails.
        """
        contained = draft if draft.environment is not None else draft.contained
        if contained is None:
            return draft
        if self.wanted == "never":
            return draft if draft.environment is None else _lacking(draft, contained, _NOT_WANTED)
        if self.wanted == "needed" and draft.environment is None and not draft.needs:
            return draft
        assert contained.environment is not None
        environment = replace(contained.environment, build_network=self.network)
        if (reason := self.containers.why_not(environment)) is not None:
            return _lacking(draft, contained, reason)
        return self._in_place(contained, environment)

    def _in_place(self, draft: Draft, environment: TaskEnvironment) -> Draft:
        try:
            self.containers.make_ready(environment, task=draft.id)
            home, files = self.containers.shown(environment)
            environment = replace(environment, home=home)
        except BrokenSystemError as error:
            raise RefusedError(Reason.IMAGE_FAILS, " ".join(str(error).split())[:_DETAIL]) from None
        except ValueError as error:
            raise RefusedError(
                Reason.NEEDS_DOCKER, f"its image works in a folder no sandbox gives: {error}"
            ) from None
        verifier = draft.verifier
        if isinstance(verifier, TestsVerifier):
            verifier = replace(verifier, home=home, site=True)
        solution = draft.solution.files if draft.solution else {}
        shown = given_away(files, tests=verifier.files, solution=solution)
        return replace(
            draft, files={**files, **draft.files}, verifier=verifier, environment=environment, needs=shown
        )


def no_images(sandbox: Sandbox) -> OwnImages:
    """Every task in ``sandbox``."""
    return OwnImages(containers=TaskContainers(sandbox), wanted="never")


def _lacking(draft: Draft, contained: Draft, reason: str) -> Draft:
    kind = Reason.NEEDS_IMAGE if reason.startswith("needs the image") else Reason.NEEDS_DOCKER
    needs = (Refusal(reason=kind, detail=reason), *draft.needs)  # the way out comes first
    return replace(draft, needs=needs, environment=None, contained=contained)
