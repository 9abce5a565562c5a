"""The Meilisearch engine: one index for each generation, through the official client. The only module that imports it.

Terms go to the server as ASCII words (:func:`ascii_word`): no segmenter, normaliser, number rule or word splitter of the
server touches those, so that it matches exactly what the embedded engine matches. The order is computed by the server:
``attributeRank`` sums the positions of each term's best attribute, then ``order`` decides.

Building needs a key that may create and delete indexes; the site holds one that may only search. Nothing here logs, and the
client logs nothing: the words of a search leave this process only for the server named in the settings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import meilisearch
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchError,
    MeilisearchTimeoutError,
)
from meilisearch.models.task import TaskInfo

from tsunagari_indexer.engine import FACETS, FIELDS, EngineQuery, EngineRecord, EngineResult
from tsunagari_indexer.errors import EngineError, EngineUnavailableError

#: Generations' indexes begin with this; nothing else on the server is ever touched.
INDEX_PREFIX = "programs_g"
#: What each key may do with those indexes. The server never changes a key's rights: other actions need another uid (a UUID 4).
_SEARCH_KEY = ("f3c1b7a4-5d0e-4a86-9c55-2b6f0e1d7a90", "tsunagari search", ("search",))
_ADMIN_KEY = (
    "8a4d9e62-17fb-4c3d-b0a8-6e5c2f9d1b37",
    "tsunagari admin",
    (
        "documents.add",
        "indexes.create",
        "indexes.delete",
        "indexes.get",
        "settings.update",
        "stats.get",
        "tasks.get",
    ),
)
_BATCH = 5_000
_T = TypeVar("_T")
_KEYS = "TSUNAGARI_MEILI_*_KEY の値"
_MASTER = "マスターキー"


@dataclass(frozen=True, slots=True)
class MeiliSettings:
    """Where the server is and how long to wait for it.

    ``search_timeout`` and ``request_timeout`` are whole seconds for one HTTP request; ``task_timeout`` seconds for one task.
    """

    url: str
    key: str
    search_timeout: int = 3
    request_timeout: int = 30
    task_timeout: int = 600

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"the address of Meilisearch must begin with http:// or https://, not {self.url!r}")


def ascii_word(term: str) -> str:
    """A term as one ASCII word: ``x``, two letters a–p for each UTF-8 byte, ``z``.

    The start and end letters keep two joined terms from equalling a third.
    """
    return "x" + "".join(chr(97 + (byte >> 4)) + chr(97 + (byte & 15)) for byte in term.encode()) + "z"


class MeiliEngine:
    """Searches the index of one generation."""

    blocks = True

    def __init__(self, settings: MeiliSettings, index: str) -> None:
        self._settings = settings
        self._index = index
        self._client = meilisearch.Client(settings.url, settings.key, timeout=settings.search_timeout)

    def search(self, query: EngineQuery) -> EngineResult:
        """Answer one query with one request: the hits, and one further query for each facet that is itself filtered."""
        own = [name for name in query.facets if query.filters.get(name) is not None]
        free = [name for name in query.facets if name not in own]
        main = self._request(query.terms, query.filters, free) | {
            "page": query.page,
            "hitsPerPage": query.per_page,
        }
        queries = [main]
        for name in own:
            others = {other: values for other, values in query.filters.items() if other != name}
            queries.append(self._request(query.terms, others, [name]) | {"page": 1, "hitsPerPage": 0})
        answers = self._called(lambda: self._client.multi_search(queries))["results"]
        try:
            facets = {name: dict(answers[0].get("facetDistribution", {}).get(name, {})) for name in free}
            for name, answer in zip(own, answers[1:], strict=True):
                facets[name] = dict(answer.get("facetDistribution", {}).get(name, {}))
            return EngineResult(
                total=int(answers[0]["totalHits"]),
                orders=tuple(int(hit["order"]) for hit in answers[0]["hits"]),
                facets={name: facets[name] for name in query.facets},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EngineError(f"Meilisearch（{self._settings.url}）の答えを読めません（{error!r}）") from error

    def count(self) -> int:
        """How many records the index holds, by a search that every search-only key may do."""
        query = self._request((), {}, ()) | {"page": 1, "hitsPerPage": 0}
        return int(self._called(lambda: self._client.multi_search([query]))["results"][0]["totalHits"])

    def close(self) -> None:
        """Nothing to give back: the client opens a connection for each request."""

    def _request(
        self, terms: Sequence[str], filters: Mapping[str, frozenset[str]], facets: Sequence[str]
    ) -> dict[str, Any]:
        return {
            "indexUid": self._index,
            "q": " ".join(ascii_word(term) for term in dict.fromkeys(terms)),
            "matchingStrategy": "all",
            "filter": [
                f"{name} IN [{', '.join(json.dumps(value, ensure_ascii=False) for value in sorted(values))}]"
                for name, values in sorted(filters.items())
            ],
            "facets": list(facets),
            "attributesToRetrieve": ["order"],
        }

    def _called(self, call: Callable[[], _T]) -> _T:
        return _translated(self._settings.url, call)


class MeiliWriter:
    """Builds and removes the indexes of generations; its key must be allowed to."""

    def __init__(self, settings: MeiliSettings) -> None:
        self._settings = settings
        self._client = meilisearch.Client(settings.url, settings.key, timeout=settings.request_timeout)

    def build(self, name: str, records: Sequence[EngineRecord]) -> None:
        """Create the index, set its rules, add the records, wait, count them; remove it again if any of that fails."""
        if not name.startswith(INDEX_PREFIX):
            raise EngineError(f"索引の名前「{name}」が {INDEX_PREFIX} で始まっていません")
        try:
            self._done(name, lambda: self._client.create_index(name, {"primaryKey": "id"}))
            index = self._client.index(name)
            self._done(name, lambda: index.update_settings(_index_settings(len(records))))
            for start in range(0, len(records), _BATCH):
                batch = [_document(record) for record in records[start : start + _BATCH]]
                self._done(name, lambda batch=batch: index.add_documents(batch, primary_key="id"))  # type: ignore[misc]
            held = self._called(index.get_stats).number_of_documents
            if held != len(records):
                raise EngineError(f"Meilisearchの索引「{name}」には{len(records)}件のはずが{held}件しか入っていません")
        except EngineError:
            self._remove_quietly(name)
            raise

    def remove(self, name: str) -> None:
        """Delete the index; only a generation's own is ever deleted."""
        if not name.startswith(INDEX_PREFIX):
            raise EngineError(f"索引の名前「{name}」が {INDEX_PREFIX} で始まっていません")
        if name in set(self.names()):
            self._done(name, lambda: self._client.delete_index(name))

    def names(self) -> Iterable[str]:
        """The generations' indexes on the server, other installations' included."""
        answer = self._called(lambda: self._client.get_indexes({"limit": 1000}))
        return [index.uid for index in answer["results"] if index.uid.startswith(INDEX_PREFIX)]

    def _done(self, name: str, call: Callable[[], TaskInfo]) -> None:
        """Do something that the server does later, and wait for its end: a failed task comes back without an error."""
        info = self._called(call)
        milliseconds = self._settings.task_timeout * 1000
        task = self._called(lambda: self._client.wait_for_task(info.task_uid, milliseconds, 20))
        if task.status != "succeeded":
            reason = (task.error or {}).get("message", task.status)
            raise EngineError(f"Meilisearchの索引「{name}」の作業（{task.type}）が失敗しました：{reason}")

    def _remove_quietly(self, name: str) -> None:
        try:
            self.remove(name)
        except EngineError:
            # The first error is the one to tell; the index left over carries a name that nothing will use again.
            return

    def _called(self, call: Callable[[], _T]) -> _T:
        return _translated(self._settings.url, call)


