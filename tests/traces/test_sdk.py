"""Spans of the OpenTelemetry SDK arrive whole, at once, and never fail in silence."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from traces.errors import SegmentError
from traces.sdk import ChosenIds, SegmentExporter, tracer_provider
from traces.segments import SegmentWriter, read_spans

_UNDER_HOSTILE_VARIABLES = """
import pathlib, sys
from traces.sdk import SegmentExporter, tracer_provider
from traces.segments import SegmentWriter
with SegmentWriter(pathlib.Path(sys.argv[1])) as writer:
    provider = tracer_provider(SegmentExporter(writer), resource_attributes={"service.name": "ours"})
    with provider.get_tracer("t").start_as_current_span("root") as span:
        for number in range(300):
            span.set_attribute(f"key {number}", "long text " * 10)
            span.add_event("event", {"number": number, "text": "long text " * 10})
"""


@pytest.fixture
def exporter(tmp_path: Path) -> Iterator[SegmentExporter]:
    """An exporter to a segment in ``tmp_path``."""
    with SegmentWriter(tmp_path) as writer:
        yield SegmentExporter(writer)


@pytest.fixture
def provider(exporter: SegmentExporter) -> TracerProvider:
    """A provider that exports there."""
    return tracer_provider(exporter, resource_attributes={"service.name": "flywheel"})


def test_everything_of_a_span_arrives(tmp_path: Path, provider: TracerProvider) -> None:
    """Kind, status, attributes, events, links, resource and scope."""
    other = SpanContext(1, 2, is_remote=False, trace_flags=TraceFlags(1))
    tracer = provider.get_tracer("scope")
    with tracer.start_as_current_span(
        "root", kind=SpanKind.CLIENT, links=[Link(other, {"why": "because"})], start_time=5
    ) as root:
        root.set_attribute("list", [1, 2])
        root.add_event("event", {"ok": True}, timestamp=7)
        root.set_status(Status(StatusCode.ERROR, "broke"))

    (span,) = read_spans(tmp_path)

    assert (span.name, span.kind, span.start_ns, span.scope) == ("root", "client", 5, "scope")
    assert (span.status, span.status_message) == ("error", "broke")
    assert span.attributes == {"list": (1, 2)}
    assert (span.events[0].name, span.events[0].time_ns, span.events[0].attributes) == (
        "event",
        7,
        {"ok": True},
    )
    assert (span.links[0].trace_id, span.links[0].span_id) == (f"{1:032x}", f"{2:016x}")
    assert span.resource == {"service.name": "flywheel"}
    assert span.parent_id is None


def test_a_span_is_on_disk_as_it_ends(tmp_path: Path, provider: TracerProvider) -> None:
    """A child is there before its parent has ended."""
    with provider.get_tracer("t").start_as_current_span("root") as root:
        with provider.get_tracer("t").start_as_current_span("child"):
            pass

        (child,) = read_spans(tmp_path)

    assert child.name == "child"
    assert child.parent_id == f"{root.get_span_context().span_id:016x}"


def test_values_beyond_ours_become_json(tmp_path: Path, provider: TracerProvider) -> None:
    """The SDK takes nested values; a segment keeps them as JSON text."""
    span = provider.get_tracer("t").start_span("root")
    span.set_attribute("nested", {"a": [1, {"b": None}]})
    span.set_attribute("mixed", [1, "a"])
    span.set_attribute("bytes", b"\xffx")
    span.set_attribute("empty", [])
    span.end()

    (read,) = read_spans(tmp_path)

    assert read.attributes == {
        "nested": '{"a": [1, {"b": null}]}',
        "mixed": '[1, "a"]',
        "bytes": "\ufffdx",
        "empty": (),
    }


def test_nothing_is_read_from_the_environment(tmp_path: Path) -> None:
    """No OTEL_ variable disables, samples, cuts or renames."""
    hostile = {
        "OTEL_SDK_DISABLED": "true",
        "OTEL_TRACES_SAMPLER": "always_off",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "1",
        "OTEL_SPAN_EVENT_COUNT_LIMIT": "1",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "3",
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "3",
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": "1",
        "OTEL_RESOURCE_ATTRIBUTES": "service.name=theirs,added=1",
    }
    subprocess.run([sys.executable, "-c", _UNDER_HOSTILE_VARIABLES, str(tmp_path)], check=True, env=hostile)

    (span,) = read_spans(tmp_path)

    assert len(span.attributes) == len(span.events) == 300
    assert span.events[0].attributes == {"number": 0, "text": "long text " * 10}
    assert span.attributes["key 0"] == "long text " * 10
    assert span.resource == {"service.name": "ours"}


def test_a_failure_reaches_the_caller(exporter: SegmentExporter, provider: TracerProvider) -> None:
    """The SDK goes on, but the first failure is kept for whoever asks."""
    exporter.raise_failure()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        provider.get_tracer("t").start_span("large", attributes={"text": "x" * 2000}).end()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert exporter.failure is not None
    assert not provider.force_flush()
    with pytest.raises(SegmentError, match="cannot write"):
        exporter.raise_failure()


def test_a_root_with_chosen_ids(tmp_path: Path, exporter: SegmentExporter) -> None:
    """The next root has them, its child has the trace, and the root after it is on its own."""
    ids = ChosenIds()
    tracer = tracer_provider(exporter, resource_attributes={}, id_generator=ids).get_tracer("t")
    ids.choose("ab" * 16, "cd" * 8)
    with tracer.start_as_current_span("root"), tracer.start_as_current_span("child"):
        pass
    tracer.start_span("another").end()

    child, root, another = read_spans(tmp_path)

    assert (root.trace_id, root.span_id) == ("ab" * 16, "cd" * 8)
    assert (child.trace_id, child.parent_id) == ("ab" * 16, "cd" * 8)
    assert child.span_id != root.span_id
    assert another.trace_id != root.trace_id


def test_a_chosen_trace_with_a_random_root(tmp_path: Path, exporter: SegmentExporter) -> None:
    """The span id need not be chosen; a span in between that is no root does not use the choice up."""
    ids = ChosenIds()
    tracer = tracer_provider(exporter, resource_attributes={}, id_generator=ids).get_tracer("t")
    with tracer.start_as_current_span("one"):
        ids.choose("ab" * 16)
        tracer.start_span("child of one").end()
    tracer.start_span("two").end()

    spans = {span.name: span for span in read_spans(tmp_path)}

    assert spans["two"].trace_id == "ab" * 16
    assert spans["child of one"].trace_id == spans["one"].trace_id != "ab" * 16


def test_ids_from_the_callers_generator() -> None:
    """With a source of bits of one's own, ids can be repeated; zero is never one."""
    ids = ChosenIds(lambda bits: bits - 64)

    assert ids.generate_trace_id() == 64
    assert ids.generate_span_id() == 1


