"""The embedded engine: roaring bitmaps in the generation's own SQLite file. It needs no server.

There is one bitmap for each term and best field of it ("level"), and one for each value of each facet. Records are numbered in
``order``, so that walking a bitmap walks the order. Joining two terms adds their levels: ``level[k+i] |= level[k] & term[i]``;
pages are cut from the lowest level up, and a facet's count is an intersection's cardinality.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from pyroaring import BitMap

from tsunagari_indexer.engine import FACETS, FIELDS, EngineQuery, EngineRecord, EngineResult
from tsunagari_indexer.errors import EngineError

SCHEMA = """
CREATE TABLE bitmaps (
    family TEXT NOT NULL,    -- 'term', 'label', or 'facet:' and the facet's name
    key    TEXT NOT NULL,    -- the term, the label, or the facet's value
    level  INTEGER NOT NULL, -- the position of the term's best field, or of the label's sort; 0 for facets
    bitmap BLOB NOT NULL,
    PRIMARY KEY (family, key, level)
) WITHOUT ROWID
"""

#: So many terms keep their bitmaps as they were read.
_KEPT_TERMS = 256
#: So many choices of values of a facet keep the records that they leave.
_KEPT_FILTERS = 64
#: No value of a facet has this number.
_NO_VALUE = 0xFFFF
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


def write_labels(connection: sqlite3.Connection, labels: Iterable[tuple[int, str, int]]) -> None:
    """Add what records are called by: (the sort of the label, best first from 0; its folded text; the record's number)."""
    found: dict[tuple[str, int], BitMap] = defaultdict(BitMap)
    for level, text, order in labels:
        found[text, level].add(order)
    connection.executemany(
        "INSERT INTO bitmaps VALUES ('label', ?, ?, ?)",
        ((*key, _serialized(bitmap)) for key, bitmap in sorted(found.items(), key=lambda item: item[0])),
    )


class EmbeddedEngine:
    """Searches the bitmaps of one open generation. The connection belongs to the generation and is not closed here."""

    blocks = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._facets: dict[str, _Facet] = {}
        self._levels = lru_cache(maxsize=_KEPT_TERMS)(self._read_levels)
        self._called = lru_cache(maxsize=_KEPT_FILTERS)(self._read_called)

    def search(self, query: EngineQuery) -> EngineResult:
        """Answer one query from the bitmaps."""
        try:
            return self._answer(self._matched(query.terms), query)
        except sqlite3.Error as error:
            raise EngineError(f"索引を読めません（{error}）") from error

    def among(self, orders: Iterable[int], query: EngineQuery) -> EngineResult:
        """Answer a query as if its terms had these records for hits, all of the same rank."""
        try:
            return self._answer({0: BitMap(orders)}, query)
        except sqlite3.Error as error:
            raise EngineError(f"索引を読めません（{error}）") from error

    def called(self, pieces: Sequence[tuple[str, int]], query: EngineQuery) -> EngineResult:
        """Answer a query about the records in whose labels each of these folded pieces stands whole; each with the last sort that counts.

        They are ranked by the sum of the best label's sort of each piece, and not by the query's terms, which they hold all the same.
        """
        try:
            levels = _restricted(
                self._called(tuple(pieces)), [_joined(self._matched(query.terms))] if query.terms else []
            )
            return self._answer(levels, query)
        except sqlite3.Error as error:
            raise EngineError(f"索引を読めません（{error}）") from error

    def is_called(self, piece: str) -> bool:
        """Whether this folded piece stands in any label."""
        try:
            labels, pairs = self._labels
            return all(piece[at : at + 2] in pairs for at in range(len(piece) - 1)) and piece in labels
        except sqlite3.Error as error:
            raise EngineError(f"索引を読めません（{error}）") from error

    def holds(self, term: str, kinds: frozenset[str] | None = None) -> bool:
        """Whether any record (of these kinds) holds this term."""
        try:
            levels = self._levels("term", term)
            if kinds is None:
                return bool(levels)
            among = self._facet("kind").union(kinds)
        except sqlite3.Error as error:
            raise EngineError(f"索引を読めません（{error}）") from error
        return any(bitmap.intersect(among) for bitmap in levels.values())

    def count(self) -> int:
        """How many records the bitmaps number."""
        return len(self._all)

    def close(self) -> None:
        """Nothing to give back: the connection is the generation's."""

    @cached_property
    def _all(self) -> BitMap:
        return self._levels("facet:", "all").get(0, BitMap())

    def _answer(self, matched: _Levels, query: EngineQuery) -> EngineResult:
        chosen = {name: self._facet(name).union(values) for name, values in query.filters.items()}
        hits = _restricted(matched, list(chosen.values()))
        facets = {}
        if query.facets:
            base = _joined(hits)
            for name in query.facets:
                if name in chosen:
                    others = [allowed for other, allowed in chosen.items() if other != name]
                    facets[name] = self._facet(name).counts(_joined(_restricted(matched, others)))
                else:
                    facets[name] = self._facet(name).counts(base)
        return EngineResult(
            total=sum(len(bitmap) for bitmap in hits.values()),
            orders=_page(hits, (query.page - 1) * query.per_page, query.per_page),
            facets=facets,
        )

    def _matched(self, terms: Sequence[str]) -> _Levels:
        if not terms:
            return {0: self._all}
        first, *others = dict.fromkeys(terms)
        levels = self._levels("term", first)
        for term in others:
            levels = _added(levels, self._levels("term", term))
        return levels

    @cached_property
    def _labels(self) -> tuple[str, frozenset[str]]:
        """All labels, each between line ends, and the pairs of characters in them.

        To look for a piece in one long text is quicker than in each of many, and most pieces have a pair that none of them has.
        """
        rows = self._connection.execute("SELECT DISTINCT key FROM bitmaps WHERE family = 'label' ORDER BY key")
        labels = "\n".join(["", *(key for (key,) in rows), ""])
        return labels, frozenset(map("".join, pairwise(labels)))

    def _read_called(self, pieces: tuple[tuple[str, int], ...]) -> _Levels:
        """The records whose labels hold all pieces, by the sum of the levels; kept, so that nobody may change them."""
        joined: _Levels | None = None
        for piece, last in pieces:
            levels: _Levels = defaultdict(BitMap)
            for label in self._labels_with(piece):
                for level, bitmap in self._levels("label", label).items():
                    if level <= last:
                        levels[level] |= bitmap
            seen = BitMap()
            for level in sorted(levels):
                levels[level] -= seen
                seen |= levels[level]
            joined = levels if joined is None else _added(joined, levels)
        return joined or {}

    def _labels_with(self, piece: str) -> list[str]:
        labels, _ = self._labels
        found = []
        at = labels.find(piece)
        while at >= 0:
            start, end = labels.rindex("\n", 0, at + 1) + 1, labels.index("\n", at)
            found.append(labels[start:end])
            at = labels.find(piece, end)
        return found

    def _read_levels(self, family: str, key: str) -> _Levels:
        """The bitmaps of a key by level. They are kept, so that nobody may change them."""
        rows = self._connection.execute("SELECT level, bitmap FROM bitmaps WHERE family = ? AND key = ?", (family, key))
        return {level: BitMap.deserialize(blob) for level, blob in rows}

    def _facet(self, name: str) -> _Facet:
        if name not in self._facets:
            rows = self._connection.execute("SELECT key, bitmap FROM bitmaps WHERE family = ?", (f"facet:{name}",))
            holders = {key: BitMap.deserialize(blob) for key, blob in rows}
            self._facets[name] = _Facet(holders, self._all)
        return self._facets[name]


class _Facet:
    """The values of one facet: which of ``everything`` has each."""

    def __init__(self, holders: Mapping[str, BitMap], everything: BitMap) -> None:
        self._holders = holders
        self._everything = everything
        self._keys = list(holders)
        self._sizes = {value: len(bitmap) for value, bitmap in holders.items()}
        self._value_of = self._column(everything.max() + 1 if everything else 0)
        self.union = lru_cache(maxsize=_KEPT_FILTERS)(self._union)

    def _union(self, values: frozenset[str]) -> BitMap:
        """The records that have one of these values."""
        return BitMap.union(BitMap(), *(self._holders[value] for value in values if value in self._holders))

    def counts(self, base: BitMap) -> dict[str, int]:
        """How many of these records have each value; values that none has are left out."""
        if self._value_of and len(base) < len(self._keys):
            # To look up the value of each of a few records costs less than to intersect with the bitmap of every value.
            counted = Counter(map(self._value_of.__getitem__, base))
            return {self._keys[number]: count for number, count in counted.items() if number != _NO_VALUE}
        # A bitmap that holds most records is stored in bits, in which looking up is ten times as fast as in a list of numbers.
        if len(base) * 2 < len(self._everything):
            others = self._everything - base
            counted_out = (
                (value, size - others.intersection_cardinality(self._holders[value]))
                for value, size in self._sizes.items()
            )
            return {value: count for value, count in counted_out if count}
        intersected = ((value, base.intersection_cardinality(holders)) for value, holders in self._holders.items())
        return {value: count for value, count in intersected if count}

    def _column(self, records: int) -> array[int] | None:
        """The number of each record's value, where no record has two; else None."""
        total = sum(map(len, self._holders.values()))
        everything = BitMap.union(BitMap(), *self._holders.values())
        if len(self._keys) >= _NO_VALUE or total != len(everything):
            return None
        column = array("H", [_NO_VALUE]) * records
        for number, holders in enumerate(self._holders.values()):
            for order in holders:
                column[order] = number
        return column


def _added(some: _Levels, others: _Levels) -> _Levels:
    """The records of both, each at the sum of its levels."""
    joined: _Levels = defaultdict(BitMap)
    for level, bitmap in some.items():
        for position, holders in others.items():
            joined[level + position] |= bitmap & holders
    return joined


def _restricted(levels: _Levels, chosen: Sequence[BitMap]) -> _Levels:
    restricted = {}
    for level, bitmap in levels.items():
        left = bitmap
        for allowed in chosen:
            left = left & allowed
        restricted[level] = left
    return restricted


def _joined(levels: _Levels) -> BitMap:
    bitmaps = list(levels.values())
    return bitmaps[0] if len(bitmaps) == 1 else BitMap.union(BitMap(), *bitmaps)


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
