"""The right answers are such that the playbook could give them."""

from __future__ import annotations

from analyzers.detectors import default_detectors
from analyzers.remedies.catalogue import all_remedies
from flywheel.bench_mining.planted.answers import answers, weaknesses_of
from flywheel.bench_mining.planted.truth import WEAKNESSES


def test_every_weakness_has_an_answer_that_exists() -> None:
    """Remedies and signals go by names that there are, with a reason in words."""
    remedies = {remedy.name for remedy in all_remedies()}
    signals = {detector.name for detector in default_detectors()}

    assert set(answers()) == set(WEAKNESSES)
    for answer in answers().values():
        assert answer.remedies
        assert answer.remedies <= remedies
        assert answer.signals <= signals
        assert len(answer.reason.split()) >= 6


def test_a_signal_speaks_of_its_weakness() -> None:
    """One that says only that a run went wrong speaks of none."""
    assert weaknesses_of("edit_loop") == {"stubborn_edit"}
    assert not weaknesses_of("gave_up")
