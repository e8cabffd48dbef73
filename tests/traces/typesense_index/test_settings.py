"""Settings name nodes and keys; what cannot be used is refused without telling the key."""

from __future__ import annotations

import pytest

from traces.errors import QueryError
from traces.typesense_index import TypesenseSettings
from traces.typesense_index.settings import node_parts


def test_keys_are_in_no_repr() -> None:
    """Whoever logs settings logs no secret."""
    settings = TypesenseSettings(nodes=("http://a:1",), api_key="secret-one", search_key="secret-two")

    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)


def test_searches_use_the_search_key_where_there_is_one() -> None:
    """The key that may do less."""
    both = TypesenseSettings(nodes=("http://a:1",), api_key="one", search_key="two")
    one = TypesenseSettings(nodes=("http://a:1",), api_key="one")

    assert (both.reader_key, one.reader_key) == ("two", "one")


def test_the_nearest_node_is_one_of_all() -> None:
    """Once, and first."""
    settings = TypesenseSettings(nodes=("http://a:1", "http://b:1"), nearest_node="http://b:1", api_key="key")

    assert settings.all_nodes == ("http://b:1", "http://a:1")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://127.0.0.1:8108", {"protocol": "http", "host": "127.0.0.1", "port": 8108, "path": ""}),
        ("https://search.example", {"protocol": "https", "host": "search.example", "port": 443, "path": ""}),
        ("https://a.example/typesense/", {"protocol": "https", "host": "a.example", "port": 443, "path": "/typesense"}),
    ],
)  # fmt: skip
def test_nodes_are_urls(url: str, parts: dict[str, object]) -> None:
    """A port may be left out, and a path may stand before Typesense's own."""
    assert node_parts(url) == parts


@pytest.mark.parametrize(
    "url", ["", "localhost:8108", "ftp://a:1", "http://", "http://a:port", "http://u:hidden@a:1"]
)
def test_what_is_no_node_is_refused(url: str) -> None:
    """With a word on how to write one, and without a password."""
    with pytest.raises(QueryError, match="write http://HOST:PORT") as caught:
        TypesenseSettings(nodes=(url,), api_key="key")

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nodes": (), "api_key": "key"}, "at least one node"),
        ({"nodes": ("http://a:1",)}, "wants a key"),
        ({"nodes": ("http://a:1",), "api_key": "key", "prefix": "a/b"}, "no prefix"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, object], message: str) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(QueryError, match=message):
        TypesenseSettings(**settings)  # type: ignore[arg-type]