@pytest.mark.parametrize("text", ["", "ab", "0" * 32, "x" * 32, "-" + "1" * 31])
def test_what_is_no_id_cannot_be_chosen(text: str) -> None:
    """The mistake is reported where it is made."""
    with pytest.raises(ValueError, match="no id of 32"):
        ChosenIds().choose(text)


def test_threads_export_side_by_side(tmp_path: Path, provider: TracerProvider) -> None:
    """Tools run in parallel threads; every span arrives once, and whole."""
    tracer = provider.get_tracer("t")

    def work(number: int) -> None:
        with tracer.start_as_current_span(f"span {number}", attributes={"text": "x" * 5000}):
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))

    assert sorted(span.name for span in read_spans(tmp_path)) == sorted(f"span {n}" for n in range(200))


def test_a_choice_is_its_threads_own(tmp_path: Path, exporter: SegmentExporter) -> None:
    """Runs that start at the same time in different threads don't take each other's ids."""
    ids = ChosenIds()
    tracer = tracer_provider(exporter, resource_attributes={}, id_generator=ids).get_tracer("t")
    barrier = Barrier(4)

    def run(number: int) -> None:
        ids.choose(f"{number:032x}")
        barrier.wait()
        tracer.start_span(str(number)).end()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(1, 5)))

    assert {span.name: int(span.trace_id, 16) for span in read_spans(tmp_path)} == {
        "1": 1,
        "2": 2,
        "3": 3,
        "4": 4,
    }


def test_shutting_down_leaves_the_writer_open(tmp_path: Path, exporter: SegmentExporter) -> None:
    """It belongs to whoever opened it."""
    tracer_provider(exporter, resource_attributes={}).shutdown()
    other = tracer_provider(exporter, resource_attributes={})
    other.get_tracer("t").start_span("after").end()

    assert [span.name for span in read_spans(tmp_path)] == ["after"]
    assert other.force_flush()
