"""A LangChain chat model that forwards every call to the supervisor, which has the real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import BaseMessage, message_to_dict, messages_from_dict
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict

from harness.agent_process.link import Link

SETTINGS = ("reasoning_effort", "max_tokens", "stop", "tool_choice")  # what a harness may set for a call


class ProxyModel(BaseChatModel):
    """Sends messages, tool schemas and settings; gets one message back. Anything else stays here."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    link: Link

    @property
    def _llm_type(self) -> str:
        return "flywheel-proxy"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[Any, Any]:
        """Offer tools, as OpenAI's function schemas."""
        schemas = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=schemas, tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,
    ) -> ChatResult:
        settings = {name: kwargs[name] for name in SETTINGS if kwargs.get(name) is not None}
        if stop:
            settings["stop"] = stop
        reply = self.link.ask(
            "model",
            messages=[message_to_dict(message) for message in messages],
            tools=kwargs.get("tools") or [],
            settings=settings,
        )
        (message,) = messages_from_dict([reply["message"]])
        return ChatResult(generations=[ChatGeneration(message=message)])
