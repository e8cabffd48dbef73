"""The thread of a worker that turns deliveries into durable spans, many at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from traces.errors import SegmentError
from traces.otlp.errors import OtlpError
from traces.receiver.answers import Answer, accepted, refused
from traces.receiver.complaints import Complaints
from traces.receiver.counts import Counts, tally
from traces.receiver.delivery import Delivery, Opened, open_delivery
from traces.receiver.errors import RequestError
from traces.segments import SegmentWriter

_MOST_TOGETHER = 32
_MOST_BYTES_TOGETHER = 4 << 20


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    delivery: Delivery
    answer: asyncio.Future[Answer]


class Storing:
    """Stores deliveries in the order of their coming; an answer comes when a delivery's spans are durable.

    Deliveries that wait are written together, so that they share one ``fsync`` where the writer makes one. The
    event loop goes on meanwhile. ``counts`` are changed by this thread only. The writer is the caller's to close,
    after ``stop``.
    """

    def __init__(self, writer: SegmentWriter, counts: Counts, *, max_body_bytes: int) -> None:
        self._writer = writer
        self._counts = counts
        self._max_body_bytes = max_body_bytes
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._complaints = Complaints()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="storing")
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many deliveries wait."""
        return self._queue.qsize()

    async def store(self, delivery: Delivery) -> Answer:
        """The answer to a delivery."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._queue.put(_Waiting(delivery=delivery, answer=answer))
        return await answer

    def stop(self) -> None:
        """Store what waits, and end."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            is_last = False
            while not is_last:
                together, is_last = self._take()
                answers = self._store(together)
                # Where the loop has ended, nobody waits for the answers any more.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_give, together, answers)
        except BaseException as error:  # noqa: BLE001  # without this thread nobody is answered any more
            self._complaints.write(error)
            os._exit(1)

    def _take(self) -> tuple[list[_Waiting], bool]:
        together: list[_Waiting] = []
        size = 0
        while len(together) < _MOST_TOGETHER and size < _MOST_BYTES_TOGETHER:
            try:
                found = self._queue.get(block=not together)
            except queue.Empty:
                break
            if found is None:
                return together, True
            together.append(found)
            size += len(found.delivery.body)
        return together, False

    def _store(self, together: Sequence[_Waiting]) -> list[Answer]:
        opened = [self._open(waiting.delivery) for waiting in together]
        good = [found for found in opened if isinstance(found, Opened)]
        written = self._append(good)
        answers: list[Answer] = []
        for waiting, found in zip(together, opened, strict=True):
            answer = found if isinstance(found, Answer) else self._answer(waiting.delivery, found, written)
            if answer.status != 200:
                self._counts.refused[str(answer.status)] += 1
            answers.append(answer)
        return answers

    def _open(self, delivery: Delivery) -> Opened | Answer:
        try:
            return open_delivery(delivery, limit=self._max_body_bytes)
        except OtlpError as error:
            return refused(400, str(error), json=delivery.json)
        except RequestError as error:
            return refused(error.status, str(error), json=delivery.json)
        except Exception as error:  # noqa: BLE001  # a mistake of ours costs the request, not the receiver
            self._complaints.write(error)
            return refused(500, "the body could not be translated", json=delivery.json)

    def _append(self, opened: Sequence[Opened]) -> bool:
        """Write what all deliveries hold; false where that failed, and nothing is written."""
        try:
            self._writer.append_many([span for found in opened for span in found.spans])
        except Exception:  # noqa: BLE001  # each delivery is tried alone: the one at fault shows
            return False
        return True

    def _answer(self, delivery: Delivery, opened: Opened, written: bool) -> Answer:
        if not written:
            try:
                self._writer.append_many(opened.spans)
            except Exception as error:  # noqa: BLE001  # a span that cannot be stored costs its request only
                return self._failure(error, delivery)
        self._count(delivery, opened)
        return accepted(
            delivery.signal, json=delivery.json, rejected=opened.rejected, message=opened.complaint
        )

    def _failure(self, error: Exception, delivery: Delivery) -> Answer:
        if isinstance(error, SegmentError) and isinstance(error.__cause__, OSError):
            return refused(503, "the spans cannot be written now", json=delivery.json)
        self._complaints.write(error)
        return refused(500, "the spans cannot be stored", json=delivery.json)

    def _count(self, delivery: Delivery, opened: Opened) -> None:
        self._counts.received[delivery.signal] += opened.received
        self._counts.stored["spans"] += len(opened.spans)
        if delivery.signal == "logs":
            self._counts.stored["from_logs"] += len(opened.spans)
        tally(self._counts.rejected, opened.reasons)
        tally(self._counts.dropped, opened.dropped)


def _give(together: Sequence[_Waiting], answers: Sequence[Answer]) -> None:
    for waiting, answer in zip(together, answers, strict=True):
        if not waiting.answer.done():
            waiting.answer.set_result(answer)
