"""From the rules of a page to cells: which lines are rules, which of them belong together, and the cells between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdfplumber.page import Page
from pdfplumber.table import edges_to_intersections, intersections_to_cells, merge_edges
from pdfplumber.utils.geometry import filter_edges, rect_to_edges

from tsunagari_parsers.tables.frame import Frame, Object, placed
from tsunagari_parsers.tables.model import TableSettings

Box = tuple[float, float, float, float]

#: Pieces of dashed rules shorter than this (points) are dropped before joining.
_MIN_PIECE = 1.0
#: A filled rectangle that is thicker than this both ways is an area, not a rule (points).
_THICKEST_RULE = 3.0
#: Filled shapes no longer than this (points) may be the dots or dashes of a rule, if so many lie on a line (points apart: the same one),
#: no further from each other than this many times their length.
_LONGEST_DASH = 6.0
_FEWEST_DOTS = 5
_DOT_LINE = 0.5
_DOT_GAP = 2.0
#: The side of the squares in which rules that touch are looked for (points).
_SQUARE = 32
#: So many sides without a rule across are the cells of an open row; two could be a frame or a margin.
_FEWEST_SIDES = 3
#: Fewer cells than this within a cell of a table are a mark, not a table of their own.
_SMALLEST_GRID = 4


@dataclass(frozen=True, slots=True)
class CellGroup:
    """The cells inside one connected set of rules, and the horizontal rules that were really drawn.

    ``is_fill``: no rule was drawn at all; the edges are those of coloured areas.
    """

    cells: list[Box]
    drawn: list[Object]
    is_fill: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules of a page are: sets of cells from the top, rules across that no other rule touches, and how many sets of rules
    are pictures."""

    groups: list[CellGroup]
    loose: list[Object]
    drawings: int


def ruling(page: Page, frame: Frame, settings: TableSettings) -> Ruling:
    """The rules of a page, in its reading frame."""
    groups = []
    loose: list[Object] = []
    drawings = 0
    edges_of_page, is_fill = _rules(page, frame, settings)
    for edges in _with_open_rows(_connected(edges_of_page, settings.snap)):
        horizontal = [edge for edge in edges if edge["orientation"] == "h"]
        if len(edges) == len(horizontal):
            loose += horizontal
            continue
        if not horizontal and len(edges) < _FEWEST_SIDES:
            continue
        if len(horizontal) * (len(edges) - len(horizontal)) > settings.max_crossings:
            drawings += 1
            continue
        closed = edges + _outline(edges, settings.snap)
        cells = intersections_to_cells(edges_to_intersections(closed, settings.snap, settings.snap))
        cells = without_marks(without_slivers(cells, settings.sliver))
        if cells:
            groups.append(CellGroup(sorted(cells, key=lambda cell: (cell[1], cell[0])), horizontal, is_fill))
    tables = [group for group in groups if not _is_marking(group, groups, settings.snap)]
    return Ruling(sorted(tables, key=lambda group: (group.cells[0][1], group.cells[0][0])), loose, drawings)


def without_slivers(cells: Sequence[Box], sliver: float) -> list[Box]:
    """The cells of a grid whose rows and columns are wider than ``sliver`` points; narrower ones are the room between double rules.

    The edges on both sides of such a room become one, halfway between them, so that it leaves no gap in which text could be lost.
    """
    across = _joined({edge for cell in cells for edge in (cell[0], cell[2])}, sliver)
    down = _joined({edge for cell in cells for edge in (cell[1], cell[3])}, sliver)
    if not (across or down):
        return list(cells)
    moved = (
        (across.get(x0, x0), down.get(top, top), across.get(x1, x1), down.get(bottom, bottom))
        for x0, top, x1, bottom in cells
    )
    return [cell for cell in moved if cell[0] < cell[2] and cell[1] < cell[3]]


def without_marks(cells: Sequence[Box]) -> list[Box]:
    """The cells of a grid without boxes that lie within one of them: a frame around words, whose text is that cell's.

    Cells of a grid never lie within each other; several that fill a part of one are a table of their own, and stay.
    """
    x0, top = min((cell[0] for cell in cells), default=0.0), min((cell[1] for cell in cells), default=0.0)
    x1, bottom = max((cell[2] for cell in cells), default=0.0), max((cell[3] for cell in cells), default=0.0)
    if sum(map(_area, cells)) <= (x1 - x0) * (bottom - top) * 1.0001:
        return list(cells)
    nested: dict[Box, list[Box]] = {}
    for cell in cells:
        holders = [other for other in cells if _is_within(cell, other)]
        if holders:
            nested.setdefault(max(holders, key=_area), []).append(cell)
    marks = {mark for own in nested.values() if not _is_grid(own) for mark in own}
    return [cell for cell in cells if cell not in marks]


def _area(cell: Box) -> float:
    return (cell[2] - cell[0]) * (cell[3] - cell[1])


def _is_within(cell: Box, other: Box) -> bool:
    return other[0] <= cell[0] and other[1] <= cell[1] and cell[2] <= other[2] and cell[3] <= other[3] and cell != other


def _is_grid(cells: Sequence[Box]) -> bool:
    """Whether boxes fill the place that they take together."""
    extent = (max(cell[2] for cell in cells) - min(cell[0] for cell in cells)) * (
        max(cell[3] for cell in cells) - min(cell[1] for cell in cells)
    )
    sides = {round(cell[0]) for cell in cells}, {round(cell[1]) for cell in cells}
    return min(map(len, sides)) > 1 and len(cells) >= _SMALLEST_GRID and sum(map(_area, cells)) > 0.8 * extent


