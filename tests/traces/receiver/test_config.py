"""A receiver's configuration refuses what makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from traces.receiver.config import ReceiverConfig, default_workers, is_loopback
from traces.store import TraceStore


def _config(**options: object) -> ReceiverConfig:
    return ReceiverConfig(store=TraceStore(root=Path("store")), **options)  # type: ignore[arg-type]


def test_there_are_as_many_workers_as_cores_up_to_four() -> None:
    """The default keeps a core for the indexer on large machines and never exceeds memory on huge ones."""
    config = _config()

    assert config.workers == default_workers()
    assert 1 <= config.workers <= 4


@pytest.mark.parametrize(
    "options",
    [
        {"workers": -1},
        {"max_body_bytes": 0},
        {"max_in_flight_bytes": -5},
        {"port": 65536},
        {"token": ""},
        {"token": "with blank"},
        {"token": "ünicode"},
        {"stop_seconds": -1.0},
        {"request_seconds": 0.0},
    ],
)
def test_values_that_make_no_sense_are_named(options: dict[str, object]) -> None:
    """The message names the setting."""
    with pytest.raises(ValueError, match=next(iter(options)).split("_")[0]):
        _config(**options)


def test_bytes_in_flight_are_shared_by_the_workers() -> None:
    """Each worker has its part of the whole receiver's."""
    assert _config(workers=4, max_in_flight_bytes=400).max_in_flight_of_worker == 100
    assert _config(workers=4, max_in_flight_bytes=1).max_in_flight_of_worker == 1


@pytest.mark.parametrize(
    ("host", "token", "is_open"),
    [
        ("127.0.0.1", None, False),
        ("localhost", None, False),
        ("::1", None, False),
        ("0.0.0.0", None, True),
        ("0.0.0.0", "secret", False),
        ("example.org", None, True),
    ],
)
def test_a_receiver_for_others_without_a_token_is_open(host: str, token: str | None, is_open: bool) -> None:
    """So that a caller can warn."""
    assert _config(host=host, token=token).is_open is is_open


def test_a_token_is_not_shown() -> None:
    """Neither in a log nor in a traceback."""
    assert "hidden-token" not in repr(_config(token="hidden-token"))


def test_names_are_no_loopback() -> None:
    """Only ``localhost`` and addresses are known to be this machine."""
    assert is_loopback("127.8.8.8")
    assert not is_loopback("localhost.example.org")
