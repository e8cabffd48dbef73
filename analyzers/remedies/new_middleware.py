"""The remedy of new code: a middleware that an analyst wrote, with its own test."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.edits import AddMiddleware, Edit, WriteFile
from harness.manifest import Manifest

FOLDER = "middleware"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class NewMiddleware:
    """Writes a middleware and its test into the harness and puts it into the stack, innermost.

    Whether the code may become a candidate is not for this to say: see ``analyzers.code_shape`` and ``harness.code_trial``.
    """

    class_name: str
    code: str
    test: str
    title: str = "Add a middleware written for this pattern"
    hypothesis: str = "A middleware made against this mechanism keeps the agent from it."
    name: str = "own_middleware"

    @property
    def path(self) -> str:
        """Its file."""
        return f"{FOLDER}/{_HUMP.sub('_', self.class_name).lower()}.py"

    @property
    def test_path(self) -> str:
        """The file of its test."""
        return path_of_test(self.path)

    @property
    def use(self) -> str:
        """How ``harness.toml`` names it."""
        return f"./{self.path}:{self.class_name}"

    @property
    def mechanism(self) -> str:
        """The middleware that is meant to act."""
        return f"middleware:{self.use}"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The file; the entry of the middleware table is a second surface, which lint checks as well."""
        return self.path

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """File, test and entry; nothing for a ``command`` agent, nor where the harness has one of this name."""
        if manifest.agent != "builtin" or any(
            entry.use.rpartition(":")[2] == self.class_name for entry in manifest.middleware
        ):
            return ()
        return (
            WriteFile(path=self.path, content=self.code.strip() + "\n"),
            WriteFile(path=self.test_path, content=self.test.strip() + "\n"),
            AddMiddleware(use=self.use),
        )


def path_of_test(path: str) -> str:
    """Where the test of a middleware's file stands: beside it."""
    return f"{path.removesuffix('.py')}_test.py"
