"""The columns of a list that runs over many pages, by consensus: what one page draws and no page uses is no column.

Pure functions over what was read of each page. They change tables in two ways and never lose a line of text:

- *Ruled tables.* A rule that some pages lack (fills of a header make such rules, and so does a producer's first page) parts no columns
  if the column on one of its sides holds no text on any page. A short rule that stands in few rows of its table, and runs through a
  line of text or leaves an empty place too narrow for any, parts no cells.
- *Tables without rules.* Their columns are the white that all their pages share; a page on which a column is empty has it all the same,
  and lines that only continue such a table (two are too few to be a table of their own) are its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsunagari_parsers.tables.consensus import beside, joined_lines, with_common_columns
from tsunagari_parsers.tables.model import Cell, PageTables, Table, TableSettings

#: Tables share their columns if this part of the smaller one's edges, and no fewer than so many, lie at the same places.
_SHARED = 0.6
_FEWEST_SHARED = 3
#: A rule that stands in at most this share of a table's rows, of so many at least, may be a stray one.
_STRAY_SHARE = 0.25
_FEWEST_ROWS = 4
#: An empty place that is narrower than this (points) beside a stray rule is no cell.
_NARROW = 15.0
#: Characters on both sides of a rule that stand no further apart than this part of their height are one word.
_ONE_WORD = 0.3


def settle(pages: Sequence[PageTables], settings: TableSettings | None = None) -> tuple[PageTables, ...]:
    """The pages of one document with the columns that they agree on."""
    settings = settings or TableSettings()
    tables = {(page.page, number): table for page in pages for number, table in enumerate(page.tables)}
    for key, table in tables.items():
        if table.is_ruled:
            tables[key] = _without_stray_rules(table)
    for family in _families(tables, settings.same_column):
        _drop_phantoms(tables, family, settings.same_column)
    settled = [
        replace(page, tables=tuple(tables[page.page, number] for number in range(len(page.tables)))) for page in pages
    ]
    return tuple(replace(page, cut_lines=()) for page in with_common_columns(settled, settings))


def _edges(table: Table) -> tuple[float, ...]:
    return (*table.column_lefts, table.rect.x1)


def _families(tables: dict[tuple[int, int], Table], tolerance: float) -> list[list[tuple[int, int]]]:
    """The ruled tables of several columns, with those together whose columns mostly begin at the same places."""
    families: list[list[tuple[int, int]]] = []
    for key, table in tables.items():
        if not table.is_ruled or len(table.column_lefts) < 2:
            continue
        own = _edges(table)
        for family in families:
            others = _edges(tables[family[-1]])
            shared = sum(1 for edge in own if _has(others, edge, tolerance))
            if shared >= max(_FEWEST_SHARED, _SHARED * min(len(own), len(others))):
                family.append(key)
                break
        else:
            families.append([key])
    return [family for family in families if len(family) > 1]


def _has(edges: Sequence[float], edge: float, tolerance: float) -> bool:
    return any(abs(edge - other) <= tolerance for other in edges)


def _drop_phantoms(tables: dict[tuple[int, int], Table], family: Sequence[tuple[int, int]], tolerance: float) -> None:
    """Take out of the family's tables each edge that some of them lack and that parts no text in those that have it."""
    if len({tuple(round(edge) for edge in _edges(tables[key])) for key in family}) == 1:
        return
    tried: list[float] = []
    for edge in sorted({edge for key in family for edge in _edges(tables[key])}):
        having = [key for key in family if _has(_edges(tables[key]), edge, tolerance)]
        if len(having) == len(family) or _has(tried, edge, tolerance):
            continue
        tried.append(edge)
        for is_left in (True, False):
            merged = [_without_edge(tables[key], edge, is_left=is_left) for key in having]
            if all(merged):
                tables.update({key: table for key, table in zip(having, merged, strict=True) if table})
                break


