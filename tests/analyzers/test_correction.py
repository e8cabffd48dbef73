"""A correction says all that its kind needs."""

from __future__ import annotations

import pytest

from analyzers.correction import Correction


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"kind": "label", "pattern": "p"}, "name"),
        ({"kind": "merge", "pattern": "p"}, "into"),
        ({"kind": "split", "pattern": "p", "into": "q"}, "run_ids"),
        ({"kind": "split", "pattern": "p"}, "into and run_ids"),
    ],
)
def test_what_is_missing_is_named(fields: dict[str, str], missing: str) -> None:
    """Before it gets into the ledger."""
    with pytest.raises(ValueError, match=f"needs {missing}"):
        Correction(**fields)  # type: ignore[arg-type]


def test_nothing_is_merged_into_itself() -> None:
    """It would vanish."""
    with pytest.raises(ValueError, match="into itself"):
        Correction(kind="merge", pattern="p", into="p")
