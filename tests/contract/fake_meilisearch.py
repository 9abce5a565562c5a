"""A stand-in for a Meilisearch 1.50 server: an HTTP server of the standard library on a free port of 127.0.0.1.

It exists so that the contract of the search engine can be tested where no Meilisearch is installed. It shares no
code with the application: whatever the application assumes about filters, order or facets is worked out here a
second time, from what a real server answered, so that one mistake cannot stand on both sides.

`CALLS` lists what it understands. A request outside that list is refused and noted in `refused`, because a fake that
smiles at an unknown request proves nothing. In the same spirit it is stricter than the real server in these places,
each of which is a refusal with a note:

- a search says `matchingStrategy: "all"`; searchable text and query words are plain ASCII letters and digits (anything
  else would go through a segmenter, which is not imitated);
- filters are `attr = value` and `attr IN [a, b]` in arrays; the values of a filter escape nothing but quotes and
  backslashes; documents have no nested objects; API keys do not expire.

It differs from the real server, knowingly, in these:

- the order under ranking rules other than `["attributeRank", "order:asc"]` is the order of insertion;
- tasks go one at a time, never several in one batch, and sizes in bytes are invented;
- numbers as facet values share `maxValuesPerFacet` with strings also when sorted by count;
- there are no default API keys; an unknown path answers with a body that says why.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import re
import socket
import sys
import threading
import time
import unicodedata
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from socketserver import TCPServer
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

VERSION = "1.50.0"
MASTER_KEY = "master-key-of-the-fake-server"
DOCS = "https://www.meilisearch.com/docs/reference/api/"

JsonObject: TypeAlias = dict[str, Any]
Shape: TypeAlias = "str | Mapping[str, Shape]"
"""What a value must be: `text`, `count`, `flag`, `texts`, `orders`, `any`, or keys with shapes; `?` allows null."""

TaskKind: TypeAlias = Literal["indexCreation", "indexDeletion", "settingsUpdate", "documentAdditionOrUpdate"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that is understood, with the page of the documentation that describes it."""

    method: str
    path: str
    action: str | None
    """The action that an API key needs; None: no key at all."""
    page: str
    query: tuple[str, ...] = ()
    body: Shape | None = None
    codes: str = ""
    """How the error codes of its parameters begin: `invalid_search_` gives `invalid_search_limit`."""


SEARCH_KEYS: Mapping[str, Shape] = {
    "q": "text?",
    "offset": "count",
    "limit": "count",
    "page": "count?",
    "hitsPerPage": "count?",
    "attributesToRetrieve": "texts?",
    "filter": "any",
    "facets": "texts?",
    "matchingStrategy": "text",
}
SETTINGS_KEYS: Mapping[str, Shape] = {
    "displayedAttributes": "texts?",
    "searchableAttributes": "texts?",
    "filterableAttributes": "texts?",
    "sortableAttributes": "texts?",
    "rankingRules": "texts?",
    "typoTolerance": {"enabled": "flag?"},
    "prefixSearch": "text?",
    "pagination": {"maxTotalHits": "count?"},
    "faceting": {"maxValuesPerFacet": "count?", "sortFacetValuesBy": "orders?"},
}
KEY_KEYS: Mapping[str, Shape] = {
    "uid": "text",
    "name": "text?",
    "description": "text?",
    "actions": "texts",
    "indexes": "texts",
    "expiresAt": "any",
}

CALLS: tuple[Call, ...] = (
    Call("GET", "/health", None, DOCS + "health/get-health"),
    Call("GET", "/version", "version", DOCS + "version/get-version"),
    Call(
        "POST",
        "/indexes",
        "indexes.create",
        DOCS + "indexes/create-index",
        body={"uid": "text", "primaryKey": "text?"},
        codes="invalid_index_",
    ),
    Call(
        "GET",
        "/indexes",
        "indexes.get",
        DOCS + "indexes/list-all-indexes",
        query=("offset", "limit"),
        codes="invalid_index_",
    ),
    Call("DELETE", "/indexes/{uid}", "indexes.delete", DOCS + "indexes/delete-index"),
    Call(
        "PATCH",
        "/indexes/{uid}/settings",
        "settings.update",
        DOCS + "settings/update-all-settings",
        body=SETTINGS_KEYS,
        codes="invalid_settings_",
    ),
    Call("GET", "/indexes/{uid}/settings", "settings.get", DOCS + "settings/list-all-settings"),
    Call(
        "POST",
        "/indexes/{uid}/documents",
        "documents.add",
        DOCS + "documents/add-or-replace-documents",
        query=("primaryKey",),
        body="documents",
    ),
    Call("GET", "/indexes/{uid}/stats", "stats.get", DOCS + "indexes/get-stats-of-index"),
    Call("GET", "/tasks/{task}", "tasks.get", DOCS + "async-task-management/get-task"),
    Call(
        "POST",
        "/indexes/{uid}/search",
        "search",
        DOCS + "search/search-with-post",
        body=SEARCH_KEYS,
        codes="invalid_search_",
    ),
    Call(
        "POST",
        "/multi-search",
        "search",
        DOCS + "multi-search/perform-a-multi-search",
        body={"queries": "any", "federation": "null"},
        codes="invalid_search_",
    ),
    Call("POST", "/keys", "keys.create", DOCS + "keys/create-api-key", body=KEY_KEYS, codes="invalid_api_key_"),
    Call(
        "GET",
        "/keys",
        "keys.get",
        DOCS + "keys/list-api-keys",
        query=("offset", "limit"),
        codes="invalid_api_key_",
    ),
)

PROJECT_RULES = ["attributeRank", "order:asc"]
"""The only ranking rules whose order is imitated: the sum of the positions of the best attributes, then `order`."""

MAX_QUERY_WORDS = 10
MAX_WORD_BYTES = 250
MAX_FACET_BYTES = 468
MAX_JOINED_WORDS = 3
MAX_BODY_BYTES = 100 * 1024 * 1024
MIN_MASTER_KEY_BYTES = 16

BUILT_IN_RULES = ("words", "typo", "proximity", "attribute", "attributeRank", "sort", "wordPosition", "exactness")
KEY_ACTIONS = {
    "*",
    "*.get",
    *(call.action for call in CALLS if call.action),
    *(call.action.partition(".")[0] + ".*" for call in CALLS if call.action and "." in call.action),
} - {"keys.*"}
"""The actions that a key may be given here; the real server knows more."""
GLOBAL_ACTIONS = ("version", "keys.create", "keys.get")
"""Actions that a real server does not give to a key that is bound to some indexes."""

INDEX_UID = re.compile(r"[A-Za-z0-9_-]{1,512}", re.ASCII)
INDEX_PATTERN = re.compile(r"[A-Za-z0-9_-]*\*?", re.ASCII)
DOCUMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,511}", re.ASCII)
CUSTOM_RULE = re.compile(r"[^\s:]+:(?:asc|desc)")
PLAIN_WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)


