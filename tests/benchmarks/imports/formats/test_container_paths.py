"""Moving a container's paths into a sandbox."""

from __future__ import annotations

import pytest

from benchmarks.imports.formats.container_paths import ContainerPaths

PATHS = ContainerPaths(workdir="/app")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Write /app/out.txt.", "Write /workspace/out.txt."),
        ("in `/app`, or in /app.", "in `/workspace`, or in /workspace."),
        ('APP="${APP:-/app}"', 'APP="${APP:-/workspace}"'),
        ("cp a /app", "cp a /workspace"),
        ("cp a /app/\n", "cp a /workspace/\n"),
        ("/apple /app-data /app.py /app_x", "/apple /app-data /app.py /app_x"),
        (
            "$HOME/app ./app /usr/app https://x.org/app ~/app",
            "$HOME/app ./app /usr/app https://x.org/app ~/app",
        ),
        ("echo 1 > /logs/verifier/reward.txt", "echo 1 > /tmp/logs/verifier/reward.txt"),
        ("/var/logs /tests/test.sh", "/var/logs /tests/test.sh"),
    ],
)
def test_only_the_path_itself_is_moved(before: str, after: str) -> None:
    """Not words and names that contain it."""
    assert PATHS.text(before) == after


def test_moving_twice_changes_nothing_more() -> None:
    """The moved paths do not look like the old ones."""
    once = PATHS.text("/app/a /logs/b")

    assert PATHS.text(once) == once


def test_a_workspace_that_is_there_already_stays() -> None:
    """A container whose working directory is ours."""
    assert ContainerPaths(workdir="/workspace").text("/workspace/a") == "/workspace/a"


def test_bytes_that_are_no_text_stay() -> None:
    """A picture is not rewritten; texts of a tree are."""
    assert PATHS.tree({"a.png": b"\xff/app/", "b.txt": b"/app/"}) == {
        "a.png": b"\xff/app/",
        "b.txt": b"/workspace/",
    }
