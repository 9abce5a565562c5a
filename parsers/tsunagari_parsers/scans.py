"""Rules and cells in the picture of a page, found with Pillow alone. Coordinates are pixels, from the picture's top left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pdfplumber.table import edges_to_intersections, intersections_to_cells, merge_edges
from PIL import Image, ImageDraw, ImageFilter

Box = tuple[int, int, int, int]

#: Shorter dark runs are strokes of characters (points).
_SHORTEST_RULE = 24.0
#: What is thicker is an area; its sides are the rules (points).
_THICKEST_RULE = 3.0
#: Rules whose ends or places differ by less are one (points).
_SNAP = 2.0
#: Runs of neighbouring rows whose ends differ by less belong to one rule (points).
_ENDS = 3.0
#: Otsu's threshold is kept within these, so that an almost empty page has no grain for ink.
_DARKEST_THRESHOLD, _LIGHTEST_THRESHOLD = 96, 200
#: Scanners turn pages by less than this (degrees).
_MOST_SKEW = 3.0
#: The skew is looked for in a picture of this size (pixels), where it must be more than one pixel across.
_SKEW_SIDE = 1200
_LEAST_SKEW = 0.1


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the box that it covers. ``is_area``: it is a dark area, whose four sides count as rules."""

    box: Box
    is_horizontal: bool
    is_area: bool


def threshold(picture: Image.Image) -> int:
    """The grey (0 to 255) that parts ink from paper best: Otsu's method (IEEE Trans. SMC 9, 1979)."""
    counts = picture.histogram()[:256]
    total, total_sum = sum(counts), sum(grey * count for grey, count in enumerate(counts))
    best, best_spread, below, below_sum = 128, -1.0, 0, 0
    for grey, count in enumerate(counts):
        below += count
        below_sum += grey * count
        above = total - below
        if not below or not above:
            continue
        spread = below * above * (below_sum / below - (total_sum - below_sum) / above) ** 2
        if spread > best_spread:
            best, best_spread = grey, spread
    return min(max(best + 1, _DARKEST_THRESHOLD), _LIGHTEST_THRESHOLD)


def straightened(picture: Image.Image) -> Image.Image:
    """The picture with its lines level: turned by the angle at which rows of pixels differ most from the next."""
    small = picture.copy()
    small.thumbnail((_SKEW_SIDE, _SKEW_SIDE), Image.Resampling.BOX)
    coarse = max(
        (step / 4 for step in range(-int(4 * _MOST_SKEW), int(4 * _MOST_SKEW) + 1)), key=lambda a: _level(small, a)
    )
    fine = max((coarse + step / 20 for step in range(-4, 5)), key=lambda a: (_level(small, a), -abs(a)))
    if abs(fine) < _LEAST_SKEW:
        return picture
    return picture.rotate(fine, Image.Resampling.BICUBIC, fillcolor=255)


def _level(picture: Image.Image, angle: float) -> int:
    turned = picture.rotate(angle, Image.Resampling.BILINEAR, fillcolor=255)
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return sum((one - other) ** 2 for one, other in pairwise(rows))


def find_rules(picture: Image.Image, scale: float) -> list[Rule]:
    """Every rule of a grey picture of ``scale`` pixels a point."""
    limit = threshold(picture)
    # Closes gaps of a pixel or two in faint rules; every second pixel is enough then.
    dark = picture.filter(ImageFilter.MinFilter(3)).point(lambda grey: 0 if grey < limit else 255)
    dark = dark.resize((max(1, dark.width // 2), max(1, dark.height // 2)), Image.Resampling.NEAREST)
    level = [Rule(_doubled(box), True, area) for box, area in _bars(dark, scale / 2)]
    turned = dark.transpose(Image.Transpose.TRANSPOSE)
    upright = [
        Rule(_doubled((top, left, bottom, right)), False, area)
        for (left, top, right, bottom), area in _bars(turned, scale / 2)
    ]
    return level + upright


def _doubled(box: Box) -> Box:
    return box[0] * 2, box[1] * 2, box[2] * 2, box[3] * 2


def _runs(dark: Image.Image, shortest: int) -> Iterator[tuple[int, int, int]]:
    """The dark runs of each row: row, first column, column after the last."""
    pixels, width = dark.tobytes(), dark.width
    pattern = re.compile(rb"\x00{%d,}" % shortest)
    for row in range(dark.height):
        start = row * width
        for run in pattern.finditer(pixels, start, start + width):
            yield row, run.start() - start, run.end() - start


def _bars(dark: Image.Image, scale: float) -> list[tuple[Box, bool]]:
    """Long level bars of dark pixels, and whether they are too thick for rules."""
    ends = _ENDS * scale
    growing: list[list[int]] = []
    done: list[list[int]] = []
    for row, left, right in _runs(dark, max(2, round(_SHORTEST_RULE * scale))):
        done += [bar for bar in growing if bar[3] < row]
        growing = [bar for bar in growing if bar[3] >= row]
        for bar in growing:
            if bar[3] == row and abs(bar[0] - left) <= ends and abs(bar[2] - right) <= ends:
                bar[0], bar[2], bar[3] = min(bar[0], left), max(bar[2], right), row + 1
                break
        else:
            growing.append([left, row, right, row + 1])
    return [
        ((left, top, right, bottom), bottom - top > _THICKEST_RULE * scale)
        for left, top, right, bottom in done + growing
    ]


def find_cells(rules: list[Rule], scale: float) -> list[tuple[float, float, float, float]]:
    """The cells between rules, from the top, row by row: left, top, right, bottom."""
    edges = [edge for rule in rules for edge in _edges(rule)]
    snap = _SNAP * scale
    joined = merge_edges(
        edges, snap_x_tolerance=snap, snap_y_tolerance=snap, join_x_tolerance=snap, join_y_tolerance=snap
    )
    cells = intersections_to_cells(edges_to_intersections(joined, snap, snap))
    return sorted(cells, key=lambda cell: (cell[1], cell[0]))


def middles(rule: Rule) -> list[tuple[float, float, float, float]]:
    """The lines (x0, y0, x1, y1) that a rule is: its middle, or the two long sides of an area."""
    left, top, right, bottom = rule.box
    if rule.is_horizontal:
        return [(left, y, right, y) for y in ((top, bottom) if rule.is_area else ((top + bottom) / 2,))]
    return [(x, top, x, bottom) for x in ((left, right) if rule.is_area else ((left + right) / 2,))]


def _edges(rule: Rule) -> list[dict[str, float | str]]:
    """A rule as pdfplumber has edges."""
    return [
        {
            "orientation": "h" if rule.is_horizontal else "v",
            "x0": x0,
            "x1": x1,
            "top": top,
            "bottom": bottom,
            "width": x1 - x0,
            "height": bottom - top,
        }
        for x0, top, x1, bottom in middles(rule)
    ]


def without_rules(picture: Image.Image, rules: list[Rule]) -> Image.Image:
    """The picture with its rules painted over, so that none is read as a character; dark areas stay."""
    clean = picture.copy()
    draw = ImageDraw.Draw(clean)
    for rule in rules:
        if not rule.is_area:
            left, top, right, bottom = rule.box
            draw.rectangle((left - 2, top - 2, right + 1, bottom + 1), fill=255)
    return clean


def ink_box(picture: Image.Image, limit: int) -> Box | None:
    """The smallest box that holds everything darker than ``limit``; None on an empty picture."""
    return picture.point(lambda grey: 255 if grey < limit else 0).getbbox()
