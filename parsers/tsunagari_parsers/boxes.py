"""Boxes that are drawn on a page, and the pieces of text in them. This module knows nothing of what stands in them.

Sheets and slides are made of boxes: rectangles, with round corners or without, filled or not, one laid over another's edge.
They are no grid, so that the cells between rules say little of them; and their text has no lines over the page's width. A
piece is the text of one line of one box: producers write characters in runs, and runs stay together whatever the edge of a
box cuts.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tsunagari_parsers.glyphs import without_radicals
from tsunagari_parsers.records import Rect

_Object = dict[str, Any]

#: Smaller shapes are bullets, rules and ornaments (points).
_LEAST_WIDTH, _LEAST_HEIGHT = 12.0, 7.0
#: A shape that covers more than this share of the page is its paper (0 to 1).
_PAGE_SHARE = 0.9
#: Shapes closer than this on all four sides are one, drawn twice: as a ground and as an outline (points).
_SAME = 2.5
#: A point of a box's outline lies this close to a side, or in a round corner (points).
_ON_SIDE = 1.5
#: Gaps in parts of a character's size: within a run, to a word apart, and to another piece.
_RUN_GAP, _SPACE_GAP, _PIECE_GAP = 1.0, 0.33, 1.5
#: Characters whose sizes differ by more than this factor are of different pieces.
_SIZES = 1.35
#: The height of the bands in which neighbours are looked for (points).
_BAND = 8
#: The side of the squares in which a shape drawn twice is looked for (points).
_SQUARE = 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """A closed shape. ``is_filled``: its ground is neither white nor clear."""

    rect: Rect
    is_filled: bool

    @property
    def area(self) -> float:
        """In square points."""
        return (self.rect.x1 - self.rect.x0) * (self.rect.bottom - self.rect.top)


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one line of a box, or of a line outside, up to a wide gap.

    ``size`` is that of its characters in points; ``box`` the index of the smallest box that holds it, or None.
    """

    text: str
    rect: Rect
    size: float
    box: int | None


def find_boxes(
    rects: Iterable[_Object], curves: Iterable[_Object], cells: Iterable[Rect], page_area: float
) -> tuple[Box, ...]:
    """The boxes of a page, smallest first: closed shapes, and the ``cells`` between rules that no shape crosses.

    ``page_area`` is in square points; pdfplumber's ``rects`` and ``curves`` are those of the page's reading frame.
    """
    limit = _PAGE_SHARE * page_area
    shapes: list[Box] = []
    at: dict[tuple[int, int], list[int]] = {}
    for drawn in [*rects, *(curve for curve in curves if _is_box(curve))]:
        rect = Rect(float(drawn["x0"]), float(drawn["top"]), float(drawn["x1"]), float(drawn["bottom"]))
        box = Box(rect, bool(drawn["fill"]) and not _is_white(drawn["non_stroking_color"]))
        if rect.x1 - rect.x0 >= _LEAST_WIDTH and rect.bottom - rect.top >= _LEAST_HEIGHT and box.area < limit:
            _add(shapes, at, box)
    near = _in_bands([box.rect for box in shapes])
    free = [
        Box(cell, is_filled=False)
        for cell in cells
        if not any(
            _crosses(cell, shapes[index].rect) or _same_side(cell, shapes[index].rect)
            for index in {index for band in _bands(cell) for index in near.get(band, ())}
        )
    ]
    return tuple(sorted([*shapes, *free], key=lambda box: box.area))


def find_pieces(chars: Sequence[_Object], boxes: Sequence[Box]) -> tuple[Piece, ...]:
    """The text of ``chars``, given in the order of the file, in pieces from the top."""
    by_box: dict[int | None, list[list[_Object]]] = {}
    near = _in_bands([box.rect for box in boxes])
    for run in _runs(chars):
        by_box.setdefault(_box_of(run, boxes, near), []).append(run)
    pieces = [
        Piece(_text(line), _extent(line), max(char["size"] for char in line), box)
        for box, runs in by_box.items()
        for line in _merged(runs)
    ]
    return tuple(sorted((one for one in pieces if one.text), key=lambda one: (one.rect.top, one.rect.x0)))