class ApiError(Exception):
    """An error that a real server would give too."""

    def __init__(self, status: int, code: str, message: str, kind: str = "invalid_request") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.kind = status, code, message, kind

    def body(self) -> JsonObject:
        """Meilisearch's four keys, which clients read."""
        return {
            "message": self.message,
            "code": self.code,
            "type": self.kind,
            "link": f"https://docs.meilisearch.com/errors#{self.code}",
        }

    def within(self, place: str) -> ApiError:
        """The same error, saying which of several queries it is about."""
        status = 400 if self.status == 404 else self.status
        return ApiError(status, self.code, f"Inside `{place}`: {self.message}", self.kind)


class RefusedError(ApiError):
    """An error of the fake alone: the request is not one that the table allows."""

    def __init__(self, why: str, *, status: int = 400, code: str = "bad_request") -> None:
        super().__init__(status, code, why)


def wrong_key(message: str = "The provided API key is invalid.") -> ApiError:
    """A key that is unknown, or that may not do this."""
    return ApiError(403, "invalid_api_key", message, "auth")


def no_index(uid: str) -> ApiError:
    """An index that is not there, or not yet."""
    return ApiError(404, "index_not_found", f"Index `{uid}` not found.")


# --- the shapes of bodies ---


def snake(name: str) -> str:
    """`hitsPerPage` as error codes spell it: `hits_per_page`."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


def compact(value: object) -> str:
    """JSON as error messages quote it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def described(value: object) -> str:
    """A value as error messages name it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"a boolean: `{compact(value)}`"
    if isinstance(value, int):
        return f"a {'negative' if value < 0 else 'positive'} integer: `{value}`"
    names = {float: "a number", str: "a string", list: "an array"}
    return f"{names.get(type(value), 'an object')}: `{compact(value)}`"


SIMPLE_SHAPES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "text": ("a string", lambda value: isinstance(value, str)),
    "flag": ("a boolean", lambda value: isinstance(value, bool)),
    "count": (
        "a positive integer",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    ),
}


def check_shape(value: object, shape: Shape, at: str, code: str) -> None:
    """Raises if a value has another type than the real server accepts, or a key that the table does not have.

    A setting may always be null, which means its default; so may parameters whose shape ends in `?`.
    """
    if not isinstance(shape, str):
        check_keys(value, shape, at, code)
        return
    name = shape.rstrip("?")
    if name == "any" or (value is None and shape.endswith("?")):
        return
    where = f" at `{at}`" if at else ""
    if name == "null":
        if value is not None:
            raise RefusedError(f"`{at}` is not imitated: it must be null")
    elif name == "texts":
        if not isinstance(value, list):
            raise ApiError(400, code, f"Invalid value type{where}: expected an array, but found {described(value)}")
        for number, item in enumerate(value):
            if isinstance(item, dict):
                raise RefusedError(f"`{at}[{number}]`: objects in this list are not imitated")
            check_shape(item, "text", f"{at}[{number}]", code)
    elif name == "orders":
        for attribute, order in as_object(value, at, code).items():
            check_shape(order, "text", f"{at}.{attribute}", code)
            check_choice(order, ("alpha", "count"), f"{at}.{attribute}", code)
    else:
        expected, fits = SIMPLE_SHAPES[name]
        if not fits(value):
            raise ApiError(400, code, f"Invalid value type{where}: expected {expected}, but found {described(value)}")


def check_keys(value: object, shape: Mapping[str, Shape], at: str, code: str) -> None:
    """Raises if an object has a key that the table does not have, or a value of another type than a key's."""
    inner = at.startswith(".queries")
    codes = code if code.endswith("_") else ""
    for key, item in as_object(value, at, "bad_request" if codes else code).items():
        if key not in shape:
            inside = f" inside `{at}`" if at else ""
            expected = ", ".join(f"`{name}`" for name in shape)
            raise RefusedError(
                f"Unknown field `{key}`{inside}: expected one of {expected}", code="bad_request" if codes else code
            )
        of_key = "invalid_index_uid" if inner and key == "indexUid" else codes + snake(key) if codes else code
        within = shape[key]
        if item is not None or isinstance(within, str):
            check_shape(item, within, f"{at}.{key}", of_key)


def as_object(value: object, at: str, code: str) -> JsonObject:
    """The value, if it is a JSON object."""
    if isinstance(value, dict):
        return value
    where = f" at `{at}`" if at else ""
    raise ApiError(400, code, f"Invalid value type{where}: expected an object, but found {described(value)}")


def check_choice(value: str, allowed: Sequence[str], at: str, code: str) -> None:
    """Raises if a word is none of those allowed."""
    if value not in allowed:
        expected = ", ".join(f"`{name}`" for name in allowed)
        raise ApiError(400, code, f"Unknown value `{value}` at `{at}`: expected one of {expected}")


def check_index_uid(uid: str, at: str = "") -> None:
    """Raises if an index cannot have that name."""
    if INDEX_UID.fullmatch(uid) is None:
        place = f"Invalid value at `{at}`: " if at else ""
        raise ApiError(
            400,
            "invalid_index_uid",
            f"{place}`{uid}` is not a valid index uid. Index uid can be an integer or a string containing only "
            "alphanumeric characters, hyphens (-) and underscores (_), and can not be more than 512 bytes.",
        )


def check_settings(settings: JsonObject) -> None:
    """Raises if a setting has a value that a real server rejects."""
    for number, rule in enumerate(settings.get("rankingRules") or ()):
        if rule not in BUILT_IN_RULES and CUSTOM_RULE.fullmatch(rule) is None:
            raise ApiError(
                400,
                "invalid_settings_ranking_rules",
                f"Invalid value at `.rankingRules[{number}]`: `{rule}` ranking rule is invalid. Valid ranking rules "
                "are words, typo, sort, proximity, attribute, exactness and custom ranking rules.",
            )
    if settings.get("prefixSearch") is not None:
        allowed = ("indexingTime", "disabled")
        check_choice(settings["prefixSearch"], allowed, ".prefixSearch", "invalid_settings_prefix_search")
    if (settings.get("pagination") or {}).get("maxTotalHits") == 0:
        raise ApiError(
            400,
            "invalid_settings_pagination",
            "Invalid value at `.pagination.maxTotalHits`: a non-zero integer value lower than "
            "`18446744073709551615` was expected, but found a zero",
        )


# --- words, facet values, filters ---


def flattened(value: object) -> list[Any]:
    """The values of an attribute, which may hold one or several."""
    if isinstance(value, list):
        return [inner for item in value for inner in flattened(item)]
    return [] if value is None else [value]


def as_text(value: object) -> str:
    """A value as it is indexed: `true`, `3`, or the text itself."""
    return value if isinstance(value, str) else compact(value)


def facet_form(text: str) -> str:
    """What a real server compares when it compares facet values: width, case and outer spaces do not count."""
    return unicodedata.normalize("NFKD", text.strip()).lower()