def _joined(edges: set[float], sliver: float) -> dict[float, float]:
    """The new place of each edge that stands within ``sliver`` of another; a chain is cut where it grows wider than that."""
    places: dict[float, float] = {}
    group: list[float] = []
    for edge in [*sorted(edges), float("inf")]:
        if group and edge - group[0] > sliver:
            if len(group) > 1:
                places.update(dict.fromkeys(group, (group[0] + group[-1]) / 2))
            group = []
        group.append(edge)
    return places


def _with_open_rows(groups: Sequence[list[Object]]) -> list[list[Object]]:
    """The sets of rules, with vertical rules that touch none but begin and end alike as one set.

    A row that is higher than its page leaves such a page in the middle: the sides of its cells, and no rule across.
    """
    together: dict[tuple[int, int], list[Object]] = {}
    others = []
    for group in groups:
        if len(group) == 1 and group[0]["orientation"] == "v":
            together.setdefault((round(group[0]["top"]), round(group[0]["bottom"])), []).append(group[0])
        else:
            others.append(group)
    return [*others, *together.values()]


def _is_marking(group: CellGroup, groups: Sequence[CellGroup], snap: float) -> bool:
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


def _rules(page: Page, frame: Frame, settings: TableSettings) -> tuple[list[Object], bool]:
    """The horizontal and vertical rules, joined, and whether they are the edges of coloured areas only.

    Curves and rectangles of the page's own size are no rules.
    """
    limit = settings.page_share * frame.width * frame.height
    rects = [rect for rect in placed(page.rects, frame) if rect["width"] * rect["height"] < limit]
    lines = [line for line in placed(page.lines, frame) if min(line["width"], line["height"]) < 1]
    drawn = [rect for rect in rects if not _is_fill(rect)]
    # Fills are headers' grounds and marks behind text; only where nothing else is drawn are they the table.
    dotted = _dotted(placed(page.curves, frame), settings.join)
    is_fill = not (drawn or lines or dotted)
    edges = [edge for rect in (rects if is_fill else drawn) for edge in rect_to_edges(rect)]
    edges += [_line_edge(line) for line in lines]
    edges += dotted
    merged = merge_edges(
        filter_edges(_clipped(edges, (0.0, 0.0, *frame.size)), min_length=_MIN_PIECE),
        snap_x_tolerance=settings.snap,
        snap_y_tolerance=settings.snap,
        join_x_tolerance=settings.join,
        join_y_tolerance=settings.join,
    )
    return filter_edges(merged, min_length=settings.min_rule), is_fill


def _dotted(curves: Sequence[Object], gap: float) -> list[Object]:
    """The rules that rows and columns of small filled shapes make: dots and dashes, as some producers draw them one by one."""
    small = [curve for curve in curves if max(curve["width"], curve["height"]) <= _LONGEST_DASH and curve["fill"]]
    if len(small) < _FEWEST_DOTS:
        return []
    return [
        *_chains(small, ("x0", "x1", "top", "bottom"), "h", gap),
        *_chains(small, ("top", "bottom", "x0", "x1"), "v", gap),
    ]


def _chains(dots: Sequence[Object], along: tuple[str, str, str, str], orientation: str, gap: float) -> list[Object]:
    """Runs of dots that lie on one line and no further apart than dots do."""
    start, end, low, high = along
    rules = []
    by_line: dict[int, list[Object]] = {}
    for dot in dots:
        by_line.setdefault(round((dot[low] + dot[high]) / 2 / _DOT_LINE), []).append(dot)
    for own in by_line.values():
        run: list[Object] = []
        ordered: list[Object | None] = [*sorted(own, key=lambda dot: float(dot[start])), None]
        for here in ordered:
            if run and (
                here is None or here[start] - run[-1][end] > max(gap, _DOT_GAP * (run[-1][end] - run[-1][start]))
            ):
                if len(run) >= _FEWEST_DOTS:
                    middle = (run[0][low] + run[0][high]) / 2
                    rules.append({start: run[0][start], end: run[-1][end], low: middle, high: middle})
                run = []
            if here is not None:
                run.append(here)
    return [
        {
            "orientation": orientation,
            **rule,
            "width": rule["x1"] - rule["x0"],
            "height": rule["bottom"] - rule["top"],
        }
        for rule in rules
    ]


def _line_edge(line: Object) -> Object:
    """A line as a rule along its longer side; one that is drawn a little aslant is as straight as its neighbours."""
    if line["width"] >= line["height"]:
        middle = (line["top"] + line["bottom"]) / 2
        return {**line, "orientation": "h", "top": middle, "bottom": middle, "height": 0.0}
    middle = (line["x0"] + line["x1"]) / 2
    return {**line, "orientation": "v", "x0": middle, "x1": middle, "width": 0.0}


def _is_fill(rect: Object) -> bool:
    """Whether a rectangle is an area of colour without an outline; a thin one is a rule, as many producers draw them."""
    return bool(rect["fill"] and not rect["stroke"] and min(rect["width"], rect["height"]) > _THICKEST_RULE)


def _clipped(edges: Sequence[Object], bbox: Box) -> list[Object]:
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


def _connected(edges: Sequence[Object], tolerance: float) -> list[list[Object]]:
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
    groups: dict[int, list[Object]] = {}
    for index, edge in enumerate(edges):
        groups.setdefault(root(index), []).append(edge)
    return list(groups.values())


def _touch(one: Object, other: Object, tolerance: float) -> bool:
    return bool(
        one["x0"] <= other["x1"] + tolerance
        and other["x0"] <= one["x1"] + tolerance
        and one["top"] <= other["bottom"] + tolerance
        and other["top"] <= one["bottom"] + tolerance
    )


def _outline(edges: Sequence[Object], snap: float) -> list[Object]:
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
