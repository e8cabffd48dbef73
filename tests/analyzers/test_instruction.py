"""The instruction is read from the first model call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.instruction import instruction_of
from analyzers.testing import Story
from traces.attributes import INPUT_MESSAGES
from traces.run import Run


def with_messages(raw: str) -> Run:
    run = Story(prompt="").says("Done.").run()
    spans = tuple(replace(span, attributes={**span.attributes, INPUT_MESSAGES: raw}) for span in run.spans)
    return replace(run, spans=spans)


def test_the_first_user_message_is_the_instruction() -> None:
    """Whatever comes later."""
    run = Story(prompt="Repair it.").edit().says("Done.").run()

    assert instruction_of(run) == "Repair it."


@pytest.mark.parametrize(
    "raw",
    [
        '[{"role": "system", "content": "Be"}, {"role": "user", "content": "Repair it."}]',
        '[{"role": "user", "content": [{"type": "text", "text": "Repair it."}]}]',
        '[{"role": "user", "parts": [{"type": "text", "content": "Repair it."}]}]',
    ],
)
def test_every_dialect_is_read(raw: str) -> None:
    """Plain content, content parts, and the conventions' parts."""
    assert instruction_of(with_messages(raw)) == "Repair it."


@pytest.mark.parametrize(
    "raw", ["", "not json", "{}", '[{"role": "user"}]', '["user"]', '[{"role":"user","parts":[3]}]']
)
def test_redacted_or_broken_messages_give_nothing(raw: str) -> None:
    """And no error."""
    assert instruction_of(with_messages(raw)) == ""
