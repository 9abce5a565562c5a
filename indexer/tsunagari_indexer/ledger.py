"""The ledger: what people and imports decided, kept for good. Public pages never open it.

Migrations are the numbered files of ``migrations/``; each one and its record share a transaction.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice, zip_longest
from pathlib import Path
from typing import Self

from tsunagari_crawler import ArchiveError, FetchedDocument
from tsunagari_indexer.confirmations import Asked, AskedBy, Confirmation, Outcome, Subject
from tsunagari_indexer.corrections import Correction
from tsunagari_indexer.decisions import Decision, Verdict
from tsunagari_indexer.errors import LedgerError
from tsunagari_indexer.lexicon_additions import Addition
from tsunagari_indexer.sightings import GivenId

#: What a finding is known by: document, code, page, row, value. Its message may be worded anew.
FindingKey = tuple[str, str, int | None, int | None, str]


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """What the ledger knows of a generation. ``name`` is that of its file and, with a prefix, of its index."""

    number: int
    suffix: str
    state: str
    created_at: str
    published_at: str | None
    previous: int | None
    documents: tuple[FetchedDocument, ...]

    @property
    def name(self) -> str:
        """``7_3fa9c1`` for the seventh generation."""
        return f"{self.number}_{self.suffix}"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what: ``at`` in UTC (ISO 8601), ``who`` an account or a name, or empty; ``detail`` as the action writes it."""

    at: str
    who: str
    action: str
    generation: int | None
    detail: str


