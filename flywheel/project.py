"""A harness repository opened for work: its ledger, policy, segments and index in one value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ManifestError
from harness.ledger import Ledger
from harness.local_executor import LocalExecutor
from harness.manifest import Manifest
from harness.manifest_file import parse_manifest
from harness.policy import Policy, parse_policy
from harness.repository import HarnessRepository
from traces.store import TraceStore


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything that commands work on; nothing here is cached, so it is never stale."""

    repository: HarnessRepository
    ledger: Ledger

    @property
    def store(self) -> TraceStore:
        """The repository's traces."""
        return TraceStore(root=self.repository.state)

    @property
    def segments(self) -> Path:
        """Where the spans of this repository's runs are."""
        return self.store.own

    @property
    def index(self) -> Path:
        """The embedded index, derived from the segments."""
        return self.store.index

    def policy(self, commit: str | None = None) -> Policy:
        """The policy as of a commit, the current one by default."""
        return parse_policy(self.repository.tree(commit or self.repository.current()))

    def manifest(self, commit: str | None = None) -> Manifest:
        """The parsed ``harness.toml`` of a commit, the current one by default.

        Raises ``ManifestError`` that names the commit beside file, line and valid choices.
        """
        shown = commit or self.repository.current()
        try:
            return parse_manifest(self.repository.tree(shown))
        except ManifestError as error:
            which = "harness" if commit else "current harness"
            raise ManifestError(f"the {which} ({shown[:10]}) does not load: {error}") from None


def open_project(path: Path) -> Project:
    """Open the harness repository at ``path``; raises ``RepositoryError`` where there is none."""
    repository = HarnessRepository.open(path)
    return Project(repository=repository, ledger=Ledger(repository))


@contextmanager
def working(project: Project, *, untracked: bool = True) -> Iterator[Project]:
    """Hold the repository for one piece of work; a second one is refused, so is a dirty working tree.

    Without ``untracked``, files that git does not know are no dirt: for what works on commits alone.
    """
    with project.repository.lock():
        project.repository.require_clean(untracked=untracked)
        yield project


def open_executor(
    project: Project, *, in_flight: int, trust_code: bool = False, model_profile: object | None = None
) -> LocalExecutor:
    """The executor of this machine, writing to the project's segments what its policy lets through."""
    policy = project.policy()
    return LocalExecutor(
        project.segments,
        in_flight=in_flight,
        sandbox=policy.sandbox,
        trust_code=trust_code,
        model_profile=model_profile,
        rules=policy.redaction.rules(),
    )
