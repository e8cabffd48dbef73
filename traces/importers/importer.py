"""What an importer is: one format, known by its content, read as spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file to read. ``open`` gives its bytes from the start, unpacked where the file is compressed.

    ``head`` holds the first bytes, at most 64 KiB. ``path`` tells an importer where neighbours of the file
    are (a trial's result beside its trajectory); it is never how a format is recognised.
    """

    path: Path
    head: bytes
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """Something of a file that could not be read, or that is known not to belong into a trace.

    ``line`` counts from 1, and is 0 where the format has no lines. ``reason`` is a short text without
    content of the file, the same for the same cause, so that reasons can be counted.
    """

    line: int
    reason: str


class Importer(Protocol):
    """Reads one format. ``name`` is the value of ``flywheel.import.source`` on the roots it makes."""

    @property
    def name(self) -> str:
        """The format's name, such as ``codex-rollout``."""
        ...

    def recognises(self, source: Source) -> bool:
        """Whether the content is of this format; looks at ``head``, and reads on only if it must."""
        ...

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The file's spans in normal form, streaming; what is broken is skipped and the rest read.

        The same content gives the same spans with the same ids. Ends early, with a last ``Skipped``, where
        nothing more can be read; raises only ``OSError``.
        """
        ...
