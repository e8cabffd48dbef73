"""The ledger of another repository: fetch it, and push to it without losing anybody's entry."""

from __future__ import annotations

from harness.errors import LedgerError, RepositoryError
from harness.git_commands import GitCommands

REFERENCE = "refs/heads/flywheel/ledger"
FETCHED = "refs/flywheel/fetched/ledger"


def fetch_ledger(git: GitCommands, remote: str) -> str | None:
    """The remote ledger's last commit, fetched; ``None`` if it has none. Raises ``LedgerError`` if out of reach."""
    try:
        listed = git.remote("ls-remote", "--upload-pack=git-upload-pack", "--", remote, REFERENCE).decode()
        if not listed.strip():
            return None
        arguments = ("--quiet", "--no-tags", "--no-write-fetch-head", "--upload-pack=git-upload-pack")
        git.remote("fetch", *arguments, "--", remote, f"+{REFERENCE}:{FETCHED}")
    except RepositoryError as error:
        raise LedgerError(f"cannot fetch the ledger from {remote!r}: {error}") from None
    return git.find(FETCHED)


def push_ledger(git: GitCommands, remote: str, commit: str) -> bool:
    """Push ``commit`` as the remote ledger; false if the remote has moved on.

    Never forced: the remote takes it only on top of what it has, which is compare-and-swap there.
    """
    before = fetch_ledger(git, remote)
    if before == commit:
        return True
    if before is not None and not git.succeeds("merge-base", "--is-ancestor", before, commit):
        return False
    try:
        git.remote(
            "push", "--quiet", "--receive-pack=git-receive-pack", "--", remote, f"{commit}:{REFERENCE}"
        )
    except RepositoryError as error:
        if fetch_ledger(git, remote) == before:
            raise LedgerError(f"cannot push the ledger to {remote!r}: {error}") from None
        return False
    return True
