"""Carrying what changed in an embedded index on to a Typesense server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

import orjson

from traces.errors import SegmentError
from traces.fields import FIELDS
from traces.index import Page, Query, Where
from traces.normal import assemble
from traces.span import Span
from traces.store import TraceStore
from traces.typesense_index.index import TypesenseIndex
from traces.typesense_index.shaping import ANNOTATIONS, IndexedRun

_RUNS_AT_ONCE = 50
_RUN_FIELDS = tuple(field for field in FIELDS if field.level == "run" and field.kind != "annotation")


class ChangingIndex(Protocol):
    """What an embedded index tells of its changes."""

    def changed_since(self, sequence: int) -> tuple[tuple[str, ...], int]:
        """The ids of the runs that changed since, and the sequence to ask with next."""
        ...

    def run_spans(self, run_id: str, store: TraceStore) -> tuple[Span, ...]:
        """The spans of a run; none where it is gone."""
        ...

    def search(self, query: Query) -> Page:
        """Answer a query."""
        ...


def push_changes(
    index: ChangingIndex,
    store: TraceStore,
    typesense: TypesenseIndex,
    since: int,
    *,
    without: Collection[str] = (),
    pushed: Callable[[Sequence[str]], None] | None = None,
) -> int:
    """Send the runs that changed since a sequence, and remove those that are gone; the sequence to go on with.

    The fields and annotations of a run are those of ``index``, vectors stay as they are on the server. ``without``
    are runs to leave out; ``pushed`` is told of each batch when it is there. What is sent twice is there once. Raises the
    errors of both sides; what was sent until then stays.
    """
    changed, sequence = index.changed_since(since)
    missing = (run_id for run_id in changed if run_id not in without)
    while batch := list(islice(missing, _RUNS_AT_ONCE)):
        typesense.add_indexed(_indexed(index, store, typesense, batch))
        if pushed is not None:
            pushed(batch)
    return sequence


def push_on(
    index: ChangingIndex,
    store: TraceStore,
    typesense: TypesenseIndex,
    progress: Path,
    *,
    identity: str = "",
    without: Collection[str] = (),
    pushed: Callable[[Sequence[str]], None] | None = None,
) -> int:
    """As ``push_changes``, from where the file ``progress`` says that it got; also after it was interrupted.

    The file lies with the store, one for each server, and so two stores that push to one server do not mix up.
    It begins anew for another collection, as after a rebuild, and for another ``identity`` of the embedded index.
    Returns how many runs were sent.
    """
    target = f"{typesense.collection()} {identity}"
    state = _read(progress, target)
    if state.until is None:
        _, until = index.changed_since(state.done)
        state = _Progress(target=target, done=state.done, until=until)
        _begin(progress, state)
    count = 0

    def note(batch: Sequence[str]) -> None:
        nonlocal count
        count += len(batch)
        _append(progress, {"runs": list(batch)})
        if pushed is not None:
            pushed(batch)

    left_out = state.runs.union(without)
    push_changes(index, store, typesense, state.done, without=left_out, pushed=note)
    assert state.until is not None
    # What changed while this went on has a later sequence and comes with the next push.
    _begin(progress, _Progress(target=target, done=state.until))
    return count


def note_pushed(progress: Path, typesense: TypesenseIndex, sequence: int, *, identity: str = "") -> None:
    """Write that the server has everything up to a sequence, as after a rebuild."""
    _begin(progress, _Progress(target=f"{typesense.collection()} {identity}", done=sequence))


@dataclass(frozen=True, kw_only=True)
class _Progress:
    """All changes up to ``done`` are there; of those up to ``until``, the ``runs``."""

    target: str
    done: int = 0
    until: int | None = None
    runs: frozenset[str] = field(default_factory=frozenset)


def _indexed(
    index: ChangingIndex, store: TraceStore, typesense: TypesenseIndex, batch: Sequence[str]
) -> Iterator[IndexedRun]:
    for run_id in batch:
        this = Where(field="run", operator="=", value=run_id)
        spans = index.run_spans(run_id, store)
        if not spans:
            typesense.delete([this])
            continue
        page = index.search(Query(where=(this,), facets=ANNOTATIONS, limit=1))
        known = page.hits[0].fields if page.hits else {}
        stated = {item.name: known.get(item.name, "" if item.kind == "text" else 0.0) for item in _RUN_FIELDS}
        annotations = {name: list(counts) for name, counts in page.facets.items()}
        yield IndexedRun(run=assemble(spans), stated=stated, annotations=annotations)


def _read(path: Path, target: str) -> _Progress:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return _Progress(target=target)
    except OSError as error:
        raise SegmentError(f"cannot read {path}: {error}") from error
    try:
        # A line that a crash cut off says less than there is, and what it said is sent again.
        first, *rest = [orjson.loads(line) for line in lines if line.endswith(b"}")]
        if first["target"] != target:
            return _Progress(target=target)
        runs = frozenset(run_id for entry in rest for run_id in entry["runs"])
        return _Progress(target=target, done=first["done"], until=first["until"], runs=runs)
    except (ValueError, KeyError, TypeError):
        return _Progress(target=target)


def _begin(path: Path, state: _Progress) -> None:
    new = path.with_name(f".{path.name}.new")
    content = {"target": state.target, "done": state.done, "until": state.until}
    try:
        new.write_bytes(orjson.dumps(content) + b"\n")
        new.replace(path)
    except OSError as error:
        raise SegmentError(f"cannot write {path}: {error}") from error


def _append(path: Path, content: object) -> None:
    try:
        with path.open("ab") as file:
            file.write(orjson.dumps(content) + b"\n")
    except OSError as error:
        raise SegmentError(f"cannot write {path}: {error}") from error
