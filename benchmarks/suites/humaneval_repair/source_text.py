"""A program's text and its syntax tree, so that a change leaves every other character as it was."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Node = ast.expr | ast.stmt


@dataclass(frozen=True, kw_only=True)
class Change:
    """Replace the bytes ``start:end`` of a program; ``operator`` names the mutation operator."""

    operator: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class SourceText:
    """A program; positions are byte offsets into its UTF-8 form, as ``ast`` counts columns."""

    text: str

    @cached_property
    def content(self) -> bytes:
        """The program as bytes."""
        return self.text.encode()

    @cached_property
    def tree(self) -> ast.Module:
        """The program's syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def _lines(self) -> list[int]:
        starts = [0]
        for line in self.content.split(b"\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def start(self, node: Node) -> int:
        """Where a node begins."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: Node) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: Node) -> str:
        """The text of a node."""
        return self.content[self.start(node) : self.end(node)].decode()

    def replace(self, operator: str, node: Node, text: str) -> Change:
        """Replace a whole node."""
        return Change(operator=operator, start=self.start(node), end=self.end(node), text=text)

    def token(self, operator: str, left: Node, right: Node, pattern: str, text: str) -> Iterator[Change]:
        """Replace the operator's token between two nodes; nothing where a comment hides it."""
        start = self.end(left)
        gap = self.content[start : self.start(right)].decode()
        found = re.search(pattern, gap)
        if found and "#" not in gap:
            span = (start + found.start(), start + found.end())
            yield Change(operator=operator, start=span[0], end=span[1], text=text)

    def apply(self, change: Change) -> str:
        """The changed program."""
        return (self.content[: change.start] + change.text.encode() + self.content[change.end :]).decode()
