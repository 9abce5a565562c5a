"""Generations: the read-only SQLite files from which everything is served.

A generation is built as ``.part`` with a rollback journal (never WAL: an immutable reader misses an uncheckpointed WAL without an
error), closed, synced and renamed. It is opened immutable, one connection for a process.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self

from tsunagari_crawler.archive import sync_folder
from tsunagari_indexer.analysis import reading_of
from tsunagari_indexer.build import Contents, DocumentFinding
from tsunagari_indexer.confirmations import Confirmation
from tsunagari_indexer.engine import EngineQuery, EngineRecord, EngineResult
from tsunagari_indexer.engines import embedded
from tsunagari_indexer.errors import GenerationError
from tsunagari_indexer.lexicon import Lexicon, fold, known_lexicon
from tsunagari_indexer.lexicon_additions import WORDS, with_words, words_from_meta
from tsunagari_indexer.listings import Listing, SourceDocument, fold_label, labels_of
from tsunagari_indexer.mending import Mender
from tsunagari_indexer.sightings import GivenId
from tsunagari_indexer.suggestions import Suggestion, SuggestionIndex, concept_suggestions
from tsunagari_indexer.understanding import mender_for
from tsunagari_parsers import Desk, Finding, Level
from tsunagari_parsers.desks import desk_from_json
from tsunagari_parsers.text import comparable

#: So many listings are kept as they were read (about 10 KB each): most pages show the same first ones.
_KEPT_LISTINGS = 2_000
#: Shorter texts are near to too many names.
_SHORTEST_NAME_MENDED = 7
#: Changes whenever an older file can no longer be read.
SCHEMA_VERSION = 4
_APPLICATION_ID = 0x74736E67

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (sha256 TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE listings (
    position INTEGER PRIMARY KEY, -- the listing's `order`
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);
CREATE TABLE aliases (alias TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID; -- ids of other years, and the listing's
CREATE TABLE given_ids (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID; -- what the ledger keeps when it is published
CREATE TABLE desk_confirmations (desk TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE desks (position INTEGER PRIMARY KEY, body TEXT NOT NULL); -- read from lists; proposals until confirmed
CREATE TABLE exact (key TEXT NOT NULL, position INTEGER NOT NULL); -- a phone's digits, a name in comparable form
CREATE TABLE surfaces (term TEXT NOT NULL, surface TEXT NOT NULL, PRIMARY KEY (term, surface)) WITHOUT ROWID;
CREATE INDEX exact_by_key ON exact (key);
CREATE TABLE findings (
    number INTEGER PRIMARY KEY, document TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL, page INTEGER, row INTEGER, value TEXT NOT NULL
);
"""


