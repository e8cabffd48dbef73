"""Lists of which tasks were solved."""

from __future__ import annotations

from typing import Any

import pytest

from traces import attributes as names
from traces.importers.outcome_list import OutcomeList
from traces.span import Span


def _verdicts(spans: list[Span]) -> dict[object, object]:
    return {span.attributes[names.TASK]: span.attributes[names.EVALUATION_LABEL] for span in spans}


@pytest.mark.parametrize(
    ("content", "verdicts"),
    [
        (
            {"resolved_ids": ["a", 3], "unresolved_ids": ["b"], "empty_patch_ids": ["c"], "error_ids": ["d"]},
            {"a": "passed", "b": "failed", "c": "failed", "d": "errored"},
        ),
        (
            {"a": {"resolved": True, "tests_status": {}}, "b": {"resolved": False}},
            {"a": "passed", "b": "failed"},
        ),
        ([{"instance_id": "a", "resolved": True}, {"instance_id": "b"}], {"a": "passed"}),
        (
            {
                "results": [
                    {"task_id": "a", "is_resolved": True, "failure_mode": "unset"},
                    {"task_id": "b", "is_resolved": False, "failure_mode": "agent_timeout"},
                    {"task_id": "c", "is_resolved": None, "failure_mode": "parse_error"},
                    {"task_id": "d", "is_resolved": False, "failure_mode": "unset"},
                ]
            },
            {"a": "passed", "b": "timed_out", "c": "errored", "d": "failed"},
        ),
    ],
)
def test_every_kind_of_list_is_read(content: Any, verdicts: Any, source_of: Any, spans_of: Any) -> None:
    """Each entry is a verdict on a task."""
    source = source_of(content)

    assert OutcomeList().recognises(source)
    assert _verdicts(spans_of(OutcomeList(), source)) == verdicts


def test_lines_are_read(source_of: Any, spans_of: Any, skipped_of: Any) -> None:
    """What has no verdict is skipped with its line."""
    source = source_of(
        '{"instance_id": "a", "resolved": true}\n{"x": 1}\n{"instance_id": "b", "resolved": false}\n'
    )

    assert OutcomeList().recognises(source)
    assert _verdicts(spans_of(OutcomeList(), source)) == {"a": "passed", "b": "failed"}
    assert [item.line for item in skipped_of(OutcomeList(), source)] == [2]


def test_words_alone_make_no_list(source_of: Any) -> None:
    """A lock file resolves packages too."""
    assert not OutcomeList().recognises(
        source_of({"packages": {"a": {"resolved": "https://example.org/a.tgz"}}})
    )
    assert not OutcomeList().recognises(source_of({"resolved": True}))
