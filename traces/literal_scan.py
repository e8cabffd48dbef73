"""Which of many short literals may occur in a large block of bytes, at the cost of looking once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    b"telemetry.sdk.language opentelemetry content command passed session.id key test pass error file path "
    b"success access author authenticate word words private process sections condition"
)
_BY_FREQUENCY = b"eta_oinsrhldcum-fpgwybvkxjqz"


class LiteralScan:
    """Finds which parts of a block of lower-case bytes hold which of ``literals``.

    Each literal is known by up to four of its bytes. A table over all pairs of bytes gives the buckets of
    literals in which a pair is the first or the second half; where two neighbouring pairs agree, the
    bucket's literals are looked for. The method is that of Teddy in Hyperscan (Wang et al., NSDI 2019), on
    pairs instead of half bytes. A literal of a single byte, or of none, is taken to be everywhere.
    """

    def __init__(self, literals: Iterable[bytes]) -> None:
        found = sorted(set(literals))
        self._everywhere = frozenset(literal for literal in found if len(literal) < 2)
        self._table: npt.NDArray[np.uint16] = np.zeros(1 << 16, np.uint16)
        # By each set of buckets, as bits: its literals, and where in them their windows begin.
        self._of_buckets: list[list[tuple[bytes, int]]] = [[] for _ in range(1 << _BUCKETS)]
        for number, literal in enumerate(literal for literal in found if len(literal) >= 2):
            # Two or three bytes agree with whatever follows, so they have buckets of their own.
            self._enter(
                literal, _BUCKETS - len(literal) + 1 if len(literal) < _WINDOW else number % (_BUCKETS - 2)
            )

    def find(self, block: bytes, ends: Sequence[int]) -> dict[int, set[bytes]]:
        """The literals in each part of ``block`` that holds any, by the part's number, rising.

        ``ends`` are where the parts end; behind the last one the block goes on for at least two bytes, which
        are no part. A literal that goes over from one part to the next may or may not be given.
        """
        hits: dict[int, set[bytes]] = {}
        if self._everywhere:
            hits = {number: set(self._everywhere) for number in range(len(ends))}
        for place, number, buckets in self._candidates(block, ends):
            for literal, at in self._of_buckets[buckets]:
                if block.find(literal, max(place - at, 0), ends[number]) >= 0:
                    hits.setdefault(number, set()).add(literal)
        return dict(sorted(hits.items()))

    def _enter(self, literal: bytes, bucket: int) -> None:
        window = _window(literal)
        for bits, literals in enumerate(self._of_buckets):
            if bits >> bucket & 1:
                literals.append((literal, literal.index(window)))
        self._table[window[0] | window[1] << 8] |= 1 << bucket
        # Where the window has no third or no fourth byte, any will do.
        second = slice(None) if len(window) == 2 else slice(window[2], None, 256)
        if len(window) == _WINDOW:
            second = slice(window[2] | window[3] << 8, (window[2] | window[3] << 8) + 1)
        self._table[second] |= 1 << bucket + _BUCKETS

    def _candidates(self, block: bytes, ends: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """For each part and set of buckets the first place, the part's number and the buckets."""
        for offset in (0, 1):
            pairs = np.frombuffer(block, "<u2", count=(len(block) - offset) // 2, offset=offset)
            table = self._table.take(pairs, mode="clip")
            agreeing = table[:-1] & (table[1:] >> _BUCKETS)
            places = np.flatnonzero(agreeing)
            parts = np.searchsorted(np.asarray(ends), places * 2 + offset, side="right")
            keys, firsts = np.unique(parts << _BUCKETS | agreeing[places], return_index=True)
            for key, first in zip(keys.tolist(), firsts.tolist(), strict=True):
                if key >> _BUCKETS < len(ends):
                    yield int(places[first]) * 2 + offset, key >> _BUCKETS, key & (1 << _BUCKETS) - 1


def _window(literal: bytes) -> bytes:
    if len(literal) <= _WINDOW:
        return literal
    starts = range(len(literal) - _WINDOW + 1)
    return max((literal[start : start + _WINDOW] for start in starts), key=_rarity)


def _rarity(window: bytes) -> float:
    common = sum(window[at : at + 3] in _EVERYWHERE for at in (0, 1)) * 40 + (window in _EVERYWHERE) * 80
    return sum(_BY_FREQUENCY.find(byte) if byte in _BY_FREQUENCY else 14 for byte in window) - common
