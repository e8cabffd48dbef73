"""What holds for every detector, whatever a run holds."""

from __future__ import annotations

import math
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.account import account_of
from analyzers.detectors import default_detectors, detect_all
from analyzers.signal import Detector
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from tests.examples import examples
from traces import attributes
from traces.outcome import Outcome
from traces.run import Run, Usage

DETECTORS = default_detectors()
STORIES = (
    unverified_run(1, "failed"),
    verified_run(2, "passed"),
    looping_run(3),
    Story(4).shell("cat a", "x" * 9000).says("I could not do it.", effort="high").run(run_seconds=900.0),
    Story(5).run(),
    Story(6, prompt="Fix `src/core.py`. Do not modify tests.")
    .edit("tests/test_a.py")
    .says("Let me look:")
    .run(),
    Story(7).calls("Bash", {"command": ': ""'}).calls("transfer_to_human_agents", {}).run("errored"),
)
TEXT = st.text(
    st.characters(exclude_categories=()), max_size=40
)  # control characters and lone surrogates too
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["command", "cmd", "keystrokes", "commands", "path", "filePath", "old_string", "newString", "content", "input",
     "todos", "plan", "code", "status"]
)  # fmt: skip
TOOLS = st.sampled_from(
    ["bash", "Edit", "str_replace_editor", "apply_patch", "submit", "TodoWrite", "update_plan", "AskUserQuestion",
     "terminal", "Read", "grep", "run_tests", "cancel_order", "", "\x00", "a.b__c"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["No such file or directory", "timed out", "Permission denied", "unknown tool", "not valid JSON", "no tests ran",
     "command not found", "missing 1 required positional argument", "not a git repository", "all tests pass", "429"]
)  # fmt: skip
CODES = st.none() | st.sampled_from([0, 1, 124, 127, -9, 10**12])
CALL = st.tuples(
    TOOLS, st.dictionaries(KEYS, VALUE, max_size=3) | TEXT, TEXT | WORDS, CODES, st.just("") | WORDS | TEXT
)
PROMPTS = TEXT | st.just(
    "Fix `src/core.py`. Do not modify tests. Add a line to NOTES.md. `pytest tests` must pass."
)


def told(
    prompt: str, calls: list[tuple[str, object, str, int | None, str]], answer: str, seconds: float
) -> Run:
    story = Story(prompt=prompt)
    for tool, arguments, result, code, error in calls:
        story.calls(tool, arguments, result, exit_code=code, error=error)
    return story.says(answer).run(run_seconds=seconds)


def without_content(run: Run) -> Run:
    """The run as an exporter tells of it that redacts: names, times, codes, usage and errors."""
    spans = tuple(
        replace(
            span,
            attributes={
                key: value for key, value in span.attributes.items() if key != attributes.INPUT_MESSAGES
            },
        )
        for span in run.spans
    )
    tools = tuple(replace(call, arguments={}, arguments_text="", result="") for call in run.tool_calls)
    models = tuple(replace(call, text="") for call in run.model_calls)
    return replace(run, spans=spans, tool_calls=tools, model_calls=models)


def test_there_are_more_than_thirty_with_distinct_names() -> None:
    """Names are identities: patterns are built on them."""
    names = [detector.name for detector in DETECTORS]

    assert len(names) >= 35
    assert len(set(names)) == len({detector.title for detector in DETECTORS}) == len(names)
    assert all(name.islower() and " " not in name for name in names)


def test_every_detector_is_documented() -> None:
    """With what it sees, one row each, and none that is gone."""
    page = (Path(__file__).parents[3] / "docs" / "detectors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [a-z]+ \| `(\w+)` \| ", page, re.MULTILINE)

    assert sorted(rows) == sorted(detector.name for detector in DETECTORS)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_no_detector_reads_how_the_run_was_judged(detector: Detector) -> None:
    """The same steps under another verdict, or none at all, give the same signals."""
    for run in STORIES:
        root = run.root
        blank = replace(root, attributes={attributes.OPERATION: "invoke_agent"}) if root else None
        spans = tuple(blank if blank and span is root else span for span in run.spans)
        nothing = {"outcome": Outcome.UNKNOWN, "score": None, "cause": "", "reason": "", "provenance": ""}
        passed = {"outcome": Outcome.PASSED, "score": 1.0, "cause": "passed", "reason": "verified"}

        for verdict in (nothing, passed, {**nothing, "root": blank, "spans": spans}):
            assert detector.detect(run) == detector.detect(replace(run, **verdict))


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_a_run_and_its_account_give_the_same_signals(detector: Detector) -> None:
    """Reading a run once for all is for speed only."""
    assert all(detector.detect(run) == detector.detect(account_of(run)) for run in STORIES)


@given(
    prompt=PROMPTS,
    calls=st.lists(CALL, max_size=6),
    answer=TEXT | WORDS,
    seconds=st.sampled_from([0.0, 60.0, 1e9]),
)
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_signal_cites_spans_of_its_run_whatever_it_holds(
    prompt: str, calls: list[tuple[str, object, str, int | None, str]], answer: str, seconds: float
) -> None:
    """With a printable sentence that ends like one, and a severity within its bounds; nothing is raised."""
    run = told(prompt, calls, answer, seconds)
    for version in (run, without_content(run), replace(run, spans=()), replace(run, model_calls=())):
        spans = {step.span_id for step in version.steps}
        for signal in detect_all([version], DETECTORS):
            assert signal.span_ids
            assert set(signal.span_ids) <= spans
            assert signal.sentence.endswith(".")
            assert "\n" not in signal.sentence
            assert 0 <= signal.severity <= 1


@given(calls=st.lists(CALL, max_size=6))
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_in_which_the_calls_are_stored_does_not_matter(
    calls: list[tuple[str, object, str, int | None, str]],
) -> None:
    """Their times decide."""
    run = told("Fix it.", calls, "Done.", 60.0)
    turned = replace(run, tool_calls=run.tool_calls[::-1], model_calls=run.model_calls[::-1])

    assert detect_all([run], DETECTORS) == detect_all([turned], DETECTORS)


@pytest.mark.parametrize("number", [math.nan, math.inf, -1.0, 0.0])
def test_odd_numbers_break_nothing(number: float) -> None:
    """Times and usage come from strangers."""
    run = replace(
        looping_run(1), seconds=number, usage=Usage(input_tokens=-5, cached_tokens=10**18, cost_usd=number)
    )
    backwards = tuple(replace(call, end_ns=0) for call in run.tool_calls)

    assert detect_all([run, replace(run, tool_calls=backwards)], DETECTORS)


def test_all_signals_come_in_the_order_of_the_runs() -> None:
    """Whatever stands in a run, in a stable order."""
    signals = detect_all(STORIES, DETECTORS)
    order = [signal.run_id for signal in signals]

    assert order == sorted(order)
    assert detect_all(STORIES, DETECTORS) == signals


@pytest.mark.parametrize("kind", ["same", "edits", "failures"])
def test_a_long_run_takes_time_in_proportion(kind: str) -> None:
    """Two thousand steps take less than two seconds of the processor: no detector compares all with all."""
    story = Story()
    for number in range(1000):
        if kind == "same":
            story.shell("cat a.py", "text " * 40)
        elif kind == "edits":
            story.edit(f"f{number}.py", new=str(number))
        else:
            story.shell(
                f"sed -i s/a/b/ f{number}.py; rm f{number}.py", "error: No such file " * 9, exit_code=1
            )
    run = story.says("Done.").run()
    started = time.process_time()
    detect_all([run], DETECTORS)

    assert time.process_time() - started < 2


def test_outputs_of_a_megabyte_are_read_at_their_ends() -> None:
    """Twenty of them take less than a second of the processor."""
    story = Story()
    for number in range(20):
        story.shell(f"python x{number}.py", "error: file tool string not found\n" * 30_000, exit_code=1)
    run = story.run()
    started = time.process_time()
    detect_all([run], DETECTORS)

    assert time.process_time() - started < 1
