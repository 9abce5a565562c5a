"""Columns with rules between them and none across: their rows, if they have any."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tsunagari_parsers.tables.bands import row_spans
from tsunagari_parsers.tables.characters import assign, extent, line_rows
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.grid import grid
from tsunagari_parsers.tables.model import Table, TableSettings
from tsunagari_parsers.tables.rules import Box
from tsunagari_parsers.tables.verdict import NARROW, filled
from tsunagari_parsers.tables.white import Piece, marks

#: So many rows, and text in most columns of this share of them, make a table of columns with rules between them.
_FEWEST_PARTED = 3
_PARTED = 0.75


def parted(
    page: int, cells: Sequence[Box], chars: Sequence[Sequence[Object]], drawn: Sequence[Object], settings: TableSettings
) -> Table | None:
    """The table of columns that have rules between them and none across, or one below the header only; None if they are one row.

    They are one row, as in a row that is higher than its page or a comparison of two versions, unless they are three columns at least,
    most of them have text in almost every row, and two of those are too narrow for running text.
    """
    tops = sorted({cell[1] for cell in cells})
    lefts = sorted({cell[0] for cell in cells})
    if len(tops) > 2 or len(lefts) < _FEWEST_PARTED or len(cells) != len(tops) * len(lefts):
        return None
    body = [(cell, own) for cell, own in zip(cells, chars, strict=True) if cell[1] == tops[-1]]
    level = [[char for char in own if not char.get("turn")] for _, own in body]
    level = [own for own in level if own]
    if len(level) < _FEWEST_PARTED:
        return None
    em = median(char["size"] for own in level for char in own)
    columns = [[_whole(line) for line in line_rows(own, settings)] for own in level]
    rows = row_spans([marks(own, em) for own in columns], em, settings)
    full = [filled(columns, row) for row in rows]
    good = sum(1 for row in full if sum(row) * 2 > len(row))
    narrow = [
        column
        for column, own in enumerate(columns)
        if max(piece.x1 for piece in own) - min(piece.x0 for piece in own) < NARROW * em
        and sum(row[column] for row in full) >= _PARTED * len(rows)
    ]
    if len(rows) < _FEWEST_PARTED or good < _PARTED * len(rows) or len(narrow) < 2:
        return None
    rules = [(above[1] + below[0]) / 2 for above, below in pairwise(rows)]
    boxes = [cell for cell in cells if cell[1] != tops[-1]]
    boxes += [
        (x0, start, x1, end)
        for start, end in pairwise([tops[-1], *rules, body[0][0][3]])
        for x0, _, x1, _ in (cell for cell, _ in body)
    ]
    assigned, _ = assign([char for own in chars for char in own], boxes)
    return grid(page, boxes, assigned, drawn, settings, is_ruled=False)


def _whole(line: Sequence[Object]) -> Piece:
    place = extent(line)
    return Piece(tuple(line), place.x0, place.x1, place.top, place.bottom)
