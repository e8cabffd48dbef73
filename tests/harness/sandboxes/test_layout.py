"""A layout is a value."""

from __future__ import annotations

import json

from harness.sandboxes.layout import Layout
from harness.sandboxes.namespace import task_layout


def test_a_layout_travels_as_json() -> None:
    """What the fork service reads is what was sent."""
    layout = task_layout()

    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
