"""Who watches a long piece of work: a live display, plain lines, or nobody."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from traces.terminal import printable


class Observer(Protocol):
    """Is told what happens; never decides anything."""

    def stage(self, title: str) -> None:
        """A new stage begins."""
        ...

    def progress(self, done: int, total: int, detail: str = "") -> None:
        """The present stage moved on: ``done`` of ``total`` units."""
        ...

    def note(self, text: str) -> None:
        """Something a person wants to read came out."""
        ...


class SilentObserver:
    """Watches nothing."""

    def stage(self, title: str) -> None:
        """Ignore it."""

    def progress(self, done: int, total: int, detail: str = "") -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Ignore it."""


class PlainObserver:
    """Writes a line per stage and note, and a progress line at most every few seconds."""

    def __init__(
        self, stream: TextIO, *, every_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._every = every_seconds
        self._clock = clock
        self._last = clock()

    def stage(self, title: str) -> None:
        """Write the title."""
        self._last = self._clock()
        self._write(f"== {title}")

    def progress(self, done: int, total: int, detail: str = "") -> None:
        """Write where it stands, if the last line is old enough."""
        now = self._clock()
        if now - self._last < self._every:
            return
        self._last = now
        self._write(f"   {done}/{total} {detail}".rstrip())

    def note(self, text: str) -> None:
        """Write it, indented."""
        self._write(f"   {text}")

    def _write(self, line: str) -> None:
        self._stream.write(printable(line) + "\n")
        self._stream.flush()


class LiveObserver:
    """A bar for the present stage under the lines of what came out; a context manager."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=None, detail="")
        self._console = console

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def stage(self, title: str) -> None:
        """Show the title above the bar and begin a new bar."""
        shown = escape(printable(title))
        self._console.print(f"[bold cyan]==[/] {shown}", highlight=False)
        self._progress.reset(self._task, description=shown, total=None, detail="")

    def progress(self, done: int, total: int, detail: str = "") -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total, detail=escape(printable(detail)))

    def note(self, text: str) -> None:
        """Print it above the bar, as it is."""
        self._console.print(f"   {printable(text)}", highlight=False, markup=False)
