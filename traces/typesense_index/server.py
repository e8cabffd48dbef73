"""The few requests that this room makes of a Typesense server, through the official client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from threading import local
from typing import Any, TypeVar

import httpx
import orjson
import typesense
from typesense.exceptions import ObjectAlreadyExists, TypesenseClientError

from traces.typesense_index.backoff import Backoff, BusyError, retry_after_seconds
from traces.typesense_index.errors import (
    ForbiddenError,
    MissingError,
    RefusedError,
    TypesenseError,
    UnreachableError,
)
from traces.typesense_index.settings import TypesenseSettings, node_parts

Json = dict[str, Any]
Answer = TypeVar("Answer")

MOST_SEARCHES = 50  # in one request: the server's limit
_BUSY = frozenset({429, 502, 503, 504})
_FORBIDDEN = frozenset({401, 403})
_MISSING = 404
_DELETE_BATCH = 1_000


class Server:
    """One key's view of a server or cluster.

    Another node is asked where one does not answer. All requests may be sent twice without harm.
    Raises the errors of ``traces.typesense_index.errors``.
    """

    def __init__(
        self,
        settings: TypesenseSettings,
        key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._answers = local()
        self._backoff = backoff or Backoff(
            attempts=settings.attempts,
            first_wait=settings.first_wait_seconds,
            longest_wait=settings.longest_wait_seconds,
        )
        self._http = httpx.Client(
            timeout=httpx.Timeout(settings.timeout_seconds, connect=settings.connect_seconds),
            transport=transport,
            event_hooks={"response": [self._note_retry_after]},
        )
        # Its typed dictionaries end here: what comes back is read by name, and what goes out is JSON.
        self._client: Any = typesense.Client(_configuration(settings, key), http_client=self._http)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def multi_search(self, searches: Sequence[Json]) -> list[Json]:
        """The answer to each search; raises for the first one that the server refused."""
        results: list[Json] = []
        for begin in range(0, len(searches), MOST_SEARCHES):
            body = {"searches": list(searches[begin : begin + MOST_SEARCHES])}
            answer = self._ask("search", partial(self._client.multi_search.perform, body, {}))
            results.extend(_results(answer, len(body["searches"])))
        return results

    def import_lines(self, collection: str, lines: Sequence[bytes], action: str) -> list[Json]:
        """Send documents, one in each line; what the server says of each, in their order."""
        documents = self._client.collections[collection].documents
        parameters = {"action": action}
        answer = self._ask(
            f"import into {collection}", lambda: documents.import_(b"\n".join(lines), dict(parameters))
        )
        # An answer repeats what it refuses, with whatever separators there are in it: only a line feed ends a line.
        results = [orjson.loads(line) for line in str(answer).split("\n") if line.strip()]
        if len(results) != len(lines):
            raise TypesenseError(f"{len(lines)} documents were sent, and the server speaks of {len(results)}")
        return results

    def update_where(self, collection: str, filter_by: str, changes: Json) -> int:
        """Set some fields of all documents that match; returns of how many."""
        documents = self._client.collections[collection].documents
        answer = self._ask(
            f"update {collection}", lambda: documents.update(changes, {"filter_by": filter_by})
        )
        return int(answer["num_updated"])

    def delete_where(self, collection: str, filter_by: str) -> int:
        """Remove all documents that match; returns how many."""
        documents = self._client.collections[collection].documents
        parameters = {"filter_by": filter_by, "batch_size": _DELETE_BATCH}
        answer = self._ask(f"remove documents of {collection}", lambda: documents.delete(dict(parameters)))
        return int(answer["num_deleted"])

    def export(self, collection: str, filter_by: str, fields: Sequence[str]) -> Iterator[Json]:
        """These fields of all documents that match."""
        documents = self._client.collections[collection].documents
        parameters = {"filter_by": filter_by, "include_fields": ",".join(fields)}
        answer = self._ask(f"export {collection}", lambda: documents.export(dict(parameters)))
        for line in answer.split("\n"):
            if line.strip():
                yield orjson.loads(line)

    def create_collection(self, schema: Json) -> bool:
        """Create a collection; false where somebody else did."""

        def create() -> bool:
            try:
                self._client.collections.create(dict(schema))
            except ObjectAlreadyExists:
                return False
            return True

        return self._ask(f"create {schema['name']}", create)

    def collection(self, name: str) -> Json:
        """A collection's schema and size; raises ``MissingError``."""
        answer = self._ask(f"read {name}", self._client.collections[name].retrieve)
        return dict(answer)

    def add_fields(self, name: str, fields: Sequence[Json]) -> None:
        """Add fields to a collection's schema."""
        body = {"fields": list(fields)}
        self._ask(f"extend {name}", lambda: self._client.collections[name].update(body))

    def drop_collection(self, name: str) -> None:
        """Remove a collection; harmless where it is gone."""
        try:
            self._ask(f"drop {name}", self._client.collections[name].delete)
        except MissingError:
            return

    def alias(self, name: str) -> str | None:
        """The collection that an alias stands for."""
        try:
            answer = self._ask(f"read alias {name}", self._client.aliases[name].retrieve)
        except MissingError:
            return None
        return str(answer["collection_name"])

    def set_alias(self, name: str, collection: str) -> None:
        """Let an alias stand for a collection, at once."""
        self._ask(
            f"set alias {name}", lambda: self._client.aliases.upsert(name, {"collection_name": collection})
        )

    def drop_alias(self, name: str) -> None:
        """Remove an alias; harmless where it is gone."""
        try:
            self._ask(f"drop alias {name}", self._client.aliases[name].delete)
        except MissingError:
            return

    def create_key(self, description: str, actions: Sequence[str], collections: Sequence[str]) -> str:
        """A new key that may do only this."""
        body = {
            "description": description,
            "actions": list(actions),
            "collections": list(collections),
        }
        answer = self._ask("create a key", lambda: self._client.keys.create(body))
        return str(answer["value"])

    def version(self) -> str:
        """The server's version."""
        answer = self._ask("read the version", self._client.debug.retrieve)
        return str(answer.get("version", ""))

    def is_healthy(self, node: str) -> bool:
        """Whether a node says that it is; asked once."""
        try:
            answer = self._http.get(f"{node.rstrip('/')}/health", timeout=self._settings.connect_seconds)
            return answer.status_code == httpx.codes.OK and orjson.loads(answer.content).get("ok") is True
        except (httpx.HTTPError, orjson.JSONDecodeError, AttributeError):
            return False

    def _ask(self, what: str, request: Callable[[], Answer]) -> Answer:
        try:
            return self._backoff.call(lambda: self._attempt(request))
        except BusyError as busy:
            nodes = ", ".join(self._settings.all_nodes)
            raise UnreachableError(f"cannot {what}: {busy}; is a Typesense server at {nodes}?") from busy
        except TypesenseClientError as error:
            raise _typed(what, error) from error
        except (httpx.HTTPError, ValueError) as error:
            raise TypesenseError(f"cannot {what}: {type(error).__name__}: {error}") from error

    def _attempt(self, request: Callable[[], Answer]) -> Answer:
        self._answers.retry_after = None
        try:
            return request()
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            raise
        except httpx.TransportError as error:
            raise BusyError(f"{type(error).__name__} {error}".strip()) from error
        except TypesenseClientError as error:
            if status_of(error) not in _BUSY:
                raise
            raise BusyError(_words(error), retry_after=self._answers.retry_after) from error

    def _note_retry_after(self, response: httpx.Response) -> None:
        # The client's errors do not carry the answer's headers.
        self._answers.retry_after = retry_after_seconds(response.headers.get("Retry-After"), self._clock())