def facet_key(value: object) -> str:
    """The form under which a document's value is filed, cut as the real server cuts it."""
    return facet_form(as_text(value)).encode()[:MAX_FACET_BYTES].decode(errors="ignore")


def is_number(value: object) -> bool:
    """JSON's numbers; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def typos_allowed(word: str) -> int:
    """How many typing errors Meilisearch allows by default: from 5 letters one, from 9 letters two."""
    return 2 if len(word) >= 9 else 1 if len(word) >= 5 else 0


def close_enough(query: str, word: str, allowed: int, *, prefix: bool) -> bool:
    """Whether a word is the query word with so many typing errors; with `prefix`, it may go on after that.

    Exchanging two neighbours is one error; an error in the first letter counts twice.
    """
    if not prefix and abs(len(query) - len(word)) > allowed:
        return False
    if query[0] != word[0]:
        allowed -= 1
    rows = [list(range(len(word) + 1))]
    for i, letter in enumerate(query, start=1):
        row = [i]
        for j, other in enumerate(word, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and query[i - 2] == other:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return (min(rows[-1]) if prefix else rows[-1][-1]) <= allowed


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a filter: an attribute has one of these values."""

    attribute: str
    values: tuple[str, ...]

    def holds(self, document: JsonObject) -> bool:
        """Whether a document meets it."""
        wanted = {facet_form(value) for value in self.values}
        numbers = {float(value) for value in self.values if re.fullmatch(r"-?\d+(?:\.\d+)?", value)}
        return any(
            (is_number(value) and float(value) in numbers) or (facet_key(value) != "" and facet_key(value) in wanted)
            for value in flattened(document.get(self.attribute))
        )


VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z0-9_.-]+)"""
CONDITION = re.compile(
    rf"\s*(?P<attribute>{VALUE})\s*"
    rf"(?:=\s*(?P<one>{VALUE})|IN\s*\[\s*(?P<several>(?:{VALUE}\s*(?:,\s*{VALUE}\s*)*,?)?)\s*\])\s*",
    re.DOTALL,
)
ONE_VALUE = re.compile(VALUE, re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def unquoted(value: str) -> str:
    """The text that a filter means by a value, with or without quotes."""
    if value[0] not in "\"'":
        return value
    inner = value[1:-1]
    unknown = set(ESCAPED.findall(inner)) - {"\\", '"', "'"}
    if unknown:
        # A real server reads \b as a backspace and rejects most others: whoever writes one has not escaped a value.
        raise RefusedError(f"the value {value} escapes {sorted(unknown)}", code="invalid_search_filter")
    return ESCAPED.sub(r"\1", inner)


def parsed_condition(text: str) -> Condition:
    """One condition, written as a real server reads it."""
    match = CONDITION.fullmatch(text)
    if match is None:
        raise RefusedError(f"the filter {text!r} is not imitated", code="invalid_search_filter")
    several = match["several"]
    values = ONE_VALUE.findall(several) if several is not None else [match["one"]]
    return Condition(unquoted(match["attribute"]), tuple(unquoted(value) for value in values))


def parsed_filter(given: object) -> list[list[Condition]]:
    """A filter as groups that must all hold, each by one of its conditions."""

    def bad(expected: str, found: object) -> ApiError:
        message = f"Invalid syntax for the filter parameter: `expected {expected}, found: {compact(found)}`."
        return ApiError(400, "invalid_search_filter", message)

    if given is None or (isinstance(given, str) and not given.strip()):
        return []
    if isinstance(given, str):
        return [[parsed_condition(given)]]
    if not isinstance(given, list):
        raise bad("String, Array", given)
    groups = []
    for item in given:
        if not isinstance(item, str | list):
            raise bad("String, [String]", item)
        group = [item] if isinstance(item, str) else item
        for text in group:
            if not isinstance(text, str):
                raise bad("String", text)
        if group:
            groups.append([parsed_condition(text) for text in group])
    return groups


# --- an index ---


def default_settings() -> JsonObject:
    """The settings of a new index, all that a real server shows."""
    return {
        "displayedAttributes": ["*"],
        "searchableAttributes": ["*"],
        "filterableAttributes": [],
        "sortableAttributes": [],
        "rankingRules": ["words", "typo", "proximity", "attributeRank", "sort", "wordPosition", "exactness"],
        "stopWords": [],
        "nonSeparatorTokens": [],
        "separatorTokens": [],
        "dictionary": [],
        "synonyms": {},
        "distinctAttribute": None,
        "proximityPrecision": "byWord",
        "typoTolerance": {
            "enabled": True,
            "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
            "disableOnWords": [],
            "disableOnAttributes": [],
            "disableOnNumbers": False,
        },
        "faceting": {"maxValuesPerFacet": 100, "sortFacetValuesBy": {"*": "alpha"}},
        "pagination": {"maxTotalHits": 1000},
        "embedders": {},
        "searchCutoffMs": None,
        "localizedAttributes": None,
        "facetSearch": True,
        "prefixSearch": "indexingTime",
    }


Levels: TypeAlias = dict[str, int]
"""For each document that matches, by its id: the lowest sum of attribute positions."""


def keep_lowest(into: Levels, document: str, level: int) -> None:
    """Notes a level, unless a better one is known."""
    into[document] = min(level, into.get(document, level))


@dataclass
class FakeIndex:
    """Documents, settings, and the words worked out from both."""

    uid: str
    primary_key: str | None
    created: str
    updated: str
    settings: JsonObject = field(default_factory=default_settings)
    documents: dict[str, JsonObject] = field(default_factory=dict)
    words: dict[str, Levels] = field(default_factory=dict)
    pairs: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def describe(self) -> JsonObject:
        """The index as the list of indexes shows it."""
        return {
            "uid": self.uid,
            "createdAt": self.created,
            "updatedAt": self.updated,
            "primaryKey": self.primary_key,
        }

    def stats(self, *, indexing: bool) -> JsonObject:
        """Counts as the stats show them; the sizes are invented."""
        counts = Counter(name for document in self.documents.values() for name in document)
        average = 100 if self.documents else 0
        return {
            "numberOfDocuments": len(self.documents),
            "rawDocumentDbSize": average * len(self.documents),
            "avgDocumentSize": average,
            "isIndexing": indexing,
            "numberOfEmbeddings": 0,
            "numberOfEmbeddedDocuments": 0,
            "fieldDistribution": dict(sorted(counts.items())),
        }

    def update(self, changes: JsonObject) -> None:
        """Takes settings over, all or none; null means the default, and what is not named stays."""
        defaults, before = default_settings(), copy.deepcopy(self.settings)
        for key, value in changes.items():
            if value is None:
                self.settings[key] = defaults[key]
            elif isinstance(value, dict):
                for inner, given in value.items():
                    default = defaults[key][inner]
                    if given is None:
                        self.settings[key][inner] = default
                    elif isinstance(given, dict):
                        self.settings[key][inner] = {**self.settings[key][inner], **given}
                    else:
                        self.settings[key][inner] = given
            else:
                self.settings[key] = value
        try:
            self.reindex()
        except RefusedError:
            self.settings = before
            self.reindex()
            raise

    def add(self, documents: Sequence[JsonObject], primary_key: str | None) -> int:
        """Adds or replaces documents, all or none; a replaced one keeps its place."""
        if primary_key is not None and self.primary_key not in (None, primary_key):
            message = f"Index already has a primary key: `{self.primary_key}`."
            raise ApiError(400, "index_primary_key_already_exists", message)
        if not documents:
            return 0
        key = self.primary_key or primary_key or inferred_key(documents[0])
        added = {document_id(document, key): document for document in documents}
        before = self.documents, self.primary_key
        self.documents, self.primary_key = {**self.documents, **added}, key
        try:
            self.reindex()
        except RefusedError:
            self.documents, self.primary_key = before
            self.reindex()
            raise
        return len(added)

    def attributes(self) -> list[str]:
        """The searchable attributes, best first; `*` means all, in the order in which they were first seen."""
        wanted: list[str] = self.settings["searchableAttributes"]
        if "*" not in wanted:
            return wanted
        return list(dict.fromkeys(name for document in self.documents.values() for name in document))

    def reindex(self) -> None:
        """Works out where words stand, by the position of the best attribute, and which are neighbours."""
        attributes = self.attributes()
        strict = "*" not in self.settings["searchableAttributes"]
        self.words, self.pairs = {}, {}
        for key, document in self.documents.items():
            for position, attribute in enumerate(attributes):
                for value in flattened(document.get(attribute)):
                    words = as_text(value).lower().split()
                    if strict and not all(PLAIN_WORD.fullmatch(word) for word in words):
                        raise RefusedError(f"document {key}: {attribute} is not plain ASCII words: {value!r}")
                    words = [word for word in words if len(word.encode()) <= MAX_WORD_BYTES]
                    for word in words:
                        keep_lowest(self.words.setdefault(word, {}), key, position)
                    for pair in pairwise(words):
                        self.pairs.setdefault(pair, set()).add(key)

    # --- search ---

    def search(self, body: JsonObject) -> JsonObject:
        """The answer to one query, all that a real server says except the time and the id of the request."""
        query = body.get("q") or ""
        found = self.found(query, self.checked_filter(body.get("filter")))
        facets = self.facets(body.get("facets") or [], found)
        answer: JsonObject = {"hits": [], "query": query}
        page, per_page = body.get("page"), body.get("hitsPerPage")
        limit, offset = body.get("limit", 20), body.get("offset", 0)
        if page is None and per_page is None:
            answer |= {"limit": limit, "offset": offset, "estimatedTotalHits": len(found)}
        else:
            page, limit = 1 if page is None else page, 20 if per_page is None else per_page
            offset = (page - 1) * limit
            pages = -(-len(found) // limit) if limit else 0
            answer |= {"hitsPerPage": limit, "page": page, "totalPages": pages, "totalHits": len(found)}
        # The totals count every match; it is the hits themselves that end at maxTotalHits.
        reachable = found[: self.settings["pagination"]["maxTotalHits"]]
        if offset >= 0:
            wanted = body.get("attributesToRetrieve")
            answer["hits"] = [self.shown(key, wanted) for key in reachable[offset : offset + limit]]
        return answer | facets

    def shown(self, key: str, wanted: Sequence[str] | None) -> JsonObject:
        """A document as a hit: what is both displayed and asked for."""
        displayed = self.settings["displayedAttributes"]
        return {
            name: value
            for name, value in self.documents[key].items()
            if ("*" in displayed or name in displayed) and (wanted is None or "*" in wanted or name in wanted)
        }

    def checked_filter(self, given: object) -> list[list[Condition]]:
        """A filter whose attributes may all be filtered by."""
        groups = parsed_filter(given)
        filterable = sorted(self.settings["filterableAttributes"])
        for condition in (condition for group in groups for condition in group):
            if condition.attribute not in filterable:
                available = (
                    f"Available filterable attribute patterns are: {', '.join(f'`{name}`' for name in filterable)}."
                    if filterable
                    else "This index does not have configured filterable attributes."
                )
                message = f"Index `{self.uid}`: Attribute `{condition.attribute}` is not filterable. {available}"
                raise ApiError(400, "invalid_search_filter", message)
        return groups

    def found(self, query: str, groups: list[list[Condition]]) -> list[str]:
        """The ids of all documents that match, in order."""
        levels = self.levels(query.lower().split()[:MAX_QUERY_WORDS], open_end=not query.endswith(" "))
        found = [
            key
            for key, document in self.documents.items()
            if key in levels and all(any(condition.holds(document) for condition in group) for group in groups)
        ]
        if self.settings["rankingRules"] == PROJECT_RULES:
            found.sort(key=lambda key: (levels[key], order_key(self.documents[key].get("order"))))
        return found

    def levels(self, words: Sequence[str], *, open_end: bool) -> Levels:
        """The documents that have every word, with the sum of the positions of the best attributes.

        Like the real server it also takes two or three neighbouring query words as one word, at the price of as many
        words, and a word as the two neighbours in the text that it most often is: an encoding of terms that can be
        joined or split into another term finds too much here too.
        """
        if not all(PLAIN_WORD.fullmatch(word) for word in words):
            raise RefusedError(
                f"the query has words that are not plain ASCII: {' '.join(words)!r}", code="invalid_search_q"
            )
        best: list[Levels] = [dict.fromkeys(self.documents, 0)]
        for end in range(1, len(words) + 1):
            reached: Levels = {}
            for size in range(1, min(MAX_JOINED_WORDS, end) + 1):
                segment = words[end - size : end]
                before = best[end - size]
                for key, position in self.matching(segment, open_end=open_end and end == len(words)).items():
                    if key in before:
                        keep_lowest(reached, key, before[key] + size * position)
            best.append(reached)
        return best[-1]

    def matching(self, segment: Sequence[str], *, open_end: bool) -> Levels:
        """The documents that have one query word, or several joined into one, and where best."""
        joined = "".join(segment)
        if len(joined.encode()) > MAX_WORD_BYTES:
            return {}
        prefix = open_end and self.settings["prefixSearch"] != "disabled"
        typos = typos_allowed(joined) - len(segment) + 1 if self.settings["typoTolerance"]["enabled"] else 0
        wanted = {joined} & self.words.keys()
        if prefix:
            wanted |= {word for word in self.words if word.startswith(joined)}
        if typos > 0:
            wanted |= {word for word in self.words if close_enough(joined, word, typos, prefix=prefix)}
        found: Levels = {}
        for word in wanted:
            for key, position in self.words[word].items():
                keep_lowest(found, key, position)
        splits = [(joined[:cut], joined[cut:]) for cut in range(1, len(joined))]
        most_often = max(splits, key=lambda pair: len(self.pairs.get(pair, ())), default=("", ""))
        if most_often != tuple(segment):
            # The position of a pair is its first word's, even if that word stands better elsewhere in the document.
            for key in self.pairs.get(most_often, ()):
                keep_lowest(found, key, self.words[most_often[0]][key])
        return found

    def facets(self, names: Sequence[str], found: Sequence[str]) -> JsonObject:
        """The counts of the values of some attributes, among the documents found."""
        filterable = sorted(self.settings["filterableAttributes"])
        for name in names:
            if name not in filterable:
                available = (
                    f"Available filterable attributes patterns are: `{', '.join(filterable)}`."
                    if filterable
                    else "This index does not have configured filterable attributes."
                )
                message = f"Invalid facet distribution: Pattern `{name}` is not filterable. {available}"
                raise ApiError(400, "invalid_search_facets", message)
        if not names:
            return {}
        # In the order of insertion: the first document's spelling names a facet value.
        wanted = set(found)
        ordered = [key for key in self.documents if key in wanted]
        distribution, stats = {}, {}
        for name in sorted(set(names)):
            distribution[name], numbers = self.counts(name, ordered)
            if numbers:
                stats[name] = {"min": float(min(numbers)), "max": float(max(numbers))}
        return {"facetDistribution": distribution, "facetStats": stats}

    def counts(self, name: str, keys: Sequence[str]) -> tuple[dict[str, int], list[float]]:
        """The counts of one attribute's values, as many as `maxValuesPerFacet` allows, and the numbers among them."""
        spelled: dict[tuple[int, float, str], str] = {}
        tally: Counter[tuple[int, float, str]] = Counter()
        for key in keys:
            of_document: dict[tuple[int, float, str], str] = {}
            for value in flattened(self.documents[key].get(name)):
                form = (0, float(value), "") if is_number(value) else (1, 0.0, facet_key(value))
                if form != (1, 0.0, ""):
                    of_document.setdefault(form, number_text(value) if is_number(value) else as_text(value))
            for form, text in of_document.items():
                spelled.setdefault(form, text)
                tally[form] += 1
        faceting = self.settings["faceting"]
        orders = faceting["sortFacetValuesBy"]
        forms = sorted(tally)
        if orders.get(name, orders["*"]) == "count":
            forms = sorted(sorted(forms, reverse=True), key=lambda form: (form[0], -tally[form]))
        limited = forms[: faceting["maxValuesPerFacet"]]
        return {spelled[form]: tally[form] for form in limited}, [form[1] for form in tally if form[0] == 0]


