"""Writing a repair into a program's text so that everything else stays as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from harness.simulated.repairs.repair import Repair


def rewrite(source: str, tree: ast.Module, repair: Repair) -> str | None:
    """The text with the repair written in, or ``None`` where the text would not mean what is wanted."""
    with _put(tree, repair):
        wanted = ast.unparse(tree)
    for text in _spellings(source, repair):
        changed = _replace_span(source, repair.target, text)
        if _means(changed, wanted):
            return changed
    return None


def _spellings(source: str, repair: Repair) -> Iterator[str]:
    if isinstance(repair.piece, ast.expr):
        text = ast.unparse(repair.piece)
        yield text
        yield f"({text})"
        return
    indent = " " * repair.target.col_offset
    line = source.splitlines()[repair.target.lineno - 1]
    statements = [_own_text(source, repair, each) for each in repair.piece]
    if line[: repair.target.col_offset].strip():  # behind a colon, on the same line
        yield "; ".join(statements)
    yield f"\n{indent}".join(statement.replace("\n", f"\n{indent}") for statement in statements)


def _own_text(source: str, repair: Repair, statement: ast.stmt) -> str:
    if statement is not repair.target:
        return ast.unparse(ast.fix_missing_locations(statement))
    text = ast.get_source_segment(source, statement) or ast.unparse(statement)
    return text.replace("\n" + " " * statement.col_offset, "\n")


def _replace_span(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    lines = source.split("\n")
    last = node.end_lineno or node.lineno
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
    after = lines[last - 1].encode()[node.end_col_offset :].decode()
    return "\n".join([*lines[: node.lineno - 1], before + text + after, *lines[last:]])


def _means(text: str, wanted: str) -> bool:
    try:
        return ast.unparse(ast.parse(text)) == wanted
    except (SyntaxError, ValueError):
        return False


@contextmanager
def _put(tree: ast.Module, repair: Repair) -> Iterator[None]:
    parent, field, index = _where(tree, repair.target)
    old = getattr(parent, field)
    pieces = [repair.piece] if isinstance(repair.piece, ast.expr) else list(repair.piece)
    new = pieces[0] if index is None else [*old[:index], *pieces, *old[index + 1 :]]
    setattr(parent, field, new)
    try:
        yield
    finally:
        setattr(parent, field, old)


def _where(tree: ast.Module, target: ast.AST) -> tuple[ast.AST, str, int | None]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is target:
                return parent, field, None
            if isinstance(value, list):
                for index, each in enumerate(value):
                    if each is target:
                        return parent, field, index
    raise LookupError("the repair's target is not part of the tree")