def holds(outer: Rect, inner: Rect) -> bool:
    """Whether the middle of ``inner`` lies in ``outer``."""
    x, y = (inner.x0 + inner.x1) / 2, (inner.top + inner.bottom) / 2
    return outer.x0 <= x <= outer.x1 and outer.top <= y <= outer.bottom


def contains(outer: Rect, inner: Rect) -> bool:
    """Whether ``inner`` lies within ``outer``, up to the width of a rule."""
    return (
        outer.x0 - _SAME <= inner.x0
        and outer.top - _SAME <= inner.top
        and inner.x1 <= outer.x1 + _SAME
        and inner.bottom <= outer.bottom + _SAME
    )


def shared(start: float, end: float, other_start: float, other_end: float) -> float:
    """How much two stretches share, as a part of the shorter one (0 to 1)."""
    shorter = min(end - start, other_end - other_start)
    return max(0.0, min(end, other_end) - max(start, other_start)) / shorter if shorter > 0 else 0.0


def _is_box(curve: _Object) -> bool:
    """Whether all points of an outline lie on the sides of its extent or in round corners: an arrow's do not."""
    x0, top, x1, bottom = (float(curve[side]) for side in ("x0", "top", "x1", "bottom"))
    corner = min(x1 - x0, bottom - top) / 2 + _ON_SIDE
    for x, y in curve["pts"]:
        across, down = min(x - x0, x1 - x), min(y - top, bottom - y)
        if min(across, down) > _ON_SIDE and max(across, down) > corner:
            return False
    return len(curve["pts"]) >= 4


def _is_white(color: object) -> bool:
    given = list(color) if isinstance(color, (list, tuple)) else [color]
    values = [float(value) for value in given if isinstance(value, (int, float))]
    if not values or len(values) < len(given):
        return False  # A pattern.
    return all(value == 0 for value in values) if len(values) == 4 else all(value >= 0.99 for value in values)


