"""A team's index on a Typesense server: who may ask it, and what is sent to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from flywheel.archive import Archive
from flywheel.errors import FlywheelError
from flywheel.indexing import caught_up, detect
from flywheel.observer import Observer
from traces.typesense_index import TypesenseIndex, TypesenseSettings
from traces.typesense_index.push import note_pushed, push_changes, push_on

KEY = "TYPESENSE_API_KEY"
SEARCH_KEY = "TYPESENSE_SEARCH_KEY"


def team_settings(nodes: Sequence[str], *, prefix: str) -> TypesenseSettings:
    """The server at these URLs, the nearest first, with the keys of the environment.

    Raises ``FlywheelError`` where there is no key, and ``QueryError`` for an address that is none.
    """
    api_key, search_key = os.environ.get(KEY, ""), os.environ.get(SEARCH_KEY, "")
    if not api_key and not search_key:
        raise FlywheelError(f"put a key into {KEY} (or {SEARCH_KEY}, to search only)")
    return TypesenseSettings(
        nodes=tuple(nodes),
        nearest_node=nodes[0] if len(nodes) > 1 else None,
        api_key=api_key,
        search_key=search_key,
        prefix=prefix,
        attempts=4,  # somebody waits: a server that is not there is told within seconds
        longest_wait_seconds=5.0,
    )


def push(
    archive: Archive,
    team: TypesenseIndex,
    observer: Observer,
    *,
    server: TypesenseSettings,
    rebuild: bool = False,
) -> int:
    """Send what changed since the last time, signals and patterns included; returns how many runs were sent.

    ``rebuild`` fills a new collection with everything of this archive and swaps it in. Runs of held-out
    splits stay here. Interrupted, the next push goes on where it was. Raises ``TypesenseError`` where the
    server does not take part.
    """
    archive.require_traces()
    sent = 0

    def tell(batch: Sequence[str]) -> None:
        nonlocal sent
        sent += len(batch)
        observer.progress(sent, sent, "runs")

    with caught_up(archive, observer) as index:
        detect(archive, index, observer)
        observer.stage("send runs")
        progress = archive.store.root / f"pushed-{_name(server)}.jsonl"
        closed = archive.held_out()
        if rebuild:
            with team.rebuilding(keep_annotations=False) as fresh:
                done = push_changes(index, archive.store, fresh, 0, without=closed, pushed=tell)
            note_pushed(progress, team, done, identity=index.identity)
            return sent
        push_on(index, archive.store, team, progress, identity=index.identity, without=closed, pushed=tell)
    return sent


def _name(server: TypesenseSettings) -> str:
    """A name for the server's part of the store, without its address."""
    text = "\n".join((server.prefix, *sorted(server.nodes)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
