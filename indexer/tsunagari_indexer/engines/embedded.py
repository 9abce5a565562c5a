"""The embedded engine: roaring bitmaps in the generation's own SQLite file. It needs no server.

There is one bitmap for each term and best field of it ("level"), and one for each value of each facet. Records are numbered in
``order``, so that walking a bitmap walks the order. Joining two terms adds their levels: ``level[k+i] |= level[k] & term[i]``;
pages are cut from the lowest level up, and a facet's count is an intersection's cardinality.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from pyroaring import BitMap

from tsunagari_indexer.engine import FACETS, FIELDS, EngineQuery, EngineRecord, EngineResult
from tsunagari_indexer.errors import EngineError

SCHEMA = """
CREATE TABLE bitmaps (
    family TEXT NOT NULL,    -- 'term', or 'facet:' and the facet's name
    key    TEXT NOT NULL,    -- the term, or the facet's value
    level  INTEGER NOT NULL, -- the position of the term's best field; 0 for facets
    bitmap BLOB NOT NULL,
    PRIMARY KEY (family, key, level)
) WITHOUT ROWID
"""

_Levels = dict[int, BitMap]


def write_bitmaps(connection: sqlite3.Connection, records: Iterable[EngineRecord]) -> None:
    """Fill the table ``bitmaps`` of a generation that is being built."""
    found: dict[tuple[str, str, int], BitMap] = defaultdict(BitMap)
    for record in records:
        best: dict[str, int] = {}
        for level, name in enumerate(FIELDS):
            for term in record.fields.get(name, ()):
                best.setdefault(term, level)
        for term, level in best.items():
            found["term", term, level].add(record.order)
        for facet in FACETS:
            for value in record.facets.get(facet, ()):
                found[f"facet:{facet}", value, 0].add(record.order)
        found["facet:", "all", 0].add(record.order)
    connection.executemany(
        "INSERT INTO bitmaps VALUES (?, ?, ?, ?)",
        ((*key, _serialized(bitmap)) for key, bitmap in sorted(found.items(), key=lambda item: item[0])),
    )


class EmbeddedEngine:
    """Searches the bitmaps of one open generation. The connection belongs to the generation and is not closed here."""

    blocks = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._facet_values: dict[str, Mapping[str, BitMap]] = {}

    def search(self, query: EngineQuery) -> EngineResult:
        """Answer one query from the bitmaps."""
        try:
            matched = self._matched(query.terms)
            chosen = {name: self._union(name, values) for name, values in query.filters.items()}
            hits = _restricted(matched, list(chosen.values()))
            facets = {
                name: self._counts(name, matched, [allowed for other, allowed in chosen.items() if other != name])
                for name in query.facets
            }
        except sqlite3.Error as error:
            raise EngineError(f"索引を読めません（{error}）") from error
        return EngineResult(
            total=sum(len(bitmap) for bitmap in hits.values()),
            orders=_page(hits, (query.page - 1) * query.per_page, query.per_page),
            facets=facets,
        )

    def count(self) -> int:
        """How many records the bitmaps number."""
        return len(self._all)

    def close(self) -> None:
        """Nothing to give back: the connection is the generation's."""

    @cached_property
    def _all(self) -> BitMap:
        return self._levels("facet:", "all").get(0, BitMap())

    def _matched(self, terms: Sequence[str]) -> _Levels:
        levels: _Levels = {0: self._all}
        for term in dict.fromkeys(terms):
            of_term = self._levels("term", term)
            joined: _Levels = defaultdict(BitMap)
            for level, bitmap in levels.items():
                for position, holders in of_term.items():
                    joined[level + position] |= bitmap & holders
            levels = joined
        return levels

    def _levels(self, family: str, key: str) -> _Levels:
        rows = self._connection.execute("SELECT level, bitmap FROM bitmaps WHERE family = ? AND key = ?", (family, key))
        return {level: BitMap.deserialize(blob) for level, blob in rows}

    def _union(self, facet: str, values: Iterable[str]) -> BitMap:
        known = self._values(facet)
        return BitMap.union(BitMap(), *(known[value] for value in values if value in known))

    def _counts(self, facet: str, matched: _Levels, chosen: Sequence[BitMap]) -> dict[str, int]:
        base = BitMap.union(BitMap(), *_restricted(matched, chosen).values())
        counts = {value: base.intersection_cardinality(bitmap) for value, bitmap in self._values(facet).items()}
        return {value: count for value, count in counts.items() if count}

    def _values(self, facet: str) -> Mapping[str, BitMap]:
        if facet not in self._facet_values:
            rows = self._connection.execute("SELECT key, bitmap FROM bitmaps WHERE family = ?", (f"facet:{facet}",))
            self._facet_values[facet] = {key: BitMap.deserialize(blob) for key, blob in rows}
        return self._facet_values[facet]


def _restricted(levels: _Levels, chosen: Sequence[BitMap]) -> _Levels:
    restricted = {}
    for level, bitmap in levels.items():
        left = bitmap
        for allowed in chosen:
            left = left & allowed
        restricted[level] = left
    return restricted


def _page(levels: _Levels, start: int, size: int) -> tuple[int, ...]:
    orders: list[int] = []
    skip = start
    for level in sorted(levels):
        bitmap = levels[level]
        if skip >= len(bitmap):
            skip -= len(bitmap)
            continue
        orders += bitmap[skip : skip + size - len(orders)]
        skip = 0
        if len(orders) >= size:
            break
    return tuple(orders)


def _serialized(bitmap: BitMap) -> bytes:
    bitmap.run_optimize()
    return bitmap.serialize()
