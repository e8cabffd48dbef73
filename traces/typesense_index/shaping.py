"""From runs to the documents that Typesense stores: one for each span, and one for the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from traces.documents import MAX_TEXT, Document, clean_field, documents, first_model, run_fields
from traces.embedded.verdicts import is_only_evaluation, label_field
from traces.evaluations import evaluations_in
from traces.fields import FIELDS
from traces.run import Run
from traces.typesense_index.schema import key_field, number_field
from traces.typesense_index.server import Json
from traces.typesense_index.values import (
    billionths,
    document_id,
    key_of,
    keys_of,
    place_in_order,
    words_apart,
)

Annotations = Mapping[str, Sequence[str]]
BEGINNING = 200  # characters that are shown where no text was looked for
ANNOTATIONS = tuple(field.name for field in FIELDS if field.kind == "annotation")


@dataclass(frozen=True, kw_only=True)
class IndexedRun:
    """A run as it goes into the index.

    ``stated`` are field values that somebody knows better than the run's own spans, such as an outcome
    that came later. Its ``annotations`` are those given, or else those from before and of its own spans.
    """

    run: Run
    stated: Mapping[str, str | int | float] = field(default_factory=dict)
    annotations: Annotations | None = None

    @property
    def fields(self) -> dict[str, str | int | float]:
        """The fields that all its spans share."""
        return {**run_fields(self.run), **self.stated}


def own_annotations(run: Run) -> dict[str, list[str]]:
    """The labels and ratings that the run's own spans give it."""
    found: dict[str, list[str]] = {}
    for evaluation in evaluations_in(run.spans):
        if evaluation.label and evaluation.run_id == run.run_id:
            found.setdefault(label_field(evaluation), []).append(clean_field(evaluation.label))
    return found


def merged(*many: Annotations) -> dict[str, list[str]]:
    """Annotations together, each value once."""
    return {
        name: list(dict.fromkeys(value for given in many for value in given.get(name, ()) if value))
        for name in ANNOTATIONS
    }


def annotation_entries(annotations: Annotations) -> Json:
    """Annotations as a document holds them."""
    entries: Json = {}
    for name, values in annotations.items():
        kept = list(dict.fromkeys(clean_field(value) for value in values if value))
        entries |= {name: kept, key_field(name): keys_of(kept)}
    return entries


def span_documents(indexed: IndexedRun, written: str) -> Iterator[Json]:
    """A document for each span; ``written`` tells the documents of one writing from older ones."""
    run = indexed.run
    shown = [
        (span, document)
        for span, document in zip(run.spans, documents(run), strict=True)
        if not is_only_evaluation(span)
    ]
    shared = {
        **_entries(indexed.fields, _RUN_FIELDS),
        **annotation_entries(indexed.annotations or {}),
        "agentic": _is_agentic(document for _, document in shown),
        "written": written,
    }
    model = first_model(run)
    order = sorted(range(len(shown)), key=lambda index: (shown[index][0].start_ns, index))
    for place, index in enumerate(order):
        document = shown[index][1]
        yield {
            **shared,
            **_entries(_span_values(document, model), _SPAN_FIELDS),
            "id": document_id(run.run_id, document.span_id),
            "span": document.span_id,
            "order": place_in_order(run.run_id, place),
            "beginning": document.text[:BEGINNING],
            "text": words_apart(document.text[:MAX_TEXT]),
        }


def run_document(indexed: IndexedRun) -> Json:
    """The document of a run, without annotations: those it may have from before."""
    shown = {*_RUN_FIELDS}
    return {
        **{name: value for name, value in _entries(indexed.fields, _RUN_FIELDS).items() if name not in shown},
        "id": key_of(indexed.run.run_id),
        "run": clean_field(indexed.run.run_id),
        "agentic": _is_agentic(documents(indexed.run)),
        "present": True,
    }


_RUN_FIELDS = {field.name: field.kind for field in FIELDS if field.level == "run"}
_SPAN_FIELDS = {field.name: field.kind for field in FIELDS if field.level == "span"}


def _entries(values: Mapping[str, str | int | float], kinds: Mapping[str, str]) -> Json:
    entries: Json = {}
    for name, kind in kinds.items():
        if kind in {"number", "time"}:
            number = float(values.get(name, 0.0))
            entries |= {name: values.get(name, 0.0), number_field(name): billionths(number)}
        elif kind == "text":
            text = str(values.get(name, ""))
            entries[key_field(name)] = key_of(text)
            if text:
                entries[name] = text
    return entries


def _span_values(document: Document, model: str) -> dict[str, str | int | float]:
    values = {name: getattr(document, name, "") for name in _SPAN_FIELDS}
    return {**values, "model": document.model or (model if document.kind != "model" else "")}


def _is_agentic(found: Iterator[Document]) -> bool:
    return any(document.kind != "other" for document in found)
