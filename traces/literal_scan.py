"""Which of many short literals may occur in a large block of bytes, at the cost of looking once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_BUCKETS = 8
_WINDOW = 4  # bytes of a literal that are looked for
# What occurs in every span makes a poor thing to look for; the letters are in the order of English.
_EVERYWHERE = (
    b"gen_ai.usage.input_tokens gen_ai.usage.output_tokens cache_read.input_tokens reasoning.output_tokens "
    b"gen_ai.operation.name gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.conversation.id "
    b"gen_ai.request.model gen_ai.response.finish_reasons gen_ai.input.messages gen_ai.output.messages "
    b"execute_tool invoke_agent status unset internal client server attributes resource service.name "
    b"telemetry.sdk.language opentelemetry content command passed session.id key test pass error file path"
)
_BY_FREQUENCY = b"etaoinsrhldcumfpgwybvkxjqz"


class LiteralScan:
    """Finds the places of a block of lower-case bytes where one of ``literals`` may be.

    Each literal is known by four of its bytes. A table over all pairs of bytes gives the literals' buckets
    in which a pair is the first or the second half; two neighbouring pairs that agree are a place. The
    method is that of Teddy in Hyperscan (Wang et al., NSDI 2019), on pairs instead of half bytes. A literal
    shorter than three bytes is everywhere.
    """

    def __init__(self, literals: Iterable[bytes]) -> None:
        found = sorted({_window(literal) for literal in literals})
        self._everywhere = any(len(window) < 3 for window in found)
        self._table: npt.NDArray[np.uint16] = np.zeros(1 << 16, np.uint16)
        self._nothing = not found
        for number, window in enumerate(found):
            if len(window) >= 3:
                self._enter(window, number % _BUCKETS)

    def suspects(self, block: bytes, ends: Sequence[int]) -> Sequence[int]:
        """The numbers of those parts of ``block`` in which a literal may occur, rising.

        ``ends`` are where the parts end; the last one is the block's length. No part with a literal is left out.
        """
        if self._nothing:
            return ()
        if self._everywhere:
            return range(len(ends))
        places = np.concatenate([self._places(block, 0), self._places(block, 1)])
        if not places.size:
            return ()
        found: list[int] = np.unique(np.searchsorted(np.asarray(ends), places, side="right")).tolist()
        return found

    def _enter(self, window: bytes, bucket: int) -> None:
        self._table[window[0] | window[1] << 8] |= 1 << bucket
        lasts = window[3:4] or bytes(range(256))
        for last in lasts:
            self._table[window[2] | last << 8] |= 1 << bucket + _BUCKETS

    def _places(self, block: bytes, offset: int) -> npt.NDArray[np.int64]:
        # A literal of three bytes at the very end has no fourth after it; blocks end in a line break.
        pairs = np.frombuffer(block, "<u2", count=(len(block) - offset) // 2, offset=offset)
        buckets = self._table.take(pairs, mode="clip")
        agreeing = buckets[:-1] & (buckets[1:] >> _BUCKETS)
        return np.flatnonzero(agreeing) * 2 + offset


def _window(literal: bytes) -> bytes:
    if len(literal) <= _WINDOW:
        return literal
    starts = range(len(literal) - _WINDOW + 1)
    return max((literal[start : start + _WINDOW] for start in starts), key=_rarity)


def _rarity(window: bytes) -> float:
    common = sum(window[at : at + 3] in _EVERYWHERE for at in (0, 1)) * 40 + (window in _EVERYWHERE) * 80
    return sum(_BY_FREQUENCY.find(byte) if byte in _BY_FREQUENCY else 12 for byte in window) - common
