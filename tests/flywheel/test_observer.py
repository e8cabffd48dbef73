"""Those who watch long work."""

from __future__ import annotations

import io
import itertools

from rich.console import Console

from flywheel.observer import LiveObserver, PlainObserver, SilentObserver


def test_plain_lines_are_few_however_often_progress_is_told() -> None:
    """A progress line comes at most every few seconds, stages and notes always."""
    stream = io.StringIO()
    clock = itertools.count(0, 1)
    observer = PlainObserver(stream, every_seconds=5, clock=lambda: float(next(clock)))

    observer.stage("first")
    for done in range(20):
        observer.progress(done, 20)
    observer.note("found it")

    lines = stream.getvalue().splitlines()
    assert lines[0] == "== first"
    assert lines[-1] == "   found it"
    assert 3 <= len(lines) - 2 <= 4


def test_a_live_display_prints_what_traces_said_as_text() -> None:
    """Markup in a note is shown, not obeyed: it may come from a trace."""
    stream = io.StringIO()

    with LiveObserver(Console(file=stream, force_terminal=False)) as observer:
        observer.stage("measure")
        observer.progress(1, 2, "one")
        observer.note("[bold]not bold[/bold]")

    assert "[bold]not bold[/bold]" in stream.getvalue()


def test_a_silent_observer_takes_everything() -> None:
    """It has the whole protocol and says nothing."""
    observer = SilentObserver()

    observer.stage("a")
    observer.progress(1, 2)

    assert observer.note("b") is None