def write_generation(
    path: Path,
    contents: Contents,
    records: Iterable[EngineRecord],
    surfaces: Mapping[str, Collection[str]],
    meta: Mapping[str, str],
) -> None:
    """Write a generation's file, whole or not at all. ``surfaces`` are the words from which each term of the records was made.

    Raises:
        GenerationError: the folder cannot be written, or the disk is full.
    """
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            part.unlink()
        connection = sqlite3.connect(part, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.executescript(_SCHEMA + embedded.SCHEMA)
            connection.execute("BEGIN")
            _fill(connection, contents, meta)
            connection.executemany(
                "INSERT INTO surfaces VALUES (?, ?)",
                sorted((term, surface) for term, words in surfaces.items() for surface in words),
            )
            embedded.write_bitmaps(connection, records)
            embedded.write_labels(
                connection, ((level, text, one.order) for one in contents.listings for level, text in labels_of(one))
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(path)
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise GenerationError(f"世代のファイル {path} を書けません（{error}）") from error


class Generation:
    """An open generation. Reading is safe from several threads; nothing is ever written."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._listing_at = lru_cache(maxsize=_KEPT_LISTINGS)(self._read_listing)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a generation's file.

        Raises:
            GenerationError: it is away, damaged, no generation, or of another version.
        """
        try:
            connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise GenerationError(
                f"世代のファイル {path.name} を開けません", typed=f"世代のファイル {path} を開けません（{error}）"
            ) from error
        try:
            ((application,),) = connection.execute("PRAGMA application_id")
            ((version,),) = connection.execute("PRAGMA user_version")
        except sqlite3.Error as error:
            connection.close()
            raise GenerationError(
                f"世代のファイル {path.name} が壊れています", typed=f"世代のファイル {path} が壊れています（{error}）"
            ) from error
        if application != _APPLICATION_ID or version != SCHEMA_VERSION:
            connection.close()
            raise GenerationError(
                f"{path.name} は、このプログラムの版の世代のファイルではありません。作り直してから公開してください",
                typed=f"{path} はこの版（{SCHEMA_VERSION}）の世代のファイルではありません（{version}）。tsunagari reindex と publish をしてください",
            )
        return cls(connection, path)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """What was noted when it was built: name, built_at, engine, analysis, records."""
        return dict(self._rows("SELECT key, value FROM meta"))

    @cached_property
    def documents(self) -> Mapping[str, SourceDocument]:
        """Its documents by hash."""
        rows = self._rows("SELECT sha256, body FROM documents ORDER BY sha256")
        return {sha256: SourceDocument(**json.loads(body)) for sha256, body in rows}

    def listing(self, listing_id: str) -> Listing | None:
        """The listing of this id, or of one that leads to it (that of another of its years); None if there is none."""
        wanted = "SELECT body FROM listings WHERE id = coalesce((SELECT id FROM aliases WHERE alias = ?), ?)"
        for (body,) in self._rows(wanted, listing_id, listing_id):
            return Listing.from_json(json.loads(body))
        return None

    def listings(self, orders: Iterable[int]) -> list[Listing]:
        """The listings with these order numbers, in the order given."""
        return [listing for order in orders if (listing := self._listing_at(order))]

    def all_listings(self) -> Iterator[Listing]:
        """Every listing in order."""
        for (body,) in self._rows("SELECT body FROM listings ORDER BY position"):
            yield Listing.from_json(json.loads(body))

    def places(self) -> Iterator[tuple[int, str, str, str | None, str | None, str, str, str]]:
        """Where every listing is, in order, without reading whole listings: order, kind, the prefecture's code, the municipality's name and
        code, and as JSON its offers, excluded areas and venues.
        """
        yield from self._rows(
            "SELECT position, json_extract(body, '$.kind'), json_extract(body, '$.prefecture_code'), json_extract(body, '$.municipality'), json_extract(body, '$.municipality_code'),"
            " json_extract(body, '$.offers'), json_extract(body, '$.excluded'), json_extract(body, '$.venues') FROM listings ORDER BY position"
        )

    def venues(self) -> Iterator[tuple[str, str, str, str, str, str]]:
        """What municipalities run, in order: the municipality's code, the listing's id, kind and name, its venues as JSON, and its description."""
        yield from self._rows(
            "SELECT json_extract(body, '$.municipality_code'), id, json_extract(body, '$.kind'), json_extract(body, '$.program_name'), json_extract(body, '$.venues'), json_extract(body, '$.description')"
            " FROM listings WHERE json_extract(body, '$.municipality_code') IS NOT NULL ORDER BY position"
        )

    @cached_property
    def desks(self) -> tuple[Desk, ...]:
        """The desks that its documents list, in their order: proposals, of which no page shows anything."""
        return tuple(
            desk_from_json(json.loads(body)) for (body,) in self._rows("SELECT body FROM desks ORDER BY position")
        )

    @cached_property
    def desk_confirmations(self) -> Mapping[str, Confirmation]:
        """The last answer about each desk that somebody asked about, by the desk's id."""
        rows = self._rows("SELECT desk, body FROM desk_confirmations ORDER BY desk")
        return {desk: Confirmation.from_json(json.loads(body)) for desk, body in rows}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """The listing's id by each other id that leads to it."""
        return dict(self._rows("SELECT alias, id FROM aliases ORDER BY alias"))

    def given_ids(self) -> tuple[GivenId, ...]:
        """The ids of every year's records."""
        return tuple(GivenId(**json.loads(body)) for (body,) in self._rows("SELECT body FROM given_ids ORDER BY id"))

    def exactly(self, keys: Iterable[str]) -> frozenset[int]:
        """The order numbers of the listings with one of these phone numbers (digits only) or names (in comparable form)."""
        return frozenset(
            position for key in keys for (position,) in self._rows("SELECT position FROM exact WHERE key = ?", key)
        )

    def among(self, orders: Collection[int], query: EngineQuery) -> EngineResult:
        """What the engine would answer if ``orders`` were the hits of the query's terms: its bitmaps stand in every generation."""
        return self.embedded.among(orders, query)

    def called(self, pieces: Sequence[tuple[str, int]], query: EngineQuery) -> EngineResult:
        """What a query finds among the listings in whose labels (:func:`listings.labels_of`) all of these pieces stand whole.

        With each piece goes the last sort of label that counts for it.
        """
        return self.embedded.called([(fold_label(piece), last) for piece, last in pieces], query)

    def is_called(self, piece: str) -> bool:
        """Whether a folded piece of a text (:func:`listings.fold_label`) stands whole in the name, a venue or the department of any listing."""
        return self.embedded.is_called(piece)

    def name_like(self, text: str) -> str | None:
        """The programme's name of which a text is a misspelling, or None."""
        label = self._name_mender.mend(fold_label(text), text) if len(text) >= _SHORTEST_NAME_MENDED else None
        if label is None:
            return None
        found = self.listings(self.embedded.called([(label, 0)], EngineQuery(per_page=1)).orders)
        return found[0].program_name if found else None

    @cached_property
    def _name_mender(self) -> Mender:
        rows = self._rows("SELECT key FROM bitmaps WHERE family = 'label' AND level = 0")
        return Mender(key for (key,) in rows)

    @cached_property
    def embedded(self) -> embedded.EmbeddedEngine:
        """The engine over the bitmaps of this file."""
        return embedded.EmbeddedEngine(self.connection)

    def knows(self, term: str, kinds: frozenset[str] | None = None) -> bool:
        """Whether any listing (of these kinds) holds this term."""
        return self.embedded.holds(term, kinds)

    def surfaces(self, term: str) -> tuple[str, ...]:
        """The words of the texts from which a term was made, the longest first."""
        rows = self._rows("SELECT surface FROM surfaces WHERE term = ?", term)
        return tuple(sorted((surface for (surface,) in rows), key=len, reverse=True))

    @cached_property
    def added_words(self) -> tuple[tuple[str, str], ...]:
        """The words that administrators had added when it was built, each with its concept's id before it; none in a file of before."""
        return words_from_meta(self.meta.get(WORDS, "[]"))

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words for concepts in this generation: the lexicon with the words that were added.

        One that no longer fits a newer lexicon is left out: an old generation goes on being served.
        """
        return with_words(known_lexicon(), self.added_words)[0]

    @cached_property
    def concept_suggestions(self) -> SuggestionIndex:
        """What this generation's lexicon suggests."""
        return concept_suggestions(self.lexicon)

    @cached_property
    def mender(self) -> Mender:
        """Mends typing errors towards the lexicon, the places, and the words of these listings."""
        rows = self._rows("SELECT DISTINCT surface FROM surfaces WHERE term >= 'w:' AND term < 'w;'")
        return mender_for(self.lexicon, frozenset(surface for (surface,) in rows))

    @cached_property
    def names(self) -> SuggestionIndex:
        """The names of programmes, by their letters and their readings."""
        return SuggestionIndex.of(
            (key, Suggestion("name", listing.program_name))
            for listing in self.all_listings()
            if listing.is_program
            for key in {fold(listing.program_name), reading_of(listing.program_name)}
        )

    @cached_property
    def findings(self) -> tuple[DocumentFinding, ...]:
        """What an administrator should know of it."""
        rows = self._rows("SELECT document, name, level, code, message, page, row, value FROM findings ORDER BY number")
        return tuple(
            DocumentFinding(document, name, Finding(Level(level), code, message, page, row, value))
            for document, name, level, code, message, page, row, value in rows
        )

    def _read_listing(self, order: int) -> Listing | None:
        for (body,) in self._rows("SELECT body FROM listings WHERE position = ?", order):
            return Listing.from_json(json.loads(body))
        return None

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise GenerationError(f"世代のファイル {self.path} を読めません（{error}）") from error


def _fill(connection: sqlite3.Connection, contents: Contents, meta: Mapping[str, str]) -> None:
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    connection.executemany(
        "INSERT INTO documents VALUES (?, ?)",
        [(one.sha256, _dump(asdict(one))) for one in contents.documents],
    )
    connection.executemany(
        "INSERT INTO listings VALUES (?, ?, ?)",
        ((one.order, one.id, _dump(one.to_json())) for one in contents.listings),
    )
    connection.executemany("INSERT INTO aliases VALUES (?, ?)", sorted(contents.aliases.items()))
    connection.executemany(
        "INSERT INTO given_ids VALUES (?, ?)",
        ((one.id, _dump(asdict(one))) for one in sorted(contents.given, key=lambda one: one.id)),
    )
    connection.executemany(
        "INSERT INTO desk_confirmations VALUES (?, ?)",
        ((desk, _dump(asdict(word))) for desk, word in sorted(contents.desk_confirmations.items())),
    )
    connection.executemany(
        "INSERT INTO desks VALUES (?, ?)",
        [(position, _dump(asdict(desk))) for position, desk in enumerate(contents.desks)],
    )
    connection.executemany(
        "INSERT INTO exact VALUES (?, ?)",
        (
            (key, one.order)
            for one in contents.listings
            for key in (
                comparable(one.program_name),
                *(phone.number.replace("-", "") for phone in one.phones),
            )
        ),
    )
    connection.executemany(
        "INSERT INTO findings (document, name, level, code, message, page, row, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.document,
                one.name,
                one.finding.level,
                one.finding.code,
                one.finding.message,
                one.finding.page,
                one.finding.row,
                one.finding.value,
            )
            for one in contents.findings
        ],
    )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
