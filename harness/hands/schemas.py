"""The tools that a harness may enable, as the model sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.manifest import Manifest

COMMAND_SECONDS = 20.0  # what a command gets unless it asks for another time
MAX_COMMAND_SECONDS = 300.0

_PATH = {"type": "string", "description": "Relative to the workspace, or absolute."}
_DESCRIPTIONS = {
    "bash": (
        "Run a bash command in the workspace and get what it prints, followed by a line with its exit code. "
        "Nothing of the shell's state is kept between calls."
    ),
    "read_file": "Read a text file. A long one can be read in parts.",
    "edit_file": "Replace a piece of a text file. The old text must occur exactly once.",
    "write_file": "Write a whole text file, making its folders. What was there is replaced.",
}
_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "bash": {
        "properties": {
            "command": {"type": "string", "description": "The command line."},
            "timeout": {
                "type": "number",
                "description": f"Seconds until it is ended: {COMMAND_SECONDS:.0f} by default, at most {MAX_COMMAND_SECONDS:.0f}.",
            },
        },
        "required": ["command"],
    },
    "read_file": {
        "properties": {
            "path": _PATH,
            "offset": {"type": "integer", "description": "The first line to show, counted from 1."},
            "limit": {"type": "integer", "description": "How many lines to show."},
        },
        "required": ["path"],
    },
    "edit_file": {
        "properties": {
            "path": _PATH,
            "old_string": {
                "type": "string",
                "description": "The text to replace, exactly as it is in the file.",
            },
            "new_string": {"type": "string", "description": "The text to put in its place."},
        },
        "required": ["path", "old_string", "new_string"],
    },
    "write_file": {
        "properties": {"path": _PATH, "content": {"type": "string", "description": "The file's content."}},
        "required": ["path", "content"],
    },
}


def tool_description(manifest: Manifest, name: str) -> str:
    """What the model is told of a tool: the harness's own words, or ours."""
    return manifest.tool_descriptions.get(name, _DESCRIPTIONS[name])


def tool_schemas(manifest: Manifest) -> list[dict[str, Any]]:
    """The enabled tools as OpenAI function schemas, in the harness's order and with its descriptions."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": tool_description(manifest, name),
                "parameters": {"type": "object", **_PARAMETERS[name], "additionalProperties": False},
            },
        }
        for name in manifest.tools
    ]


def arguments_problem(name: str, arguments: Any) -> str | None:
    """What is wrong with a call's arguments, in words for the model; ``None`` if nothing is."""
    if not isinstance(arguments, dict):
        return "the arguments must be a JSON object"
    properties = _PARAMETERS[name]["properties"]
    for required in _PARAMETERS[name]["required"]:
        if required not in arguments:
            return f"the argument {required!r} is missing"
    for argument, value in arguments.items():
        if argument not in properties:
            return f"there is no argument {argument!r}; {name} takes {', '.join(properties)}"
        if not _fits(value, properties[argument]["type"]):
            return f"the argument {argument!r} must be a JSON {properties[argument]['type']}"
    return None


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if isinstance(value, bool):
        return False
    return isinstance(value, int) if kind == "integer" else isinstance(value, (int, float))