def _add(shapes: list[Box], at: dict[tuple[int, int], list[int]], box: Box) -> None:
    """Add a shape, or fill the one that it draws once more; ``at`` finds shapes by the square of their first corner."""
    x, y = int(box.rect.x0 // _SQUARE), int(box.rect.top // _SQUARE)
    for square in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
        for index in at.get(square, ()):
            if _is_same(box.rect, shapes[index].rect):
                shapes[index] = replace(shapes[index], is_filled=shapes[index].is_filled or box.is_filled)
                return
    at.setdefault((x, y), []).append(len(shapes))
    shapes.append(box)


def _is_same(one: Rect, other: Rect) -> bool:
    return (
        abs(one.x0 - other.x0) <= _SAME
        and abs(one.x1 - other.x1) <= _SAME
        and abs(one.top - other.top) <= _SAME
        and abs(one.bottom - other.bottom) <= _SAME
    )


def _crosses(one: Rect, other: Rect) -> bool:
    """Whether two rectangles overlap and neither holds the other."""
    apart = (
        one.x1 <= other.x0 + _SAME
        or other.x1 <= one.x0 + _SAME
        or one.bottom <= other.top + _SAME
        or other.bottom <= one.top + _SAME
    )
    return not apart and not contains(one, other) and not contains(other, one)


def _same_side(cell: Rect, shape: Rect) -> bool:
    """Whether a cell is a shape, or a part of one that another shape's edge cut off: it has three of its sides."""
    sides = (
        abs(cell.x0 - shape.x0) <= _SAME,
        abs(cell.x1 - shape.x1) <= _SAME,
        abs(cell.top - shape.top) <= _SAME,
        abs(cell.bottom - shape.bottom) <= _SAME,
    )
    return sum(sides) >= 3 and contains(shape, cell)


def _runs(chars: Sequence[_Object]) -> list[list[_Object]]:
    """Characters that follow one another both in the file and on the page."""
    runs: list[list[_Object]] = []
    for char in chars:
        if runs and _follows(runs[-1][-1], char):
            runs[-1].append(char)
        else:
            runs.append([char])
    return runs


def _follows(before: _Object, char: _Object) -> bool:
    size = min(before["size"], char["size"]) or 1.0
    level = abs((before["top"] + before["bottom"]) - (char["top"] + char["bottom"])) / 2
    gap = char["x0"] - before["x1"]
    same = max(before["size"], char["size"]) <= _SIZES * size
    return bool(same and level < 0.4 * size and -0.5 * size < gap < _RUN_GAP * size)


def _box_of(run: Sequence[_Object], boxes: Sequence[Box], near: Mapping[int, Sequence[int]]) -> int | None:
    """The smallest box that holds most of three places of a run, so that text running over an edge stays whole."""
    extent = _extent(run)
    y = (extent.top + extent.bottom) / 2
    around = [
        index for index in near.get(int(y // _BAND), ()) if boxes[index].rect.top <= y <= boxes[index].rect.bottom
    ]
    places = Counter(
        next((index for index in around if boxes[index].rect.x0 <= x <= boxes[index].rect.x1), None)
        for x in (extent.x0 + (extent.x1 - extent.x0) * share for share in (0.25, 0.5, 0.75))
    )
    return places.most_common(1)[0][0]


def _bands(rect: Rect) -> range:
    """The bands of the page that a rectangle touches."""
    return range(int(rect.top // _BAND), int(rect.bottom // _BAND) + 1)


def _in_bands(rects: Sequence[Rect]) -> dict[int, list[int]]:
    """The indexes of rectangles by the bands that they touch, each in the order given."""
    found: dict[int, list[int]] = {}
    for index, rect in enumerate(rects):
        for band in _bands(rect):
            found.setdefault(band, []).append(index)
    return found


def _merged(runs: Iterable[list[_Object]]) -> list[list[_Object]]:
    """Runs of one box that stand on one line with less than a wide gap between them, each from the left."""
    lines: list[list[_Object]] = []
    bands: dict[int, list[int]] = {}
    for run in sorted(runs, key=lambda run: run[0]["x0"]):
        extent = _extent(run)
        band = int((extent.top + extent.bottom) / 2 // _BAND)
        near = [index for one in (band - 1, band, band + 1) for index in bands.get(one, ())]
        fitting = [index for index in near if _goes_on(lines[index], run, extent)]
        if fitting:
            best = min(fitting, key=lambda index: abs(extent.x0 - lines[index][-1]["x1"]))
            lines[best] += run
        else:
            insort(bands.setdefault(band, []), len(lines))
            lines.append(list(run))
    return lines


def _goes_on(line: Sequence[_Object], run: Sequence[_Object], extent: Rect) -> bool:
    last = line[-1]
    size = max(min(last["size"], run[0]["size"]), 1.0)
    level = shared(last["top"], last["bottom"], extent.top, extent.bottom)
    gap = extent.x0 - last["x1"]
    same = max(last["size"], run[0]["size"]) <= _SIZES * size
    return bool(same and level >= 0.6 and -0.5 * size < gap < _PIECE_GAP * size)


def _text(line: Sequence[_Object]) -> str:
    parts: list[str] = []
    for index, char in enumerate(line):
        if index and parts[-1] != "\u3000":
            gap = char["x0"] - line[index - 1]["x1"]
            if gap > _SPACE_GAP * min(char["size"], line[index - 1]["size"]):
                parts.append(" ")
        parts.append(char["text"])
    return without_radicals("".join(parts)).strip(" \u3000")


def _extent(chars: Sequence[_Object]) -> Rect:
    return Rect(
        min(char["x0"] for char in chars),
        min(char["top"] for char in chars),
        max(char["x1"] for char in chars),
        max(char["bottom"] for char in chars),
    )
