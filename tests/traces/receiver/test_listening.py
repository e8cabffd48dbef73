"""Sockets are shared by workers, and say clearly when they cannot be had."""

from __future__ import annotations

import socket

import pytest

from traces.receiver.errors import ReceiverError
from traces.receiver.listening import listen, url

pytestmark = pytest.mark.enable_socket


def _close(listeners: list[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def test_a_free_port_is_found_and_named() -> None:
    """As exporters need it."""
    listeners = listen("127.0.0.1", 0)
    port = listeners[0].getsockname()[1]
    name = url("127.0.0.1", listeners[0])
    _close(listeners)

    assert name == f"http://127.0.0.1:{port}"


def test_localhost_is_both_addresses_at_one_port() -> None:
    """Where the machine has the second."""
    listeners = listen("localhost", 0)
    ports = {listener.getsockname()[1] for listener in listeners}
    families = [listener.family for listener in listeners]
    _close(listeners)

    assert len(ports) == 1
    assert families in ([socket.AF_INET], [socket.AF_INET, socket.AF_INET6])


def test_a_port_in_use_is_named() -> None:
    """With what to do."""
    listeners = listen("127.0.0.1", 0)
    port = listeners[0].getsockname()[1]

    with pytest.raises(ReceiverError, match=f"port {port} .* in use; choose another"):
        listen("127.0.0.1", port)
    _close(listeners)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such name"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    """And a name that is none."""
    with pytest.raises(ReceiverError, match="cannot listen"):
        listen(host, 0)


def test_addresses_of_version_6_have_brackets() -> None:
    """In a URL they need them."""
    listeners = listen("127.0.0.1", 0)
    name = url("::1", listeners[0])
    _close(listeners)

    assert name.startswith("http://[::1]:")
