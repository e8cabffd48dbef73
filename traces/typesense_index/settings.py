"""Where a Typesense server is, and how patiently it is talked to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from traces.errors import QueryError

DEFAULT_PORTS = {"http": 80, "https": 443}
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True)
class TypesenseSettings:
    """The nodes of a server or cluster, such as ``("http://127.0.0.1:8108",)``, and the keys to it.

    ``nearest_node`` is asked first while it is healthy. ``api_key`` may write; a reader has a
    ``search_key`` alone, which is used for searches where both are given. ``prefix`` begins the name of every collection.
    ``timeout_seconds`` is for a whole answer: an import of megabytes takes its time, and a client that gives up
    early sends it again. Raises ``QueryError`` for settings that cannot be used; keys are in no message.
    """

    nodes: tuple[str, ...]
    api_key: str = field(default="", repr=False)
    search_key: str = field(default="", repr=False)
    nearest_node: str | None = None
    prefix: str = "flywheel"
    timeout_seconds: float = 300.0
    connect_seconds: float = 10.0
    attempts: int = 8
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0

    def __post_init__(self) -> None:
        if not self.nodes:
            raise QueryError("name at least one node, such as http://127.0.0.1:8108")
        for node in self.all_nodes:
            node_parts(node)
        if not self.api_key and not self.search_key:
            raise QueryError("a Typesense server wants a key: give an API key or a search key")
        if _PREFIX.fullmatch(self.prefix) is None:
            raise QueryError(
                f"{self.prefix!r} is no prefix for collections; use lower-case letters, digits and _"
            )

    @property
    def all_nodes(self) -> tuple[str, ...]:
        """The nodes, the nearest one among them."""
        nearest = () if self.nearest_node is None else (self.nearest_node,)
        return tuple(dict.fromkeys((*nearest, *self.nodes)))

    @property
    def reader_key(self) -> str:
        """The key for searches."""
        return self.search_key or self.api_key


def node_parts(url: str) -> dict[str, str | int]:
    """A node's protocol, host, port and path; raises ``QueryError`` where the URL has none or a password."""
    message = f"{_without_password(url)!r} is no node; write http://HOST:PORT or https://HOST"
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        raise QueryError(message) from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or port is None or "@" in parts.netloc:
        raise QueryError(message)
    return {"protocol": parts.scheme, "host": parts.hostname, "port": port, "path": parts.path.rstrip("/")}


def _without_password(url: str) -> str:
    return url.rpartition("@")[2]
