"""Imports a set of tasks: find, try each in the sandbox, keep what came of it, make a suite of what holds."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.errors import SuiteError
from benchmarks.imports.draft import Source
from benchmarks.imports.finding import find_sources
from benchmarks.imports.keeping.store import ImportedSuite, ImportStore
from benchmarks.imports.origin import origin_of
from benchmarks.imports.own_image import Images, OwnImages
from benchmarks.imports.refusal import Reason, Refusal, RefusedError
from benchmarks.imports.trial import Outcome, try_source
from benchmarks.imports.verifying.packages import pytest_version
from harness.sandbox import Sandbox
from harness.sandboxes.task_containers import TaskContainers

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """What to import: the tasks at ``path`` as the suite ``name``.

    ``splits`` false makes a suite for benchmarking only. ``replace`` lets tasks of a suite of this name
    change or go; without it, tasks can only be added. ``licence`` overrides what the files tell. ``images`` says which
    tasks run in an image of their own: those that a plain sandbox cannot run, all that name one, or none;
    ``build_network`` lets Dockerfiles fetch while their image is built.
    """

    path: Path
    name: str
    format: str = "auto"
    splits: bool = True
    replace: bool = False
    licence: str | None = None
    images: Images = "needed"
    build_network: bool = False


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of an import, in the order of the tasks' ids; ``suite`` is ``None`` where no task holds."""

    suite: ImportedSuite | None
    outcomes: tuple[Outcome, ...]

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        """The tasks that make the suite."""
        return tuple(outcome for outcome in self.outcomes if outcome.accepted)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """The tasks that are left out, each with its reasons."""
        return tuple(outcome for outcome in self.outcomes if not outcome.accepted)


def import_suite(
    order: ImportOrder,
    store: ImportStore,
    sandbox: Sandbox,
    *,
    workers: int = 2,
    progress: Progress | None = None,
) -> Imported:
    """Import a set; a killed import goes on where it stood when it is asked for again.

    ``progress`` is told how many of how many tasks are done. Raises ``SuiteError`` where nothing is found
    or a suite of this name would lose tasks, ``BrokenSystemError`` where no sandbox can be had.
    """
    sources = find_sources(order.path, suite=order.name, wanted=order.format)
    with closing(TaskContainers(sandbox)) as containers:
        images = OwnImages(containers=containers, wanted=order.images, network=order.build_network)
        tried = _Tried(store, order.name, sandbox, images)
        found = tuple(_in_order(sources, tried, workers, progress))
    outcomes = tuple(outcome for _, outcome in found)
    digests = {outcome.id: digest for digest, outcome in found if outcome.accepted}
    if not digests:
        return Imported(suite=None, outcomes=outcomes)
    suite = _suite(order, outcomes, digests)
    _refuse_loss(store.find(order.name), suite, order)
    store.keep_suite(suite)
    return Imported(suite=suite, outcomes=outcomes)


class _Tried:
    """Tries a source, or recalls what came of the same content."""

    def __init__(self, store: ImportStore, name: str, sandbox: Sandbox, images: OwnImages) -> None:
        self._store, self._name, self._sandbox, self._images = store, name, sandbox, images
        how = f"images {images.wanted}{' network' if images.network else ''}"
        self._machine = (
            f"{sandbox.isolation} python {platform.python_version()} pytest {pytest_version()} {how}"
        )

    def __call__(self, source: Source) -> tuple[str, Outcome]:
        """The content's hash and the outcome."""
        try:
            files = source.load()
        except RefusedError as error:
            return "", Outcome(id=source.id, format=source.format, refusals=(error.refusal,))
        digest = _digest(source, files, self._images.wanted)
        outcome = self._store.recall(self._name, digest, machine=self._machine)
        if outcome is None:
            outcome = try_source(source, files, self._sandbox, self._images)
            self._store.keep(self._name, digest, outcome, machine=self._machine)
        return digest, outcome


def _in_order(
    sources: Sequence[Source], tried: _Tried, workers: int, progress: Progress | None
) -> Iterator[tuple[str, Outcome]]:
    """Try all in parallel; a second task of the same id is refused, not tried."""
    first = {source.id: source for source in reversed(sources)}
    done: dict[str, tuple[str, Outcome]] = {}
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        futures = {pool.submit(tried, source): source.id for source in first.values()}
        for future in as_completed(futures):
            done[futures[future]] = future.result()
            if progress is not None:
                progress(len(done), len(first))
    finally:
        pool.shutdown(cancel_futures=True)
    for source in sources:
        yield done[source.id] if first[source.id] is source else ("", _duplicate(source))


def _duplicate(source: Source) -> Outcome:
    refusal = Refusal(reason=Reason.DUPLICATE, detail="another task has this id")
    return Outcome(id=source.id, format=source.format, refusals=(refusal,))


def _digest(source: Source, files: Mapping[str, bytes], images: Images) -> str:
    """What a task is known by; one that runs in its own image though it need not is another task."""
    hashed = hashlib.sha256(f"{source.format}\n{source.id}\n".encode())
    hashed.update(b"own image\n" if images == "always" else b"")
    for path, content in sorted(files.items()):
        hashed.update(f"{path}\0{len(content)}\0".encode())
        hashed.update(content)
    return hashed.hexdigest()


def _suite(order: ImportOrder, outcomes: Sequence[Outcome], digests: Mapping[str, str]) -> ImportedSuite:
    origin = origin_of(order.path)
    stated = sorted({outcome.licence for outcome in outcomes if outcome.accepted and outcome.licence})
    return ImportedSuite(
        name=order.name,
        splits=order.splits,
        source=origin.source,
        licence=order.licence or ", ".join(stated) or origin.licence,
        digests=digests,
        refused=tuple(replace(outcome, task=None) for outcome in outcomes if not outcome.accepted),
    )


def _refuse_loss(before: ImportedSuite | None, after: ImportedSuite, order: ImportOrder) -> None:
    """Campaigns speak for a suite by its name, so its tasks and its splits stay what they were."""
    if before is None or order.replace:
        return
    changed = [task for task, digest in before.digests.items() if after.digests.get(task) != digest]
    if changed or before.splits != after.splits:
        what = f"{len(changed)} of its tasks would change or go" if changed else "its splits would change"
        raise SuiteError(
            f"there is a suite {order.name!r} already and {what}; choose another name, or --replace it"
        )
