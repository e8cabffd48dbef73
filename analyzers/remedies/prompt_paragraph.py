"""Remedies that add a paragraph to the system prompt."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from harness.edits import AppendText, Edit
from harness.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class PromptParagraph:
    """Appends a paragraph to the system prompt unless it says so already."""

    name: str
    title: str
    hypothesis: str
    text: str

    @property
    def mechanism(self) -> str:
        """Wording."""
        return "prompt"

    def touches(self, manifest: Manifest) -> str:
        """The system prompt's file."""
        return manifest.system_prompt_path

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The paragraph; nothing for a ``command`` agent, which brings its own prompt."""
        if manifest.agent != "builtin" or self.text in manifest.system_prompt:
            return ()
        return (AppendText(path=manifest.system_prompt_path, text=self.text),)


def paragraph_text(name: str) -> str:
    """The text of one of our own paragraphs, kept as a file beside this one."""
    return files("analyzers.remedies").joinpath("texts", f"{name}.md").read_text(encoding="utf-8").strip()
