"""Whether a constant is a digest of something of a task: how a program knows tasks without naming them."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property

from benchmarks.leak_folding import binary_readings
from benchmarks.task import Task

_ALGORITHMS = (
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha3_224",
    "sha3_256",
    "sha3_512",
    "blake2b",
    "blake2s",
)
SHORTEST = 4  # bytes of a digest: fewer are anybody's number
_HEX = re.compile(r"[0-9a-fA-F]{8,128}")


class TaskDigests:
    """Digests of what an agent can see of some tasks, and of their names, by the common algorithms."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._texts = frozenset(text for task in tasks for text in _texts_of(task))

    def knows_text(self, text: str) -> bool:
        """Whether a text holds a digest: in hexadecimal, whole or its first eight digits or more, or encoded."""
        if any(self._knows(bytes.fromhex(_even(found))) for found in _HEX.findall(text)):
            return True
        return any(self._knows(data) for data in binary_readings(text))

    def knows_number(self, number: int) -> bool:
        """Whether a number is a checksum or made of a digest's bytes."""
        size = (number.bit_length() + 7) // 8
        if number < 0 or size < SHORTEST - 1:
            return False
        return number in self._checksums or any(
            self._knows(number.to_bytes(length, order)) for length in {max(size, SHORTEST), _padded(size)}
            for order in ("big", "little")
        )  # fmt: skip

    def _knows(self, data: bytes) -> bool:
        return any(
            digest.startswith(data) or digest.endswith(data) for digest in self._by_start(data[:SHORTEST])
        ) or data in self._ends.get(data[-SHORTEST:], frozenset())

    def _by_start(self, start: bytes) -> frozenset[bytes]:
        return self._starts.get(start, frozenset()) if len(start) == SHORTEST else frozenset()

    @cached_property
    def _digests(self) -> frozenset[bytes]:
        return frozenset(
            hashlib.new(name, text, usedforsecurity=False).digest()
            for text in self._texts
            for name in _ALGORITHMS
        )

    @cached_property
    def _starts(self) -> dict[bytes, frozenset[bytes]]:
        found: dict[bytes, set[bytes]] = {}
        for digest in self._digests:
            found.setdefault(digest[:SHORTEST], set()).add(digest)
        return {start: frozenset(digests) for start, digests in found.items()}

    @cached_property
    def _ends(self) -> dict[bytes, frozenset[bytes]]:
        """The last four and eight bytes, as programs take them that want a small number."""
        found: dict[bytes, set[bytes]] = {}
        for digest in self._digests:
            found.setdefault(digest[-SHORTEST:], set()).update((digest[-SHORTEST:], digest[-8:]))
        return {end: frozenset(ends) for end, ends in found.items()}

    @cached_property
    def _checksums(self) -> frozenset[int]:
        return frozenset(sum_of(text) for text in self._texts for sum_of in (zlib.crc32, zlib.adler32))


def _texts_of(task: Task) -> Iterator[bytes]:
    instruction = task.assignment.instruction
    name, _, _ = task.id.partition("#")
    forms = (
        task.id,
        name,
        task.group,
        task.id.rpartition("/")[2],
        instruction,
        instruction.strip(),
        instruction.lower(),
        " ".join(instruction.split()),
        next(iter(instruction.splitlines()), ""),
    )
    yield from (form.encode() for form in forms if len(form) > 1)
    for content in task.assignment.files.values():
        yield content
        yield content.strip()


def _even(digits: str) -> str:
    return digits[: len(digits) // 2 * 2]


def _padded(size: int) -> int:
    """The size of the whole number that holds so many bytes."""
    return next((length for length in (4, 8, 16, 20, 32, 64) if length >= size), size)
