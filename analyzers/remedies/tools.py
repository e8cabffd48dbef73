"""Remedies that change the tools: which there are, and what the model is told of each."""

from __future__ import annotations

from dataclasses import dataclass

from harness.edits import Edit, SetValue
from harness.hands.schemas import tool_description
from harness.manifest import TOOL_NAMES, Manifest


@dataclass(frozen=True, kw_only=True)
class ToolDescription:
    """Adds a sentence to what the model is told of a tool, at the place where it reads how to call it."""

    name: str
    title: str
    hypothesis: str
    tool: str
    text: str

    @property
    def mechanism(self) -> str:
        """The description's key path."""
        return f"tools.descriptions.{self.tool}"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The description."""
        return f"harness.toml:{self.mechanism}"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The longer description; nothing where the tool is not there or is told of so already."""
        present = tool_description(manifest, self.tool)
        if manifest.agent != "builtin" or self.tool not in manifest.tools or self.text in present:
            return ()
        return (SetValue(key=self.mechanism, value=f"{present} {self.text}"),)


@dataclass(frozen=True, kw_only=True)
class AllTools:
    """Offers every tool that there is, in the usual order."""

    name: str
    title: str
    hypothesis: str

    @property
    def mechanism(self) -> str:
        """The list of tools."""
        return "tools.enabled"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The list."""
        return f"harness.toml:{self.mechanism}"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The whole list; nothing where none is missing."""
        if manifest.agent != "builtin" or set(TOOL_NAMES) <= set(manifest.tools):
            return ()
        return (SetValue(key=self.mechanism, value=TOOL_NAMES),)


@dataclass(frozen=True, kw_only=True)
class WithoutTool:
    """Takes a tool away whose work another one does as well."""

    name: str
    title: str
    hypothesis: str
    tool: str
    instead: str

    @property
    def mechanism(self) -> str:
        """The list of tools."""
        return "tools.enabled"

    def touches(self, manifest: Manifest) -> str:  # noqa: ARG002 - the same for every harness
        """The list."""
        return f"harness.toml:{self.mechanism}"

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The shorter list; nothing where the tool is not there, or nothing else does its work."""
        if manifest.agent != "builtin" or not {self.tool, self.instead} <= set(manifest.tools):
            return ()
        return (SetValue(key=self.mechanism, value=tuple(t for t in manifest.tools if t != self.tool)),)
