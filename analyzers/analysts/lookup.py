"""What a model may look up in its view: search, runs step by step, and raw spans; all bounded and counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field, ValidationError

from analyzers.analysts.budget import Budget, Meter
from analyzers.analysts.digest import raw_text, step_lines
from analyzers.analysts.fence import fenced
from analyzers.mine_view import MineView
from traces.index import Query, Where

_AT_ONCE = 4_000  # characters of one result
_HITS = 10
_STEPS = 40
_NOTHING_LEFT = "Nothing more can be looked up: answer with what you have seen."


class SearchRuns(BaseModel):
    """Find spans that hold all of some words; returns their runs, their ids and the text around."""

    words: str = Field(max_length=200, description="Words that must all be in the span, in any case.")
    run_id: str = Field(default="", max_length=64, description="Only in this run; empty for all runs.")
    offset: int = Field(default=0, ge=0, description="How many hits to pass over.")


class ReadRun(BaseModel):
    """Read a run step by step, a line for each: its number, its span id, what was called and how it ended."""

    run_id: str = Field(max_length=64, description="The run.")
    first_step: int = Field(default=1, ge=1, description="The step to begin with; 40 are shown at once.")


class ReadSpan(BaseModel):
    """Read the raw text of one span, letter by letter: what quotes are copied from."""

    run_id: str = Field(max_length=64, description="The run that the span belongs to.")
    span_id: str = Field(max_length=64, description="The span.")
    offset: int = Field(default=0, ge=0, description="The character to begin with; 4,000 are shown at once.")


class Lookup:
    """The desk at which a model reads its view, until its lookups or characters are used up.

    Every result is recorded data and stands between marks. ``shown`` remembers whose runs it has seen.
    """

    def __init__(self, view: MineView, *, budget: Budget, characters: int, meter: Meter) -> None:
        self._view = view
        self._lookups = budget.lookups
        self._left = characters
        self._meter = meter
        self._shown: dict[str, None] = {}
        self._tools = {
            tool.name: tool
            for tool in (
                _tool("search_runs", self._search, SearchRuns),
                _tool("read_run", self._run, ReadRun),
                _tool("read_span", self._span, ReadSpan),
            )
        }

    @property
    def shown(self) -> tuple[str, ...]:
        """The runs of which something was shown, by id."""
        return tuple(self._shown)

    @property
    def tools(self) -> Sequence[BaseTool]:
        """Search and reading; nothing any more once the share is used up."""
        return tuple(self._tools.values()) if self._is_open else ()

    @property
    def _is_open(self) -> bool:
        return self._left > 0 and self._meter.spent.lookups < self._lookups

    def look_up(self, name: str, arguments: dict[str, Any]) -> str:
        """The result of one call between marks, or what was wrong with it. Counts, whatever comes of it."""
        if not self._is_open:
            return _NOTHING_LEFT
        self._meter.looked_up()
        tool = self._tools.get(name)
        if tool is None:
            return f"There is no such tool; there is: {', '.join(self._tools)}."
        try:
            text = str(tool.invoke(arguments))
        except KeyError:
            return "There is no such run or span."
        except ValidationError as error:
            return f"These arguments do not fit: {error.error_count()} of them are missing or wrong."
        cut = text[: min(_AT_ONCE, self._left)]
        self._left -= len(cut)
        return fenced(cut)

    def _search(self, words: str, run_id: str = "", offset: int = 0) -> str:
        where = (Where(field="run", operator="=", value=run_id),) if run_id else ()
        page = self._view.search(Query(text=words, where=where, limit=_HITS, offset=offset))
        self._shown.update(dict.fromkeys(hit.run_id for hit in page.hits))
        lines = [f"run {hit.run_id} span {hit.span_id}: {' '.join(hit.snippet.split())}" for hit in page.hits]
        return "\n".join([f"{page.total} spans hold these words.", *lines])

    def _run(self, run_id: str, first_step: int = 1) -> str:
        run = self._view.run(run_id)
        self._shown[run_id] = None
        lines = step_lines(run)[first_step - 1 :][:_STEPS]
        return "\n".join([f"{len(run.steps)} steps; ended as {run.outcome.value}.", *lines])

    def _span(self, run_id: str, span_id: str, offset: int = 0) -> str:
        span = next((span for span in self._view.run(run_id).spans if span.span_id == span_id), None)
        if span is None:
            raise KeyError(span_id)
        self._shown[run_id] = None
        text = raw_text(span)
        end = min(offset + _AT_ONCE - 100, len(text))
        more = f"\n({len(text) - end} more characters from offset {end})" if end < len(text) else ""
        return text[offset:end] + more


def _tool(name: str, function: Callable[..., str], schema: type[BaseModel]) -> BaseTool:
    description = (schema.__doc__ or "").strip()
    return StructuredTool.from_function(
        function, name=name, description=description, args_schema=schema, infer_schema=False
    )
