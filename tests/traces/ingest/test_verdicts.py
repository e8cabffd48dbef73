"""Verdicts by task, brought together with the runs of those tasks."""

from __future__ import annotations

from pathlib import Path

from traces import attributes as names
from traces.ingest.verdicts import Verdicts, is_unlinked
from traces.span import AttributeValue, Span, SpanLink
from traces.testing import TraceBuilder


def _run(number: int, task: str, **more: AttributeValue) -> Span:
    attributes = {names.OPERATION: "invoke_agent", names.TASK: task, **more}
    return TraceBuilder(f"{number:032x}").span("invoke_agent", attributes=attributes, span_id="f" * 16)


def _verdict(task: str, *links: SpanLink) -> Span:
    attributes = {names.EVALUATION_NAME: "resolved", names.EVALUATION_LABEL: "passed", names.TASK: task}
    return TraceBuilder("e" * 32).span(names.EVALUATION_SPAN, attributes=attributes, links=links)


def _linked(verdicts: Verdicts) -> list[str]:
    return [span.links[0].trace_id[-1] for span in verdicts.linked()]


def test_a_verdict_is_linked_to_every_attempt_at_its_task() -> None:
    """Each link is a span of its own."""
    verdicts = Verdicts()
    verdicts.note_verdict(Path("jobs/report.json"), _verdict("t"))
    verdicts.note_run(Path("jobs/a/1"), _run(1, "t"))
    verdicts.note_run(Path("jobs/b/2"), _run(2, "t"))
    verdicts.note_run(Path("jobs/b/3"), _run(3, "other"))
    spans = list(verdicts.linked())

    assert _linked(verdicts) == ["1", "2"]
    assert len({span.span_id for span in spans}) == 2
    assert {span.links[0].span_id for span in spans} == {"f" * 16}


def test_a_list_speaks_of_its_own_folder_only() -> None:
    """Another job's runs of the same task are others."""
    verdicts = Verdicts()
    verdicts.note_run(Path("jobs/one/a"), _run(1, "t"))
    verdicts.note_run(Path("jobs/two/a"), _run(2, "t"))
    verdicts.note_verdict(Path("jobs/two/report.json"), _verdict("t"))

    assert _linked(verdicts) == ["2"]


def test_a_run_with_an_outcome_of_its_own_needs_none() -> None:
    """A verifier's word is not doubled."""
    verdicts = Verdicts()
    verdicts.note_run(Path("a"), _run(1, "t", **{names.OUTCOME: "failed"}))
    verdicts.note_verdict(Path("b"), _verdict("t"))

    assert _linked(verdicts) == []


def test_a_verdict_with_a_link_is_an_evaluation_like_any_other() -> None:
    """It is stored as it comes."""
    assert is_unlinked(_verdict("t"))
    assert not is_unlinked(_verdict(""))
    assert not is_unlinked(_verdict("t", SpanLink(trace_id="a" * 32, span_id="b" * 16)))
    assert not is_unlinked(_run(1, "t"))
