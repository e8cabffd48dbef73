"""What holds for every detector."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.detectors import default_detectors, detect_all
from analyzers.signal import Detector
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from traces.outcome import Outcome

STORIES = (
    unverified_run(1, "failed"),
    verified_run(2, "passed"),
    looping_run(3),
    Story(4).shell("cat a", "x" * 9000).says("I could not do it.", effort="high").run(run_seconds=900.0),
    Story(5).run(),
)


def test_there_are_more_than_twenty_with_distinct_names() -> None:
    """Names are identities: patterns are built on them."""
    names = [detector.name for detector in default_detectors()]

    assert len(names) >= 20
    assert len(set(names)) == len(names)
    assert all(name.islower() and " " not in name for name in names)


@pytest.mark.parametrize("detector", default_detectors(), ids=lambda detector: detector.name)
def test_no_detector_reads_how_the_run_was_judged(detector: Detector) -> None:
    """The same steps under another verdict give the same signals."""
    for run in STORIES:
        other = replace(run, outcome=Outcome.PASSED, score=1.0, cause="passed", reason="verified")

        assert detector.detect(run) == detector.detect(other)


@pytest.mark.parametrize("detector", default_detectors(), ids=lambda detector: detector.name)
def test_every_signal_cites_spans_of_its_run(detector: Detector) -> None:
    """With a sentence that ends like one, and a severity within its bounds."""
    for run in STORIES:
        spans = {span.span_id for span in run.spans}
        for signal in detector.detect(run):
            assert signal.span_ids
            assert set(signal.span_ids) <= spans
            assert signal.sentence.endswith(".")
            assert 0 <= signal.severity <= 1


def test_all_signals_come_in_the_order_of_the_runs() -> None:
    """Whatever stands in a run, in a stable order."""
    signals = detect_all(STORIES, default_detectors())
    order = [signal.run_id for signal in signals]

    assert order == sorted(order)
    assert detect_all(STORIES, default_detectors()) == signals
