"""How many bytes of requests a worker holds at once."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from traces.receiver.errors import UnavailableError


class Admission:
    """Room for ``limit`` bytes. One request alone is always let in, however large: the body limit is its own."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    def request(self) -> Held:
        """A request, which holds nothing yet; a context manager that gives back what it took."""
        return Held(self)

    def has_room(self, size: int, *, held: int) -> bool:
        """Whether a request that holds ``held`` bytes may take ``size`` more."""
        return self.taken == held or self.taken + size <= self._limit


class Held:
    """What one request has taken of the room."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._admission.taken -= self._size

    def take(self, size: int) -> None:
        """Take more; raises ``UnavailableError`` where there is no room."""
        if not self._admission.has_room(size, held=self._size):
            raise UnavailableError("too many bytes are in flight")
        self._admission.taken += size
        self._size += size
