"""One receiver for a store: its folder of counts and the lock on it."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from traces.receiver.errors import ReceiverError
from traces.store import TraceStore

_FOLDER = "receiver"


@contextmanager
def claimed(store: TraceStore) -> Iterator[Path]:
    """An empty folder in the store that is this receiver's alone while it runs.

    Raises ``ReceiverError`` where another receiver has it. The lock ends with its process, however that ends.
    """
    try:
        store.root.mkdir(parents=True, exist_ok=True)
        with (store.root / f"{_FOLDER}.lock").open("a") as lock:
            _lock(lock.fileno(), store)
            folder = store.root / _FOLDER
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            yield folder
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise ReceiverError(f"cannot use {store.root}: {error}") from error


def _lock(number: int, store: TraceStore) -> None:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReceiverError(
            f"another receiver keeps its spans in {store.root}; stop it or choose another folder"
        ) from None
