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
from traces.receiver.memory import give_back
from traces.segments import SegmentWriter

_MOST_TOGETHER = 32
_MOST_BYTES_TOGETHER = 4 << 20
_LARGE_BYTES = 16 << 20
PART_BYTES = (
    512 << 10
)  # fits a processor's cache: spans of 10 KB are written twice as quickly as in one piece
FORCED_PART_BYTES = 4 << 20  # where each part costs an fsync


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    delivery: Delivery
    answer: asyncio.Future[Answer]


@dataclass(frozen=True, kw_only=True)
class _Opened:
    waiting: _Waiting
    found: Opened | Answer

    @property
    def size(self) -> int:
        return self.found.size if isinstance(self.found, Opened) else 0


class Storing:
    """Stores deliveries in the order of their coming; an answer comes when a delivery's spans are durable.

    Deliveries that wait are written together, so that they share one ``fsync`` where the writer makes one. The
    event loop goes on meanwhile. ``part_bytes`` is about how much goes to the writer at once. ``counts`` are changed by this thread only. The writer is the caller's to close,
    after ``stop``.
    """

    def __init__(
        self, writer: SegmentWriter, counts: Counts, *, max_body_bytes: int, part_bytes: int = PART_BYTES
    ) -> None:
        self._writer = writer
        self._counts = counts
        self._max_body_bytes = max_body_bytes
        self._part_bytes = part_bytes
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._complaints = Complaints()
        self._was_large = False
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
                is_last = self._step()
                if self._was_large:
                    self._was_large = False
                    give_back()
        except BaseException as error:  # noqa: BLE001  # without this thread nobody is answered any more
            self._complaints.write(error)
            os._exit(1)

    def _step(self) -> bool:
        together, is_last = self._take()
        group: list[_Opened] = []
        for waiting in together:
            group.append(_Opened(waiting=waiting, found=self._open(waiting.delivery)))
            # Packed bodies may be a thousand times as large when they are open.
            if sum(opened.size for opened in group) >= _MOST_BYTES_TOGETHER:
                self._finish(group)
                group = []
        self._finish(group)
        return is_last

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

    def _finish(self, group: list[_Opened]) -> None:
        size = sum(opened.size for opened in group)
        written = self._append([opened.found for opened in group if isinstance(opened.found, Opened)], size)
        answers: list[tuple[asyncio.Future[Answer], Answer]] = []
        for opened in group:
            answer = self._answer(opened, written=written)
            if answer.status != 200:
                self._counts.refused[str(answer.status)] += 1
            answers.append((opened.waiting.answer, answer))
        # Where the loop has ended, nobody waits for the answers any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_give, answers)
        self._was_large |= size >= _LARGE_BYTES

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

    def _append(self, found: Sequence[Opened], size: int) -> bool:
        """Write what several deliveries hold; false where that failed.

        Large ones are written in parts, so that only a part is there in all its forms at once. Parts that
        are written before another fails are sent again with the rest, and indexed once.
        """
        spans = [span for opened in found for span in opened.spans]
        step = max(1, len(spans) * self._part_bytes // max(size, self._part_bytes))
        try:
            for start in range(0, len(spans), step):
                self._writer.append_many(spans[start : start + step])
        except Exception:  # noqa: BLE001  # each delivery is tried alone: the one at fault shows
            return False
        return True

    def _answer(self, opened: _Opened, *, written: bool) -> Answer:
        found, delivery = opened.found, opened.waiting.delivery
        if isinstance(found, Answer):
            return found
        if not written:
            try:
                self._writer.append_many(found.spans)
            except Exception as error:  # noqa: BLE001  # a span that cannot be stored costs its request only
                return self._failure(error, delivery)
        self._count(delivery, found)
        return accepted(delivery.signal, json=delivery.json, rejected=found.rejected, message=found.complaint)

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


def _give(answers: Sequence[tuple[asyncio.Future[Answer], Answer]]) -> None:
    for future, answer in answers:
        if not future.done():
            future.set_result(answer)
