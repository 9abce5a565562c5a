"""Coloured rows and white ones by turns: a table whose colours are its only rules has rows where there is no colour, too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tsunagari_parsers.tables.bands import row_spans
from tsunagari_parsers.tables.characters import extent, line_rows
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.model import TableSettings
from tsunagari_parsers.tables.rules import Box, CellGroup
from tsunagari_parsers.tables.white import Piece, marks

#: Fewer columns than this are boxes on a page, and not a table's rows.
_FEWEST_COLUMNS = 3
#: A place between two coloured rows that is higher than this many times the highest of them holds several rows.
_TALLEST = 2.0
#: Lines that stand no further than this (em) above or below a coloured row may be a white row at the end of the table.
_NEAR = 1.5
#: How far a column's edges may lie apart in two rows (points), and by how much a character may reach over one.
_SAME = 1.5


def with_white_rows(groups: Sequence[CellGroup], chars: Sequence[Object], settings: TableSettings) -> list[CellGroup]:
    """The sets of cells, those coloured rows as one that have the same columns, with the white rows between, above and below them.

    Args:
        groups: the sets of cells of a page, from the top.
        chars: the page's characters.
        settings: geometry.
    """
    families: list[list[CellGroup]] = []
    others: list[CellGroup] = []
    for group in groups:
        edges = _edges(group)
        if not group.is_fill or len(edges) <= _FEWEST_COLUMNS:
            others.append(group)
        elif families and _are_same(_edges(families[-1][-1]), edges):
            families[-1].append(group)
        else:
            families.append([group])
    level = [char for char in chars if not char.get("turn")]
    for family in families:
        others += _joined(family, level, settings) or family
    return sorted(others, key=lambda group: (group.cells[0][1], group.cells[0][0]))


def _edges(group: CellGroup) -> list[float]:
    return sorted({edge for cell in group.cells for edge in (cell[0], cell[2])})


def _are_same(some: Sequence[float], others: Sequence[float]) -> bool:
    return len(some) == len(others) and all(abs(x - y) <= _SAME for x, y in zip(some, others, strict=True))


def _joined(family: Sequence[CellGroup], chars: Sequence[Object], settings: TableSettings) -> list[CellGroup]:
    """One set of cells with the white rows; nothing where the places between the coloured rows are no single rows."""
    if len(family) < 2:
        return []
    edges = _edges(family[0])
    extents = [(min(cell[1] for cell in one.cells), max(cell[3] for cell in one.cells)) for one in family]
    tallest = max(cell[3] - cell[1] for one in family for cell in one.cells)
    gaps = [(above[1], below[0]) for above, below in pairwise(extents)]
    if any(bottom - top > _TALLEST * tallest for top, bottom in gaps):
        return []
    inside = [char for char in chars if edges[0] <= (char["x0"] + char["x1"]) / 2 <= edges[-1]]
    white = [gap for gap in gaps if any(gap[0] < _middle(char) < gap[1] for char in inside)]
    white += _end_rows(inside, edges, extents[0][0], settings, is_above=True)
    white += _end_rows(inside, edges, extents[-1][1], settings, is_above=False)
    cells: list[Box] = [cell for one in family for cell in one.cells]
    cells += [(x0, top, x1, bottom) for top, bottom in white for x0, x1 in pairwise(edges)]
    drawn = [rule for one in family for rule in one.drawn]
    return [CellGroup(sorted(cells, key=lambda cell: (cell[1], cell[0])), drawn, is_fill=True)]


def _end_rows(
    chars: Sequence[Object], edges: Sequence[float], edge: float, settings: TableSettings, *, is_above: bool
) -> list[tuple[float, float]]:
    """The extents of the white rows beyond the first or last coloured one: lines close to it and to each other, in several of its columns."""
    beyond = [char for char in chars if (_middle(char) < edge if is_above else _middle(char) > edge)]
    if not beyond:
        return []
    em = median(char["size"] for char in beyond)
    lines = line_rows(beyond, settings)
    kept: list[Object] = []
    end = edge
    for line in reversed(lines) if is_above else lines:
        top, bottom = min(char["top"] for char in line), max(char["bottom"] for char in line)
        if (end - bottom if is_above else top - end) > _NEAR * em or any(_crosses(char, edges) for char in line):
            break
        kept += line
        end = min(end, top) if is_above else max(end, bottom)
    columns = [[char for char in kept if x0 <= (char["x0"] + char["x1"]) / 2 < x1] for x0, x1 in pairwise(edges)]
    if 2 * sum(map(bool, columns)) < len(columns):
        return []
    pieces = [[_whole(line) for line in line_rows(own, settings)] for own in columns if own]
    rows = row_spans([marks(own, em) for own in pieces], em, settings)
    middles = [(above[1] + below[0]) / 2 for above, below in pairwise(rows)]
    return list(pairwise([end - 1, *middles, edge] if is_above else [edge, *middles, end + 1]))


def _whole(line: Sequence[Object]) -> Piece:
    place = extent(line)
    return Piece(tuple(line), place.x0, place.x1, place.top, place.bottom)


def _crosses(char: Object, edges: Sequence[float]) -> bool:
    return any(char["x0"] + _SAME < x < char["x1"] - _SAME for x in edges[1:-1])


def _middle(char: Object) -> float:
    return float(char["top"] + char["bottom"]) / 2
