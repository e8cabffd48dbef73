"""How values are stored so that Typesense compares them as exactly as the embedded index does.

Typesense cuts texts into words, drops punctuation and ignores case also where it filters with ``:=``, and a
backtick ends a quoted value even behind a backslash. So a value is filtered by its key: a hash in lower-case hexadecimal
digits, which no filter can misread. Its numbers have 32 bits where they have a fraction; so numbers are whole billionths.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable

from traces.documents import clean, clean_field

NONE = "none"  # the key of no value; no hash looks like it
_KEY_BYTES = 12
_BILLION = 1e9
_MOST = 2**63 - 1
_HEXADECIMAL = re.compile(r"[0-9a-f]{1,64}")
_UNPRINTABLE = {code: " " for code in range(32) if chr(code) != "\n"} | {127: " "}
_OTHER_SIGNS = re.compile(r"[^\x00-\x7f\w]+")


def key_of(value: str) -> str:
    """The key of a text value."""
    if not value:
        return NONE
    return hashlib.blake2b(clean_field(value).encode(), digest_size=_KEY_BYTES).hexdigest()


def keys_of(values: Iterable[str]) -> list[str]:
    """The keys of an annotation's values."""
    return [key_of(value) for value in values if value] or [NONE]


def billionths(value: float) -> int:
    """A number as a whole number of billionths, cut to what 64 bits hold; 0 for what is no number."""
    if math.isnan(value):
        return 0
    if math.isinf(value) or abs(value) * _BILLION > _MOST:
        return _MOST if value > 0 else -_MOST
    return max(-_MOST, min(_MOST, round(value * _BILLION)))


def document_id(run_id: str, span_id: str) -> str:
    """The id of a span's document: the run's and the span's, or their keys where they are no ids."""
    return f"{_plain(run_id)}.{_plain(span_id)}"


def place_in_order(run_id: str, place: int) -> str:
    """A text by which documents sort by run, and within a run by place."""
    return f"{_plain(run_id)}{place:08x}"


def words_apart(text: str) -> str:
    """The text with the signs kept apart that Typesense would drop, joining the words around them."""
    text = clean(text).translate(_UNPRINTABLE)
    return text if text.isascii() else _OTHER_SIGNS.sub(r" \g<0> ", text)


def _plain(id_: str) -> str:
    return id_ if _HEXADECIMAL.fullmatch(id_) else key_of(id_)
