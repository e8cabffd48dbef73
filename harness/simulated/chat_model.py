"""The simulated coder as a LangChain chat model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import OutputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from harness.simulated.deeds import call_for
from harness.simulated.draws import Draws
from harness.simulated.mind import Mind, Step
from harness.simulated.pace import Pace, pace, tokens
from harness.simulated.profile import Profile
from harness.simulated.repairing import Workbench
from harness.simulated.situation import SIGHT, assess
from harness.simulated.temper import Temper
from harness.simulated.transcript import Transcript, read_transcript

_EFFORTS = ("low", "medium", "high")


class SimulatedCoder(BaseChatModel):
    """Plays a coding agent; all that it does follows from messages, tools, settings and seed.

    ``reasoning_effort`` is ``low``, ``medium`` (the default) or ``high``, here or with a call. It spends
    virtual seconds, which its answers name in ``response_metadata["simulated_seconds"]``.
    """

    model_name: str = "simulated:coder"
    seed: int = 0
    weaknesses: Profile = Profile()
    reasoning_effort: str | None = None

    _benches: dict[str, Workbench] = PrivateAttr(default_factory=dict)

    @property
    def _llm_type(self) -> str:
        return "simulated"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "seed": self.seed}

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools by their OpenAI-style schemas; ``tool_choice`` is accepted and without effect."""
        del tool_choice
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop, run_manager
        effort = self._effort(kwargs.get("reasoning_effort"))
        schemas = kwargs.get("tools") or []
        transcript = read_transcript(messages, frozenset(schema["function"]["name"] for schema in schemas))
        draws = Draws(seed=self.seed)
        temper = Temper(self.weaknesses, draws, transcript, effort)
        situation = assess(transcript, sight=SIGHT if temper.drowns else None)
        mind = Mind(transcript, situation, temper, draws, self._workbench, careful=effort != "low")
        step = mind.decide()
        cost = pace(effort, characters=len(step.text), overthinks=temper.overthinks, hurries=temper.hurries)
        read = sum(len(message.text) for message in messages) + len(str(schemas))
        return ChatResult(generations=[ChatGeneration(message=self._answer(step, transcript, cost, read))])

    def _effort(self, asked: str | None) -> str:
        effort = asked or self.reasoning_effort or "medium"
        if effort not in _EFFORTS:
            raise ValueError(f"reasoning_effort {effort!r} is none of {', '.join(_EFFORTS)}")
        return effort

    def _workbench(self, source: str) -> Workbench:
        if source not in self._benches:
            self._benches[source] = Workbench(source, Draws(seed=self.seed))
        return self._benches[source]

    def _answer(self, step: Step, transcript: Transcript, cost: Pace, read: int) -> AIMessage:
        calls = []
        if step.deed is not None:
            name, arguments = call_for(step.deed, transcript.tools)
            calls = [
                {"name": name, "args": arguments, "id": f"call_{transcript.answers}", "type": "tool_call"}
            ]
        written = tokens(len(step.text) + len(str(calls))) + cost.reasoning_tokens
        usage = UsageMetadata(
            input_tokens=tokens(read),
            output_tokens=written,
            total_tokens=tokens(read) + written,
            output_token_details=OutputTokenDetails(reasoning=cost.reasoning_tokens),
        )
        return AIMessage(
            content=step.text,
            tool_calls=calls,
            id=self._answer_id(step, transcript),
            usage_metadata=usage,
            response_metadata={
                "model_name": self.model_name,
                "model_provider": "simulated",
                "simulated": True,
                "simulated_seconds": cost.seconds,
                "finish_reason": "tool_calls" if calls else "stop",
            },
        )

    def _answer_id(self, step: Step, transcript: Transcript) -> str:
        content = f"{self.seed}\n{transcript.answers}\n{len(transcript.notes)}\n{step}"
        return f"simulated-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
