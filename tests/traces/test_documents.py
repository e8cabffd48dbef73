"""What of a run can be searched for."""

from __future__ import annotations

from traces.documents import MAX_TEXT, clean, documents, first_model, run_fields
from traces.embedded.columns import RUN_NUMBERS, RUN_TEXTS, SPAN_TEXTS
from traces.embedded.matching import phrases_of
from traces.fields import FIELDS
from traces.normal import assemble
from traces.testing import START_NS, TraceBuilder, small_run


def test_every_field_is_filled_from_somewhere() -> None:
    """By the run, by the document, or by annotations; none is forgotten."""
    fields = run_fields(small_run())
    annotations = {field.name for field in FIELDS if field.kind == "annotation"}

    assert set(fields) == {"run", *RUN_TEXTS, *RUN_NUMBERS}
    assert {*fields, *SPAN_TEXTS, "duration", *annotations} == {field.name for field in FIELDS}


def test_the_fields_of_a_run() -> None:
    """Texts, and numbers in their units."""
    fields = run_fields(small_run(2, "passed", harness_commit="c0", split="mine", cause="passed"))

    assert (fields["run"], fields["task"], fields["outcome"]) == (f"{2:032x}", "task-2", "passed")
    assert (fields["commit"], fields["split"], fields["cause"]) == ("c0", "mine", "passed")
    assert (fields["seconds"], fields["steps"]) == (2.0, 1)
    assert fields["time"] == START_NS / 1e9 + 2 * 3600 + 1


def test_a_document_for_each_span(spans: TraceBuilder) -> None:
    """With the texts a person would look for: said, called, answered, broken, acted."""
    run = assemble(
        [
            spans.chat("I will look", tools=("bash",), prompt="Repair it"),
            spans.tool("bash", {"command": "ls -la"}, "total 0"),
            spans.span("verifier", status="error", status_message="it broke"),
            spans.span("acting", events=(spans.activation("LoopDetection", "three times"),)),
        ]
    )
    chat, tool, error, acting = documents(run)

    assert [document.kind for document in (chat, tool, error, acting)] == ["model", "tool", "other", "other"]
    assert chat.text == "Repair it\nI will look"
    assert (tool.tool, tool.text) == ("bash", 'bash\n{"command": "ls -la"}\ntotal 0')
    assert (error.error, error.text) == ("it broke", "it broke")
    assert "LoopDetection\nthree times" in acting.text
    assert [document.model for document in (chat, tool, error, acting)] == ["simulated:coder", "", "", ""]
    assert first_model(run) == "simulated:coder"


def test_long_texts_are_cut(spans: TraceBuilder) -> None:
    """An index is no archive."""
    (document,) = documents(assemble([spans.tool("bash", {}, "x" * 3 * MAX_TEXT)]))

    assert len(document.text) == MAX_TEXT


def test_clean_text_fits_a_database() -> None:
    """No NUL, no half characters."""
    assert clean("a\0b\ud800") == "a b\ufffd"


def test_free_text_becomes_quoted_words() -> None:
    """All must occur; phrases stay together; nothing the user types is syntax."""
    assert phrases_of("pytest FAILED") == ('"pytest"', '"FAILED"')
    assert phrases_of('"1 failed" NEAR(x)') == ('"1 failed"', '"NEAR(x)"')
    assert phrases_of('un"balanced == *') == ('"un""balanced"',)
