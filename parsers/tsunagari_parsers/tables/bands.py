"""Rows without rules: which lines of a table's columns belong to one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from tsunagari_parsers.tables.model import TableSettings

Span = tuple[float, float]
#: A line of a column: where it begins and ends (points from the top), and whether it is as long as the column is wide.
Mark = tuple[float, float, bool]

#: A line that fills at least this share of the columns begins a row.
_FILLED = 0.6
#: A column that is filled in more than this share of the other lines is one whose text is wrapped.
_WRAPPED = 0.34
#: Among rows, at most this share has text in one column only.
_WEAK = 0.25
#: White between lines that is narrower than this (em) is measured as this; fonts differ in what they call the height of a character.
_THINNEST = 0.15


@dataclass(frozen=True, slots=True)
class Band:
    """Lines of several columns that stand beside one another: their vertical extent, how many lines each column has there, and the
    columns whose last line there is as long as the column is wide."""

    top: float
    bottom: float
    lines: tuple[int, ...]
    full: frozenset[int]

    @property
    def filled(self) -> frozenset[int]:
        """The columns that have text here."""
        return frozenset(column for column, count in enumerate(self.lines) if count)


def row_spans(columns: Sequence[Sequence[Mark]], em: float, settings: TableSettings) -> list[Span]:
    """The rows of a table, from the vertical extents of the lines in each of its columns.

    Where the white between some lines is clearly wider, rows stand apart there. Elsewhere a row begins where the first column has
    text, or most columns have; a line that has text in few columns only goes on with the row above, or, where cells are centred
    beside a taller one, with the row in whose middle those others stand.
    """
    bands = _bands(columns)
    rows = next((groups for groups in _groupings(bands, em, settings) if _are_rows(groups)), None)
    return [(row[0].top, row[-1].bottom) for row in rows or _by_keys(bands)]


def _bands(columns: Sequence[Sequence[Mark]]) -> list[Band]:
    """The lines of all columns, joined where they overlap by more than a touch: so does one that is centred between two others."""
    lines = sorted((top, bottom, column, full) for column, own in enumerate(columns) for top, bottom, full in own)
    bands: list[Band] = []
    for top, bottom, column, full in lines:
        now = frozenset({column} if full else ())
        if bands and top < bands[-1].bottom - 0.1 * (bottom - top):
            last = bands[-1]
            counts = [count + (index == column) for index, count in enumerate(last.lines)]
            bands[-1] = Band(last.top, max(last.bottom, bottom), tuple(counts), last.full - {column} | now)
        else:
            bands.append(Band(top, bottom, tuple(int(index == column) for index in range(len(columns))), now))
    return bands


def _groupings(bands: Sequence[Band], em: float, settings: TableSettings) -> Iterator[list[list[Band]]]:
    """The bands in groups between which there is clearly more white than within them, the smallest groups first."""
    whites = sorted({max(below.top - above.bottom, _THINNEST * em) for above, below in pairwise(bands)})
    for narrow, wide in pairwise(whites):
        if wide < settings.row_gap * narrow:
            continue
        groups = [[bands[0]]]
        for above, below in pairwise(bands):
            if below.top - above.bottom >= wide - 0.01:
                groups.append([])
            groups[-1].append(below)
        yield groups


def _are_rows(groups: Sequence[Sequence[Band]]) -> bool:
    """Whether groups are rows: not several rows close together, and not the single lines of long texts."""
    tall = [group for group in groups if len(group) > 1]
    dense = [group for group in tall if _is_dense(group)]
    filled = [len(frozenset().union(*(band.filled for band in group))) for group in groups]
    weak = sum(1 for count in filled if count == 1 and max(filled) > 1)
    return len(dense) * 2 <= len(tall) and weak <= _WEAK * len(groups)


def _is_dense(group: Sequence[Band]) -> bool:
    """Whether most columns have several lines: then these are rows close together, not one row with a long text in it."""
    counts = [sum(1 for band in group if column in band.filled) for column in range(len(group[0].lines))]
    filled = [count for count in counts if count]
    return sum(1 for count in filled if count > 1) > _FILLED * len(filled)


def _by_keys(bands: Sequence[Band]) -> list[list[Band]]:
    most = max(len(band.filled) for band in bands)
    starts = {index for index, band in enumerate(bands) if len(band.filled) >= _FILLED * most or 0 in band.filled}
    others = [band for index, band in enumerate(bands) if index not in starts]
    wrapped = {
        column
        for column in range(len(bands[0].lines))
        if sum(column in band.filled for band in others) > _WRAPPED * len(others)
    }
    starts |= {index for index, band in enumerate(bands) if not band.filled <= wrapped and index not in starts}
    edges = sorted({0, *starts, len(bands)})
    readings = [[list(bands[start:end]) for start, end in pairwise(edges)]]
    if counts := _centred(sorted(starts), len(bands)):
        ends = [0, *accumulate(counts)]
        readings.append([list(bands[start:end]) for start, end in pairwise(ends)])
    return min(readings, key=lambda rows: _broken(rows, wrapped))


def _broken(rows: Sequence[Sequence[Band]], wrapped: set[int]) -> int:
    """How often a reading goes on below a line that had room left, or ends a row after one that had none."""
    within = sum(
        bool(below.filled & wrapped & above.filled - above.full) for row in rows for above, below in pairwise(row)
    )
    after = sum(
        bool(wrapped & row[-1].full & following[0].filled) for row, following in pairwise(rows) if row and following
    )
    return within + after


def _centred(starts: Sequence[int], total: int) -> list[int]:
    """How many bands each row has if each start stands in the middle of its row; nothing if that does not come out even."""
    counts = []
    at = 0
    for start in starts:
        count = 2 * (start - at) + 1
        if count < 1:
            return []
        counts.append(count)
        at += count
    return counts if at == total else []