def number_text(value: float) -> str:
    """A number as a facet value: 3.0 is `3`."""
    return str(int(value)) if float(value).is_integer() else str(value)


def order_key(value: object) -> tuple[int, float, str]:
    """Where `order:asc` puts a document: by numbers, then by text, then those that have neither."""
    values = flattened(value)
    numbers = [float(item) for item in values if is_number(item)]
    if numbers:
        return (0, min(numbers), "")
    return (1, 0.0, min(facet_form(as_text(item)) for item in values)) if values else (2, 0.0, "")


def inferred_key(document: JsonObject) -> str:
    """The primary key that a server takes when nobody names one."""
    candidates = [name for name in document if name.lower().endswith("id")]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise ApiError(
            400,
            "index_primary_key_no_candidate_found",
            "The primary key inference failed as the engine did not find any field ending with `id` in its name. "
            "Please specify the primary key manually using the `primaryKey` query parameter.",
        )
    raise ApiError(
        400,
        "index_primary_key_multiple_candidates_found",
        f"The primary key inference failed as the engine found {len(candidates)} fields ending with `id` in their "
        f"names: '{candidates[0]}' and '{candidates[1]}'. Please specify the primary key manually using the "
        "`primaryKey` query parameter.",
    )


def document_id(document: JsonObject, primary_key: str) -> str:
    """A document's id as text: 7 and "7" are the same document."""
    if primary_key not in document:
        message = f"Document doesn't have a `{primary_key}` attribute: `{compact(document)}`."
        raise ApiError(400, "missing_document_id", message)
    value = document[primary_key]
    valid = isinstance(value, str | int) and not isinstance(value, bool)
    if not valid or DOCUMENT_ID.fullmatch(str(value)) is None:
        raise ApiError(
            400,
            "invalid_document_id",
            f"Document identifier `{compact(value)}` is invalid. A document identifier can be of type integer or "
            "string, only composed of alphanumeric characters (a-z A-Z 0-9), hyphens (-) and underscores (_), and can "
            "not be more than 511 bytes.",
        )
    return str(value)


# --- tasks and keys ---


def timestamp() -> str:
    """Now, with the nine digits of a second that the real server writes."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


@dataclass
class FakeTask:
    """Work that was accepted and takes effect later."""

    uid: int
    index_uid: str
    kind: TaskKind
    details: JsonObject
    work: Callable[[], JsonObject]
    """Does it, and gives the details that it ends with."""
    failed_details: JsonObject
    failing: bool = False
    status: str = "enqueued"
    error: JsonObject | None = None
    duration: str | None = None
    enqueued: str = field(default_factory=timestamp)
    started: str | None = None
    finished: str | None = None
    polls: int = 0
    since: float = field(default_factory=time.monotonic)

    def summary(self) -> JsonObject:
        """What the request that created it is answered with."""
        return {
            "taskUid": self.uid,
            "indexUid": self.index_uid,
            "status": "enqueued",
            "type": self.kind,
            "enqueuedAt": self.enqueued,
        }

    def describe(self) -> JsonObject:
        """What `GET /tasks/{uid}` shows."""
        return {
            "uid": self.uid,
            "batchUid": None if self.status == "enqueued" else self.uid,
            "indexUid": self.index_uid,
            "status": self.status,
            "type": self.kind,
            "canceledBy": None,
            "details": self.details,
            "error": self.error,
            "duration": self.duration,
            "enqueuedAt": self.enqueued,
            "startedAt": self.started,
            "finishedAt": self.finished,
        }

    def start(self) -> None:
        """Shows it as being worked on; nothing of it can be seen in the index yet."""
        if self.started is None:
            self.status, self.started = "processing", timestamp()

    def run(self) -> ApiError | None:
        """Ends it: done, or failed without any effect. Returns the error of a failure."""
        self.start()
        error: ApiError | None = None
        try:
            if self.failing:
                raise ApiError(500, "internal", "An internal error has occurred. `made to fail by a test`.", "internal")
            self.details = self.work()
        except ApiError as caught:
            error = caught
            self.error, self.details = caught.body(), self.failed_details
        self.status = "failed" if error else "succeeded"
        self.duration, self.finished = "PT0.001000000S", timestamp()
        return error


@dataclass(frozen=True)
class FakeKey:
    """An API key: which actions on which indexes."""

    key: str
    uid: str
    actions: tuple[str, ...]
    indexes: tuple[str, ...]
    name: str | None = None
    description: str | None = None
    created: str = field(default_factory=timestamp)

    def may(self, action: str) -> bool:
        """Whether it allows an action; `*.get` reads everything but the keys."""
        group, _, verb = action.rpartition(".")
        every_get = verb == "get" and group != "keys" and "*.get" in self.actions
        readable = every_get or (action == "version" and "*.get" in self.actions)
        return readable or any(allowed in self.actions for allowed in ("*", action, f"{group}.*"))

    def reaches(self, index_uid: str) -> bool:
        """Whether it is for that index."""
        return any(
            index_uid.startswith(pattern[:-1]) if pattern.endswith("*") else index_uid == pattern
            for pattern in self.indexes
        )

    def describe(self) -> JsonObject:
        """The key as the list of keys shows it."""
        return {
            "name": self.name,
            "description": self.description,
            "key": self.key,
            "uid": self.uid,
            "actions": list(self.actions),
            "indexes": list(self.indexes),
            "expiresAt": None,
            "createdAt": self.created,
            "updatedAt": self.created,
        }


# --- the server ---


class Request(NamedTuple):
    """One request, as it is answered and as `requests` keeps it."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    key: FakeKey | None
    parameters: dict[str, str]
    call: Call


