"""Hits: what is shown of the few spans of a page."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from traces.embedded.columns import SPAN_TEXTS
from traces.embedded.heads import unpack_id
from traces.embedded.matching import snippet
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
        hits = []
        for place, id_ in enumerate(spans.ids.tolist()):
            fields = {name: values[place] for name, values in texts.items()}
            hits.append(self._hit(id_, runs[place], {**fields, "duration": durations[place]}))
        return tuple(hits)

    def _texts(self, spans: Spans, name: str) -> list[str]:
        codes = spans.codes(field_named(name)).tolist()
        values = values_of(self._snapshot.connection, name, codes)
        return [values[code] for code in codes]

    def _hit(self, id_: int, run: int, of_span: dict[str, Any]) -> Hit:
        row = self._snapshot.connection.execute(
            "SELECT r.run, r.fields, s.span, substr(s.text, 1, ?) FROM spans s JOIN runs r ON r.number = s.run "
            "WHERE s.id = ?",
            (_BEGINNING, id_),
        ).fetchone()
        run_id, of_run, span, beginning = row
        values = {**orjson.loads(of_run), **of_span}
        shown = snippet(self._snapshot.connection, self._phrases, id_) if self._phrases else beginning
        return Hit(
            run_id=run_id,
            span_id=unpack_id(span),
            name=of_span["name"],
            snippet=shown,
            fields={name: values[name] for name in _ORDER if values.get(name, "") != ""},
            similarity=self._similarity_of(run),
        )

    def _similarity_of(self, run: int) -> float | None:
        if self._similarity is None or np.isnan(self._similarity[run]):
            return None
        return float(self._similarity[run])
