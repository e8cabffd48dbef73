"""What the executor and its workers say to each other; both ends are ours, so pickles are safe here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.runs import RunResult
from harness.sandbox import Sandbox
from traces.redaction_rules import DEFAULT_RULES, Rule

if TYPE_CHECKING:  # an executor's own process need not load LangChain
    from langchain_core.language_models.chat_models import BaseChatModel

ModelFactory = Callable[[str, int], "BaseChatModel"]  # takes a model's name and a seed


@dataclass(frozen=True, kw_only=True)
class WorkerSetup:
    """What a worker needs to supervise runs; what ``rules`` match is taken out before it is written."""

    segments: Path
    sandbox: Sandbox
    model_factory: ModelFactory | None
    model_profile: object | None
    trust_code: bool
    stall_seconds: float
    rules: tuple[Rule, ...] = DEFAULT_RULES


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a worker could not carry out a run at all; ``error`` is what the executor raises."""

    error: HarnessError


Message = RunResult | Failure | None  # None: ready for the first request
