"""Lists of which tasks were solved, as benchmarks write one for all runs: verdicts that are linked to runs at ingest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from traces import attributes as names
from traces.ids import derived_span_id, derived_trace_id
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, has_lines, load_document
from traces.importers.json_lines import Line, read_lines
from traces.importers.moments import moment_of
from traces.importers.read_json import items, mapping, text
from traces.outcome import Outcome
from traces.span import Span

_IDS: Final = (
    ("resolved_ids", Outcome.PASSED),
    ("unresolved_ids", Outcome.FAILED),
    ("empty_patch_ids", Outcome.FAILED),
    ("error_ids", Outcome.ERRORED),
)
_TIMED_OUT: Final = frozenset({"agent_timeout"})
_NO_VERDICT: Final = "an entry without a verdict"


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    task: str
    outcome: Outcome
    time_ns: int = 0


class OutcomeList:
    """Three kinds of list, and the entries of any other that name a task and say whether it is resolved.

    SWE-bench's report (``resolved_ids``) and its report by task (``{"<task>": {"resolved": true}}``), and
    Terminal-Bench 1's ``results.json``.

    Each entry becomes an evaluation span that names its task and is not yet linked to a run.
    """

    name = "outcome-list"

    def recognises(self, source: Source) -> bool:
        """Whether the document is one of these lists."""
        if not any(sign in source.head for sign in (b'"resolved', b'"is_resolved"')):
            return False
        return next(_verdicts(beginning_of(source)), None) is not None

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """A verdict for each entry."""
        for number, value in _documents(source):
            if isinstance(value, Skipped):
                yield value
                continue
            found = False
            for verdict in _verdicts(value):
                found = True
                yield _span(verdict)
            if not found:
                yield Skipped(line=number, reason=_NO_VERDICT)


def _documents(source: Source) -> Iterator[tuple[int, object]]:
    if has_lines(source):
        for item in read_lines(source):
            yield (item.number, item.value) if isinstance(item, Line) else (item.line, item)
        return
    document = load_document(source)
    yield 0, document.value
    if document.skipped is not None:
        yield document.skipped.line, document.skipped


def _verdicts(value: object) -> Iterator[_Verdict]:
    found = mapping(value)
    if isinstance(found.get("resolved_ids"), list):
        yield from _by_list(found)
        return
    entries = value if isinstance(value, list) else found.get("results")
    if not isinstance(entries, list):
        single = "resolved" in found or "is_resolved" in found
        entries = (
            [found] if single else [{"instance_id": task, **mapping(item)} for task, item in found.items()]
        )
    for item in entries:
        yield from _entry(mapping(item))


def _by_list(found: Mapping[str, Any]) -> Iterator[_Verdict]:
    for key, outcome in _IDS:
        for task in items(found.get(key)):
            if isinstance(task, str):
                yield _Verdict(task=task, outcome=outcome)


def _entry(item: Mapping[str, Any]) -> Iterator[_Verdict]:
    task = text(item.get("instance_id")) or text(item.get("task_id"))
    resolved = item.get("resolved", item.get("is_resolved"))
    failure = text(item.get("failure_mode"))
    if not task or ("failure_mode" not in item and not isinstance(resolved, bool)):
        return
    outcome = Outcome.PASSED if resolved is True else Outcome.FAILED if resolved is False else Outcome.ERRORED
    if outcome is not Outcome.PASSED and failure in _TIMED_OUT:
        outcome = Outcome.TIMED_OUT
    yield _Verdict(task=task, outcome=outcome, time_ns=moment_of(item.get("trial_ended_at")) or 0)


def _span(verdict: _Verdict) -> Span:
    trace_id = derived_trace_id(OutcomeList.name, verdict.task, verdict.outcome.value)
    return Span(
        trace_id=trace_id,
        span_id=derived_span_id(trace_id, "verdict"),
        parent_id=None,
        name=names.EVALUATION_SPAN,
        start_ns=verdict.time_ns,
        end_ns=verdict.time_ns,
        attributes={
            names.EVALUATION_NAME: "resolved",
            names.EVALUATION_LABEL: verdict.outcome.value,
            names.TASK: verdict.task,
            names.SOURCE: OutcomeList.name,
        },
    )
