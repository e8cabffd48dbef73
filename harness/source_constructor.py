"""The constructor parameters of a class in a harness' own file, by reading its source and never running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.edits import Tree
from harness.errors import ManifestError
from harness.parameter_spec import ParameterSpec
from harness.strict_toml import choices, listed
from harness.toml_types import ANYTHING, toml_form

MAX_BYTES = 256 * 1024


def source_parameters(tree: Tree, path: str, class_name: str) -> tuple[ParameterSpec, ...]:
    """The parameters of the class' ``__init__``, of its dataclass fields, or of a base in the same file.

    A class without any of these takes none. Raises ``ManifestError`` if there is no such file or
    class, or if the file is no Python.
    """
    source = _read(tree, path)
    if class_name not in source.classes:
        raise ManifestError(f"{path} defines no class {class_name!r}; {choices(class_name, source.classes)}")
    return tuple(_of_class(source, class_name, seen=frozenset()))


@dataclass(frozen=True, kw_only=True)
class _Source:
    """The top level of a module: its classes and the names that stand for types."""

    classes: Mapping[str, ast.ClassDef]
    aliases: Mapping[str, ast.expr]


def _read(tree: Tree, path: str) -> _Source:
    if path not in tree:
        files = sorted(name for name in tree if name.endswith(".py"))
        raise ManifestError(f"no file {path!r} in the harness; Python files: {listed(files)}")
    if len(tree[path]) > MAX_BYTES:
        raise ManifestError(f"{path} is larger than {MAX_BYTES} bytes")
    try:
        body = ast.parse(tree[path], filename=path).body
    except SyntaxError as error:
        raise ManifestError(f"{path}:{error.lineno or 1} is not valid Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ManifestError(f"{path} is not valid Python: {error}") from None
    classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
    return _Source(classes=classes, aliases=dict(_aliases(body)))


def _aliases(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _of_class(source: _Source, class_name: str, seen: frozenset[str]) -> list[ParameterSpec]:
    node = source.classes[class_name]
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return list(_of_function(source, statement.args))
    bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
    inherited = [
        spec
        for base in bases
        if base in source.classes and base not in seen
        for spec in _of_class(source, base, seen | {class_name})
    ]
    return inherited + (list(_of_fields(source, node)) if _is_dataclass(node) else [])


def _of_function(source: _Source, arguments: ast.arguments) -> Iterator[ParameterSpec]:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional[1:], start=1):
        yield _spec(source, argument.arg, argument.annotation, required=index < with_default)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _spec(source, argument.arg, argument.annotation, required=default is None)


def _of_fields(source: _Source, node: ast.ClassDef) -> Iterator[ParameterSpec]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield _spec(source, statement.target.id, statement.annotation, required=statement.value is None)


def _spec(source: _Source, name: str, annotation: ast.expr | None, *, required: bool) -> ParameterSpec:
    if annotation is None:
        return ParameterSpec(name=name, required=required, accepts=ANYTHING, annotation="any value")
    accepts = toml_form(annotation, source.aliases.get)
    return ParameterSpec(name=name, required=required, accepts=accepts, annotation=ast.unparse(annotation))


def _is_dataclass(node: ast.ClassDef) -> bool:
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if "dataclass" in {getattr(target, "id", ""), getattr(target, "attr", "")}:
            return True
    return False
