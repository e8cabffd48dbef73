"""An index on a fake server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from tests.traces.typesense_index.fake_typesense import ADMIN, FakeTypesense
from traces.typesense_index import TypesenseIndex, TypesenseSettings
from traces.typesense_index.backoff import Backoff

NODE = "http://typesense.test:8108"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The client warns of its own parts that this project does not use."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning:typesense"))


@pytest.fixture
def server() -> FakeTypesense:
    """A server without collections."""
    return FakeTypesense()


@pytest.fixture
def waits() -> list[float]:
    """How long was waited, each time."""
    return []


@pytest.fixture
def open_index(server: FakeTypesense, waits: list[float]) -> Iterator[Callable[..., TypesenseIndex]]:
    """Opens indexes on the server; settings may be given."""
    opened = []

    def open_(**settings: object) -> TypesenseIndex:
        given = {"nodes": (NODE,), "api_key": ADMIN, **settings}
        index = TypesenseIndex(
            TypesenseSettings(**given),  # type: ignore[arg-type]
            transport=server,
            backoff=Backoff(attempts=4, sleep=waits.append, generator=random.Random(1)),
            clock=lambda: 1_800_000_000.0,
            generator=random.Random(1),
        )
        opened.append(index)
        return index

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def index(open_index: Callable[..., TypesenseIndex]) -> TypesenseIndex:
    """An empty index."""
    return open_index()
