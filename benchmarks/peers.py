"""The peers of the search: tantivy behind the project's own search, and SQLite's FTS5 and a stock Meilisearch over the raw text."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import meilisearch
import tantivy

from tsunagari_indexer.engine import FACETS, FIELDS, EngineQuery, EngineRecord, EngineResult
from tsunagari_indexer.engines.meili import INDEX_PREFIX, MeiliEngine, MeiliSettings, MeiliWriter
from tsunagari_indexer.listings import Listing

#: More buckets than any facet has values.
_BUCKETS = 5_000
_HEAP = 1_000_000_000
_PIECE = re.compile(r"[^\s、。「」]+")
#: The trigram tokenizer knows nothing shorter.
_TRIGRAM = 3
_BATCH = 5_000


class TantivyEngine:
    """The project's order by tantivy: for each term the best of constant scores, one for each field, added up; then the order of adding.

    The index is written by one thread, so that documents keep their order within a segment.
    """

    blocks = False

    def __init__(self, folder: Path, records: Iterable[EngineRecord]) -> None:
        builder = tantivy.SchemaBuilder()
        for field in FIELDS:
            builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
        for facet in FACETS:
            builder.add_text_field(f"facet_{facet}", tokenizer_name="raw", index_option="basic", fast=True)
        builder.add_unsigned_field("order", stored=True)
        self._schema = builder.build()
        folder.mkdir()
        index = tantivy.Index(self._schema, path=str(folder))
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        for record in records:
            document = tantivy.Document()
            document.add_unsigned("order", record.order)
            for field in FIELDS:
                for term in record.fields[field]:
                    document.add_text(field, term)
            for facet in FACETS:
                for value in record.facets[facet]:
                    document.add_text(f"facet_{facet}", value)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, query: EngineQuery) -> EngineResult:
        """Answer one query: the hits, and an aggregation for each facet."""
        found = self._searcher.search(
            self._query(query.terms, query.filters),
            limit=max(1, query.per_page),
            offset=(query.page - 1) * query.per_page,
            count=True,
        )
        orders = [self._searcher.doc(address)["order"][0] for _, address in found.hits[: query.per_page]]
        own = [name for name in query.facets if name in query.filters]
        free = [name for name in query.facets if name not in own]
        facets = self._counts(query.terms, query.filters, free) if free else {}
        for name in own:
            others = {other: values for other, values in query.filters.items() if other != name}
            facets |= self._counts(query.terms, others, [name])
        return EngineResult(int(found.count or 0), tuple(orders), facets)  # type: ignore[attr-defined]  # its stub lacks count

    def count(self) -> int:
        """How many records it holds."""
        return int(self._searcher.num_docs)

    def close(self) -> None:
        """Nothing to give back."""

    def _counts(
        self, terms: Sequence[str], filters: Mapping[str, frozenset[str]], names: Sequence[str]
    ) -> dict[str, Mapping[str, int]]:
        asked = {name: {"terms": {"field": f"facet_{name}", "size": _BUCKETS}} for name in names}
        answer = self._searcher.aggregate(self._query(terms, filters), asked)
        return {name: {one["key"]: one["doc_count"] for one in answer[name]["buckets"]} for name in names}

    def _query(self, terms: Sequence[str], filters: Mapping[str, frozenset[str]]) -> tantivy.Query:
        parts = [
            tantivy.Query.disjunction_max_query(
                [
                    tantivy.Query.const_score_query(
                        tantivy.Query.term_query(self._schema, field, term, index_option="basic"),
                        float(len(FIELDS) - level),
                    )
                    for level, field in enumerate(FIELDS)
                ]
            )
            for term in dict.fromkeys(terms)
        ]
        parts += [
            tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(self._schema, f"facet_{name}", sorted(values)), 0.0
            )
            for name, values in filters.items()
        ]
        if not parts:
            return tantivy.Query.const_score_query(tantivy.Query.all_query(), 1.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])


class Fts5:
    """SQLite's FTS5 with the trigram tokenizer over names and descriptions: top 20, their total, and the counts of the same facets.

    Pieces shorter than three characters, which trigrams do not know, are looked for by LIKE, as SQLite's documentation has it.
    """

    def __init__(self, path: Path, listings: Iterable[Listing]) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE VIRTUAL TABLE words USING fts5(name, description, tokenize = 'trigram');"
            "CREATE TABLE listings (position INTEGER PRIMARY KEY, prefecture TEXT, municipality TEXT, year TEXT, kind TEXT, body TEXT);"
            "CREATE INDEX by_prefecture ON listings (prefecture);"
        )
        for batch in _batches(listings, _BATCH):
            self._connection.executemany(
                "INSERT INTO words (rowid, name, description) VALUES (?, ?, ?)",
                [(one.order, one.program_name, one.description) for one in batch],
            )
            self._connection.executemany(
                "INSERT INTO listings VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (one.order, one.prefecture_code, one.municipality_code, str(one.fiscal_year), one.kind, _body(one))
                    for one in batch
                ],
            )
        self._connection.commit()

    def search(self, text: str, filters: Mapping[str, frozenset[str]]) -> int:
        """Answer one search; how many hits there are."""
        pieces = _PIECE.findall(text)
        long = [piece for piece in pieces if len(piece) >= _TRIGRAM]
        where = ["words MATCH ?"] if long else []
        values: list[object] = [" ".join('"{}"'.format(piece.replace('"', '""')) for piece in long)] if long else []
        for piece in pieces:
            if len(piece) < _TRIGRAM:
                where.append("(name LIKE ? OR description LIKE ?)")
                values += [f"%{piece}%"] * 2
        for code in filters.get("prefecture", ()):
            where.append("prefecture = ?")
            values.append(code)
        asked = f"FROM words JOIN listings ON position = words.rowid WHERE {' AND '.join(where) or '1'}"
        order = "rank" if long else "words.rowid"
        rows = self._connection.execute(f"SELECT body {asked} ORDER BY {order} LIMIT 20", values).fetchall()
        for (body,) in rows:
            json.loads(body)
        total = 0
        for facet in ("prefecture", "municipality", "year", "kind"):
            counts = self._connection.execute(f"SELECT {facet}, count(*) {asked} GROUP BY {facet}", values)
            total = sum(count for _, count in counts)
        return total

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class StockMeilisearch:
    """Meilisearch as it comes, told only that the text is Japanese, over the raw fields; facets as the project's."""

    def __init__(self, settings: MeiliSettings, listings: Iterable[Listing]) -> None:
        self._client = meilisearch.Client(settings.url, settings.key, timeout=settings.request_timeout)
        self._uid = f"stock_{secrets.token_hex(3)}"
        self._wait(self._client.create_index(self._uid, {"primaryKey": "id"}).task_uid)
        index = self._client.index(self._uid)
        fields = ["program_name", "prefecture", "municipality", "department", "description"]
        rules: dict[str, Any] = {
            "searchableAttributes": fields,
            "filterableAttributes": ["kind", "prefecture_code", "municipality_code", "offers", "fiscal_year"],
            "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["jpn"]}],
            "faceting": {"maxValuesPerFacet": _BUCKETS},
            "pagination": {"maxTotalHits": 2_000_000},
        }
        self._wait(index.update_settings(rules).task_uid)
        for batch in _batches(listings, _BATCH):
            self._wait(index.add_documents([_plain(one) for one in batch], primary_key="id").task_uid)
        self.server_ms: list[float] = []

    def search(self, text: str, filters: Mapping[str, frozenset[str]]) -> int:
        """Answer one search; how many hits there are. What the server says that it took is kept."""
        answer = self._client.index(self._uid).search(
            text,
            {
                "page": 1,
                "hitsPerPage": 20,
                "facets": ["kind", "prefecture_code", "municipality_code", "offers", "fiscal_year"],
                "filter": [f"prefecture_code = {json.dumps(code)}" for code in filters.get("prefecture", ())],
            },
        )
        self.server_ms.append(float(answer["processingTimeMs"]))
        return int(answer["totalHits"])

    def close(self) -> None:
        """Remove the index."""
        self._wait(self._client.delete_index(self._uid).task_uid)

    def _wait(self, task: int) -> None:
        done = self._client.wait_for_task(task, 600_000, 20)
        if done.status != "succeeded":
            raise RuntimeError(f"{self._uid}: {done.error}")


class OwnMeilisearch:
    """The project's own index on a server, for as long as a measure takes."""

    def __init__(self, settings: MeiliSettings, records: Sequence[EngineRecord]) -> None:
        self._writer = MeiliWriter(settings)
        self._name = f"{INDEX_PREFIX}0_{secrets.token_hex(3)}"
        self._writer.build(self._name, records)
        self.engine = MeiliEngine(settings, self._name)

    def close(self) -> None:
        """Remove the index."""
        self._writer.remove(self._name)


def _batches(listings: Iterable[Listing], size: int) -> Iterator[list[Listing]]:
    batch: list[Listing] = []
    for listing in listings:
        batch.append(listing)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _plain(listing: Listing) -> dict[str, object]:
    return {
        "id": listing.id,
        "program_name": listing.program_name,
        "prefecture": listing.prefecture,
        "municipality": listing.municipality,
        "department": listing.department,
        "description": listing.description,
        "kind": listing.kind,
        "prefecture_code": listing.prefecture_code,
        "municipality_code": listing.municipality_code,
        "offers": sorted({offer.kind for offer in listing.offers}),
        "fiscal_year": listing.fiscal_year,
    }


def _body(listing: Listing) -> str:
    return json.dumps(listing.to_json(), ensure_ascii=False)
