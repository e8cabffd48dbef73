"""What kind of change lies between two harnesses, in the words in which the gate asks for activation."""

from __future__ import annotations

from collections import Counter

from harness.manifest import Manifest


def mechanism_between(control: Manifest, candidate: Manifest) -> str:
    """The one mechanism that differs (``middleware:USE``, ``removal:USE``, ``prompt``, …), else ``other``.

    Only a change of a single kind has evidence of its own; several at once, or a tuned middleware, are ``other``.
    """
    kinds = [
        *_middleware(control, candidate),
        *_prompt_or_tools(control, candidate),
        *(["limits"] if control.limits != candidate.limits else []),
        *(["model.reasoning_effort"] if control.reasoning_effort != candidate.reasoning_effort else []),
        *(["other"] if (control.model, control.argv) != (candidate.model, candidate.argv) else []),
    ]
    return kinds[0] if len(kinds) == 1 else "other"


def _prompt_or_tools(control: Manifest, candidate: Manifest) -> list[str]:
    """Other tools make another prompt too where the prompt names them, so they are one change."""
    if _tools(control) != _tools(candidate):
        return ["tools"]
    return ["prompt"] if control.system_prompt != candidate.system_prompt else []


def _middleware(control: Manifest, candidate: Manifest) -> list[str]:
    before = Counter(entry.use for entry in control.middleware)
    after = Counter(entry.use for entry in candidate.middleware)
    added = [f"middleware:{use}" for use in (after - before).elements()]
    removed = [f"removal:{use}" for use in (before - after).elements()]
    if added or removed:
        return added + removed
    return [] if control.middleware == candidate.middleware else ["other"]


def _tools(manifest: Manifest) -> tuple[object, ...]:
    return manifest.tools, sorted(manifest.tool_descriptions.items())
