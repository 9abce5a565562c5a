"""The columns of a table without rules that runs over several pages: the white that all of them share.

A page shows a part of such a table only. A column may be empty there, white may run through a column by chance, and two rows or a row's
last lines are too little to be known for a table at all. The pages before and after know better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
from statistics import median

from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.bands import Mark, Span, row_spans
from tsunagari_parsers.tables.model import Cell, Line, PageTables, Table, TableSettings
from tsunagari_parsers.text import first_unit

#: A line with less room than this at its end (in its height) may go on in the next one.
_ROOM = 2.5
#: Text that goes on with a table begins where the table's own text does (points), in a column at least.
_SAME_LEFT = 3.0
#: Pieces of a line that stand no further apart than this part of their height are one word.
_ONE_WORD = 0.3
#: White that is common to all pages may be a little narrower than that of one page.
_COMMON = 0.8

_Place = tuple[int, int]


def with_common_columns(pages: Sequence[PageTables], settings: TableSettings) -> list[PageTables]:
    """The pages, those tables without rules that go on from page to page brought to common columns."""
    read = list(pages)
    run: list[_Place] = []
    for at in range(len(read)):
        white = [number for number, table in enumerate(read[at].tables) if _is_white(table)]
        if run and read[at].cut_lines:
            grown = _with_rows_above(read[at], read[at - 1].tables[run[-1][1]], white[0] if white else None, settings)
            if grown:
                read[at] = grown
                white = [number for number, table in enumerate(grown.tables) if _is_white(table)]
        if run and white and _common_gutters(read, [*run, (at, white[0])], settings):
            run.append((at, white[0]))
            if len(white) == 1:
                continue
        _bring_together(read, run, settings)
        run = [(at, white[-1])] if white else []
    _bring_together(read, run, settings)
    return read


def _is_white(table: Table) -> bool:
    """Whether alignment made the columns of a table: then no cell reaches from a drawn rule to a drawn rule."""
    return (
        not table.is_ruled
        and len(table.column_lefts) > 1
        and not any(cell.top_drawn or cell.bottom_drawn for cell in table.cells)
    )


def _lines(table: Table) -> list[Line]:
    """The lines of cells that span no columns; headings over several columns do not tell where columns are."""
    return [line for cell in table.cells if cell.column == cell.last_column for line in cell.lines]


def _common_gutters(pages: Sequence[PageTables], run: Sequence[_Place], settings: TableSettings) -> list[Span]:
    """The white between columns that all tables share; nothing if they are not parts of one table."""
    tables = [pages[at].tables[number] for at, number in run]
    lines = [line for table in tables for line in _lines(table)]
    least = _COMMON * settings.gutter * median([line.rect.bottom - line.rect.top for line in lines] or [0.0])
    white: list[Span] = [(-inf, inf)]
    for line in lines:
        white = [
            part
            for start, end in white
            for part in ((start, min(end, line.rect.x0)), (max(start, line.rect.x1), end))
            if part[1] - part[0] >= least
        ]
    gutters = white[1:-1]
    return gutters if len(gutters) + 1 >= max(2, min(len(table.column_lefts) for table in tables)) else []


def _bring_together(pages: list[PageTables], run: Sequence[_Place], settings: TableSettings) -> None:
    """Give each table of a run the columns of the whole run."""
    gutters = _common_gutters(pages, run, settings) if len(run) > 1 else []
    if not gutters:
        return
    tables = [pages[at].tables[number] for at, number in run]
    x0, x1 = min(table.rect.x0 for table in tables), max(table.rect.x1 for table in tables)
    lefts = (x0, *((start + end) / 2 for start, end in gutters))
    for (at, number), table in zip(run, tables, strict=True):
        cut = _recut(table, lefts, (*(start for start, _ in gutters), x1), settings)
        pages[at] = replace(
            pages[at],
            tables=tuple(cut if index == number else other for index, other in enumerate(pages[at].tables)),
        )


def _recut(table: Table, lefts: Sequence[float], reaches: Sequence[float], settings: TableSettings) -> Table:
    """The same rows and the same text in other columns; cells that span columns or rows still do.

    ``reaches`` are where the longest lines of each column end, over all pages.
    """
    right = reaches[-1]
    edges = (*lefts, right)
    bottoms = (*table.row_tops[1:], table.rect.bottom)
    cells: list[Cell] = []
    covered: set[tuple[int, int]] = set()

    def add(row: int, last_row: int, column: int, last_column: int, lines: Sequence[Line]) -> None:
        rect = Rect(edges[column], table.row_tops[row], edges[last_column + 1], bottoms[last_row])
        own = _lines_in(joined_lines(lines), reaches[last_column], settings)
        cells.append(Cell(rect, row, last_row, column, last_column, own, top_drawn=False, bottom_drawn=False))
        covered.update((y, x) for y in range(row, last_row + 1) for x in range(column, last_column + 1))

    for cell in table.cells:
        if cell.column != cell.last_column and cell.lines:
            first = _column(min(line.rect.x0 for line in cell.lines), lefts)
            last = _column(max(line.rect.x1 for line in cell.lines), lefts)
            if not any((cell.row, column) in covered for column in range(first, last + 1)):
                add(cell.row, cell.last_row, first, last, cell.lines)
    for row in range(len(table.row_tops)):
        for column in range(len(lefts)):
            if (row, column) in covered:
                continue
            own = [
                (cell, line)
                for cell in table.cells
                if cell.row == row
                for line in cell.lines
                if _column((line.rect.x0 + line.rect.x1) / 2, lefts) == column and not _is_in(line, cells)
            ]
            last_row = max((cell.last_row for cell, _ in own), default=row)
            if any((below, column) in covered for below in range(row, last_row + 1)):
                last_row = row
            add(row, last_row, column, column, [line for _, line in own])
    cells.sort(key=lambda cell: (cell.row, cell.column))
    rect = Rect(edges[0], table.rect.top, right, table.rect.bottom)
    return replace(table, rect=rect, column_lefts=tuple(lefts), cells=tuple(cells))


def _is_in(line: Line, cells: Sequence[Cell]) -> bool:
    return any(cell.column != cell.last_column and any(own.rect == line.rect for own in cell.lines) for cell in cells)


def _column(x: float, lefts: Sequence[float]) -> int:
    return max(0, sum(left <= x for left in lefts) - 1)


def _lines_in(lines: Sequence[Line], reach: float, settings: TableSettings) -> tuple[Line, ...]:
    """The lines of a cell; one is full when what begins the next line would not have fitted before ``reach``."""
    full = []
    for at, line in enumerate(lines):
        after = lines[at + 1].text if at + 1 < len(lines) else ""
        size = line.rect.bottom - line.rect.top
        # What is not parted is more than a character; Latin letters and figures are half as wide.
        unit = sum(0.5 if char.isascii() else 1.0 for char in first_unit(after))
        room = (settings.full_line_gap + max(0.0, unit - 1)) * size
        full.append(replace(line, is_full=reach - line.rect.x1 < room))
    return tuple(full)


def _with_rows_above(page: PageTables, before: Table, first: int | None, settings: TableSettings) -> PageTables | None:
    """The page with those lines at the head of its first table, or of the page, that go on with a table of the page before.

    They go on with it if each piece of them lies within one of its columns and begins, ends or has its middle where a text of that
    column does, and if they stand no further apart than its rows. Where no table follows, one line must fill two columns at least.
    """
    own = page.tables[first] if first is not None else None
    if own is None and page.tables:
        return None
    lefts, right = before.column_lefts, before.rect.x1
    limit = own.rect.top if own else inf
    kept: list[list[Line]] = []
    for row in _rows([piece for piece in page.cut_lines if piece.rect.bottom <= limit + 1]):
        if not all(_fits(piece, before) for piece in row):
            kept = [] if own else kept
            if kept:
                break
        elif kept and _distance(kept[-1], row) > _widest(before):
            kept = [row] if own else kept
            if not own:
                break
        else:
            kept.append(row)
    if not kept or not (own or any(len(row) > 1 for row in kept)):
        return None
    lines = [line for row in kept for line in row]
    if own:
        following = [line for line in _lines(own) if line.rect.top < own.rect.top + 3 * _height(lines)]
        fitting = all(_column(line.rect.x0, lefts) == _column(line.rect.x1, lefts) for line in _lines(own))
        if not fitting or not following or _distance(kept[-1], following) > _widest(before):
            return None
    head = _of_lines(page.page, lines, before, settings)
    table = _stacked(head, _recut(own, lefts, (*lefts[1:], right), settings)) if own else head
    others = [other for number, other in enumerate(page.tables) if number != first]
    return replace(
        page,
        tables=tuple(sorted([*others, table], key=lambda one: (one.rect.top, one.rect.x0))),
        outside=tuple(line for line in page.outside if not any(_is_part(piece, line) for piece in lines)),
        cut_lines=tuple(piece for piece in page.cut_lines if piece not in lines),
    )


def _rows(pieces: Sequence[Line]) -> list[list[Line]]:
    """Pieces of text in lines from the top."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: piece.rect.top + piece.rect.bottom):
        if rows and beside(rows[-1][-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _fits(piece: Line, table: Table) -> bool:
    """Whether a piece of text lies in one column, at a place where that column has text."""
    column = _column((piece.rect.x0 + piece.rect.x1) / 2, table.column_lefts)
    if not _column(piece.rect.x0, table.column_lefts) == column == _column(piece.rect.x1, table.column_lefts):
        return False
    if piece.rect.x0 < table.rect.x0 - _SAME_LEFT or piece.rect.x1 > table.rect.x1 + 3 * _height([piece]):
        return False
    own = [line.rect for cell in table.cells if cell.column == cell.last_column == column for line in cell.lines]
    at = piece.rect
    return any(
        min(abs(at.x0 - rect.x0), abs(at.x1 - rect.x1), abs(at.x0 + at.x1 - rect.x0 - rect.x1) / 2) <= _SAME_LEFT
        for rect in own
    )


def _height(lines: Sequence[Line]) -> float:
    return median(line.rect.bottom - line.rect.top for line in lines)


def _distance(above: Sequence[Line], below: Sequence[Line]) -> float:
    return min(line.rect.top for line in below) - max(line.rect.bottom for line in above)


def _widest(table: Table) -> float:
    """The widest white between two rows of a table, with a little to spare."""
    rows = [
        [line for cell in table.cells if cell.row == row for line in cell.lines] for row in range(len(table.row_tops))
    ]
    filled = [row for row in rows if row]
    return max((_distance(above, below) for above, below in pairwise(filled)), default=0.0) + 2.0


def _is_part(piece: Line, line: Line) -> bool:
    """Whether a piece was cut from a line."""
    return beside(piece, line) and line.rect.x0 - 0.1 <= piece.rect.x0 and piece.rect.x1 <= line.rect.x1 + 0.1


def _of_lines(page: int, lines: Sequence[Line], before: Table, settings: TableSettings) -> Table:
    """Rows of known columns from the lines of their text."""
    lefts, right = before.column_lefts, before.rect.x1
    columns: list[list[Mark]] = [[] for _ in lefts]
    ends = [
        max([line.rect.x1 for line in (*_lines(before), *lines) if _column(line.rect.x0, lefts) == column] or [0.0])
        for column in range(len(lefts))
    ]
    for line in lines:
        column = _column(line.rect.x0, lefts)
        full = ends[column] - line.rect.x1 < _ROOM * _height([line])
        columns[column].append((line.rect.top, line.rect.bottom, full))
    rows = row_spans(columns, _height(lines), settings)
    tops = [rows[0][0] - 1, *((above[1] + below[0]) / 2 for above, below in pairwise(rows))]
    empty = Table(page, Rect(lefts[0], tops[0], right, rows[-1][1] + 1), tuple(tops), tuple(lefts), (), is_ruled=False)
    bottoms = [*tops[1:], empty.rect.bottom]
    cells = [
        Cell(
            Rect(lefts[0], top, right, bottom), row, row, 0, 0,
            tuple(line for line in lines if top <= (line.rect.top + line.rect.bottom) / 2 < bottom),
            top_drawn=False, bottom_drawn=False,
        )
        for row, (top, bottom) in enumerate(zip(tops, bottoms, strict=True))
    ]  # fmt: skip
    return _recut(replace(empty, cells=tuple(cells)), lefts, (*lefts[1:], right), settings)


def _stacked(upper: Table, lower: Table) -> Table:
    """Two tables of the same columns as one."""
    rows = len(upper.row_tops)
    moved = tuple(replace(cell, row=cell.row + rows, last_row=cell.last_row + rows) for cell in lower.cells)
    rect = Rect(upper.rect.x0, upper.rect.top, lower.rect.x1, lower.rect.bottom)
    return replace(upper, rect=rect, row_tops=(*upper.row_tops, *lower.row_tops), cells=(*upper.cells, *moved))


def beside(one: Line, other: Line) -> bool:
    """Whether two pieces of text stand on one line."""
    shared = min(one.rect.bottom, other.rect.bottom) - max(one.rect.top, other.rect.top)
    return shared > 0.5 * min(one.rect.bottom - one.rect.top, other.rect.bottom - other.rect.top)


def joined_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Pieces of text that stand on one line as one line each, from the top."""
    joined: list[Line] = []
    for line in sorted(lines, key=lambda line: line.rect.top + line.rect.bottom):
        if joined and beside(joined[-1], line):
            one, other = sorted((joined[-1], line), key=lambda line: line.rect.x0)
            gap = other.rect.x0 - one.rect.x1 > _ONE_WORD * (one.rect.bottom - one.rect.top)
            rect = Rect(
                one.rect.x0,
                min(one.rect.top, other.rect.top),
                max(one.rect.x1, other.rect.x1),
                max(one.rect.bottom, other.rect.bottom),
            )
            joined[-1] = Line(f"{one.text}{' ' if gap else ''}{other.text}", rect, other.is_full)
        else:
            joined.append(line)
    return tuple(joined)
