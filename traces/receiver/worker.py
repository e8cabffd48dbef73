"""A process that takes requests and stores their spans."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import uvicorn

from traces.receiver.app import ReceiverApp
from traces.receiver.child import READY, Setup, begin, is_told_to_stop
from traces.receiver.complaints import Complaints
from traces.receiver.config import ReceiverConfig
from traces.receiver.counts import Counts, CountsFile, Snapshot, read_snapshots, total
from traces.receiver.protocol import BoundedProtocol
from traces.receiver.storing import FORCED_PART_BYTES, PART_BYTES, Storing
from traces.redaction import Redactor
from traces.segments import SegmentWriter

_KEEP_ALIVE_SECONDS = 75
_BACKLOG = 1024
_MOST_HEADER_BYTES = 64 << 10
_COUNT_SECONDS = 0.2
# After the last body is in, the largest one may still have to be stored.
_STORE_SECONDS = 60


def main(connection_number: int) -> None:
    """Serve until the parent says stop."""
    connection, setup = begin(connection_number)
    listeners = [socket.socket(fileno=number) for number in setup.listeners]
    asyncio.run(_Worker(setup, connection).run(listeners))


class _Server(uvicorn.Server):
    """Uvicorn on sockets that several processes share; the parent says when to stop, no signal."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # Told of a backlog of 1, asyncio accepts one connection at a time and leaves the next to whichever
        # process is idle; the kernel's queue is made long again.
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(_BACKLOG)
        self.listening.set()


class _Worker:
    def __init__(self, setup: Setup, connection: Connection) -> None:
        self._config = setup.config
        self._connection = connection
        self._file = CountsFile(setup.counts)
        self._complaints = Complaints()
        self._redactor = Redactor(setup.config.rules)
        self._counts = (Counts(), Counts())  # of the event loop and of the thread that stores

    async def run(self, listeners: list[socket.socket]) -> None:
        with self._writer() as writer:
            storing = Storing(
                writer,
                self._counts[1],
                max_body_bytes=self._config.max_body_bytes,
                part_bytes=FORCED_PART_BYTES if self._config.durability == "batch" else PART_BYTES,
            )
            try:
                app = ReceiverApp(
                    self._config,
                    store=storing.store,
                    stats=lambda: self._stats(app, storing),
                    counts=self._counts[0],
                )
                await self._serve(listeners, app, storing)
            finally:
                await asyncio.to_thread(storing.stop)
        self._file.write(self._snapshot())

    async def _serve(self, listeners: list[socket.socket], app: ReceiverApp, storing: Storing) -> None:
        server = _Server(_uvicorn_config(self._config, app))

        def hear() -> None:
            if is_told_to_stop(self._connection):
                app.stop()
                server.should_exit = True

        loop = asyncio.get_running_loop()
        loop.add_reader(self._connection.fileno(), hear)
        loop.set_exception_handler(self._complain)
        counting = asyncio.create_task(self._count(server, app, storing))
        await server.serve(sockets=listeners)
        counting.cancel()

    async def _count(self, server: _Server, app: ReceiverApp, storing: Storing) -> None:
        await server.listening.wait()
        self._connection.send(READY)
        while True:
            self._file.write(self._snapshot(app, storing))
            await asyncio.sleep(_COUNT_SECONDS)

    def _complain(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # Such as what a sender does to the protocol after it has its answer.
        self._complaints.write(context.get("exception") or RuntimeError(context["message"]))

    def _writer(self) -> SegmentWriter:
        return SegmentWriter(
            self._config.store.foreign,
            redactor=self._redactor,
            name="received",
            fsync="batch" if self._config.durability == "batch" else "close",
        )

    def _stats(self, app: ReceiverApp, storing: Storing) -> object:
        others = read_snapshots(self._file.path.parent, but=self._file.path)
        found = total((self._snapshot(app, storing), *others))
        return {**found.counts.to_json(), "now": dict(found.now)}

    def _snapshot(self, app: ReceiverApp | None = None, storing: Storing | None = None) -> Snapshot:
        counts = Counts()
        for found in self._counts:
            counts.add(found)
        counts.redacted.update(self._redactor.counts)
        now = {
            "waiting_requests": 0 if storing is None else storing.waiting,
            "bytes_in_flight": 0 if app is None else app.admission.taken,
        }
        return Snapshot(counts=counts, now=now)


def _uvicorn_config(config: ReceiverConfig, app: ReceiverApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=BoundedProtocol,
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        log_level="error",  # garbage that is sent is only worth a warning, and there may be much of it
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=config.max_connections,
        backlog=1,
        h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=round(config.stop_seconds + _STORE_SECONDS),
    )
