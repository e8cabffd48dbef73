"""Cuts long tool results to their head and tail and keeps the full output in a file."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import ToolMessage
from langgraph.types import Command
from typing_extensions import override

from middleware.activation import announce

_SMALLEST = 400  # below this the pointer to the file would be most of the result
_LONGEST_FOLDER = 200


class ToolOutputTruncation(AgentMiddleware[AgentState[Any], Any, Any]):
    """Keeps tool results short: head, tail, and where the rest is.

    Text results and the text blocks of mixed results are cut; other blocks, and tools that answer with a
    ``Command``, pass unchanged. Files are named after their content, so parallel calls never collide.

    Args:
        max_characters: Characters that a result may have, at least 400; a cut result stays within them.
        write_file: Writes a text to a path where the model's tools can read it; the local disk by default. If it
            raises ``OSError`` the result is still cut, and says that the rest is lost.
        folder: Where the full outputs go.
        name: Name of this instance, needed when a stack holds two; the class name by default.

    Raises:
        ValueError: For fewer characters or an empty folder.
    """

    def __init__(
        self,
        *,
        max_characters: int = 4000,
        write_file: Callable[[str, str], None] | None = None,
        folder: str = "/tmp/tool-output",  # noqa: S108 - a sandbox's own; names are hashes of the content
        name: str | None = None,
    ) -> None:
        if max_characters < _SMALLEST:
            raise ValueError(
                f"ToolOutputTruncation needs max_characters >= {_SMALLEST}; got {max_characters}"
            )
        if not 0 < len(folder.strip()) <= _LONGEST_FOLDER:
            raise ValueError(
                f"ToolOutputTruncation needs a folder of 1 to {_LONGEST_FOLDER} characters; got {folder!r}"
            )
        super().__init__()
        self._max_characters = max_characters
        self._write_file = write_file or _write_locally
        self._folder = folder.rstrip("/")
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Execute the call and cut its result."""
        result = handler(request)
        return self._cut(result) if isinstance(result, ToolMessage) else result

    @override
    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """As ``wrap_tool_call``; the file is written in a thread."""
        result = await handler(request)
        return await asyncio.to_thread(self._cut, result) if isinstance(result, ToolMessage) else result

    def _cut(self, result: ToolMessage) -> ToolMessage:
        content = result.content
        if isinstance(content, str):
            cut: str | list[str | dict[Any, Any]] = self._cut_text(content, result)
        else:
            cut = [self._cut_block(block, result) for block in content]
        return result if cut == content else result.model_copy(update={"content": cut})

    def _cut_block(self, block: str | dict[Any, Any], result: ToolMessage) -> str | dict[Any, Any]:
        if isinstance(block, str):
            return self._cut_text(block, result)
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            return {**block, "text": self._cut_text(block["text"], result)}
        return block

    def _cut_text(self, text: str, result: ToolMessage) -> str:
        if len(text) <= self._max_characters:
            return text
        pointer = self._keep(text, result.name or "tool")
        room = self._max_characters - len(pointer)
        head, tail = text[: room - room // 2], text[len(text) - room // 2 :]
        announce(self.name, f"{len(text)} characters cut to {self._max_characters}")
        return f"{head}{pointer}{tail}"

    def _keep(self, text: str, tool: str) -> str:
        """Write the full text to its file and return the line that stands for what is cut."""
        digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
        path = f"{self._folder}/{re.sub(r'[^A-Za-z0-9_-]', '_', tool)[:40]}-{digest}.txt"
        try:
            self._write_file(path, text)
        except OSError as error:
            return (
                f"\n[... cut: {len(text)} characters in all; the rest is lost ({type(error).__name__}) ...]\n"
            )
        return f"\n[... cut: {len(text)} characters in all. Read parts of {path} if you need more ...]\n"


def _write_locally(path: str, text: str) -> None:
    file = Path(path)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", errors="replace")