def _without_edge(table: Table, edge: float, *, is_left: bool) -> Table | None:
    """The table with the column on one side of an edge made part of its neighbour; None if that column holds text anywhere.

    The column outside the outermost edge is not there: an empty one inside it is left out.
    """
    edges = _edges(table)
    at = min(range(len(edges)), key=lambda index: abs(edges[index] - edge))
    empty = at - 1 if is_left else at
    into = at if is_left else at - 1
    if not 0 <= empty < len(table.column_lefts) or len(table.column_lefts) < 2:
        return None
    if any(cell.lines for cell in table.cells if cell.column == cell.last_column == empty):
        return None
    if not 0 <= into < len(table.column_lefts):
        return _without_column(table, empty)
    cells = []
    for cell in table.cells:
        if cell.column == cell.last_column == empty:
            continue
        x0, x1 = cell.rect.x0, cell.rect.x1
        if into in (cell.column, cell.last_column) and empty not in range(cell.column, cell.last_column + 1):
            x0, x1 = min(x0, edges[empty]), max(x1, edges[empty + 1])
        first = cell.column - (cell.column >= at)
        last = max(first, cell.last_column - (cell.last_column >= at))
        cells.append(replace(cell, rect=replace(cell.rect, x0=x0, x1=x1), column=first, last_column=last))
    lefts = tuple(left for index, left in enumerate(table.column_lefts) if index != at)
    return replace(table, column_lefts=lefts, cells=tuple(cells))


def _without_column(table: Table, column: int) -> Table:
    """The table without its first or last column, which holds no text."""
    edges = _edges(table)
    x0, x1 = (edges[1], edges[-1]) if column == 0 else (edges[0], edges[-2])
    cells = [
        replace(
            cell,
            rect=replace(cell.rect, x0=max(cell.rect.x0, x0), x1=min(cell.rect.x1, x1)),
            column=max(0, cell.column - (column == 0)),
            last_column=cell.last_column - (column in (0, cell.last_column)),
        )
        for cell in table.cells
        if not cell.column == cell.last_column == column
    ]
    lefts = table.column_lefts[1:] if column == 0 else table.column_lefts[:-1]
    return replace(table, rect=replace(table.rect, x0=x0, x1=x1), column_lefts=lefts, cells=tuple(cells))


def _without_stray_rules(table: Table) -> Table:
    """The table without rules down that stand in few of its rows and part nothing there."""
    if len(table.row_tops) < _FEWEST_ROWS:
        return table
    for column in range(len(table.column_lefts) - 1, 0, -1):
        parted = {row for cell in table.cells if cell.column == column for row in range(cell.row, cell.last_row + 1)}
        if not parted or len(parted) > _STRAY_SHARE * len(table.row_tops):
            continue
        pairs = [
            (left, right)
            for right in table.cells
            if right.column == column
            for left in table.cells
            if left.last_column == column - 1 and (left.row, left.last_row) == (right.row, right.last_row)
        ]
        if (
            pairs
            and len(pairs) == sum(cell.column == column for cell in table.cells)
            and all(_is_one(*pair) for pair in pairs)
        ):
            table = _merged(table, pairs, column)
    return table


def _is_one(left: Cell, right: Cell) -> bool:
    """Whether the rule between two cells parts nothing: a line of text runs through it, or one of them could hold no text."""
    if not left.lines or not right.lines:
        empty = right if left.lines else left
        return empty.rect.x1 - empty.rect.x0 <= _NARROW
    return any(
        0 <= other.rect.x0 - one.rect.x1 + 1 <= 1 + _ONE_WORD * (one.rect.bottom - one.rect.top) and beside(one, other)
        for one in left.lines
        for other in right.lines
    )


def _merged(table: Table, pairs: Sequence[tuple[Cell, Cell]], column: int) -> Table:
    """The table with some pairs of neighbours as one cell each, and without the column that only they had."""
    together = dict(pairs)
    gone = {right for _, right in pairs}
    cells = []
    for cell in table.cells:
        if cell in gone:
            continue
        other = together.get(cell)
        if other:
            lines = joined_lines([*cell.lines, *other.lines])
            rect = replace(cell.rect, x1=other.rect.x1)
            cell = replace(cell, rect=rect, last_column=other.last_column, lines=lines)  # noqa: PLW2901
        first, last = cell.column - (cell.column >= column), cell.last_column - (cell.last_column >= column)
        cells.append(replace(cell, column=first, last_column=last))
    lefts = tuple(left for index, left in enumerate(table.column_lefts) if index != column)
    return replace(table, column_lefts=lefts, cells=tuple(cells))
