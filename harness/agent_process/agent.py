"""Runs LangChain's agent once, with proxies for its model and tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langchain.agents import create_agent

from harness.agent_process.claims import forwarding
from harness.agent_process.hands import runtime_arguments
from harness.agent_process.link import Link
from harness.agent_process.middleware_stack import MiddlewareLoadError, build_middleware
from harness.agent_process.proxy_model import ProxyModel
from harness.agent_process.proxy_tools import proxy_tools

_NO_LIMIT = 1_000_000  # the supervisor's limits end a run, not LangGraph's count of its nodes
_MESSAGE = 500  # characters of an error's text that are passed on


def run_agent(start: Mapping[str, Any], link: Link, folder: Path) -> None:
    """Run the agent that ``start`` describes and tell the supervisor how it ended."""

    def claim(name: str, reason: str) -> None:
        link.tell("claim", name=name[:200], reason=reason[:_MESSAGE])

    try:
        with forwarding(claim):
            _invoke(start, link, folder)
    except MiddlewareLoadError as error:
        link.tell("end", status="invalid", kind="load", message=str(error)[:_MESSAGE])
    except Exception as error:  # noqa: BLE001 - the run ends here, and the supervisor records the cause
        link.tell("end", status="error", kind=type(error).__name__, message=str(error)[:_MESSAGE])
    else:
        link.tell("end", status="finished", kind="", message="")


def _invoke(start: Mapping[str, Any], link: Link, folder: Path) -> None:
    agent = create_agent(
        ProxyModel(link=link),
        tools=proxy_tools(start["tools"], link),
        system_prompt=start["system_prompt"] or None,
        middleware=build_middleware(
            start["middleware"],
            folder=folder,
            tree=start["tree"],
            supplied=runtime_arguments(link, start["wall_seconds"]),
        ),
    )
    agent.invoke(
        {"messages": [{"role": "user", "content": start["instruction"]}]},
        # One tool call after the other: the order in which they are made is part of what a run is.
        {"recursion_limit": _NO_LIMIT, "max_concurrency": 1},
    )