def make_keys(url: str, master_key: str) -> tuple[str, str]:
    """The key that may only search the generations' indexes and the one that may build them, made if they are not there.

    The master key is used for ``/keys`` alone. Both keys follow from it and their uids: making them again gives the same ones.

    Raises:
        EngineUnavailableError: the server does not answer or refuses the master key.
        EngineError: a key with one of these uids may do something else.
    """
    settings = MeiliSettings(url, master_key)
    client = meilisearch.Client(settings.url, settings.key, timeout=settings.request_timeout)
    there = {key.uid: key for key in _translated(url, lambda: client.get_keys({"limit": 1000}), _MASTER).results}

    def made(uid: str, name: str, actions: Sequence[str]) -> str:
        wanted = {
            "uid": uid,
            "name": name,
            "actions": list(actions),
            "indexes": [f"{INDEX_PREFIX}*"],
            "expiresAt": None,
        }
        key = there.get(uid) or _translated(url, lambda: client.create_key(wanted), _MASTER)
        if set(key.actions) != set(actions) or key.indexes != wanted["indexes"] or key.expires_at:
            raise EngineError(
                f"Meilisearch（{url}）にある鍵 {uid} の権限が違います。この鍵を消してからやり直してください"
            )
        return key.key

    return made(*_SEARCH_KEY), made(*_ADMIN_KEY)


def _index_settings(count: int) -> dict[str, Any]:
    return {
        "searchableAttributes": list(FIELDS),
        "filterableAttributes": list(FACETS),
        "sortableAttributes": ["order"],
        "displayedAttributes": ["id", "order"],
        "rankingRules": ["attributeRank", "order:asc"],
        "typoTolerance": {"enabled": False},
        "prefixSearch": "disabled",
        # The defaults, 1,000 hits and 100 values, would cut totals and the counts of 1,741 municipalities.
        "pagination": {"maxTotalHits": max(1000, count)},
        "faceting": {"maxValuesPerFacet": 3000},
    }


def _document(record: EngineRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "order": record.order,
        **{name: " ".join(sorted(map(ascii_word, record.fields.get(name, ())))) for name in FIELDS},
        **{name: list(record.facets.get(name, ())) for name in FACETS},
    }


def _translated(url: str, call: Callable[[], _T], keys: str = _KEYS) -> _T:
    """Do something with the client; its exceptions stop here. ``keys`` says which ones to look at if they are refused."""
    try:
        return call()
    except MeilisearchTimeoutError as error:
        raise EngineUnavailableError(
            f"Meilisearch（{url}）が時間内に答えません。動いているか確かめてください"
        ) from error
    except MeilisearchCommunicationError as error:
        raise EngineUnavailableError(
            f"Meilisearch（{url}）につながりません。動いているか、TSUNAGARI_MEILI_URL が正しいか確かめてください"
        ) from error
    except MeilisearchApiError as error:
        if error.status_code in {401, 403}:
            raise EngineUnavailableError(
                f"Meilisearch（{url}）に鍵を断られました（{error.code}）。{keys}を確かめてください"
            ) from error
        raise EngineError(f"Meilisearch（{url}）がエラーを返しました（{error.status_code} {error.code}）") from error
    except MeilisearchError as error:
        raise EngineError(f"Meilisearch（{url}）との通信で問題が起きました（{type(error).__name__}）") from error