class Answer(NamedTuple):
    """A status and a body."""

    status: int
    body: JsonObject


class FakeMeilisearch:
    """The server: start it with `running_fake`.

    A task is shown as enqueued for `enqueued_polls` requests to `/tasks/…` and as processing for `processing_polls`
    more; the next one finds it done. Such a request moves the oldest open task, whichever it asks for, because a
    server works in order. With `task_seconds` time moves tasks instead, whether anybody asks or not.
    """

    def __init__(
        self,
        master_key: str = MASTER_KEY,
        search_key: str | None = None,
        *,
        search_indexes: Sequence[str] = ("*",),
        enqueued_polls: int = 1,
        processing_polls: int = 1,
        task_seconds: float | None = None,
    ) -> None:
        if len(master_key.encode()) < MIN_MASTER_KEY_BYTES:
            raise ValueError("in production a Meilisearch server wants a master key of at least 16 bytes")
        self.master_key = master_key
        self.search_key = search_key
        self.enqueued_polls, self.processing_polls, self.task_seconds = enqueued_polls, processing_polls, task_seconds
        self.refused: list[str] = []
        self.requests: list[Request] = []
        self.tasks: list[FakeTask] = []
        self._indexes: dict[str, FakeIndex] = {}
        self._master = FakeKey(master_key, "master", ("*",), ("*",))
        self._keys: list[FakeKey] = []
        if search_key is not None:
            self._keys.append(FakeKey(search_key, str(uuid.uuid4()), ("search",), tuple(search_indexes), "search"))
        self._failing: Counter[str] = Counter()
        self._hang = 0.0
        self._released = threading.Event()
        self._lock = threading.RLock()
        self._http: _Listener | None = None
        self._thread: threading.Thread | None = None
        self._port = 0
        self._answers: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/health"): lambda _: Answer(200, {"status": "available"}),
            ("GET", "/version"): self._version,
            ("POST", "/indexes"): self._create_index,
            ("GET", "/indexes"): self._list_indexes,
            ("DELETE", "/indexes/{uid}"): self._delete_index,
            ("PATCH", "/indexes/{uid}/settings"): self._update_settings,
            ("GET", "/indexes/{uid}/settings"): self._show_settings,
            ("POST", "/indexes/{uid}/documents"): self._add_documents,
            ("GET", "/indexes/{uid}/stats"): self._stats,
            ("GET", "/tasks/{task}"): self._task,
            ("POST", "/indexes/{uid}/search"): self._search,
            ("POST", "/multi-search"): self._multi_search,
            ("POST", "/keys"): self._create_key,
            ("GET", "/keys"): self._list_keys,
        }

    # --- for tests ---

    @property
    def url(self) -> str:
        """Where it listens; the same before and after a pause."""
        return f"http://127.0.0.1:{self._port}"

    def fail_next(self, kind: TaskKind) -> None:
        """Makes the next task of a kind that is created end as failed, without effect. Calls add up."""
        with self._lock:
            self._failing[kind] += 1

    def hang(self, seconds: float) -> None:
        """Lets that much time pass before every answer, so that a client's timeout can be tested; 0 ends it."""
        self._hang = seconds
        if seconds:
            self._released.clear()
        else:
            self._released.set()

    def pause(self) -> None:
        """Closes the port: connections are refused until `resume`. Nothing is forgotten."""
        self._released.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.hang_up()
            self._http.server_close()
        if self._thread is not None:
            self._thread.join()
        self._http, self._thread = None, None

    def resume(self) -> None:
        """Opens the port, for the first time or after a pause."""
        if self._http is not None:
            return
        self.hang(self._hang)
        self._http = _Listener(("127.0.0.1", self._port), partial(_Handler, self))
        self._port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="fake Meilisearch")
        self._thread.start()

    def stop(self) -> None:
        """Closes the port for good."""
        self.pause()

    def index_uids(self) -> list[str]:
        """The names of the indexes there are."""
        with self._lock:
            return sorted(self._indexes)

    # --- one request ---

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers a request; whatever the table does not allow is noted in `refused`."""
        if self._hang:
            self._released.wait(self._hang)
        with self._lock:
            self._let_time_pass()
            try:
                request = self._understood(method, target, headers, body)
                self.requests.append(request)
                return self._answers[request.call.method, request.call.path](request)
            except RefusedError as refusal:
                self.refused.append(f"{method} {target}: {refusal.message}")
                return Answer(refusal.status, refusal.body())
            except ApiError as error:
                return Answer(error.status, error.body())

    def _call(self, method: str, path: str) -> Call:
        for call in CALLS:
            if call.method == method and _fitting(call.path, path) is not None:
                return call
        raise RefusedError(f"{method} {path} is not in the table of calls", status=404, code="not_found")

    def _understood(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Checks in the order of the real server: path, key, names, then what was sent."""
        parts = urlsplit(target)
        call = self._call(method, parts.path)
        parameters = _fitting(call.path, parts.path) or {}
        key = self._authorized(call, headers.get("authorization", ""))
        uid = parameters.get("uid")
        if uid is not None:
            self._check_reach(key, uid)
            check_index_uid(uid)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        for name in query:
            if name not in call.query:
                expected = ", ".join(f"`{known}`" for known in call.query)
                raise RefusedError(f"Unknown parameter `{name}`: expected one of {expected}")
        content = self._content(call, headers, body)
        return Request(method, parts.path, query, content, key, parameters, call)

    def _authorized(self, call: Call, header: str) -> FakeKey | None:
        if call.action is None:
            return None
        scheme, _, given = header.partition(" ")
        if scheme != "Bearer":
            message = "The Authorization header is missing. It must use the bearer authorization method."
            raise ApiError(401, "missing_authorization_header", message, "auth")
        for key in (self._master, *self._keys):
            if hmac.compare_digest(key.key.encode(), given.encode()) and key.may(call.action):
                return key
        raise wrong_key()

    @staticmethod
    def _check_reach(key: FakeKey | None, uid: str) -> None:
        if key is not None and not key.reaches(uid):
            allowed = json.dumps(list(key.indexes))
            raise wrong_key(f"The API key cannot acces the index `{uid}`, authorized indexes are {allowed}.")

    @staticmethod
    def _content(call: Call, headers: Mapping[str, str], body: bytes) -> Any:
        if call.body is None:
            if body not in (b"", b"null"):  # the official client sends `null` with a DELETE
                raise RefusedError("this call has no body")
            return None
        media = headers.get("content-type", "").split(";")[0].strip()
        accepted = "Accepted values for the Content-Type header are: `application/json`"
        if not media:
            raise ApiError(415, "missing_content_type", f"A Content-Type header is missing. {accepted}")
        if media != "application/json":
            message = f"The Content-Type `{media}` is invalid. {accepted}"
            raise RefusedError(message, status=415, code="invalid_content_type")
        if not body:
            raise ApiError(400, "missing_payload", "A json payload is missing.")
        try:
            content = json.loads(body)
        except ValueError as error:
            message = f"The json payload provided is malformed. `{error}`."
            raise ApiError(400, "malformed_payload", message) from error
        if call.body != "documents":
            check_shape(content, call.body, "", call.codes)
        elif not isinstance(content, list | dict):
            # The official client comes here with an empty list of documents, which it sends as `null`.
            message = (
                "The `json` payload provided is malformed. `Couldn't serialize document value: data are neither an "
                "object nor a list of objects`."
            )
            raise ApiError(400, "malformed_payload", message)
        elif isinstance(content, dict) or not all(isinstance(item, dict) for item in content):
            raise RefusedError("documents are sent as an array of objects", code="malformed_payload")
        return content

    # --- tasks ---

    def _enqueue(
        self, uid: str, kind: TaskKind, details: JsonObject, work: Callable[[], JsonObject], failed: JsonObject
    ) -> Answer:
        failing = self._failing[kind] > 0
        self._failing[kind] -= failing
        task = FakeTask(len(self.tasks), uid, kind, details, work, failed, failing)
        self.tasks.append(task)
        return Answer(202, task.summary())

    def _open_task(self) -> FakeTask | None:
        return next((task for task in self.tasks if task.finished is None), None)

    def _run(self, task: FakeTask) -> None:
        error = task.run()
        if isinstance(error, RefusedError):
            self.refused.append(f"task {task.uid} ({task.kind}): {error.message}")

    def _let_time_pass(self) -> None:
        """Moves tasks by the clock: half of `task_seconds` enqueued, half processing."""
        if self.task_seconds is None:
            return
        while (task := self._open_task()) is not None:
            passed = time.monotonic() - task.since
            if passed < self.task_seconds:
                if passed >= self.task_seconds / 2:
                    task.start()
                return
            self._run(task)
            following = self._open_task()
            if following is not None:
                following.since = max(following.since, task.since + self.task_seconds)

    def _task(self, request: Request) -> Answer:
        text = request.parameters["task"]
        if not re.fullmatch(r"[0-9]+", text):
            message = f"Task uid `{text}` is invalid. It should only contain numeric characters."
            raise ApiError(400, "invalid_task_uids", message)
        missing = ApiError(404, "task_not_found", f"Task `{text}` not found.")
        if int(text) >= len(self.tasks):
            raise missing
        task = self.tasks[int(text)]
        if request.key is None or not request.key.reaches(task.index_uid):
            raise missing
        head = self._open_task()
        if head is not None and self.task_seconds is None:
            if head.polls >= self.enqueued_polls + self.processing_polls:
                self._run(head)
            elif head.polls >= self.enqueued_polls:
                head.start()
            head.polls += 1
        return Answer(200, task.describe())

    # --- the calls ---

    @staticmethod
    def _version(_: Request) -> Answer:
        return Answer(200, {"commitSha": "unknown", "commitDate": "unknown", "pkgVersion": VERSION})

    def _index(self, uid: str) -> FakeIndex:
        if uid not in self._indexes:
            raise no_index(uid)
        return self._indexes[uid]

    def _index_or_new(self, uid: str, primary_key: str | None = None) -> FakeIndex:
        now = timestamp()
        index = self._indexes.setdefault(uid, FakeIndex(uid, primary_key, now, now))
        index.updated = now
        return index

    def _create_index(self, request: Request) -> Answer:
        body = request.body
        if "uid" not in body:
            raise ApiError(400, "missing_index_uid", "Missing field `uid`")
        uid, primary_key = body["uid"], body.get("primaryKey")
        check_index_uid(uid, ".uid")
        if request.key is None or not request.key.reaches(uid):
            raise wrong_key()
        details = {"primaryKey": primary_key}

        def work() -> JsonObject:
            if uid in self._indexes:
                raise ApiError(400, "index_already_exists", f"Index `{uid}` already exists.")
            self._index_or_new(uid, primary_key)
            return details

        return self._enqueue(uid, "indexCreation", details, work, details)

    def _list_indexes(self, request: Request) -> Answer:
        uids = [uid for uid in self.index_uids() if request.key is not None and request.key.reaches(uid)]
        return _paged(request, [self._indexes[uid].describe() for uid in uids])

    def _delete_index(self, request: Request) -> Answer:
        uid = request.parameters["uid"]

        def work() -> JsonObject:
            deleted = len(self._index(uid).documents)
            del self._indexes[uid]
            return {"deletedDocuments": deleted}

        return self._enqueue(uid, "indexDeletion", {"deletedDocuments": None}, work, {"deletedDocuments": 0})

    def _update_settings(self, request: Request) -> Answer:
        uid, changes = request.parameters["uid"], request.body
        check_settings(changes)
        all_of_them = ("displayedAttributes", "searchableAttributes")
        details = {key: ["*"] if value is None and key in all_of_them else value for key, value in changes.items()}

        def work() -> JsonObject:
            self._index_or_new(uid).update(changes)
            return details

        return self._enqueue(uid, "settingsUpdate", details, work, details)

    def _show_settings(self, request: Request) -> Answer:
        return Answer(200, copy.deepcopy(self._index(request.parameters["uid"]).settings))

    def _add_documents(self, request: Request) -> Answer:
        uid, documents = request.parameters["uid"], request.body
        for document in documents:
            if any(isinstance(value, dict) for given in document.values() for value in flattened(given)):
                raise RefusedError("a document has a nested object")
        received = {"receivedDocuments": len(documents)}

        def work() -> JsonObject:
            added = self._index_or_new(uid).add(documents, request.query.get("primaryKey"))
            return received | {"indexedDocuments": added}

        return self._enqueue(
            uid,
            "documentAdditionOrUpdate",
            received | {"indexedDocuments": None},
            work,
            received | {"indexedDocuments": 0},
        )

    def _stats(self, request: Request) -> Answer:
        index = self._index(request.parameters["uid"])
        working = any(task.index_uid == index.uid and task.status == "processing" for task in self.tasks)
        return Answer(200, index.stats(indexing=working))

    def _searched(self, uid: str, body: JsonObject) -> JsonObject:
        strategy = body.get("matchingStrategy", "last")
        code = "invalid_search_matching_strategy"
        check_choice(strategy, ("last", "all", "frequency"), ".matchingStrategy", code)
        if strategy != "all":
            raise RefusedError(f"the matching strategy {strategy!r} is not imitated: say `all`", code=code)
        began = time.monotonic()
        found = self._index(uid).search(body)
        return found | {"processingTimeMs": int(1000 * (time.monotonic() - began)), "requestUid": str(uuid.uuid4())}

    def _search(self, request: Request) -> Answer:
        return Answer(200, self._searched(request.parameters["uid"], request.body))

    def _multi_search(self, request: Request) -> Answer:
        if "queries" not in request.body:
            raise ApiError(400, "bad_request", "Missing field `queries`")
        queries = request.body["queries"]
        if not isinstance(queries, list):
            message = f"Invalid value type at `.queries`: expected an array, but found {described(queries)}"
            raise ApiError(400, "bad_request", message)
        for number, query in enumerate(queries):
            place = f".queries[{number}]"
            check_shape(query, {"indexUid": "text", **SEARCH_KEYS}, place, request.call.codes)
            if "indexUid" not in query:
                raise ApiError(400, "missing_index_uid", f"Missing field `indexUid` inside `{place}`")
            check_index_uid(query["indexUid"], f"{place}.indexUid")
        results = []
        for number, query in enumerate(queries):
            uid = query["indexUid"]
            try:
                if request.key is None or not request.key.reaches(uid):
                    raise wrong_key()
                results.append({"indexUid": uid} | self._searched(uid, query))
            except RefusedError:
                raise
            except ApiError as error:
                raise error.within(f".queries[{number}]") from error
        return Answer(200, {"results": results})

    def _create_key(self, request: Request) -> Answer:
        body = request.body
        for name in ("actions", "indexes", "expiresAt"):
            if name not in body:
                raise ApiError(400, f"missing_api_key_{snake(name)}", f"Missing field `{name}`")
        if body["expiresAt"] is not None:
            raise RefusedError("keys that expire are not imitated")
        for number, action in enumerate(body["actions"]):
            if action not in KEY_ACTIONS:
                why = f"Unknown value `{action}` at `.actions[{number}]`, or an action that is not imitated"
                raise RefusedError(why, code="invalid_api_key_actions")
        for number, pattern in enumerate(body["indexes"]):
            if not pattern or INDEX_PATTERN.fullmatch(pattern) is None:
                raise ApiError(
                    400,
                    "invalid_api_key_indexes",
                    f"Invalid value at `.indexes[{number}]`: `{pattern}` is not a valid index uid pattern. Index uid "
                    "patterns can be an integer or a string containing only alphanumeric characters, hyphens (-), "
                    "underscores (_), and optionally end with a star (*).",
                )
        forbidden = next((action for action in body["actions"] if action in GLOBAL_ACTIONS), None)
        if forbidden is not None and "*" not in body["indexes"]:
            raise ApiError(
                400,
                "index_scoped_api_key_with_global_action",
                f'cannot create index-scoped API key with global action `"{forbidden}"`\n  - Hint: remove action '
                f'`"{forbidden}"` from the action list, or remove `indexes` to make the key global',
            )
        uid = self._key_uid(body.get("uid"))
        secret = hmac.new(self.master_key.encode(), uid.encode(), hashlib.sha256).hexdigest()
        key = FakeKey(
            secret, uid, tuple(body["actions"]), tuple(body["indexes"]), body.get("name"), body.get("description")
        )
        self._keys.append(key)
        return Answer(201, key.describe())

    def _key_uid(self, given: str | None) -> str:
        if given is None:
            return str(uuid.uuid4())
        try:
            uid = str(uuid.UUID(given))
        except ValueError as error:
            message = f"Invalid value at `.uid`: {error}"
            raise ApiError(400, "invalid_api_key_uid", message) from error
        if any(key.uid == uid for key in self._keys):
            message = f"`uid` field value `{uid}` is already an existing API key."
            raise ApiError(409, "api_key_already_exists", message)
        return uid

    def _list_keys(self, request: Request) -> Answer:
        return _paged(request, [key.describe() for key in reversed(self._keys)])


