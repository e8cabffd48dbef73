"""Apply a proposal's edits to a tree, leaving everything else as it was, comments included."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from harness.edits import (
    AddMiddleware,
    AppendText,
    Edit,
    RemoveMiddleware,
    SetValue,
    Tree,
    TuneMiddleware,
    WriteFile,
)
from harness.errors import EditError
from harness.manifest import ParameterValue
from harness.strict_toml import listed, read_toml
from harness.tree_paths import MANIFEST_PATH, path_problem

Document = MutableMapping[str, Any]


def apply_edits(tree: Tree, edits: Iterable[Edit]) -> dict[str, bytes]:
    """The tree after ``edits``, in their order; ``tree`` itself is left alone.

    Raises ``EditError`` for an edit that does not fit the tree or changes nothing, and
    ``ManifestError`` if ``harness.toml`` is no TOML. Whether the result is a harness that loads is
    for ``parse_manifest`` to say.
    """
    result = dict(tree)
    for edit in edits:
        path, content = _applied(result, edit)
        if result.get(path) == content:
            raise EditError(f"{edit} changes nothing")
        result[path] = content
    return result


def _applied(tree: Tree, edit: Edit) -> tuple[str, bytes]:
    match edit:
        case AppendText():
            return edit.path, _appended(tree, edit)
        case WriteFile():
            if problem := path_problem(edit.path):
                raise EditError(f"cannot write {edit.path!r}: it {problem}")
            return edit.path, edit.content.encode()
        case _:
            return MANIFEST_PATH, _edited_manifest(tree, edit)


def _appended(tree: Tree, edit: AppendText) -> bytes:
    if edit.path not in tree:
        raise EditError(f"cannot append to {edit.path!r}: no such file; files: {listed(sorted(tree))}")
    paragraph = edit.text.strip()
    try:
        text = tree[edit.path].decode()
    except UnicodeDecodeError:
        raise EditError(f"cannot append to {edit.path!r}: it is not UTF-8 text") from None
    if paragraph in text:  # also when it is empty
        raise EditError(f"appending to {edit.path!r} changes nothing: it says so already")
    return f"{text.rstrip()}\n\n{paragraph}\n".lstrip("\n").encode()


ManifestEdit = SetValue | AddMiddleware | TuneMiddleware | RemoveMiddleware


def _edited_manifest(tree: Tree, edit: ManifestEdit) -> bytes:
    """``harness.toml`` after one edit.

    The edit is made twice, on tomlkit's document and on the plain data: where tomlkit writes
    something else than was meant (it has trouble with scattered tables), the layout is given up.
    """
    plain = dict(read_toml(tree, MANIFEST_PATH).data)
    before = _canonical(plain)
    _edit(plain, edit)
    if _canonical(plain) == before:
        raise EditError(f"{edit} changes nothing")
    text = _edited_text(tree[MANIFEST_PATH].decode(), edit)
    if text is None or _canonical(tomllib.loads(text)) != _canonical(plain):
        text = tomlkit.dumps(plain)
    return text.encode()


def _edited_text(text: str, edit: ManifestEdit) -> str | None:
    try:
        document = tomlkit.parse(f"{text.rstrip()}\n\n" if isinstance(edit, AddMiddleware) else text)
        _edit(document, edit)
        edited = f"{tomlkit.dumps(document).rstrip()}\n"
        tomllib.loads(edited)
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, ValueError, KeyError, IndexError):
        return None
    return edited


def _edit(document: Document, edit: ManifestEdit) -> None:
    match edit:
        case SetValue():
            _set(document, edit.key, edit.value)
        case AddMiddleware():
            _add(document, edit)
        case TuneMiddleware():
            entry = _entries(document)[_position(document, edit.use)]
            for name, value in edit.parameters.items():
                entry[name] = _plain(value)
        case RemoveMiddleware():
            _remove(document, _position(document, edit.use))


def _set(document: Document, key: str, value: ParameterValue) -> None:
    *tables, name = key.split(".")
    table = document
    for part in tables:
        if part not in table:
            table[part] = {}
        table = table[part]
        if not isinstance(table, MutableMapping):
            raise EditError(f"cannot set {key!r}: {part!r} is no table")
    if isinstance(table.get(name), Mapping | list) and not _is_value_list(table[name]):
        raise EditError(f"cannot set {key!r}: it is a table; set one of its keys")
    table[name] = _plain(value)


def _add(document: Document, edit: AddMiddleware) -> None:
    entries = _entries(document)
    index = edit.position if edit.position >= 0 else len(entries) + 1 + edit.position
    if not 0 <= index <= len(entries):
        raise EditError(
            f"cannot add {edit.use!r} at position {edit.position}: there are {len(entries)} entries"
        )
    entry = {"use": edit.use, **{name: _plain(value) for name, value in edit.parameters.items()}}
    written = _table(entry) if isinstance(document, tomlkit.TOMLDocument) else entry
    if not entries:
        document.pop("middleware", None)
        document["middleware"] = [] if written is entry else tomlkit.aot()
    document["middleware"].insert(index, written)


def _remove(document: Document, position: int) -> None:
    if len(document["middleware"]) == 1:
        del document["middleware"]  # an empty array of tables has no text of its own
    else:
        del document["middleware"][position]


def _table(entry: Mapping[str, Any]) -> Any:
    """The entry as a tomlkit table that ends with an empty line."""
    table = tomlkit.table()
    table.update(entry)
    table.add(tomlkit.nl())
    return table


def _entries(document: Document) -> list[Any]:
    entries = document.get("middleware", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise EditError("middleware in harness.toml is no list of tables; write [[middleware]] entries")
    return entries


def _position(document: Document, use: str) -> int:
    uses = [entry.get("use") for entry in _entries(document)]
    if uses.count(use) != 1:
        how = "no" if use not in uses else "more than one"
        raise EditError(f"{how} middleware entry uses {use!r}; entries: {listed(str(name) for name in uses)}")
    return uses.index(use)


def _is_value_list(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(item, Mapping) for item in value)


def _plain(value: ParameterValue) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _canonical(data: Any) -> str:
    """Equal for equal TOML: unlike ``==``, it tells true from 1 and 1 from 1.0."""
    return json.dumps(data, sort_keys=True, default=repr)
