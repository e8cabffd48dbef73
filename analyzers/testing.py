"""A builder of runs for tests: what an agent said and did, step by step, as the spans of a real trace."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Self

from analyzers.observation import Observation, Sighting
from analyzers.signal import Signal
from traces import attributes
from traces.normal import assemble
from traces.outcome import Outcome
from traces.run import Run
from traces.span import AttributeValue, Span
from traces.testing import SECOND_NS, START_NS, TraceBuilder


class Story:
    """A run in the making; ``task`` defaults to one of its own. Attributes go by the names in ``traces.attributes``."""

    def __init__(self, number: int = 1, *, task: str = "", prompt: str = "Repair the program.") -> None:
        self._trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * 3600 * SECOND_NS)
        self._task = task or f"task-{number}"
        self._number = number
        self._prompt = prompt
        self._spans: list[Span] = []

    def calls(
        self, tool: str, arguments: object, result: str = "", *, exit_code: int | None = None, error: str = ""
    ) -> Self:
        """The model asks for one tool and gets its result, or an error of this type."""
        self._chat("", tools=(tool,))
        span = self._trace.tool(tool, arguments, result, status="error" if error else "unset")
        found = dict(span.attributes)
        found |= {} if exit_code is None else {attributes.EXIT_CODE: exit_code}
        found |= {attributes.ERROR_TYPE: error} if error else {}
        self._spans.append(replace(span, attributes=found))
        return self

    def shell(self, command: str, result: str = "", *, exit_code: int = 0) -> Self:
        """A command in the shell."""
        return self.calls("bash", {"command": command}, result, exit_code=exit_code)

    def edit(
        self, path: str = "program.py", old: str = "a < b", new: str = "a <= b", result: str = "edited"
    ) -> Self:
        """An edit of a file."""
        return self.calls("edit_file", {"path": path, "old_string": old, "new_string": new}, result)

    def says(self, text: str, *, effort: str = "", finish: str = "stop") -> Self:
        """The model answers without asking for a tool."""
        self._chat(text, effort=effort, finish=finish)
        return self

    def run(self, outcome: str = "failed", **more: AttributeValue) -> Run:
        """The run with this outcome."""
        identity: dict[str, AttributeValue] = {
            "task": self._task,
            "run_seconds": 60.0,
            "run_seed": self._number,
        }
        return assemble([*self._spans, self._trace.root(outcome, **identity | more)])

    def _chat(self, text: str, *, tools: tuple[str, ...] = (), effort: str = "", finish: str = "") -> None:
        span = self._trace.chat(text, tools=tools, prompt=self._prompt)
        found = dict(span.attributes)
        found |= {attributes.REASONING_EFFORT: effort} if effort else {}
        found |= {attributes.FINISH_REASONS: (finish,)} if finish else {}
        self._spans.append(replace(span, attributes=found))
        self._prompt = ""


def observed(
    number: int,
    outcome: str = "failed",
    *,
    shows: Mapping[str, tuple[int, ...]] | None = None,
    needed: int = 1,
    symptoms: Collection[str] = (),
    **more: Any,
) -> Observation:
    """An observation that ``shows`` each of these detectors at these steps; ``symptoms`` names those that are.

    ``more`` are further fields of ``Observation``; without a task, it has one of its own.
    """
    run_id = f"{number:032x}"
    sightings = tuple(
        Sighting(
            signal=Signal(
                detector=name,
                run_id=run_id,
                span_ids=tuple(f"{step:016x}" for step in steps),
                sentence="Seen.",
                symptom=name in symptoms,
            ),
            steps=steps,
            needed=min(needed, len(steps)),
        )
        for name, steps in sorted((shows or {}).items())
    )
    fields = {"cause": outcome, "task": f"task-{number}", "steps": 10, **more}
    return Observation(run_id=run_id, outcome=Outcome(outcome), sightings=sightings, **fields)


def unverified_run(number: int, outcome: str, *, task: str = "", **more: AttributeValue) -> Run:
    """A run that edits once and ends."""
    story = Story(number, task=task).shell("ls", "program.py").edit().says("I have fixed the comparison.")
    return story.run(outcome, **more)


def verified_run(number: int, outcome: str, *, task: str = "", **more: AttributeValue) -> Run:
    """A run that edits, tests and ends."""
    story = Story(number, task=task).edit().shell("pytest -q", "3 passed").says("The tests pass.")
    return story.run(outcome, **more)


def looping_run(number: int, outcome: str = "limit_reached", *, task: str = "", times: int = 10) -> Run:
    """A run that makes the same edit and runs the same failing test until it is cut off."""
    story = Story(number, task=task)
    for _ in range(times):
        story.edit(result="Error: old_string was not found").shell("pytest -q", "1 failed", exit_code=1)
    return story.run(outcome)
