"""The current harness' line of commits: what was promoted, what was rolled back, what still stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.errors import RepositoryError
from harness.git_commands import GitCommands

KIND = "Flywheel-Kind"
RESTORES = "Flywheel-Restores"
PROMOTION, ROLLBACK = "promotion", "rollback"
_TRAILER = re.compile(r"(?P<key>[A-Za-z0-9][A-Za-z0-9-]*): (?P<value>.+)")


@dataclass(frozen=True, kw_only=True)
class LoggedCommit:
    """A commit on the current branch's first-parent line."""

    commit: str
    parents: tuple[str, ...]
    tree: str
    subject: str
    trailers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_promotion(self) -> bool:
        """Whether it is a merge that ``promote`` made."""
        return self.trailers.get(KIND) == PROMOTION and len(self.parents) == 2

    @property
    def restores(self) -> str | None:
        """The commit whose tree a rollback restored; ``None`` if this is no rollback."""
        return self.trailers.get(RESTORES) if self.trailers.get(KIND) == ROLLBACK else None


def read_log(git: GitCommands, commit: str) -> list[LoggedCommit]:
    """The first-parent history of ``commit``, newest first."""
    output = git.run("log", "-z", "--first-parent", "--no-color", "--format=%H%x01%P%x01%T%x01%B", commit)
    return [_logged(record) for record in output.decode(errors="replace").split("\0") if record]


def standing_promotions(log: Iterable[LoggedCommit]) -> list[LoggedCommit]:
    """The promotions of a log (newest first) that no rollback has undone, newest first.

    A rollback brings back what stood at the commit that it restores.
    """
    standing: tuple[LoggedCommit, ...] = ()
    stood: dict[str, tuple[LoggedCommit, ...]] = {}
    for logged in reversed(list(log)):
        if logged.is_promotion:
            standing = (logged, *standing)
        elif logged.restores is not None:
            standing = stood.get(logged.restores, ())
        stood[logged.commit] = standing
    return list(standing)


def message(subject: str, trailers: Mapping[str, str]) -> str:
    """A commit message; raises ``RepositoryError`` for a trailer that would not be read back as it is."""
    for key, value in trailers.items():
        if not _TRAILER.fullmatch(f"{key}: {value}") or value != value.strip() or "\x01" in value:
            raise RepositoryError(f"{key!r}: {value!r} cannot be a trailer; both must be on one line")
    lines = [f"{key}: {value}" for key, value in trailers.items()]
    return "\n".join([" ".join(subject.split()) or "(no subject)", "", *lines])


def _logged(record: str) -> LoggedCommit:
    commit, parents, tree, body = record.split("\x01", maxsplit=3)
    paragraphs = body.strip().split("\n\n")
    return LoggedCommit(
        commit=commit,
        parents=tuple(parents.split()),
        tree=tree,
        subject=" ".join(paragraphs[0].split()),
        trailers=_trailers(paragraphs[-1]) if len(paragraphs) > 1 else {},
    )


def _trailers(paragraph: str) -> dict[str, str]:
    found = [_TRAILER.fullmatch(line) for line in paragraph.splitlines()]
    return {match["key"]: match["value"] for match in found if match} if all(found) else {}
