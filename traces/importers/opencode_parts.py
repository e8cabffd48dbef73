"""The parts of OpenCode's messages: steps with their tokens, calls with their states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from traces.importers.moments import moment_of
from traces.importers.parts import Part, call_part, reasoning_part, response_part, text_part
from traces.importers.read_json import amount, as_text, count, mapping, text, whole
from traces.importers.run_builder import Failure, Tokens

_INVALID: Final = "invalid"  # the tool that stands in for a call that could not be made
_SENT: Final = re.compile(r"JSON parsing failed: Text: (.*)\.\nError message: ", re.DOTALL)
_DENIED: Final = re.compile(r"rejected permission|permission (?:was )?denied|user rejected", re.IGNORECASE)
_ABORTED: Final = re.compile(r"aborted|interrupted", re.IGNORECASE)
_FINISH: Final = {"tool-calls": "tool_call", "content-filter": "content_filter", "other": "", "unknown": ""}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool call in its last state."""

    call_id: str
    name: str
    arguments: object
    status: str
    result: str | None
    exit_code: int | None
    failure: Failure | None
    start_ns: int | None
    end_ns: int | None
    title: str
    sub_session: str

    @property
    def response_part(self) -> Part:
        """What the model is told of it."""
        return response_part(self.call_id, self.result or "")


@dataclass(kw_only=True)
class Step:
    """One model call of a message: what was said until its tokens were counted."""

    said: list[Part] = field(default_factory=list)
    tools: list[Call] = field(default_factory=list)
    tokens: Tokens | None = None
    finish_reason: str = ""
    cost: float | None = None

    @property
    def tool_starts(self) -> tuple[int, ...]:
        """When its tools began, as far as that is stated."""
        return tuple(call.start_ns for call in self.tools if call.start_ns is not None)


def steps_of(info: Mapping[str, Any], parts: list[dict[str, Any]]) -> Iterator[Step]:
    """The model calls of an assistant's message, usually one; each ends where its tokens are counted."""
    step, finished = Step(), 0
    for part in parts:
        if part.get("type") == "step-finish":
            step.tokens = tokens_of(part.get("tokens"))
            step.finish_reason = _finish_reason(part.get("reason"))
            step.cost = amount(part.get("cost")) or None
            finished += 1
            yield step
            step = Step()
        else:
            _add(step, part)
    if finished == 0:
        step.tokens = tokens_of(info.get("tokens"))
        step.finish_reason = _finish_reason(info.get("finish"))
        step.cost = amount(info.get("cost")) or None
    if finished == 0 or step.said:
        yield step


def _add(step: Step, part: dict[str, Any]) -> None:
    kind = part.get("type")
    if kind == "text":
        step.said.append(text_part(text(part.get("text"))))
    elif kind == "reasoning":
        step.said.append(reasoning_part(text(part.get("text"))))
    elif kind == "tool":
        call = call_of(part)
        step.said.append(call_part(call.call_id, call.name, call.arguments))
        step.tools.append(call)


def said_parts(parts: list[dict[str, Any]]) -> list[Part]:
    """What a user's message says; a file's content is named, not repeated."""
    return [
        _user_part(part)
        for part in parts
        if text(part.get("type")) not in {"step-start", "patch", "snapshot"}
    ]


def _user_part(part: Mapping[str, Any]) -> Part:
    if part.get("type") == "text":
        return text_part(text(part.get("text")))
    if part.get("type") == "file":
        name, mime = text(part.get("filename")), text(part.get("mime"))
        return {"type": "file", "modality": mime.partition("/")[0], "mime_type": mime, "file_id": name}
    return {key: value for key, value in part.items() if key not in {"id", "sessionID", "messageID"}}


def call_of(part: Mapping[str, Any]) -> Call:
    """A tool part. A call that could not be made stands under its own name, with what was sent for it."""
    state = mapping(part.get("state"))
    metadata, time = mapping(state.get("metadata")), mapping(state.get("time"))
    name, arguments = text(part.get("tool")), state.get("input")
    status = text(state.get("status"))
    invalid = name == _INVALID and isinstance(mapping(arguments).get("tool"), str)
    if invalid:
        name, arguments = _as_sent(mapping(arguments))
    result = state.get("output") if status != "error" else state.get("error", state.get("output"))
    said = None if result is None else as_text(result)
    return Call(
        call_id=text(part.get("callID")),
        name=name,
        arguments=arguments,
        status=status,
        result=said,
        exit_code=whole(metadata.get("exit")),
        failure=_failure(status, said or "", invalid=invalid),
        start_ns=moment_of(time.get("start")),
        end_ns=moment_of(time.get("end")),
        title=text(state.get("title")),
        sub_session=text(metadata.get("sessionId")),
    )


def _as_sent(stated: Mapping[str, Any]) -> tuple[str, object]:
    """The tool that was meant, and its broken arguments where they are quoted."""
    sent = _SENT.search(text(stated.get("error")))
    return text(stated.get("tool")), sent[1] if sent else dict(stated)


def _failure(status: str, result: str, *, invalid: bool) -> Failure | None:
    if invalid:
        return Failure(type="invalid_tool_call", message=result)
    if status != "error":
        return None
    if _DENIED.search(result[:500]):
        return Failure(type="permission_denied", message=result)
    return Failure(type="interrupted" if _ABORTED.search(result[:200]) else "tool_error", message=result)


def failure_of_message(info: Mapping[str, Any]) -> Failure | None:
    """How a model call failed, if it did."""
    error = mapping(info.get("error"))
    if not error:
        return None
    data = mapping(error.get("data"))
    return Failure(type=text(error.get("name"))[:80] or "error", message=text(data.get("message")))


def tokens_of(usage: object) -> Tokens | None:
    """A step's tokens, whose ``input`` comes without the cache and whose ``output`` without reasoning."""
    found = mapping(usage)
    if not found:
        return None
    cache = mapping(found.get("cache"))
    read, written, thought = (
        count(cache.get("read")),
        count(cache.get("write")),
        count(found.get("reasoning")),
    )
    return Tokens(
        input=count(found.get("input")) + read + written,
        output=count(found.get("output")) + thought,
        cached=read,
        cache_written=written,
        reasoning=thought,
    )


def _finish_reason(reason: object) -> str:
    return _FINISH.get(text(reason), text(reason))
