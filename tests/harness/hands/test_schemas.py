"""What the model is told of the tools is a snapshot: a change shows up in review."""

from __future__ import annotations

import json
from pathlib import Path

from harness.hands.schemas import tool_schemas
from harness.manifest import Manifest

SNAPSHOT = Path(__file__).with_name("tool_schemas.json")


def manifest(**more: object) -> Manifest:
    """A manifest of the usual harness."""
    return Manifest(name="t", model="m", system_prompt_path="p", system_prompt="", **more)  # type: ignore[arg-type]


def test_all_schemas_are_as_reviewed() -> None:
    """Delete the snapshot and run this once to accept a change."""
    schemas = tool_schemas(manifest())
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(schemas, indent=2, ensure_ascii=False) + "\n")

    assert schemas == json.loads(SNAPSHOT.read_text())


def test_only_enabled_tools_are_offered_in_their_order() -> None:
    """With the harness's own descriptions where it has any."""
    schemas = tool_schemas(manifest(tools=("write_file", "bash"), tool_descriptions={"bash": "Run it."}))

    assert [schema["function"]["name"] for schema in schemas] == ["write_file", "bash"]
    assert schemas[1]["function"]["description"] == "Run it."
