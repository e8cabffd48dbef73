"""Retention: whole segments go, the oldest first, and no trace is ever split."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from traces.errors import SegmentError
from traces.segments.contents import contents_of
from traces.segments.names import name_of, segment_paths
from traces.segments.opening import open_segment
from traces.segments.packed import PackedSegment

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Held:
    """A segment that a limit would take but that stays, and the segments that it would have to go with.

    They share traces with it, directly or through each other, and are being written (``live``) or too young.
    """

    segment: str
    live: tuple[str, ...]
    young: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RetentionReport:
    """What retention took, or would take: ``taken`` in this order, with their bytes on the disk.

    ``bytes_over`` is by how much the segments that stay exceed the limit of bytes, and ``held`` says which
    ones it, or the limit of age, would have taken: where it is not empty, a limit is not met.
    """

    taken: tuple[str, ...]
    bytes_taken: int
    bytes_kept: int
    bytes_over: int
    held: tuple[Held, ...]


@dataclass(frozen=True, kw_only=True)
class _Segment:
    name: str
    size: int
    written_ns: int
    live: bool
    traces: frozenset[str]


def retain(
    folder: Path,
    *,
    max_age_seconds: float | None,
    max_bytes: int | None,
    now_ns: int,
    dry_run: bool,
) -> RetentionReport:
    """Delete the oldest segments of a folder until none is too old and all together are small enough.

    The age of a segment is the time since it was last written to, at ``now_ns`` of the Unix epoch; spans
    may be much older where they were imported. A segment that is being written stays. Segments that share
    a trace go together or not at all, a chain of them too. ``dry_run`` only reports. Raises ``SegmentError``.
    """
    chains = _chains(_segments(folder))
    wanted_ns = None if max_age_seconds is None else now_ns - int(max_age_seconds * _SECOND_NS)
    taken = [chain for chain in chains if _is_too_old(chain, wanted_ns)]
    kept = [chain for chain in chains if chain not in taken]
    for chain in tuple(kept):
        if max_bytes is not None and _size(kept) > max_bytes and not _is_live(chain):
            kept.remove(chain)
            taken.append(chain)
    over = 0 if max_bytes is None else max(_size(kept) - max_bytes, 0)
    if not dry_run:
        _delete(folder, taken)
    return RetentionReport(
        taken=tuple(segment.name for chain in taken for segment in chain),
        bytes_taken=_size(taken),
        bytes_kept=_size(kept),
        bytes_over=over,
        held=tuple(_held(kept, wanted_ns, over)),
    )


def _segments(folder: Path) -> list[_Segment]:
    found = []
    for path in segment_paths(folder):
        try:
            found.append(_look_at(path))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SegmentError(f"cannot read {path}: {error}") from error
    return found


def _look_at(path: Path) -> _Segment:
    with open_segment(path) as segment:
        status = os.fstat(segment.file)
        contents = segment.contents() if isinstance(segment, PackedSegment) else None
        contents = contents or contents_of(segment)
        return _Segment(
            name=name_of(path),
            size=status.st_size,
            written_ns=status.st_mtime_ns,
            live=segment.live,
            traces=contents.traces,
        )


def _chains(segments: Sequence[_Segment]) -> list[tuple[_Segment, ...]]:
    """Segments connected by traces, each chain by age, the chains by the age of their youngest."""
    chains: list[list[_Segment]] = []
    for segment in segments:
        joined = [
            chain for chain in chains if any(not segment.traces.isdisjoint(other.traces) for other in chain)
        ]
        chains = [chain for chain in chains if chain not in joined]
        chains.append([*(other for chain in joined for other in chain), segment])
    by_age = [tuple(sorted(chain, key=_age)) for chain in chains]
    return sorted(by_age, key=lambda chain: _age(chain[-1]))


def _age(segment: _Segment) -> tuple[int, str]:
    return segment.written_ns, segment.name


def _is_live(chain: Sequence[_Segment]) -> bool:
    return any(segment.live for segment in chain)


def _is_too_old(chain: Sequence[_Segment], wanted_ns: int | None) -> bool:
    return wanted_ns is not None and not _is_live(chain) and chain[-1].written_ns < wanted_ns


def _size(chains: Iterable[Sequence[_Segment]]) -> int:
    return sum(segment.size for chain in chains for segment in chain)


def _held(kept: Sequence[Sequence[_Segment]], wanted_ns: int | None, over: int) -> Iterable[Held]:
    """The oldest closed segments that make up what is over, and those that are too old."""
    with_chain = ((segment, chain) for chain in kept for segment in chain if not segment.live)
    for segment, chain in sorted(with_chain, key=lambda pair: _age(pair[0])):
        too_old = wanted_ns is not None and segment.written_ns < wanted_ns
        if too_old or over > 0:
            over -= segment.size
            yield Held(
                segment=segment.name,
                live=tuple(other.name for other in chain if other.live),
                young=tuple(other.name for other in chain if _is_young(other, wanted_ns)),
            )


def _is_young(segment: _Segment, wanted_ns: int | None) -> bool:
    return not segment.live and wanted_ns is not None and segment.written_ns >= wanted_ns


def _delete(folder: Path, chains: Iterable[Sequence[_Segment]]) -> None:
    # The youngest of a chain first: who is interrupted leaves beginnings of traces, never ends without them.
    for chain in chains:
        for segment in reversed(chain):
            try:
                for form in (segment.name, f"{segment.name}.zst"):
                    (folder / form).unlink(missing_ok=True)
            except OSError as error:
                raise SegmentError(f"cannot delete {folder / segment.name}: {error}") from error
