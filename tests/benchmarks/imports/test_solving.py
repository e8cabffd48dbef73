"""Solution scripts: what they leave behind, and how they go wrong."""

from __future__ import annotations

import pytest

from benchmarks.imports.draft import Solution
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.solving import solve
from harness.sandbox import Sandbox
from harness.sandboxes.namespace import NamespaceSandbox

FILES = {"a.txt": b"a", "same.txt": b"same"}


@pytest.fixture
def rooted(sandbox: Sandbox) -> Sandbox:
    """A sandbox with a root of its own."""
    if not isinstance(sandbox, NamespaceSandbox):
        pytest.skip("needs a root of its own")
    return sandbox


def script(text: str, seconds: float = 10.0) -> Solution:
    return Solution(
        argv=("bash", "/solution/solve.sh"),
        files={"/solution/solve.sh": text.encode(), "/solution/part.txt": b"part"},
        seconds=seconds,
        environment={"WORD": "two words"},
    )


def test_new_and_changed_files_are_the_reference(rooted: Sandbox) -> None:
    """What the script reads beside the workspace is not."""
    text = 'echo "$WORD" > a.txt; mkdir d; cp /solution/part.txt d/; echo same -n; mkdir __pycache__; touch __pycache__/x'

    assert solve(script(text), FILES, rooted) == {"a.txt": b"two words\n", "d/part.txt": b"part"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exit 3", Reason.REFERENCE_FAILS),
        ("true", Reason.NO_REFERENCE),
        ("mkdir -p /srv/x", Reason.WRITES_OUTSIDE),
        ("echo x > /tests_or_anything", Reason.WRITES_OUTSIDE),
        ("echo x > /tmp/x", Reason.NO_REFERENCE),
        ("sleep 30", Reason.TIMES_OUT),
    ],
)
def test_a_solution_that_does_not_solve_is_refused(rooted: Sandbox, text: str, reason: Reason) -> None:
    """By what was seen of it."""
    with pytest.raises(RefusedError) as caught:
        solve(script(text, seconds=1.0), FILES, rooted)

    assert caught.value.refusal.reason is reason
