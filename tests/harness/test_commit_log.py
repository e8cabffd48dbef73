"""Tests of reading a harness' line of commits."""

from __future__ import annotations

import pytest

from harness.commit_log import (
    KIND,
    PROMOTION,
    RESTORES,
    ROLLBACK,
    LoggedCommit,
    message,
    read_log,
    standing_promotions,
)
from harness.errors import RepositoryError
from harness.repository import HarnessRepository


def logged(commit: str, *parents: str, **trailers: str) -> LoggedCommit:
    named = {name.replace("_", "-"): value for name, value in trailers.items()}
    return LoggedCommit(commit=commit, parents=parents, tree=commit, subject=commit, trailers=named)


def promotion(commit: str, parent: str) -> LoggedCommit:
    return logged(commit, parent, f"{commit}-candidate", Flywheel_Kind=PROMOTION)


def rollback(commit: str, parent: str, restores: str) -> LoggedCommit:
    return logged(commit, parent, Flywheel_Kind=ROLLBACK, Flywheel_Restores=restores)


def standing(*oldest_first: LoggedCommit) -> list[str]:
    return [entry.commit for entry in standing_promotions(reversed(oldest_first))]


START = logged("start")


def test_promotions_stand_until_a_rollback_undoes_them() -> None:
    """A rollback brings back what stood at the commit that it restores."""
    first, second = promotion("p1", "start"), promotion("p2", "p1")

    assert standing(START) == []
    assert standing(START, first, second) == ["p2", "p1"]
    assert standing(START, first, second, rollback("r1", "p2", "p1")) == ["p1"]
    assert standing(START, first, second, rollback("r1", "p2", "start")) == []
    assert standing(START, first, second, rollback("r1", "p2", "p1"), rollback("r2", "r1", "start")) == []


def test_a_rollback_can_be_undone_by_a_rollback() -> None:
    """Restoring a commit from before a rollback makes its promotions stand again."""
    history = (START, promotion("p1", "start"), rollback("r1", "p1", "start"), rollback("r2", "r1", "p1"))

    assert standing(*history) == ["p1"]


def test_commits_in_between_leave_promotions_standing() -> None:
    """A person's commit undoes nothing."""
    assert standing(START, promotion("p1", "start"), logged("edit", "p1")) == ["p1"]


def test_only_a_merge_is_a_promotion() -> None:
    """A commit that merely says so is none."""
    claimed = logged("x", "start", Flywheel_Kind=PROMOTION)

    assert not claimed.is_promotion
    assert standing(START, claimed) == []
    assert logged("y", "x", Flywheel_Restores="start").restores is None


def test_what_is_written_is_read_back(repository: HarnessRepository) -> None:
    """Subject and trailers survive git, in whatever script."""
    trailers = {"Flywheel-Proposal": "p-1: ünïcode “quotes”", "X": "a: b: c"}
    text = message("A subject\nover two lines", trailers)
    commit = repository.git.commit(repository.tree_hash("HEAD"), (repository.current(),), text, seconds=7)
    newest, oldest = read_log(repository.git, commit)

    assert newest.subject == "A subject over two lines"
    assert newest.trailers == trailers
    assert newest.parents == (oldest.commit,)
    assert newest.tree == repository.tree_hash(commit)
    assert (oldest.subject, oldest.trailers) == ("Start", {})


def test_ordinary_messages_have_no_trailers(repository: HarnessRepository) -> None:
    """A last paragraph of prose is prose, and a body is no subject."""
    text = "Subject\n\nSome prose: with a colon\nand a second line.\n"
    commit = repository.git.commit(repository.tree_hash("HEAD"), (), text, seconds=0)
    (only,) = read_log(repository.git, commit)

    assert only.subject == "Subject"
    assert only.trailers == {}


@pytest.mark.parametrize(
    "trailers",
    [
        {"A B": "x"},
        {"A": "x\nFlywheel-Kind: promotion"},
        {"A": ""},
        {"": "x"},
        {"A": " x"},
        {"A": "x\x01y"},
        {"-": "x"},
    ],
)
def test_a_trailer_that_would_be_read_back_differently_is_refused(trailers: dict[str, str]) -> None:
    """Nothing in a value can become another trailer."""
    with pytest.raises(RepositoryError, match="cannot be a trailer"):
        message("s", trailers)


def test_the_names_of_our_trailers_are_fixed() -> None:
    """Histories that exist depend on them."""
    assert (KIND, RESTORES, PROMOTION, ROLLBACK) == (
        "Flywheel-Kind",
        "Flywheel-Restores",
        "promotion",
        "rollback",
    )
