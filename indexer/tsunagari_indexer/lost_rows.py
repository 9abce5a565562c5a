"""Rows that were probably lost: a programme of the year before is on no row of this year's list, and yet its name stands there.

Two rows that were read as one, or a row that was left out, look like a programme that has ended. Its name within another row, or
within what was left out, gives it away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tsunagari_indexer.likeness import plain_name
from tsunagari_parsers.text import comparable

#: Shorter names stand in other texts by chance.
_SHORTEST = 8
#: A name that makes up so much of a row's own name was added to (「…（第２期）」): that is a question of who is who.
_ADDED_TO = 0.7


@dataclass(frozen=True, slots=True)
class Gone:
    """A programme that the newest list does not have."""

    id: str
    place: str
    name: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowText:
    """All the words of a row of the newest list, or of one that was left out."""

    document: str
    document_name: str
    page: int
    row: int
    place: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A programme that is gone, and the row in which its name still stands."""

    gone: Gone
    row: RowText


def traces(gone: Iterable[Gone], rows: Sequence[RowText]) -> tuple[Trace, ...]:
    """The rows in which names of programmes that are gone still stand: the first of each, those of the same place before others.

    Where the place is another one, the number must stand there as well: lists give many programmes the same name.
    """
    folded = [(row, comparable(row.text), plain_name(row.text)) for row in rows]
    found = []
    for one in gone:
        name = plain_name(one.name)
        numbers = {comparable(phone) for phone in one.phones}
        if len(name) < _SHORTEST:
            continue
        fitting = [
            row
            for row, text, plain in folded
            if name in plain
            and not _is_renamed(name, plain_name(row.name))
            and (row.place == one.place or any(number in text for number in numbers))
        ]
        if fitting:
            found.append(Trace(one, min(fitting, key=lambda row: row.place != one.place)))
    return tuple(found)


def _is_renamed(name: str, row_name: str) -> bool:
    return name in row_name and len(name) >= _ADDED_TO * len(row_name)
