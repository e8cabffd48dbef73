"""What mining keeps of a run."""

from __future__ import annotations

from dataclasses import replace

from analyzers.detectors.edit_loop import EditLoop
from analyzers.detectors.no_verification import NoVerification
from analyzers.observing import observe, observe_all, observe_each, repository_of
from analyzers.testing import Story, looping_run, unverified_run
from traces.run import Run


def observed_loop(times: int, *, asked: bool = True) -> tuple[tuple[int, ...], int]:
    """The steps that an edit loop's signal cites, and how many of them it needs."""
    run, detector = looping_run(1, times=times), EditLoop()
    seen = observe(run, detector.detect(run), [detector] if asked else [])
    return seen.sightings[0].steps, seen.sightings[0].needed


def test_signals_are_kept_with_their_places() -> None:
    """Each edit of the loop is the second of four steps."""
    steps, _ = observed_loop(6)

    assert steps == (1, 5, 9, 13, 17, 21)


def test_the_detector_is_asked_how_much_it_needs() -> None:
    """Three equal edits, however many there were; unasked, all that it cites."""
    assert observed_loop(8)[1] == 3
    assert observed_loop(8, asked=False)[1] == 8


def test_an_ending_needs_the_end() -> None:
    """What cites the last step is not looked for in a beginning."""
    run, detector = unverified_run(1, "failed"), NoVerification()
    (sighting,) = observe(run, detector.detect(run), [detector]).sightings

    assert sighting.steps[-1] == len(run.steps) - 1
    assert sighting.needed == len(sighting.steps)


def test_runs_are_observed_one_by_one_or_with_their_signals() -> None:
    """Both ways see the same."""
    runs, detectors = [looping_run(1), unverified_run(2, "failed")], [EditLoop(), NoVerification()]
    signals = [signal for run in runs for detector in detectors for signal in detector.detect(run)]

    assert tuple(observe_each(runs, detectors)) == observe_all(runs, signals, detectors)


def test_strata_of_our_own_runs() -> None:
    """Task, group and suite."""
    seen = observe(unverified_run(1, "failed", task="s/G1/m2", group="G1", suite="s"), [])

    assert (seen.task, seen.repository, seen.suite, seen.cause) == ("s/G1/m2", "G1", "s", "failed")
    assert (seen.steps, seen.is_failure) == (5, True)


def test_strata_of_imported_runs() -> None:
    """The repository is in the name of the task or in an attribute; the source stands for the suite."""
    run = replace(Story(task="django__django-123").says("Done.").run(), source="atif", agent="coder")
    other = replace(run, task="anything", spans=_with_repository(run), root=None)

    assert (repository_of(run), observe(run, []).suite) == ("django__django", "atif/coder")
    assert repository_of(other) == "https://host/r.git"
    assert repository_of(replace(run, task="anything")) == ""


def _with_repository(run: Run) -> tuple:  # type: ignore[type-arg]
    first, *others = run.spans
    return (replace(first, resource={"vcs.repository.url.full": "https://host/r.git"}), *others)
