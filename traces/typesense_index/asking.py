"""A query as what Typesense is asked: its words, its filters, its order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traces.documents import clean
from traces.fields import field_named
from traces.index import Query, Sort
from traces.typesense_index.filters import AGENTIC, all_of, filter_of
from traces.typesense_index.schema import key_field, number_field
from traces.typesense_index.server import Json

MOST_HITS = 250  # in one page: the server's limit
MOST_VALUES = 1_000  # of a facet: the most frequent, as in the embedded index
EVERYTHING = "*"
COUNTED_RUNS = key_field("run")
NEWEST = f"{number_field('time')}:desc"
IN_ORDER = "order:asc"
_RELEVANT = "_text_match:desc"
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_TOKEN = re.compile(r"[^\W_]+")
_AROUND = 12  # words that a snippet shows on either side of a match
_SHORT = 24  # words; a text of no more is shown whole
_SORT_KEYS = 3  # the server's limit

# Words must occur as they are: else a server drops words, completes them and guesses at misspellings. An
# exhaustive search drops words whatever the threshold is (server 27.1, ``Index::search``), so it must be off.
EXACT: Mapping[str, str | int | bool] = {
    "query_by": "text",
    "prefix": False,
    "num_typos": 0,
    "drop_tokens_threshold": 0,
    "typo_tokens_threshold": 0,
    "split_join_tokens": "off",
    "exhaustive_search": False,
    "enable_synonyms": False,
    "enable_overrides": False,
}
SNIPPETS: Mapping[str, str | int | bool] = {
    "highlight_fields": "text",
    "highlight_start_tag": "",
    "highlight_end_tag": "",
    "highlight_affix_num_tokens": _AROUND,
    "snippet_threshold": _SHORT,
    "enable_highlight_v1": False,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The part of a query that all its requests share.

    ``more`` are filters beside its conditions. ``each_span`` asks for all spans of the runs also where the query
    wants one hit for each run.
    """

    collection: str
    query: Query
    more: tuple[str, ...] = ()
    each_span: bool = False

    @property
    def has_text(self) -> bool:
        """Whether words are looked for."""
        return bool(self.query.text.strip())

    def search(
        self, *, sort_by: str, limit: int, offset: int = 0, fields: Sequence[str] = (), **more: str | int
    ) -> Json:
        """A request for up to ``MOST_HITS`` hits; ``fields`` are all that they show, if any are named."""
        shown = {"include_fields": ",".join(fields)} if fields else {"exclude_fields": "text"}
        conditions = self.filter_by
        return {
            "collection": self.collection,
            "q": words_of(self.query.text) if self.has_text else EVERYTHING,
            **EXACT,
            **({"filter_by": conditions} if conditions else {}),
            "sort_by": sort_by,
            "per_page": limit,
            "offset": offset,
            **shown,
            **self._grouping(),
            **more,
        }

    @property
    def filter_by(self) -> str:
        """All conditions; empty where there are none."""
        agentic = (AGENTIC,) if self.query.by_run else ()
        return all_of((*map(filter_of, self.query.where), *agentic, *self.more))

    def facets(self) -> Json:
        """What to add to a request for the counts of the query's facets, and of its runs."""
        # Servers from 29 on only estimate how many groups there are; the values of a facet are all counted.
        runs = (COUNTED_RUNS,) if self.query.by_run else ()
        names = dict.fromkeys((*self.query.facets, *runs))
        if not names:
            return {}
        return {
            "facet_by": ",".join(names),
            "max_facet_values": MOST_VALUES,
            # Other strategies count only what is frequent overall, and spans where runs are asked for.
            "facet_strategy": "exhaustive",
        }

    def _grouping(self) -> Json:
        return {"group_by": "run", "group_limit": 1} if self.query.by_run and not self.each_span else {}


def words_of(text: str) -> str:
    """The words and "quoted phrases" of a free text as Typesense reads them; nothing is an operator."""
    return " ".join(_terms(text))


def phrase_checks(text: str) -> list[str]:
    """Texts of which each must match something, or nothing matches ``text``.

    The server skips a phrase that occurs nowhere, and begins anew where no document has all phrases so far
    (server 27.1, ``Index::do_phrase_search``); so each phrase is asked for alone, and the first ones together.
    """
    phrases = [term for term in _terms(text) if term.startswith('"')]
    if len(phrases) <= 1:
        return []
    return [*phrases, *(" ".join(phrases[:count]) for count in range(2, len(phrases)))]


def _terms(text: str) -> list[str]:
    found = []
    for quoted, word in _WORD.findall(text):
        tokens = _TOKEN.findall(clean(quoted or word))
        if tokens:
            found.append(tokens[0] if len(tokens) == 1 else '"{}"'.format(" ".join(tokens)))
    return list(dict.fromkeys(found))


def server_order(query: Query) -> str | None:
    """The order as the server can keep it; ``None`` where it cannot.

    It sorts by three keys, the last of which is the place in the run; and by texts only if each has an index of
    its own in memory, which would cost more than all other fields together.
    """
    if query.near and not query.sort:
        return None
    if not query.sort:
        keys = [_RELEVANT, NEWEST] if query.text.strip() else [NEWEST]
    elif all(field_named(sort.field).kind in {"number", "time"} for sort in query.sort):
        keys = [_number_key(sort) for sort in query.sort]
    else:
        return None
    once: dict[str, str] = {}
    for key in keys:
        once.setdefault(key.partition(":")[0], key)
    return ",".join([*once.values(), IN_ORDER]) if len(once) < _SORT_KEYS else None


def _number_key(sort: Sort) -> str:
    return f"{number_field(sort.field)}:{'desc' if sort.descending else 'asc'}"
