"""Every format is known by its content, and no content whatever breaks an importer."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.codec import encode_span
from traces.importers.importer import Skipped, Source
from traces.importers.registry import IMPORTERS, importer_for
from traces.span import Span

_RELAXED = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
_FORMATS = (
    "otlp-lines",
    "otlp-body",
    "tempo",
    "jaeger",
    "flat-spans",
    "nested-spans",
    "mini-swe-agent",
    "swe-agent",
    "atif",
    "harbor-trial",
    "outcome-list",
)


def _content(sample: Any) -> bytes:
    return (sample if isinstance(sample, str) else json.dumps(sample)).encode()


def _read_everything(content: bytes, head_bytes: int = 64 << 10) -> None:
    """Let every importer read the content, whether it knows it or not, and store what it gives."""
    source = Source(path=Path("no/agent/x"), head=content[:head_bytes], open=lambda: io.BytesIO(content))
    importer_for(source)
    for importer in IMPORTERS:
        for item in importer.read(source):
            if isinstance(item, Span):
                assert len(encode_span(item)) > 0
                assert len(item.trace_id) == 32
                assert len(item.span_id) == 16
                assert 0 <= item.start_ns < 2**63
                assert 0 <= item.end_ns < 2**63
            else:
                assert isinstance(item, Skipped)


@pytest.mark.parametrize("name", _FORMATS)
def test_each_format_is_known_by_its_content(name: str, samples: Any, source_of: Any) -> None:
    """The file's name says nothing."""
    importer = importer_for(source_of(samples[name]))

    assert importer is not None
    assert importer.name == name


@pytest.mark.parametrize("name", _FORMATS)
def test_each_format_is_known_by_one_importer_only(name: str, samples: Any, source_of: Any) -> None:
    """The order of the registry decides nothing for these."""
    found = [importer.name for importer in IMPORTERS if importer.recognises(source_of(samples[name]))]

    assert found in ([name], [name, "otlp-body"])  # a message on one line may be a body or a line


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "null",
        "hello",
        '{"a": 1}',
        '{"messages": []}',
        '{"spans": 3}',
        '{"data": {}}',
        "\x00\x01\x02",
        "[[[[",
    ],
)
def test_what_is_no_trace_is_known_by_nobody(content: str, source_of: Any) -> None:
    """Names of keys that several formats share do not make a format."""
    assert importer_for(source_of(content)) is None


def test_importers_have_names_of_their_own() -> None:
    """The name tells a run's source."""
    names = [importer.name for importer in IMPORTERS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [name for name in _FORMATS if name != "outcome-list"])
def test_the_same_content_gives_the_same_spans(
    name: str, samples: Any, source_of: Any, spans_of: Any
) -> None:
    """Importing twice stores nothing twice."""
    source = source_of(samples[name])
    importer = importer_for(source)
    assert importer is not None
    first = spans_of(importer, source)

    assert first
    assert first == spans_of(importer, source)


@pytest.mark.parametrize("name", _FORMATS)
@given(data=st.data())
@_RELAXED
def test_mutated_files_never_break_an_importer(name: str, samples: Any, data: st.DataObject) -> None:
    """Bytes changed, taken out and cut off: only skips come of it."""
    content = bytearray(_content(samples[name]))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        change = data.draw(st.sampled_from(("flip", "cut", "drop")))
        if change == "flip" and content:
            content[place] = data.draw(st.integers(0, 255))
        elif change == "cut":
            del content[place:]
        else:
            del content[place : place + data.draw(st.integers(1, 40))]

    _read_everything(bytes(content))


_ODD: st.SearchStrategy[Any] = st.sampled_from(
    (
        None,
        True,
        -1,
        2**70,
        1.5,
        float("nan"),
        float("inf"),
        "",
        "\ud800",
        "x",
        [],
        {},
        [[]],
        [{}],
        {"a": {"b": []}},
        -(2**63),
        "9" * 30,
    )
)


@pytest.mark.parametrize("name", _FORMATS)
@given(seed=st.integers(0, 10**6), odd=_ODD)
@_RELAXED
def test_values_of_wrong_types_never_break_an_importer(name: str, samples: Any, seed: int, odd: Any) -> None:
    """Any value of a file may be of any type."""
    sample = samples[name]
    lines = sample.splitlines() if isinstance(sample, str) and name != "otlp-body" else [_content(sample)]
    generator = random.Random(seed)
    changed = [json.dumps(_changed(json.loads(line), generator, odd)) for line in lines]

    _read_everything("\n".join(changed).encode())


def _changed(value: Any, generator: random.Random, odd: Any) -> Any:
    """The value with about one in twenty of its parts replaced."""
    if generator.random() < 0.05:
        return odd
    if isinstance(value, dict):
        return {key: _changed(item, generator, odd) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(item, generator, odd) for item in value]
    return value


@given(content=st.binary(max_size=200))
@_RELAXED
def test_no_bytes_break_an_importer(content: bytes) -> None:
    """Files of any other kind are read by nobody, or skipped."""
    _read_everything(content)
    _read_everything(b"\x0a" + content)


@pytest.mark.parametrize("depth", [200, 5000])
def test_deep_nesting_breaks_no_importer(depth: int) -> None:
    """Python's stack ends at about a thousand."""
    _read_everything(b'{"messages": ' + b"[" * depth + b"]" * depth + b', "steps": []}')
    _read_everything(b'{"trace_id": "1", "spans": [' + b'{"span_id": "1", "child_spans": [' * depth)
