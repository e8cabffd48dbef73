"""How a middleware makes itself known: an event on the current span, and notes to the model that bear its mark."""

from __future__ import annotations

from langchain_core.messages import BaseMessage, HumanMessage
from opentelemetry import trace

ACTIVATED = "flywheel.middleware.activated"
ACTIVATED_NAME = "flywheel.middleware.name"
ACTIVATED_REASON = "flywheel.middleware.reason"
MARK = "middleware_note"  # key in a note's ``additional_kwargs``; its value is the middleware's name


def announce(middleware: str, reason: str) -> None:
    """Record on the current OpenTelemetry span that a middleware acted; without a span nothing happens."""
    trace.get_current_span().add_event(ACTIVATED, {ACTIVATED_NAME: middleware, ACTIVATED_REASON: reason})


def note(middleware: str, text: str) -> HumanMessage:
    """A message to the model from a middleware.

    It is a human message, since models are trained to distrust instructions inside tool results. Add it
    only when no tool call is pending, or providers refuse the conversation.
    """
    return HumanMessage(content=text, additional_kwargs={MARK: middleware})


def is_note(message: BaseMessage) -> bool:
    """Whether a message bears the mark of a middleware."""
    return MARK in message.additional_kwargs
