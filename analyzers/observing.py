"""From a run and its signals to the observation that mining keeps of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from analyzers.failing_region import region_words
from analyzers.observation import Observation, Sighting
from analyzers.signal import Detector, Signal
from analyzers.signatures import cause_kind
from traces.run import ModelCall, Run, ToolCall

_ISSUE = re.compile(r"(?P<repository>[\w.-]+__[\w.-]+)-\d+")  # SWE-bench: owner__name-123
_REPOSITORY_KEYS = ("vcs.repository.url.full", "vcs.repository.name", "vcs.repository.url")


def observe_each(runs: Iterable[Run], detectors: Sequence[Detector]) -> Iterator[Observation]:
    """Detect and observe run by run, so that no more than one of them needs to be in memory."""
    for run in runs:
        signals = [signal for detector in detectors for signal in detector.detect(run)]
        yield observe(run, signals, detectors)


def observe_all(
    runs: Iterable[Run], signals: Iterable[Signal], detectors: Sequence[Detector] = ()
) -> tuple[Observation, ...]:
    """The observations of runs whose signals are there already, in the order of the runs."""
    by_run: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_run[signal.run_id].append(signal)
    return tuple(observe(run, by_run[run.run_id], detectors) for run in runs)


def observe(run: Run, signals: Iterable[Signal], detectors: Sequence[Detector] = ()) -> Observation:
    """The observation of one run.

    ``detectors`` are those that gave the signals: each is asked again on shorter and shorter beginnings of the run, to
    learn how many of the steps that it cites it needs. Without them all of the cited steps count as needed.
    """
    steps = run.steps
    places = {step.span_id: place for place, step in enumerate(steps)}
    by_name = {detector.name: detector for detector in detectors}
    ordered = sorted(signals, key=lambda signal: (signal.detector, signal.span_ids))
    return Observation(
        run_id=run.run_id,
        outcome=run.outcome,
        cause=cause_kind(run),
        task=run.task,
        repository=repository_of(run),
        suite=run.suite or "/".join(part for part in (run.source, run.agent) if part),
        steps=len(steps),
        sightings=tuple(
            _sighting(run, signal, places, by_name.get(signal.detector), steps) for signal in ordered
        ),
        words=region_words(run),
    )


def repository_of(run: Run) -> str:
    """What tasks of one origin share: the group, else the repository that the task or a span names."""
    if run.group:
        return run.group
    issue = _ISSUE.fullmatch(run.task)
    if issue is not None:
        return issue["repository"]
    return _named_repository(run)


def _named_repository(run: Run) -> str:
    spans = [run.root] if run.root is not None else list(run.spans[:1])
    named = (
        str(attributes[key])
        for span in spans
        for attributes in (span.attributes, span.resource)
        for key in _REPOSITORY_KEYS
        if attributes.get(key)
    )
    return next(named, "")


def _sighting(
    run: Run,
    signal: Signal,
    places: Mapping[str, int],
    detector: Detector | None,
    steps: Sequence[ModelCall | ToolCall],
) -> Sighting:
    cited = tuple(sorted({places[span_id] for span_id in signal.span_ids if span_id in places}))
    needed = len(cited)
    if detector is not None and needed > 1 and cited[-1] < len(steps) - 1:
        needed = _needed(run, cited, detector, steps)
    return Sighting(signal=signal, steps=cited, needed=needed)


def _needed(
    run: Run,
    cited: Sequence[int],
    detector: Detector,
    steps: Sequence[ModelCall | ToolCall],
) -> int:
    """The least number of cited steps after which the detector sees them; by bisection."""
    low, high = 1, len(cited)
    while low < high:
        middle = (low + high) // 2
        beginning = _beginning(run, steps[: cited[middle - 1] + 1])
        wanted = {steps[place].span_id for place in cited[:middle]}
        if any(not wanted.isdisjoint(found.span_ids) for found in detector.detect(beginning)):
            high = middle
        else:
            low = middle + 1
    return low


def _beginning(run: Run, steps: Sequence[ModelCall | ToolCall]) -> Run:
    return replace(
        run,
        model_calls=tuple(step for step in steps if isinstance(step, ModelCall)),
        tool_calls=tuple(step for step in steps if isinstance(step, ToolCall)),
    )
