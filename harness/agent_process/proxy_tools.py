"""LangChain tools that forward every call to the supervisor, which runs it in the task's sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import ConfigDict

from harness.agent_process.link import Link


class ProxyTool(BaseTool):
    """One tool. It never raises for a bad call: the supervisor answers with a text that says what is wrong."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    link: Link

    def _to_args_and_kwargs(
        self, tool_input: str | dict[str, Any], tool_call_id: str | None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (tool_input, tool_call_id), {}  # positional: no argument's name can collide with ours

    def _run(self, *args: Any, **_: Any) -> str:
        arguments, call_id = args
        reply = self.link.ask("tool", name=self.name, call_id=call_id or "", arguments=arguments)
        return str(reply["text"])


def proxy_tools(schemas: Sequence[Mapping[str, Any]], link: Link) -> list[BaseTool]:
    """Tools with the names, descriptions and parameters of OpenAI function schemas."""
    functions = [schema["function"] for schema in schemas]
    return [
        ProxyTool(
            name=function["name"],
            description=function["description"],
            args_schema=dict(function["parameters"]),
            link=link,
        )
        for function in functions
    ]
