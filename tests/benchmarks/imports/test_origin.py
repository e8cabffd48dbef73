"""Where tasks come from and their licence."""

from __future__ import annotations

from pathlib import Path

import pytest
from git import Actor, Repo

from benchmarks.imports.origin import origin_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MIT License\n\nPermission is hereby granted, free of charge, to any person", "MIT"),
        ("                Apache License\n          Version 2.0, January 2004", "Apache-2.0"),
        ("Redistribution and use in source and binary forms, with or without", "BSD"),
        ("You may look at it.", "see LICENSE"),
    ],
)
def test_known_licences_have_their_name(tmp_path: Path, text: str, name: str) -> None:
    """Others are pointed at."""
    (tmp_path / "LICENSE").write_text(text)

    assert origin_of(tmp_path).licence == name


def test_a_folder_without_a_licence_has_none(tmp_path: Path) -> None:
    """The folder above it is somebody else's."""
    (tmp_path / "LICENSE").write_text("MIT License\n\nPermission is hereby granted, free of charge")
    (tmp_path / "set").mkdir()

    assert origin_of(tmp_path / "set").licence == "unknown"
    assert origin_of(tmp_path / "set").source == str(tmp_path / "set")


def test_a_repository_tells_its_address_commit_and_licence(tmp_path: Path) -> None:
    """Also from a folder inside, and without the address's credentials."""
    repository = Repo.init(tmp_path)
    (tmp_path / "LICENSE").write_text("Permission is hereby granted, free of charge")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "x.jsonl").write_text("{}")
    repository.index.add(["LICENSE"])
    someone = Actor("a", "a@example.org")
    commit = repository.index.commit("x", author=someone, committer=someone)
    repository.create_remote("origin", "https://user:token@example.org/a/b.git?key=1")
    origin = origin_of(tmp_path / "set" / "x.jsonl")

    assert origin.source == f"https://example.org/a/b.git at {commit.hexsha[:12]}"
    assert origin.licence == "MIT"


def test_a_repository_without_commits_is_a_folder(tmp_path: Path) -> None:
    """It has no commit to name."""
    Repo.init(tmp_path)

    assert origin_of(tmp_path).source == str(tmp_path)
