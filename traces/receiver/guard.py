"""Who may send: holders of the token, and no web page."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address

from traces.receiver.config import ReceiverConfig

_BEARER = "bearer "


class Guard:
    """Judges a request by its headers, names in lower case."""

    def __init__(self, config: ReceiverConfig) -> None:
        self._token = None if config.token is None else config.token.encode()
        self._hosts = frozenset(host.lower() for host in (config.host, "localhost", *config.allowed_hosts))
        self._origins = frozenset(config.allowed_origins)

    def objection(self, headers: Mapping[str, str]) -> str:
        """Why the request is not taken, whoever sends it; empty where nothing speaks against it.

        A browser names the page's origin in each request that could change something. One that a page has
        made believe that a name of its own is this machine (DNS rebinding) names that name as the host.
        """
        origin = headers.get("origin")
        if origin is not None and origin not in self._origins:
            return "requests of web pages are not taken; allow their origin if they shall be"
        if self._token is None and not self._is_known(headers.get("host", "")):
            return "the host is not named by an address, as localhost or by an allowed name"
        return ""

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether the request carries the token, if there is one. Takes as long for any wrong one."""
        if self._token is None:
            return True
        given = headers.get("authorization", "")
        if given[: len(_BEARER)].lower() != _BEARER:
            return False
        return hmac.compare_digest(given[len(_BEARER) :].strip().encode(), self._token)

    def _is_known(self, host: str) -> bool:
        name = _without_port(host.lower())
        return not name or name in self._hosts or _is_address(name)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
