"""The storing thread answers when spans are durable, and says what went wrong where they are not."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from traces.receiver.answers import Answer
from traces.receiver.counts import Counts
from traces.receiver.delivery import Delivery
from traces.receiver.load import make_body
from traces.receiver.storing import Storing
from traces.segments import SegmentWriter, read_spans

_LIMIT = 1 << 20


def _delivery(number: int = 1, *, spans: int = 3) -> Delivery:
    return Delivery(signal="traces", body=make_body(number, spans=spans).content, json=False)


def _run(folder: Path, work: Callable[[Storing], Awaitable[list[Answer]]]) -> tuple[list[Answer], Counts]:
    counts = Counts()

    async def store() -> list[Answer]:
        with SegmentWriter(folder) as writer:
            storing = Storing(writer, counts, max_body_bytes=_LIMIT)
            try:
                return await work(storing)
            finally:
                await asyncio.to_thread(storing.stop)

    return asyncio.run(store()), counts


def _store(folder: Path, *deliveries: Delivery) -> tuple[list[Answer], Counts]:
    async def work(storing: Storing) -> list[Answer]:
        return await asyncio.gather(*(storing.store(delivery) for delivery in deliveries))

    return _run(folder, work)


def test_an_answer_means_that_the_spans_are_there(tmp_path: Path) -> None:
    """At that moment, before anything is closed."""

    async def work(storing: Storing) -> list[Answer]:
        answer = await storing.store(_delivery(spans=3))
        assert len(list(read_spans(tmp_path))) == 3
        return [answer]

    answers, counts = _run(tmp_path, work)

    assert [answer.status for answer in answers] == [200]
    assert (counts.received["traces"], counts.stored["spans"]) == (3, 3)


def test_deliveries_that_wait_are_stored_together_and_answered_each(tmp_path: Path) -> None:
    """More than are written at once; one that is no OTLP spoils nothing."""
    bad = replace(_delivery(), body=b"\xff\xff")

    answers, counts = _store(tmp_path, *(_delivery(number) for number in range(80)), bad)

    assert [answer.status for answer in answers] == [200] * 80 + [400]
    assert len(list(read_spans(tmp_path))) == 240
    assert counts.refused == {"400": 1}


def test_a_large_delivery_is_written_in_parts(tmp_path: Path) -> None:
    """Whole, in order, and once; in as many parts as its size asks for."""
    body = make_body(1, spans=500)

    async def store() -> Answer:
        with SegmentWriter(tmp_path, rotate_bytes=1) as writer:  # each part has a segment of its own
            storing = Storing(writer, Counts(), max_body_bytes=_LIMIT, part_bytes=len(body.content) // 4)
            try:
                return await storing.store(Delivery(signal="traces", body=body.content, json=False))
            finally:
                await asyncio.to_thread(storing.stop)

    answer = asyncio.run(store())

    assert answer.status == 200
    assert [(span.trace_id, span.span_id) for span in read_spans(tmp_path)] == list(body.spans)
    assert 4 <= len(list(tmp_path.iterdir())) <= 6


def test_a_body_over_the_limit_is_refused_with_413(tmp_path: Path) -> None:
    """Unpacked here, far from the event loop."""
    answers, counts = _store(tmp_path, replace(_delivery(), body=bytes(_LIMIT + 1)))

    assert [answer.status for answer in answers] == [413]
    assert counts.refused == {"413": 1}


def test_what_waits_at_the_end_is_still_stored(tmp_path: Path) -> None:
    """Stopping takes nothing back."""

    async def work(storing: Storing) -> list[Answer]:
        answers = [asyncio.ensure_future(storing.store(_delivery(number))) for number in range(20)]
        await asyncio.sleep(0)
        await asyncio.to_thread(storing.stop)
        return await asyncio.gather(*answers)

    answers, _ = _run(tmp_path, work)

    assert [answer.status for answer in answers] == [200] * 20
    assert len(list(read_spans(tmp_path))) == 60


def test_a_full_disk_is_a_503_and_passes(tmp_path: Path) -> None:
    """Nothing half is left; when there is room again, spans are stored again."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def work(storing: Storing) -> list[Answer]:
        first = await storing.store(_delivery(1))
        size = storing._writer.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, most))
        try:
            second = await storing.store(_delivery(2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        return [first, second, await storing.store(_delivery(3))]

    answers, counts = _run(tmp_path, work)

    assert [answer.status for answer in answers] == [200, 503, 200]
    assert (b"retry-after", b"1") in answers[1].headers
    assert len(list(read_spans(tmp_path))) == counts.stored["spans"] == 6


def test_a_writer_that_is_closed_is_a_mistake_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told on standard error and answered with 500, and the thread goes on."""

    async def work(storing: Storing) -> list[Answer]:
        storing._writer.close()
        return [await storing.store(_delivery()), await storing.store(replace(_delivery(), body=b""))]

    answers, _ = _run(tmp_path, work)

    assert [answer.status for answer in answers] == [500, 200]
    assert "is closed" in capsys.readouterr().err
