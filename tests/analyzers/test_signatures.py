"""How a run failed, coarsely, and what names a pattern first."""

from __future__ import annotations

from analyzers.pattern import Signature
from analyzers.signatures import cause_kind, pattern_id
from analyzers.testing import looping_run, unverified_run


def test_causes_are_coarse() -> None:
    """The outcome, unless the harness itself broke."""
    assert cause_kind(looping_run(1)) == "limit_reached"
    assert cause_kind(unverified_run(1, "failed", reason="agent_crashed:SIGSEGV")) == "harness_fault"
    assert cause_kind(unverified_run(1, "failed", cause="assertion")) == "failed"


def test_an_identity_is_short_and_depends_on_both_parts() -> None:
    """Cause and mechanism, and the word that tells a part."""
    names = {pattern_id(Signature(cause=c, mechanism=m)) for c in ("failed", "timed_out") for m in ("a", "b")}
    names.add(pattern_id(Signature(cause="failed", mechanism="a"), "word"))

    assert len(names) == 5
    assert all(name.startswith("p-") and len(name) == 12 for name in names)
