"""Ruled tables of a PDF page as a grid of cells. This module knows nothing of what stands in them.

pdfplumber finds the rules and the cells between them. Three things are added, each for a fault that real producers make
(measured on public documents of ministries, prefectures and cities):

- a table's outline is closed on all four sides, because Excel draws the rule at the foot of a page under some columns only;
- a cell knows the rows and columns that it spans and whether its upper and lower edges were really drawn, so that a merged
  cell, a lost cell and a cell that goes on over the page break are three different things;
- a character belongs to the cell that holds its midpoint, whatever the order of the text in the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pdfplumber.page import Page
from pdfplumber.table import edges_to_intersections, intersections_to_cells, merge_edges
from pdfplumber.utils.geometry import filter_edges, rect_to_edges

from tsunagari_parsers.glyphs import without_radicals
from tsunagari_parsers.records import Rect

_Object = dict[str, Any]

#: Pieces of dashed rules shorter than this (points) are dropped before joining.
_MIN_PIECE = 1.0
#: A filled rectangle that is thicker than this both ways is an area, not a rule (points).
_THICKEST_RULE = 3.0
#: The side of the squares in which rules that touch are looked for (points).
_SQUARE = 32
#: So many sides without a rule across are the cells of an open row; two could be a frame or a margin.
_FEWEST_SIDES = 3
#: Fewer cells than this within a cell of a table are a mark, not a table of their own.
_SMALLEST_GRID = 4


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Geometry, in PDF points unless said otherwise.

    Attributes:
        snap: rules closer than this are one rule.
        join: gaps in a rule up to this are bridged.
        min_rule: shorter pieces of rules are dropped after joining (dashes are joined first).
        page_share: a rectangle that covers more than this share of the page is paper, not a table (0 to 1).
        line_overlap: two characters stand on one line when they share this part of the smaller one's height (0 to 1).
        full_line_gap: a line is full when fewer than this many of its characters would still fit in its cell.
        overlap: two characters of a line that share more than this part of the narrower one's width were not written
            for one cell (0 to 1).
        max_crossings: a set of rules with more pairs of a horizontal and a vertical one is a picture, not a table.
    """

    snap: float = 2.0
    join: float = 2.0
    min_rule: float = 3.0
    page_share: float = 0.95
    line_overlap: float = 0.5
    full_line_gap: float = 1.6
    overlap: float = 0.3
    max_crossings: int = 2_000_000

    def __post_init__(self) -> None:
        for name in ("snap", "join", "min_rule", "full_line_gap"):
            if not 0 <= getattr(self, name) <= 50:
                raise ValueError(f"{name} must be between 0 and 50 points, not {getattr(self, name)}")
        for name in ("page_share", "line_overlap", "overlap"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} must be above 0 and at most 1, not {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a cell. ``is_full``: the next character would not have fitted."""

    text: str
    rect: Rect
    is_full: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``row`` and ``column`` are its first ones in the grid, ``last_*`` the last ones that it spans (inclusive).

    ``is_overwritten``: characters stand on one another, so that text of another cell has run into it.
    """

    rect: Rect
    row: int
    last_row: int
    column: int
    last_column: int
    lines: tuple[Line, ...]
    top_drawn: bool
    bottom_drawn: bool
    is_overwritten: bool = False

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table on one page (numbered from 1): its outline and its cells, from the top left, row by row.

    ``is_ruled``: rules made its cells; else the alignment of its text did.
    """

    page: int
    rect: Rect
    row_tops: tuple[float, ...]
    column_lefts: tuple[float, ...]
    cells: tuple[Cell, ...]
    is_ruled: bool = True

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers this place of the grid, or None where the rules leave none."""
        for cell in self.cells:
            if cell.row <= row <= cell.last_row and cell.column <= column <= cell.last_column:
                return cell
        return None


@dataclass(frozen=True, slots=True)
class PageTables:
    """The tables of one page, its size, and the lines of text that stand in no table.

    ``characters`` counts what was read, ``drawn`` every character of the file but spaces, doubled ones included; ``pictures``
    counts images, and sets of rules that are too many for a table.
    """

    page: int
    width: float
    height: float
    tables: tuple[Table, ...]
    outside: tuple[Line, ...]
    characters: int
    drawn: int
    pictures: int


def read_page(page: Page, settings: TableSettings | None = None) -> PageTables:
    """Every ruled table of ``page``, and what stands outside them."""
    settings = settings or TableSettings()
    chars = _dedupe([char for char in page.chars if char["text"].strip(" \t\r\n")])
    groups, drawings = _cell_groups(page, settings)
    assigned, outside = _assign(chars, [cell for group in groups for cell in group.cells])
    tables = []
    start = 0
    for group in groups:
        own = assigned[start : start + len(group.cells)]
        start += len(group.cells)
        if any(own):
            tables.append(_table(page.page_number, group, own, settings))
    return PageTables(
        page=page.page_number,
        width=float(page.width),
        height=float(page.height),
        tables=tuple(tables),
        outside=tuple(Line(_line_text(line), _extent(line), is_full=False) for line in _lines(outside, settings)),
        characters=len(chars),
        drawn=sum(1 for char in page.chars if char["text"].strip()),
        pictures=len(page.images) + drawings,
    )


@dataclass(frozen=True, slots=True)
class _CellGroup:
    """The cells inside one connected set of rules, and the horizontal rules that were really drawn."""

    cells: list[tuple[float, float, float, float]]
    drawn: list[_Object]


def _cell_groups(page: Page, settings: TableSettings) -> tuple[list[_CellGroup], int]:
    """The sets of cells from the top, and how many sets of rules are pictures."""
    groups = []
    drawings = 0
    for edges in _with_open_rows(_connected(_rules(page, settings), settings.snap)):
        horizontal = [edge for edge in edges if edge["orientation"] == "h"]
        if len(edges) == len(horizontal) or (not horizontal and len(edges) < _FEWEST_SIDES):
            continue
        if len(horizontal) * (len(edges) - len(horizontal)) > settings.max_crossings:
            drawings += 1
            continue
        closed = edges + _outline(edges, settings.snap)
        cells = intersections_to_cells(edges_to_intersections(closed, settings.snap, settings.snap))
        if cells:
            groups.append(_CellGroup(sorted(cells, key=lambda cell: (cell[1], cell[0])), horizontal))
    tables = [group for group in groups if not _is_marking(group, groups, settings.snap)]
    return sorted(tables, key=lambda group: (group.cells[0][1], group.cells[0][0])), drawings


def _with_open_rows(groups: Sequence[list[_Object]]) -> list[list[_Object]]:
    """The sets of rules, with vertical rules that touch none but begin and end alike as one set.

    A row that is higher than its page leaves such a page in the middle: the sides of its cells, and no rule across.
    """
    together: dict[tuple[int, int], list[_Object]] = {}
    others = []
    for group in groups:
        if len(group) == 1 and group[0]["orientation"] == "v":
            together.setdefault((round(group[0]["top"]), round(group[0]["bottom"])), []).append(group[0])
        else:
            others.append(group)
    return [*others, *together.values()]


def _is_marking(group: _CellGroup, groups: Sequence[_CellGroup], snap: float) -> bool:
    """Whether a few cells lie wholly within one cell of a table: a mark behind text, whose text is that cell's."""
    if len(group.cells) >= _SMALLEST_GRID:
        return False
    x0, top = min(cell[0] for cell in group.cells), min(cell[1] for cell in group.cells)
    x1, bottom = max(cell[2] for cell in group.cells), max(cell[3] for cell in group.cells)
    return any(
        cell[0] - snap <= x0 and cell[1] - snap <= top and x1 <= cell[2] + snap and bottom <= cell[3] + snap
        for other in groups
        if other is not group and len(other.cells) >= _SMALLEST_GRID
        for cell in other.cells
    )


def _rules(page: Page, settings: TableSettings) -> list[_Object]:
    """The horizontal and vertical rules, joined; curves and rectangles of the page's own size are none."""
    limit = settings.page_share * float(page.width) * float(page.height)
    rects = [rect for rect in page.rects if rect["width"] * rect["height"] < limit]
    lines = [line for line in page.lines if min(line["width"], line["height"]) < 1]
    drawn = [rect for rect in rects if not _is_fill(rect)]
    # Fills are headers' grounds and marks behind text; only where nothing else is drawn are they the table.
    edges = [edge for rect in (drawn if drawn or lines else rects) for edge in rect_to_edges(rect)]
    edges += [_line_edge(line) for line in lines]
    merged = merge_edges(
        filter_edges(_clipped(edges, page.bbox), min_length=_MIN_PIECE),
        snap_x_tolerance=settings.snap,
        snap_y_tolerance=settings.snap,
        join_x_tolerance=settings.join,
        join_y_tolerance=settings.join,
    )
    return filter_edges(merged, min_length=settings.min_rule)


def _line_edge(line: _Object) -> _Object:
    """A line as an edge. pdfplumber calls it horizontal only where both ends have the very same height, which a turned page's never have."""
    level = line["height"] <= line["width"]
    start, end = ("top", "bottom") if level else ("x0", "x1")
    middle = (line[start] + line[end]) / 2
    size = "height" if level else "width"
    return {**line, start: middle, end: middle, size: 0, "orientation": "h" if level else "v"}


def _is_fill(rect: _Object) -> bool:
    """Whether a rectangle is an area of colour without an outline; a thin one is a rule, as many producers draw them."""
    return bool(rect["fill"] and not rect["stroke"] and min(rect["width"], rect["height"]) > _THICKEST_RULE)


def _clipped(edges: Sequence[_Object], bbox: tuple[float, float, float, float]) -> list[_Object]:
    """The parts of rules that lie on the page; a damaged file puts rules at any distance."""
    x0, top, x1, bottom = bbox
    clipped = []
    for edge in edges:
        if edge["x1"] < x0 or edge["x0"] > x1 or edge["bottom"] < top or edge["top"] > bottom:
            continue
        inside = {
            "x0": max(edge["x0"], x0),
            "x1": min(edge["x1"], x1),
            "top": max(edge["top"], top),
            "bottom": min(edge["bottom"], bottom),
        }
        size = {"width": inside["x1"] - inside["x0"], "height": inside["bottom"] - inside["top"]}
        clipped.append({**edge, **inside, **size})
    return clipped


def _connected(edges: Sequence[_Object], tolerance: float) -> list[list[_Object]]:
    """The rules in sets that touch one another: a union-find over pairs that meet in a square of the page."""
    parent = list(range(len(edges)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    squares: dict[tuple[int, int], list[int]] = {}
    for index, edge in enumerate(edges):
        columns = range(int((edge["x0"] - tolerance) // _SQUARE), int((edge["x1"] + tolerance) // _SQUARE) + 1)
        rows = range(int((edge["top"] - tolerance) // _SQUARE), int((edge["bottom"] + tolerance) // _SQUARE) + 1)
        for square in ((column, row) for column in columns for row in rows):
            for other in squares.setdefault(square, []):
                if _touch(edge, edges[other], tolerance):
                    parent[root(index)] = root(other)
            squares[square].append(index)
    groups: dict[int, list[_Object]] = {}
    for index, edge in enumerate(edges):
        groups.setdefault(root(index), []).append(edge)
    return list(groups.values())


def _touch(one: _Object, other: _Object, tolerance: float) -> bool:
    return bool(
        one["x0"] <= other["x1"] + tolerance
        and other["x0"] <= one["x1"] + tolerance
        and one["top"] <= other["bottom"] + tolerance
        and other["top"] <= one["bottom"] + tolerance
    )


def _outline(edges: Sequence[_Object], snap: float) -> list[_Object]:
    """The four sides of a set of rules, placed on the outermost rules wherever those reach the set's ends.

    Rules stick out by half their width where they cross; a side drawn there would add a sliver of a column.
    """
    x0, x1 = min(edge["x0"] for edge in edges), max(edge["x1"] for edge in edges)
    top, bottom = min(edge["top"] for edge in edges), max(edge["bottom"] for edge in edges)
    across = [edge["x0"] for edge in edges if edge["orientation"] == "v"]
    down = [edge["top"] for edge in edges if edge["orientation"] == "h"]
    x0, x1 = _snapped(x0, min(across), snap), _snapped(x1, max(across), snap)
    top, bottom = _snapped(top, min(down, default=top), snap), _snapped(bottom, max(down, default=bottom), snap)
    sides = [
        ("h", x0, x1, top, top),
        ("h", x0, x1, bottom, bottom),
        ("v", x0, x0, top, bottom),
        ("v", x1, x1, top, bottom),
    ]
    return [
        {"orientation": orientation, "x0": a, "x1": b, "top": c, "bottom": d, "width": b - a, "height": d - c}
        for orientation, a, b, c, d in sides
    ]


def _snapped(end: float, rule: float, snap: float) -> float:
    return rule if abs(end - rule) <= snap else end


def _dedupe(chars: Sequence[_Object]) -> list[_Object]:
    """Without the second drawing of a character in almost the same place, by which producers imitate bold.

    pdfplumber's own ``dedupe_chars`` does the same at five times the cost on a page of 2,000 characters. A page where no two
    equal characters share a square of a point, on either of two grids half a point apart, has no such text.
    """
    if all(
        len({(char["text"], int(char["x0"] + shift), int(char["top"] + shift)) for char in chars}) == len(chars)
        for shift in (0.0, 0.5)
    ):
        return list(chars)
    kept: list[_Object] = []
    seen: set[tuple[str, int, int]] = set()
    for char in chars:
        text, x, y = char["text"], round(char["x0"]), round(char["top"])
        if any((text, x + dx, y + dy) in seen for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            continue
        seen.add((text, x, y))
        kept.append(char)
    return kept


def _assign(
    chars: Sequence[_Object], cells: Sequence[tuple[float, float, float, float]]
) -> tuple[list[list[_Object]], list[_Object]]:
    """Each character to the smallest cell that holds its midpoint; the others apart."""
    order = sorted(range(len(cells)), key=lambda index: _area(cells[index]))
    by_band: dict[int, list[int]] = {}
    for index in order:
        for band in range(int(cells[index][1] // 32), int(cells[index][3] // 32) + 1):
            by_band.setdefault(band, []).append(index)
    assigned: list[list[_Object]] = [[] for _ in cells]
    outside = []
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        for index in by_band.get(int(y // 32), ()):
            x0, top, x1, bottom = cells[index]
            if x0 <= x <= x1 and top <= y <= bottom:
                assigned[index].append(char)
                break
        else:
            outside.append(char)
    return assigned, outside


def _area(cell: tuple[float, float, float, float]) -> float:
    return (cell[2] - cell[0]) * (cell[3] - cell[1])


def _table(page: int, group: _CellGroup, chars: Sequence[Sequence[_Object]], settings: TableSettings) -> Table:
    tops = sorted({cell[1] for cell in group.cells})
    lefts = sorted({cell[0] for cell in group.cells})
    cells = []
    for (x0, top, x1, bottom), own in zip(group.cells, chars, strict=True):
        rect = Rect(x0, top, x1, bottom)
        lines = _lines(own, settings)
        cells.append(
            Cell(
                rect=rect,
                row=bisect_right(tops, top) - 1,
                last_row=bisect_right(tops, bottom - 0.01) - 1,
                column=bisect_right(lefts, x0) - 1,
                last_column=bisect_right(lefts, x1 - 0.01) - 1,
                lines=tuple(_cell_line(line, rect, settings) for line in lines),
                top_drawn=_is_drawn(group.drawn, rect, rect.top, settings.snap),
                bottom_drawn=_is_drawn(group.drawn, rect, rect.bottom, settings.snap),
                is_overwritten=any(_overlaps(line, settings.overlap) for line in lines),
            )
        )
    outline = Rect(
        min(cell[0] for cell in group.cells),
        min(cell[1] for cell in group.cells),
        max(cell[2] for cell in group.cells),
        max(cell[3] for cell in group.cells),
    )
    return Table(page, outline, tuple(tops), tuple(lefts), tuple(cells))


def _is_drawn(drawn: Sequence[_Object], rect: Rect, y: float, tolerance: float) -> bool:
    middle = (rect.x0 + rect.x1) / 2
    return any(abs(edge["top"] - y) <= tolerance and edge["x0"] <= middle <= edge["x1"] for edge in drawn)


def _cell_line(line: Sequence[_Object], rect: Rect, settings: TableSettings) -> Line:
    size = max(char["x1"] - char["x0"] for char in line)
    extent = _extent(line)
    return Line(_line_text(line), extent, is_full=rect.x1 - extent.x1 < settings.full_line_gap * size)


def _extent(line: Sequence[_Object]) -> Rect:
    return Rect(
        min(char["x0"] for char in line),
        min(char["top"] for char in line),
        max(char["x1"] for char in line),
        max(char["bottom"] for char in line),
    )


def _overlaps(line: Sequence[_Object], share: float) -> bool:
    """Whether two neighbours of a line, given from the left, stand on one another."""
    return any(
        before["x1"] - char["x0"] > share * min(before["x1"] - before["x0"], char["x1"] - char["x0"])
        for before, char in pairwise(line)
        if before["text"].strip() and char["text"].strip() and char["x1"] > char["x0"] and before["x1"] > before["x0"]
    )


def _lines(chars: Sequence[_Object], settings: TableSettings) -> list[list[_Object]]:
    """The characters in lines from the top, each line from the left."""
    lines: list[list[_Object]] = []
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        if lines and _on_line(lines[-1][-1], char, settings.line_overlap):
            lines[-1].append(char)
        else:
            lines.append([char])
    for line in lines:
        line.sort(key=lambda char: char["x0"])
    return lines


def _on_line(one: _Object, other: _Object, overlap: float) -> bool:
    shared = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(shared >= overlap * min(one["bottom"] - one["top"], other["bottom"] - other["top"]))


def _line_text(line: Sequence[_Object]) -> str:
    """The characters of a line; a gap of more than a third of a character's width is a space."""
    parts: list[str] = []
    for index, char in enumerate(line):
        if index:
            gap = char["x0"] - line[index - 1]["x1"]
            if gap > 0.33 * min(char["size"], line[index - 1]["size"]) and parts[-1] != "\u3000":
                parts.append(" ")
        parts.append(char["text"])
    return without_radicals("".join(parts).strip(" "))
