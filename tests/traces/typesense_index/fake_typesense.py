"""A model of Typesense 27.1 at the HTTP transport, for tests without a server.

Recorded from a real server, and so exact: the statuses, bodies and messages of creating, altering, reading and
dropping collections and aliases; imports that answer 200 with failures in their lines and drop blank ones; the shapes of
searches, groups, facets, vector distances, exports, updates and deletions by filter; 422 above 250 hits a page;
401 for a wrong key; 404 within a multi-search. Read from the server's source, not recorded: how texts and filters are
cut into words, groups counted in facets, strings sorted, three sort keys at most, 50 searches in one request, vectors
left out of ``k``. Guessed: every text match is equally good; snippets are the words around the first match.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx

Json = dict[str, Any]

ADMIN = "admin-key-0123456789"
TEXT_MATCH = 578730123365187705
_FIELD_DEFAULTS = {"facet": False, "index": True, "infix": False, "locale": "", "optional": False}
_LATER_DEFAULTS = {"stem": False, "store": True}
_VECTOR_DEFAULTS = {"hnsw_params": {"M": 16, "ef_construction": 200}, "vec_dist": "cosine"}
_FUZZY = {
    "prefix": "false",
    "num_typos": "0",
    "drop_tokens_threshold": "0",
    "exhaustive_search": "false",
}
_NUMBERS = {"int32": int, "int64": int, "float": (int, float)}


class RequestError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Collection:
    """Documents under a schema."""

    def __init__(self, schema: Json) -> None:
        self.name = schema["name"]
        self.separators = set(schema.get("token_separators", ()))
        self.fields: dict[str, Json] = {}
        self.documents: dict[str, Json] = {}
        self.vectors: dict[str, int] = {}
        self.settings = {
            "default_sorting_field": schema.get("default_sorting_field", ""),
            "enable_nested_fields": schema.get("enable_nested_fields", False),
            "symbols_to_index": [],
            "token_separators": schema.get("token_separators", []),
        }
        self.add(schema["fields"])

    def add(self, fields: Iterable[Json]) -> None:
        """Add fields to the schema."""
        for field in fields:
            if field["name"] in self.fields:
                raise RequestError(
                    400, f"Field `{field['name']}` is already part of the schema: To change it."
                )
            sortable = field["type"] in {"int32", "int64", "float"}
            graph = _VECTOR_DEFAULTS if "num_dim" in field else {}
            self.fields[field["name"]] = {
                **_FIELD_DEFAULTS,
                "sort": sortable,
                **_LATER_DEFAULTS,
                **graph,
                **field,
            }

    def described(self) -> Json:
        """The schema as the server tells it."""
        fields = list(self.fields.values())
        return {
            "created_at": 1795216387,
            "name": self.name,
            "num_documents": len(self.documents),
            "fields": fields,
            **self.settings,
        }

    def tokens(self, text: str) -> list[str]:
        """The words of a text: other signs than letters, digits and separators are dropped."""
        kept = []
        for character in text:
            if character in self.separators or character in " \n":
                kept.append(" ")
            elif character.isalnum() or not character.isascii():
                kept.append(character.lower())
        return "".join(kept).split()


class FakeTypesense(httpx.BaseTransport):
    """The server. ``faults`` are answers or exceptions that come before the real ones, the first one first.

    ``requests`` keeps what came: method, path, parameters and body.
    """

    def __init__(self) -> None:
        self.collections: dict[str, Collection] = {}
        self.aliases: dict[str, str] = {}
        self.keys: dict[str, Json] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.hosts: list[str] = []
        self.faults: list[httpx.Response | Exception] = []
        self.refuse: Callable[[Json], Json | None] = _refuse_nothing
        self.cutoff = False
        self.estimate: Callable[[int], int] = int
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        with self._lock:
            path = request.url.path
            parameters = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
            self.requests.append((request.method, path, parameters, request.read()))
            self.hosts.append(request.url.host)
            if self.faults and path != "/health":
                fault = self.faults.pop(0)
                if isinstance(fault, Exception):
                    raise fault
                return fault
            try:
                return self._answer(request, [unquote(part) for part in path.split("/") if part], parameters)
            except RequestError as error:
                return _json({"message": error.message}, error.status)

    def _answer(self, request: httpx.Request, parts: list[str], parameters: dict[str, str]) -> httpx.Response:
        body = request.content
        match (request.method, *parts):
            case ("GET", "health"):
                return _json({"ok": True})
            case ("POST", "multi_search"):
                return _json({"results": self._searches(request, json.loads(body))})
            case ("GET", "collections", name, "documents", "search"):
                self._allow(request, "documents:search", name)
                return _json(self._search(self._found(name), parameters))
        self._allow(request, "", "")
        return self._manage(request.method, parts, parameters, body)

    def _manage(
        self, method: str, parts: list[str], parameters: dict[str, str], body: bytes
    ) -> httpx.Response:
        match (method, *parts):
            case ("GET", "debug"):
                return _json({"state": 1, "version": "27.1"})
            case ("POST", "keys"):
                return self._create_key(json.loads(body))
            case (_, "aliases", name):
                return self._alias(method, name, body)
            case (_, "collections", name, "documents", *rest):
                return self._documents(method, self._found(name), rest, parameters, body)
        return self._schemas(method, parts[1:], body)

    def _schemas(self, method: str, names: list[str], body: bytes) -> httpx.Response:
        match (method, *names):
            case ("GET",):
                return _json([collection.described() for collection in self.collections.values()])
            case ("POST",):
                return self._create(json.loads(body))
            case ("GET", name):
                return _json(self._found(name).described())
            case ("PATCH", name):
                self._found(name).add(json.loads(body)["fields"])
                return _json(json.loads(body))
            case ("DELETE", name):
                return _json(self.collections.pop(self._found(name).name).described())
        raise RequestError(404, "Not Found")

    def _documents(
        self, method: str, collection: Collection, rest: list[str], parameters: dict[str, str], body: bytes
    ) -> httpx.Response:
        match (method, *rest):
            case ("POST", "import"):
                lines = [line for line in body.split(b"\n") if line.strip()]
                results = [self._import(collection, line, parameters) for line in lines]
                return httpx.Response(200, text="\n".join(json.dumps(result) for result in results))
            case ("GET", "export"):
                found = self._matching(collection, parameters.get("filter_by", ""))[::-1]
                lines = [json.dumps(_shown(document, parameters)) for document in found]
                return httpx.Response(200, text="\n".join(lines))
            case ("PATCH",):
                return self._update(self._matching(collection, parameters["filter_by"]), json.loads(body))
            case ("DELETE",):
                return self._remove(collection, self._matching(collection, parameters["filter_by"]))
            case ("GET", id_) if id_ in collection.documents:
                return _json(collection.documents[id_])
            case ("GET", id_):
                raise RequestError(404, f"Could not find a document with id: {id_}")
        raise RequestError(404, "Not Found")

    def _update(self, documents: list[Json], changes: Json) -> httpx.Response:
        for document in documents:
            document.update(changes)
        return _json({"num_updated": len(documents)})

    def _remove(self, collection: Collection, documents: list[Json]) -> httpx.Response:
        for document in documents:
            del collection.documents[document["id"]]
        return _json({"num_deleted": len(documents)})

    def _allow(self, request: httpx.Request, action: str, collection: str) -> None:
        key = self.keys.get(request.headers.get("X-TYPESENSE-API-KEY", ""))
        if request.headers.get("X-TYPESENSE-API-KEY") == ADMIN:
            return
        if key is None or action not in key["actions"] or not _any_matches(key["collections"], collection):
            raise RequestError(401, "Forbidden - a valid `x-typesense-api-key` header must be sent.")

    def _found(self, name: str) -> Collection:
        collection = self.collections.get(self.aliases.get(name, name))
        if collection is None:
            raise RequestError(404, "Not Found")
        return collection

    def _create(self, schema: Json) -> httpx.Response:
        if schema["name"] in self.collections:
            raise RequestError(409, f"A collection with name `{schema['name']}` already exists.")
        collection = self.collections[schema["name"]] = Collection(schema)
        return _json(collection.described(), 201)

    def _create_key(self, body: Json) -> httpx.Response:
        value = f"search-key-{len(self.keys)}"
        self.keys[value] = body
        return _json({**body, "id": len(self.keys), "value": value}, 201)

    def _alias(self, method: str, name: str, body: bytes) -> httpx.Response:
        if method == "PUT":
            self.aliases[name] = json.loads(body)["collection_name"]
        elif name not in self.aliases:
            raise RequestError(404, "Not Found")
        answer = {"collection_name": self.aliases[name], "name": name}
        if method == "DELETE":
            del self.aliases[name]
        return _json(answer)

    def _import(self, collection: Collection, line: bytes, parameters: dict[str, str]) -> Json:
        action = parameters.get("action", "create")
        try:
            document = json.loads(line)
        except ValueError:
            return _refused(400, line.decode(), "Bad JSON: [json.exception.parse_error.101] parse error")
        id_ = document["id"]
        old = collection.documents.get(id_)
        refusal = self.refuse(document)
        if refusal is not None:
            return {**refusal, "document": line.decode(), "success": False}
        if action == "create" and old is not None:
            return _refused(409, line.decode(), f"A document with id {id_} already exists.")
        if action == "update" and old is None:
            return {**_refused(404, line.decode(), f"Could not find a document with id: {id_}"), "id": id_}
        new = {**old, **document} if action in {"update", "emplace"} and old is not None else document
        problem = next(_problems(collection, new), None)
        if problem is not None:
            return _refused(400, line.decode(), problem)
        collection.documents.pop(id_, None)
        collection.documents[id_] = new
        return {"success": True} | ({"id": id_} if parameters.get("return_id") == "true" else {})

    def _searches(self, request: httpx.Request, body: Json) -> Iterator[Json] | list[Json]:
        if len(body["searches"]) > 50:
            raise RequestError(400, "Number of multi searches exceeds `limit_multi_searches` parameter.")
        return [self._one_search(request, search) for search in body["searches"]]

    def _one_search(self, request: httpx.Request, search: Json) -> Json:
        parameters = {name: _as_text(value) for name, value in search.items()}
        self._allow(request, "documents:search", parameters["collection"])
        try:
            collection = self._found(parameters["collection"])
        except RequestError:
            return {"code": 404, "error": "Not found."}
        try:
            return self._search(collection, parameters)
        except RequestError as error:
            return {"code": error.status, "error": error.message}

    def _search(self, collection: Collection, parameters: dict[str, str]) -> Json:
        per_page = int(parameters.get("per_page", 10))
        if per_page > 250:
            raise RequestError(422, "Only upto 250 hits can be fetched per page.")
        offset = per_page * (int(parameters.get("page", 1)) - 1)
        offset = int(parameters["offset"]) if "offset" in parameters else offset
        matches = _matches(collection, parameters)
        found = [
            {"document": document, "words": matches[document["id"]]}
            for document in self._matching(collection, parameters.get("filter_by", ""))
            if document["id"] in matches
        ]
        found = _with_distances(collection, found, parameters)
        _sort(collection, found, parameters)
        answer: Json = {
            "facet_counts": list(_facets(collection, found, parameters)),
            "out_of": len(collection.documents),
            "page": int(parameters.get("page", 1)),
            "request_params": {
                "collection_name": collection.name,
                "per_page": per_page,
                "q": parameters["q"],
            },
            "search_cutoff": self.cutoff,
            "search_time_ms": 0,
        }
        group_by = parameters.get("group_by")
        if group_by is None:
            shown = [_hit(hit, parameters) for hit in found[offset : offset + per_page]]
            return {**answer, "found": len(found), "hits": shown}
        groups: dict[str, list[Json]] = {}
        for hit in found:
            groups.setdefault(hit["document"][group_by], []).append(hit)
        grouped = [
            {"found": len(hits), "group_key": [key], "hits": [_hit(hits[0], parameters)]}
            for key, hits in list(groups.items())[offset : offset + per_page]
        ]
        return {
            **answer,
            "found": self.estimate(len(groups)),
            "found_docs": len(found),
            "grouped_hits": grouped,
        }

    def _matching(self, collection: Collection, filter_by: str) -> list[Json]:
        """The documents for which all conditions hold, the newest first, as the server goes through them."""
        conditions = [_condition(collection, part) for part in _split(filter_by)]
        documents = reversed(list(collection.documents.values()))
        return [document for document in documents if all(holds(document) for holds in conditions)]


def _refuse_nothing(_: Json) -> None:
    return None


def _split(filter_by: str) -> list[str]:
    outside = r"&&(?=(?:[^`]*`[^`]*`)*[^`]*$)"
    return [part for part in re.split(outside, filter_by) if part.strip()]


def _condition(collection: Collection, text: str) -> Callable[[Json], bool]:
    name, _, rest = text.strip().partition(":")
    operator = next((sign for sign in ("!=", ">=", "<=", "=", ">", "<") if rest.startswith(sign)), "")
    raw = rest[len(operator) :].strip()
    listed = raw[1:-1] if raw.startswith("[") and raw.endswith("]") else raw
    wanted = [part.strip().strip("`") for part in re.findall(r"(?:`[^`]*`|[^,`])+", listed)]
    if not wanted:
        raise RequestError(400, f"Error with filter field `{name}`: Filter value cannot be empty.")
    if name == "id":
        return lambda document: document["id"] in wanted
    if name not in collection.fields:
        raise RequestError(400, f"Could not find a filter field named `{name}` in the schema.")
    type_ = collection.fields[name]["type"]
    if type_ in _NUMBERS:
        return _number_condition(name, operator, float(wanted[0]) if type_ == "float" else int(wanted[0]))
    if type_ == "bool":
        return lambda document: document.get(name) is (wanted[0] == "true")
    tokens = [collection.tokens(value) for value in wanted]

    def has(document: Json) -> bool:
        return any(_holds(operator, collection.tokens(value), tokens) for value in _values(document, name))

    return (lambda document: not has(document)) if operator == "!=" else has


def _holds(operator: str, value: list[str], wanted: list[list[str]]) -> bool:
    if operator:
        return value in wanted
    return any(all(token in value for token in tokens) for tokens in wanted)


def _number_condition(name: str, operator: str, bound: float) -> Callable[[Json], bool]:
    compare: dict[str, Callable[[float], bool]] = {
        "=": lambda value: value == bound,
        "": lambda value: value == bound,
        "!=": lambda value: value != bound,
        ">": lambda value: value > bound,
        ">=": lambda value: value >= bound,
        "<": lambda value: value < bound,
        "<=": lambda value: value <= bound,
    }
    return lambda document: name in document and compare[operator](document[name])


def _values(document: Json, name: str) -> list[str]:
    value = document.get(name, [])
    return value if isinstance(value, list) else [str(value)]


def _problems(collection: Collection, document: Json) -> Iterator[str]:
    for name, field in collection.fields.items():
        value, type_ = document.get(name), field["type"]
        if value is None:
            if not field["optional"]:
                yield f"Field `{name}` has been declared in the schema, but is not found in the document."
        elif type_ in _NUMBERS and (not isinstance(value, _NUMBERS[type_]) or isinstance(value, bool)):
            yield f"Field `{name}` must be an {type_}."
        elif type_ == "int64" and not -(2**63) <= value < 2**63:
            yield f"Field `{name}` must be an int64."
        elif "num_dim" in field and len(value) != field["num_dim"]:
            yield f"Field `{name}` must have {field['num_dim']} dimensions."
        elif (type_ == "string" and not isinstance(value, str)) or (
            type_ == "string[]" and not isinstance(value, list)
        ):
            yield f"Field `{name}` must be {type_}."


def _matches(collection: Collection, parameters: dict[str, str]) -> dict[str, list[str]]:
    """The words that matched, by the id of the document.

    As the server does it: a phrase that occurs nowhere is skipped where others occur, and after phrases that
    occur together nowhere the next one counts alone.
    """
    if parameters["q"] == "*":
        return {id_: [] for id_ in collection.documents}
    for name, value in _FUZZY.items():
        assert parameters.get(name) == value, f"the fake does not guess at words: send {name}={value}"
    texts = {
        id_: collection.tokens(document.get(parameters["query_by"], ""))
        for id_, document in collection.documents.items()
    }
    found, by_phrases, words = set(texts), set(), []
    has_phrases = False
    for quoted, word in re.findall(r'"([^"]*)"|(\S+)', parameters["q"]):
        tokens = [token[:100] for token in collection.tokens(quoted or word)]
        ids = {id_ for id_, text in texts.items() if _occur(tokens, text)}
        words.extend(tokens)
        if not quoted:
            found &= ids
            continue
        has_phrases = True
        if ids:
            by_phrases = by_phrases & ids if by_phrases else ids
    return dict.fromkeys(found & by_phrases if has_phrases else found, words)


def _occur(tokens: list[str], text: list[str]) -> bool:
    places = range(len(text) - len(tokens) + 1)
    return bool(tokens) and any(text[place : place + len(tokens)] == tokens for place in places)


def _with_distances(collection: Collection, found: list[Json], parameters: dict[str, str]) -> list[Json]:
    if "vector_query" not in parameters:
        return found
    match = re.fullmatch(r"(\w+):\(\[([^\]]*)\](.*)\)", parameters["vector_query"])
    assert match is not None
    name, wanted = match[1], [float(number) for number in match[2].split(",")]
    if "num_dim" not in collection.fields.get(name, {}):
        raise RequestError(400, f"Field `{name}` does not have a vector query index.")
    if len(wanted) != collection.fields[name]["num_dim"]:
        dimensions = collection.fields[name]["num_dim"]
        raise RequestError(400, f"Query field `{name}` must have {dimensions} dimensions.")
    having = [hit for hit in found if name in hit["document"]]
    for hit in having:
        hit["vector_distance"] = abs(1.0 - _cosine(wanted, hit["document"][name]))
    having.sort(key=lambda hit: hit["vector_distance"])
    k = re.search(r"\bk:\s*(\d+)", match[3])
    return having[: int(k[1])] if k else having


def _cosine(one: list[float], two: list[float]) -> float:
    lengths = math.hypot(*one) * math.hypot(*two)
    return sum(a * b for a, b in zip(one, two, strict=True)) / lengths if lengths else 0.0


def _sort(collection: Collection, found: list[Json], parameters: dict[str, str]) -> None:
    by_default = collection.settings["default_sorting_field"]
    keys = [key for key in parameters.get("sort_by", "").split(",") if key]
    if not keys and by_default and "vector_query" not in parameters:
        keys = [f"{by_default}:desc"]
    if len(keys) > 3:
        raise RequestError(400, "Only upto 3 sort_by fields can be specified.")
    for key in reversed(keys):
        name, _, direction = key.partition(":")
        if name == "_text_match":
            continue
        if name == "_vector_distance":
            found.sort(key=lambda hit: hit["vector_distance"], reverse=direction == "desc")
            continue
        if not collection.fields.get(name, {}).get("sort"):
            raise RequestError(404, f"Could not find a field named `{name}` in the schema for sorting.")
        is_text = collection.fields[name]["type"] == "string"
        worst = "" if is_text else -math.inf
        found.sort(
            key=lambda hit, name=name, worst=worst: hit["document"].get(name, worst),
            reverse=direction == "desc",
        )


def _facets(collection: Collection, found: list[Json], parameters: dict[str, str]) -> Iterator[Json]:
    for name in filter(None, parameters.get("facet_by", "").split(",")):
        if not collection.fields.get(name, {}).get("facet"):
            raise RequestError(404, f"Could not find a facet field named `{name}` in the schema.")
        counted: dict[str, set[str]] = {}
        for hit in found:
            group = (
                hit["document"][parameters["group_by"]] if "group_by" in parameters else hit["document"]["id"]
            )
            for value in _values(hit["document"], name):
                counted.setdefault(value, set()).add(group)
        counts = sorted(((len(groups), value) for value, groups in counted.items()), reverse=True)
        shown = counts[: int(parameters.get("max_facet_values", 10))]
        yield {
            "counts": [{"count": count, "highlighted": value, "value": value} for count, value in shown],
            "field_name": name,
            "sampled": False,
            "stats": {"total_values": len(counts)},
        }


def _hit(hit: Json, parameters: dict[str, str]) -> Json:
    answer: Json = {"document": _shown(hit["document"], parameters), "highlight": {}}
    if "vector_distance" in hit:
        answer["vector_distance"] = hit["vector_distance"]
    if hit["words"]:
        begin = parameters.get("highlight_start_tag", "<mark>")
        end = parameters.get("highlight_end_tag", "</mark>")
        name = parameters["query_by"]
        text, word = hit["document"][name], hit["words"][0]
        place = max(0, text.lower().find(word))
        around = text[max(0, place - 80) : place] + begin + text[place : place + len(word)] + end
        snippet = around + text[place + len(word) : place + 80]
        answer["highlight"] = {name: {"matched_tokens": hit["words"], "snippet": snippet}}
        answer["text_match"] = TEXT_MATCH
    return answer


def _shown(document: Json, parameters: dict[str, str]) -> Json:
    included = [name for name in parameters.get("include_fields", "").split(",") if name]
    excluded = parameters.get("exclude_fields", "").split(",")
    names = [name for name in document if (not included or name in included) and name not in excluded]
    return {name: document[name] for name in names}


def _refused(code: int, document: str, error: str) -> Json:
    return {"code": code, "document": document, "error": error, "success": False}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _any_matches(patterns: Iterable[str], name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def _json(body: object, status: int = 200) -> httpx.Response:
    return httpx.Response(
        status, content=json.dumps(body), headers={"Content-Type": "application/json; charset=utf-8"}
    )
