"""The failing region of a run: the words of its last steps, where it went wrong."""

from __future__ import annotations

import re
import sys

from traces.run import ModelCall, Run, ToolCall

_STEPS = 8  # the end of a run is where it went wrong
_CHARACTERS = 1500  # of each step
_WORD = re.compile(r"[^\W\d]\w{2,39}")
_MOST_WORDS = 160  # of a run; a hundred thousand runs must fit into memory


def failing_region(run: Run) -> str:
    """What was said and done in the last steps of a run; empty where content is redacted."""
    return "\n".join(_text(step)[-_CHARACTERS:] for step in run.steps[-_STEPS:])


def region_words(run: Run) -> tuple[str, ...]:
    """The distinct words of the failing region in lower case, in order; the last 160 where there are more."""
    return distinct_words(failing_region(run))


def distinct_words(text: str) -> tuple[str, ...]:
    """The distinct words of a text in lower case, in order; the last 160 where there are more.

    A word has three letters at least and is kept once in memory, whichever run says it.
    """
    found = [word.lower() for word in _WORD.findall(text)]
    last = list(dict.fromkeys(reversed(found)))[:_MOST_WORDS]
    return tuple(sys.intern(word) for word in reversed(last))


def _text(step: ModelCall | ToolCall) -> str:
    if isinstance(step, ModelCall):
        return step.text
    return f"{step.name} {step.error or ''} {step.result}"
