"""A store has one receiver at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from traces.receiver.claim import claimed
from traces.receiver.errors import ReceiverError
from traces.store import TraceStore


def test_a_second_receiver_is_refused(tmp_path: Path) -> None:
    """With the folder's name; after the first has ended, it may."""
    store = TraceStore(root=tmp_path / "store")

    with (
        claimed(store) as folder,
        pytest.raises(ReceiverError, match=f"another receiver .*{store.root}"),
        claimed(store),
    ):
        pass
    with claimed(store) as again:
        assert again == folder


def test_what_a_killed_receiver_left_is_cleared(tmp_path: Path) -> None:
    """Its counts are not this one's."""
    store = TraceStore(root=tmp_path)
    (tmp_path / "receiver").mkdir()
    (tmp_path / "receiver" / "worker-1.1.json").write_text("{}")

    with claimed(store) as folder:
        assert list(folder.iterdir()) == []

    assert not folder.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ReceiverError, match="cannot use"), claimed(TraceStore(root=tmp_path / "file")):
        pass
