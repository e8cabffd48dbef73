"""Whether a candidate stays within the surfaces that its control declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.edits import Tree
from harness.errors import SurfaceError
from harness.git_trees import MODES
from harness.strict_toml import listed, read_toml
from harness.surface_entries import KEY_PREFIX, NEVER_KEYS, entry_problem, is_within, key_of
from harness.tree_paths import MANIFEST_PATH, POLICY_PATH, PROTECTED_NAMES, matches, path_problem

Key = tuple[str, ...]


def check_surfaces(
    control: Tree,
    candidate: Tree,
    *,
    control_modes: Mapping[str, str] | None = None,
    candidate_modes: Mapping[str, str] | None = None,
) -> None:
    """Raise ``SurfaceError`` for the first change that the control's ``[surfaces]`` do not open.

    Modes (path → octal) are checked where they are given: regular files only, and a changed mode is a
    change of the file. Raises ``ManifestError`` if either ``harness.toml`` is no TOML.
    """
    for path, mode in (candidate_modes or {}).items():
        if mode not in MODES:
            raise SurfaceError(f"{path} has mode {mode}; a harness holds regular files only (100644, 100755)")
    entries = allowed_entries(control)
    for path in _changed_paths(control, candidate, control_modes or {}, candidate_modes or {}):
        _check_path(path, entries)
    for key in _changed_keys(control, candidate):
        _check_key(key, entries)


def surface_of(control: Tree, candidate: Tree) -> tuple[str, ...]:
    """The control's surface entries that the change touched, in their order; changes outside all of them count for none."""
    paths = _changed_paths(control, candidate, {}, {})
    keys = _changed_keys(control, candidate)
    return tuple(
        entry
        for entry in allowed_entries(control)
        if any(_opens_path(entry, path) for path in paths) or any(_opens_key(entry, key) for key in keys)
    )


def allowed_entries(control: Tree) -> tuple[str, ...]:
    """The control's ``[surfaces] edit`` without entries that would open what is never a surface."""
    surfaces = read_toml(control, MANIFEST_PATH).data.get("surfaces")
    edit = surfaces.get("edit") if isinstance(surfaces, dict) else None
    entries = edit if isinstance(edit, list) else []
    return tuple(entry for entry in entries if isinstance(entry, str) and entry_problem(entry) is None)


def _check_path(path: str, entries: tuple[str, ...]) -> None:
    if problem := path_problem(path):
        raise SurfaceError(f"{path!r} cannot be a file of a harness: it {problem}")
    if path == POLICY_PATH or path.rpartition("/")[2] in PROTECTED_NAMES:
        raise SurfaceError(f"{path} was changed, which is never a surface")
    if not any(_opens_path(entry, path) for entry in entries):
        raise SurfaceError(f"{path} was changed; surfaces are {listed(entries)}")


def _check_key(key: Key, entries: tuple[str, ...]) -> None:
    name = f"{KEY_PREFIX}{'.'.join(key)}"
    if any(is_within(key, never) for never in NEVER_KEYS):
        raise SurfaceError(f"{name} was changed, which is never a surface")
    if not any(_opens_key(entry, key) for entry in entries):
        raise SurfaceError(f"{name} was changed; surfaces are {listed(entries)}")


def _opens_path(entry: str, path: str) -> bool:
    return not entry.startswith(KEY_PREFIX) and matches(entry, path)


def _opens_key(entry: str, key: Key) -> bool:
    return entry.startswith(KEY_PREFIX) and is_within(key, key_of(entry))


def _changed_paths(
    control: Tree, candidate: Tree, control_modes: Mapping[str, str], candidate_modes: Mapping[str, str]
) -> list[str]:
    """Added, removed and changed files; ``harness.toml`` is compared by its keys instead."""
    return [
        path
        for path in sorted(control.keys() | candidate.keys())
        if (path != MANIFEST_PATH and control.get(path) != candidate.get(path))
        or (
            path in control_modes and path in candidate_modes and control_modes[path] != candidate_modes[path]
        )
    ]


def _changed_keys(control: Tree, candidate: Tree) -> list[Key]:
    before = dict(_leaves(read_toml(control, MANIFEST_PATH).data))
    after = dict(_leaves(read_toml(candidate, MANIFEST_PATH).data))
    return [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]


def _leaves(table: Mapping[str, Any], prefix: Key = ()) -> Iterator[tuple[Key, str]]:
    """Each key that holds no table, with its value as text (in which true differs from 1); empty tables count too."""
    for name, value in table.items():
        key = (*prefix, name)
        if isinstance(value, dict) and value:
            yield from _leaves(value, key)
        else:
            yield key, json.dumps(value, sort_keys=True, default=repr)
