"""The harness repository that ``flywheel init`` starts from."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import tomlkit

from harness.edits import Tree
from harness.tree_paths import MANIFEST_PATH


def coder_template(model: str = "simulated:coder") -> Tree:
    """A plain coding agent on ``model`` (a name that ``init_chat_model`` takes, or a simulated one)."""
    tree = dict(_files(files("harness").joinpath("templates", "coder"), prefix=""))
    document = tomlkit.parse(tree[MANIFEST_PATH].decode())
    document["model"]["name"] = model
    return {**tree, MANIFEST_PATH: tomlkit.dumps(document).encode()}


def _files(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            found += _files(item, f"{prefix}{item.name}/")
        else:
            found.append((prefix + item.name, item.read_bytes()))
    return found