def _fitting(pattern: str, path: str) -> dict[str, str] | None:
    """The parameters in a path, or None if the pattern is another one's."""
    expected, given = pattern.split("/"), path.split("/")
    if len(expected) != len(given):
        return None
    parameters = {}
    for name, part in zip(expected, given, strict=True):
        if name.startswith("{") and part:
            parameters[name[1:-1]] = unquote(part)
        elif name != part:
            return None
    return parameters


def _paged(request: Request, results: list[JsonObject]) -> Answer:
    """A list cut by `offset` and `limit`."""
    numbers = {"offset": 0, "limit": 20}
    for name, text in request.query.items():
        if not re.fullmatch(r"[0-9]+", text):
            message = f"Invalid value in parameter `{name}`: could not parse `{text}` as a positive integer"
            raise ApiError(400, request.call.codes + name, message)
        numbers[name] = int(text)
    offset, limit = numbers["offset"], numbers["limit"]
    return Answer(
        200,
        {"results": results[offset : offset + limit], "offset": offset, "limit": limit, "total": len(results)},
    )


class _Listener(ThreadingHTTPServer):
    """A server that can hang up on those who are connected, and waits for its threads when it closes."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Leaves out what HTTPServer adds, a look-up of the host's name."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Ends every open connection, so that the threads that read from them end too."""
        with self._guard:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stays silent about a client that stopped waiting: that is what some tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, and sends head and body in one piece, which spares a delayed acknowledgement."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, fake: FakeMeilisearch, *args: Any) -> None:
        self.fake = fake
        super().__init__(*args)

    def _serve(self) -> None:
        size = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not size.isdigit() or int(size) > MAX_BODY_BYTES:
            # The real server breaks the connection in the middle of a body of more than 100 MiB.
            self.fake.refused.append(f"{self.command} {self.path}: a body of {size} bytes, or of unknown length")
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.fake.answer(self.command, self.path, headers, self.rfile.read(int(size)))
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def log_message(self, *args: object) -> None:
        """Writes nothing."""


@contextmanager
def running_fake(
    master_key: str = MASTER_KEY,
    search_key: str | None = None,
    *,
    search_indexes: Sequence[str] = ("*",),
    enqueued_polls: int = 1,
    processing_polls: int = 1,
    task_seconds: float | None = None,
) -> Iterator[FakeMeilisearch]:
    """A server that runs while the block does. `search_key` is a key that may only search, in `search_indexes`."""
    server = FakeMeilisearch(
        master_key,
        search_key,
        search_indexes=search_indexes,
        enqueued_polls=enqueued_polls,
        processing_polls=processing_polls,
        task_seconds=task_seconds,
    )
    server.resume()
    try:
        yield server
    finally:
        server.stop()
