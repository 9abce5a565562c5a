"""What people look for and do not find: concepts, counted by month. Nothing else of a search is kept.

No word that was typed, no place, no two concepts of one search together, no order, and no time but the month (in Japan). A search in
which danger is spoken of is not counted at all. Several processes may count into one folder; each writes at most once a minute, and
one that is killed loses that minute.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from tsunagari_indexer.errors import CountsError
from tsunagari_indexer.lexicon import Concept, Lexicon

#: Fewer are not told: few enough to be one person.
FEWEST_SHOWN = 5
#: So often counts are written, in seconds.
EVERY = 60.0
#: How long another process may hold the file, in seconds.
_PATIENCE = 10.0
_JAPAN = timezone(timedelta(hours=9))
#: Rows lie in the order of their key: the file says nothing of the order in which they came.
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS missed (month TEXT, concept TEXT, searches INTEGER NOT NULL, "
    "PRIMARY KEY (month, concept)) WITHOUT ROWID"
)

#: How many searches, by month (2026-11) and concept's id.
Counted = Mapping[tuple[str, str], int]

_log = logging.getLogger("tsunagari.counts")


@dataclass(frozen=True, slots=True)
class Missed:
    """How many searches for a concept found nothing in a month; ``searches`` is None where they are fewer than :data:`FEWEST_SHOWN`."""

    label: str
    month: str
    searches: int | None

    @property
    def shown(self) -> str:
        """The number as an administrator sees it."""
        return f"{FEWEST_SHOWN}未満" if self.searches is None else str(self.searches)


def missed_by(concepts: Collection[Concept], is_held: Callable[[str], bool]) -> tuple[str, ...]:
    """The ids of the concepts of a search that no listing holds, each once, by id.

    What counts: a concept that the words speak of, where no listing of the kinds that were asked for holds it; or where some do, the words
    together found none, and none holds it by itself among those that pass the filters. Filters and places that leave nothing
    whatever the words are have been given up or widened before (the coverage page shows those), so that this is about needs alone.
    Nothing counts of a search in which any concept is urgent, none for which another counter is asked (``elsewhere``), and nothing where
    a name or a number was looked for.

    Args:
        concepts: those of the query's words.
        is_held: whether any listing holds a term here.
    """
    if any(concept.urgent for concept in concepts):
        return ()
    needs = {concept.id for concept in concepts if not concept.elsewhere}
    return tuple(sorted(concept for concept in needs if not is_held(f"c:{concept}")))


def missed_by_month(counted: Counted, lexicon: Lexicon) -> list[Missed]:
    """The counts for administrators: the newest month first, in each the most missed first; small numbers without their size."""

    def order(entry: tuple[tuple[str, str], int]) -> tuple[int, int, str]:
        (month, concept), searches = entry
        return -int(month.replace("-", "")), -searches if searches >= FEWEST_SHOWN else 0, concept

    return [
        Missed(
            lexicon.concepts[concept].label if concept in lexicon.concepts else concept,
            month,
            searches if searches >= FEWEST_SHOWN else None,
        )
        for (month, concept), searches in sorted(counted.items(), key=order)
    ]


def read_counts(root: Path) -> dict[tuple[str, str], int]:
    """All that was counted for a data folder.

    Raises:
        CountsError: the file is damaged or cannot be read.
    """
    path = _path(root)
    if not path.exists():
        return {}
    with _opened(path) as connection:
        return {
            (month, concept): searches
            for month, concept, searches in connection.execute("SELECT month, concept, searches FROM missed")
        }


def add_counts(root: Path, counted: Counted) -> None:
    """Add to what was counted for a data folder, all or nothing.

    Raises:
        CountsError: the file cannot be written.
    """
    path = _path(root)
    try:
        # The file has the small numbers too, which no page tells.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CountsError(f"数を残すフォルダー {path.parent} を作れません（{error}）") from error
    with _opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO missed VALUES (?, ?, ?) "
            "ON CONFLICT (month, concept) DO UPDATE SET searches = searches + excluded.searches",
            [(month, concept, searches) for (month, concept), searches in sorted(counted.items())],
        )
        connection.execute("COMMIT")


class MissedConcepts:
    """Counts in memory, and writes in a thread of its own: a minute after something was counted, and when it is closed."""

    def __init__(
        self, root: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC), every: float = EVERY
    ) -> None:
        self._root = root
        self._clock = clock
        self._every = every
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, str]] = Counter()
        self._timer: threading.Timer | None = None

    def missed(self, concepts: Collection[str]) -> None:
        """Count these concepts (ids), each once."""
        if not concepts:
            return
        month = self._clock().astimezone(_JAPAN).strftime("%Y-%m")
        with self._lock:
            self._counted.update((month, concept) for concept in set(concepts))
            self._write_later()

    def close(self) -> None:
        """Write what was counted. Counting may go on afterwards."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer:
            timer.cancel()
        self._write()

    def _write_later(self) -> None:
        """Within the lock: have it written, if nothing is waiting to be."""
        if self._timer is None:
            self._timer = threading.Timer(self._every, self._write_in_time)
            # A process that ends without closing is not kept waiting for it.
            self._timer.daemon = True
            self._timer.start()

    def _write_in_time(self) -> None:
        with self._lock:
            self._timer = None
        if not self._write():
            with self._lock:
                self._write_later()

    def _write(self) -> bool:
        """Write what was counted; what cannot be written is kept for the next time."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return True
        try:
            add_counts(self._root, counted)
        except CountsError as error:
            # The message names the file and what is wrong with it, never a concept.
            _log.warning("%s", error)
            with self._lock:
                self._counted.update(counted)
            return False
        return True


def _path(root: Path) -> Path:
    return root / "counts" / "missed.sqlite"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
        try:
            connection.execute(_SCHEMA)
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise CountsError(f"見つからなかった意味の数 {path} を読み書きできません（{error}）") from error
