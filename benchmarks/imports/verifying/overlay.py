"""Lays a verifier's files over a workspace so that nothing an agent left behind stands in their way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath


def lay_over(workspace: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The workspace with ``files`` in it; a folder where a file belongs gives way, and so does a file for a folder."""
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    kept = {
        path: content
        for path, content in workspace.items()
        if path not in folders and not any(str(parent) in files for parent in PurePosixPath(path).parents)
    }
    return {**kept, **files}


def split_places(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files that go into the workspace (relative paths), and those beside it (absolute paths)."""
    inside = {path: content for path, content in files.items() if not path.startswith("/")}
    beside = {path: content for path, content in files.items() if path.startswith("/")}
    return inside, beside
