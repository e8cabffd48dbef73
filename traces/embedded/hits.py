"""Hits: what is shown of the few spans of a page."""

from __future__ import annotations

import numpy as np
import orjson
from numpy.typing import NDArray

from traces.documents import MAX_TEXT
from traces.embedded.columns import SPAN_TEXTS
from traces.embedded.heads import SpanId, unpack_id
from traces.embedded.matching import snippets
from traces.embedded.snapshot import Snapshot, Spans
from traces.embedded.terms import values_of
from traces.fields import FIELDS, field_named
from traces.index import Hit

_BEGINNING = 200  # characters that are shown where no text was looked for
_ORDER = tuple(field.name for field in FIELDS)


class HitReader:
    """Reads the rows and field values of hits."""

    def __init__(
        self, snapshot: Snapshot, phrases: tuple[str, ...], similarity: NDArray[np.float32] | None
    ) -> None:
        self._snapshot = snapshot
        self._phrases = phrases
        self._similarity = similarity

    def read(self, spans: Spans) -> tuple[Hit, ...]:
        """The hits of these spans, in their order."""
        texts = {name: self._texts(spans, name) for name in SPAN_TEXTS}
        runs, durations = spans.runs.tolist(), spans.stored("duration").tolist()
        rows = [self._row(id_) for id_ in spans.ids.tolist()]
        shown = self._shown([row[-1] for row in rows])
        hits = []
        for place, (run_id, of_run, span_id, _) in enumerate(rows):
            of_span = {name: values[place] for name, values in texts.items()}
            values = {**orjson.loads(of_run), **of_span, "duration": durations[place]}
            hits.append(
                Hit(
                    run_id=run_id,
                    span_id=unpack_id(span_id),
                    name=of_span["name"],
                    snippet=shown[place],
                    fields={name: values[name] for name in _ORDER if values.get(name, "") != ""},
                    similarity=self._similarity_of(runs[place]),
                )
            )
        return tuple(hits)

    def _texts(self, spans: Spans, name: str) -> list[str]:
        codes = spans.codes(field_named(name)).tolist()
        values = values_of(self._snapshot.connection, name, codes)
        return [values[code] for code in codes]

    def _row(self, id_: int) -> tuple[str, str, SpanId, str]:
        length = MAX_TEXT if self._phrases else _BEGINNING
        row: tuple[str, str, SpanId, str] = self._snapshot.connection.execute(
            "SELECT r.run, r.fields, s.span, substr(s.text, 1, ?) FROM spans s JOIN runs r ON r.number = s.run "
            "WHERE s.id = ?",
            (length, id_),
        ).fetchone()
        return row

    def _shown(self, texts: list[str]) -> list[str]:
        return snippets(self._snapshot.connection, self._phrases, texts) if self._phrases else texts

    def _similarity_of(self, run: int) -> float | None:
        if self._similarity is None or np.isnan(self._similarity[run]):
            return None
        return float(self._similarity[run])
