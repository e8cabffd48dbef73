"""The result document and its closing tables."""

from __future__ import annotations

import io
import json

from rich.console import Console

from flywheel.result import result_document
from flywheel.summary import print_summary
from flywheel.wheel import WheelResult


def document_of(result: WheelResult) -> dict[str, object]:
    """The document of a result."""
    return result_document(result, seconds=1.0, peak_memory_mb=2.0, simulated=True)


def test_the_result_has_what_others_read(wheel_result: WheelResult) -> None:
    """The fields that are promised are there, and the whole is JSON."""
    document = json.loads(json.dumps(document_of(wheel_result)))

    assert {"seed", "seconds", "peak_memory_mb", "runs", "patterns", "proposals", "sealed"} <= set(document)
    assert {"id", "pattern", "surface", "verdict", "effect", "interval", "groups", "reason"} <= set(
        document["proposals"][0]
    )
    assert document["sealed"]["before"] == {"passed": 20, "total": 80}
    assert document["sealed"]["lower_bound"] == 0.41


def test_a_proposal_refused_before_any_run_has_no_numbers(wheel_result: WheelResult) -> None:
    """Lint's refusals are listed with their reason, and nothing is made up for them."""
    refused = document_of(wheel_result)["proposals"][1]  # type: ignore[index]

    assert refused["verdict"] == "refused"
    assert refused["effect"] is None
    assert refused["reason"] == "does not load"


def test_the_tables_name_verdicts_and_the_sealed_bound(wheel_result: WheelResult) -> None:
    """A person reads the same that the document holds."""
    stream = io.StringIO()

    print_summary(Console(file=stream, width=160), document_of(wheel_result))

    text = stream.getvalue()
    assert "promote" in text
    assert "refused" in text
    assert "25 % (20/80) before, 75 % (60/80) after" in text
    assert "at least +41.0" in text