class Ledger:
    """An open ledger."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open the ledger, making or migrating it as needed.

        Raises:
            LedgerError: the file is no ledger, or one of a newer version of this software.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _make(path)
            connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"台帳 {path} を開けません（{error}）") from error
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            ledger = cls(connection, path)
            ledger._migrate()
            yield ledger
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"台帳 {path} を読み書きできません（{error}）") from error
        finally:
            connection.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """For the modules of this stage that keep tables of their own in the ledger."""
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block's changes, or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def new_generation(self, suffix: str, documents: Sequence[FetchedDocument]) -> GenerationRecord:
        """Give out the next number."""
        created_at = _now()
        cursor = self._connection.execute(
            "INSERT INTO generations (suffix, state, created_at, documents) VALUES (?, 'building', ?, ?)",
            (
                suffix,
                created_at,
                json.dumps([document.to_json() for document in documents], ensure_ascii=False),
            ),
        )
        number = cursor.lastrowid
        if number is None:
            raise LedgerError(f"台帳 {self._path} が世代の番号を出しません")
        return GenerationRecord(number, suffix, "building", created_at, None, None, tuple(documents))

    def set_state(self, number: int, state: str) -> None:
        """Note what became of a generation."""
        self._connection.execute("UPDATE generations SET state = ? WHERE number = ?", (state, number))

    def set_published(self, number: int, previous: int | None) -> None:
        """Note that a generation is published, and which one was served before it."""
        self._connection.execute(
            "UPDATE generations SET state = 'published', published_at = ?, previous = ? WHERE number = ?",
            (_now(), previous, number),
        )

    def generations(self, *states: str) -> tuple[GenerationRecord, ...]:
        """The generations in these states (all, if none is named), oldest first."""
        rows = self._connection.execute(
            "SELECT number, suffix, state, created_at, published_at, previous, documents FROM generations ORDER BY number"
        )
        return tuple(
            GenerationRecord(
                number, suffix, state, created_at, published_at, previous, self._documents(documents, number)
            )
            for number, suffix, state, created_at, published_at, previous, documents in rows
            if not states or state in states
        )

    def given_ids(self) -> tuple[GivenId, ...]:
        """Every id that was published, with the record that it belongs to."""
        rows = self._connection.execute(
            "SELECT id, kind, year, place_code, name, ordinal, phone, series FROM given_ids ORDER BY id"
        )
        return tuple(GivenId(*row) for row in rows)

    def save_ids(self, given: Sequence[GivenId]) -> None:
        """Remember ids, or follow what changed of their records."""
        self._connection.executemany(
            "INSERT INTO given_ids (id, kind, year, place_code, name, ordinal, phone, series) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
            "ordinal = excluded.ordinal, phone = excluded.phone, series = excluded.series",
            [astuple(one) for one in given],
        )

    def decide(self, decision: Decision) -> None:
        """Keep a person's decision; of two on the same records the later one holds."""
        self._connection.execute(
            "INSERT INTO decisions (verdict, first, second, reason, who, at) VALUES (?, ?, ?, ?, ?, ?)",
            astuple(replace(decision, at=_now())),
        )

    def decisions(self) -> tuple[Decision, ...]:
        """Every decision, oldest first."""
        rows = self._connection.execute("SELECT verdict, first, second, reason, who, at FROM decisions ORDER BY number")
        return tuple(Decision(Verdict(verdict), *rest) for verdict, *rest in rows)

    def correct(self, correction: Correction) -> None:
        """Keep a correction."""
        self._connection.execute(
            "INSERT INTO corrections (sha256, field, source, corrected, reason, who, at, series, fiscal_year, part) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            astuple(replace(correction, at=_now())),
        )

    def corrections(self) -> tuple[Correction, ...]:
        """Every correction, oldest first."""
        rows = self._connection.execute(
            "SELECT sha256, field, source, corrected, reason, who, at, series, fiscal_year, part "
            "FROM corrections ORDER BY number"
        )
        return tuple(Correction(*row) for row in rows)

    def confirm(self, asked: Asked) -> None:
        """Keep somebody's word that a programme or desk stands."""
        word = asked.confirmation
        self._connection.execute(
            "INSERT INTO confirmations (kind, subject, on_day, way, outcome, url, who, note, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (asked.kind, asked.subject, word.on, word.way, word.outcome, word.url, asked.by, asked.note, _now()),
        )

    def confirmations(self) -> tuple[Asked, ...]:
        """Every confirmation, in the order in which they were written down."""
        rows = self._connection.execute(
            "SELECT kind, subject, on_day, way, outcome, url, who, note, at FROM confirmations ORDER BY number"
        )
        return tuple(
            Asked(Subject(kind), subject, Confirmation(on, AskedBy(way), Outcome(outcome), url), who, note, at)
            for kind, subject, on, way, outcome, url, who, note, at in rows
        )

    def accept(self, finding: FindingKey, reason: str, by: str) -> None:
        """Keep that somebody looked at a finding and let it pass."""
        self._connection.execute(
            "INSERT INTO accepted (document, code, page, row, value, reason, who, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*finding, reason, by, _now()),
        )

    def accepted(self) -> dict[FindingKey, str]:
        """The findings that somebody let pass, with the reason."""
        rows = self._connection.execute("SELECT document, code, page, row, value, reason FROM accepted ORDER BY number")
        return {(document, code, page, row, value): reason for document, code, page, row, value, reason in rows}

    def add_word(self, addition: Addition) -> None:
        """Keep a word for a concept, or that it is taken back."""
        self._connection.execute(
            "INSERT INTO lexicon_additions (concept, surface, reason, who, at, taken_back) VALUES (?, ?, ?, ?, ?, ?)",
            astuple(replace(addition, at=_now())),
        )

    def lexicon_additions(self) -> tuple[Addition, ...]:
        """Every word that was added or taken back, oldest first."""
        rows = self._connection.execute(
            "SELECT concept, surface, reason, who, at, taken_back FROM lexicon_additions ORDER BY number"
        )
        return tuple(
            Addition(concept, surface, reason, who, at, bool(taken_back))
            for concept, surface, reason, who, at, taken_back in rows
        )

    def decided_through(self) -> str:
        """How far a generation that is built now knows what people decided: numbers of decisions, corrections, confirmations, words."""
        tables = ("decisions", "corrections", "confirmations", "lexicon_additions")
        numbers = [
            self._connection.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()[0]  # noqa: S608
            for table in tables
        ]
        return " ".join(map(str, numbers))

    def record(self, action: str, generation: int | None, detail: str, who: str = "") -> None:
        """Write a line of the audit log. ``who`` is empty where a command does not ask who gives it."""
        self._connection.execute(
            "INSERT INTO audit (at, action, generation, detail, who) VALUES (?, ?, ?, ?, ?)",
            (_now(), action, generation, detail, who),
        )

    def audit(self) -> tuple[AuditLine, ...]:
        """The audit log, oldest first."""
        rows = self._connection.execute("SELECT at, who, action, generation, detail FROM audit ORDER BY id")
        return tuple(AuditLine(*row) for row in rows)

    def _documents(self, text: str, number: int) -> tuple[FetchedDocument, ...]:
        try:
            return tuple(FetchedDocument.from_json(entry, where=f"台帳の世代{number}") for entry in json.loads(text))
        except (ArchiveError, json.JSONDecodeError) as error:
            raise LedgerError(f"台帳 {self._path} の世代{number}を読めません（{error}）") from error

    def _migrate(self) -> None:
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)"
        )
        done = {version for (version,) in self._connection.execute("SELECT version FROM migrations")}
        known = dict(_migrations())
        if unknown := done - known.keys():
            raise LedgerError(
                f"台帳 {self._path} は新しい版のもの（{max(unknown)}）で、このプログラムが知るのは{max(known)}までです。プログラムを更新してください"
            )
        for version, script in known.items():
            if version in done:
                continue
            with self.transaction():
                # Somebody else may have done it while this one waited for its turn.
                if self._connection.execute("SELECT 1 FROM migrations WHERE version = ?", (version,)).fetchone():
                    continue
                for statement in _statements(script):
                    self._connection.execute(statement)
                self._connection.execute("INSERT INTO migrations VALUES (?, ?)", (version, _now()))


def _make(path: Path) -> None:
    """An empty ledger that nobody but its owner can read: it will hold hashes of passwords and people's notes.

    SQLite gives its journal the same permissions. The file gets its name when it is closed: whoever closes a database file
    takes the locks of this process on it away (sqlite.org/howtocorrupt.html, section 2.2).
    """
    descriptor, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(descriptor)
    try:
        # Of two that begin together, the first one's stays.
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        Path(made).unlink()


def is_behind(built: str, now: str, parts: int | None = None) -> bool:
    """Whether people decided something since ``built`` (:meth:`Ledger.decided_through` of both times), in the first ``parts`` or at all.

    A generation that was built before the ledger had one of its tables knows nothing of that table.
    """
    pairs = zip_longest(built.split(), now.split(), fillvalue="0")
    return any(before != after for before, after in islice(pairs, parts))


def _migrations() -> list[tuple[int, str]]:
    folder = files("tsunagari_indexer") / "migrations"
    found = [
        (int(entry.name[:4]), entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(found)


def _statements(script: str) -> list[str]:
    """The statements of a migration; a script run as one would commit before its record."""
    plain = re.sub(r"--[^\n]*", "", script)
    return [statement for statement in plain.split(";") if statement.strip()]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