def status_of(error: TypesenseClientError) -> int:
    """The HTTP status that an error of the client stands for; 0 where there was none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _configuration(settings: TypesenseSettings, key: str) -> Any:
    configuration: Json = {
        "nodes": [node_parts(node) for node in settings.nodes],
        "api_key": key,
        # The client's own retries would hide 503 from the back-off and do not know Retry-After.
        "num_retries": 0,
        "connection_timeout_seconds": settings.timeout_seconds,
    }
    if settings.nearest_node is not None:
        configuration["nearest_node"] = node_parts(settings.nearest_node)
    return configuration


def _words(error: TypesenseClientError) -> str:
    return " ".join(str(part) for part in error.args)


def _typed(what: str, error: TypesenseClientError) -> TypesenseError:
    return _error(what, status_of(error), str(error.args[-1]) if error.args else str(error))


def _error(what: str, status: int, message: str) -> TypesenseError:
    if status in _FORBIDDEN:
        return ForbiddenError(f"cannot {what}: the server does not accept the key for it ({status})")
    if status == _MISSING:
        return MissingError(f"cannot {what}: {message}")
    return RefusedError(f"cannot {what}: {message} ({status})", status=status)


def _results(answer: Mapping[str, Any], expected: int) -> list[Json]:
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != expected:
        raise TypesenseError(f"{expected} searches were sent, and the server did not answer each")
    for result in results:
        if "error" in result:
            raise _error("search", int(result.get("code", 0)), str(result["error"]))
    return results
