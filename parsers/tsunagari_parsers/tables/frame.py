"""The reading frame of a page: what the reader sees of it, turned so that its text runs from left to right.

A page is displayed turned by its ``/Rotate`` and cut to its ``/CropBox`` (ISO 32000-1, 7.7.3.3 and 14.11.2). pdfplumber applies the first
and leaves the second to its caller. Landscape tables on portrait pages have no ``/Rotate`` at all: their text is drawn turned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pdfminer.utils import Matrix, apply_matrix_pt
from pdfplumber.page import Page

Object = dict[str, Any]
#: Text whose base line leaves the axes by more than this slope is a mark across the page (「見本」), and stands in no cell.
_OBLIQUE = 0.2
#: A crop box smaller than this (points) is a mistake of its producer; viewers show the media box.
_SMALLEST_BOX = 1.0
#: The value of a character's ``turn`` that runs in no direction of the page.
OBLIQUE = -1


@dataclass(frozen=True, slots=True)
class Frame:
    """``left`` and ``top`` are where the displayed page begins in pdfplumber's coordinates, ``width`` and ``height`` its size; ``turned``
    is by how many degrees it is then turned clockwise."""

    left: float
    top: float
    width: float
    height: float
    turned: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the reading frame."""
        return (self.height, self.width) if self.turned in (90, 270) else (self.width, self.height)


def displayed(page: Page) -> Frame:
    """The part of a page that viewers show: its crop box within its media box, as it lies after ``/Rotate``.

    pdfplumber's own ``cropbox`` swaps the axes of a rotated page and mirrors neither, so that it is right only where the crop box lies
    in the middle; here the corners take the way of pdfminer's characters.
    """
    left, top = float(page.mediabox[0]), float(page.mediabox[1])
    whole = Frame(left, top, float(page.width), float(page.height))
    x0, y0, x1, y1 = page.page_obj.cropbox
    to_page = _page_matrix(page.page_obj.mediabox, int(page.rotation))
    corners = [apply_matrix_pt(to_page, corner) for corner in ((x0, y0), (x1, y1))]
    xs = [min(max(x, 0.0), whole.width) for x, _ in corners]
    ys = [min(max(whole.height - y, 0.0), whole.height) for _, y in corners]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    if width < _SMALLEST_BOX or height < _SMALLEST_BOX:
        return whole
    return Frame(left + min(xs), top + min(ys), width, height)


def _page_matrix(media: Sequence[float], rotation: int) -> Matrix:
    """From the page's own coordinates to displayed ones (origin bottom left), as pdfminer's interpreter has it."""
    x0, y0, x1, y1 = media
    if rotation == 90:
        return (0, -1, 1, 0, -y0, x1)
    if rotation == 180:
        return (-1, 0, 0, -1, x1, y1)
    if rotation == 270:
        return (0, 1, -1, 0, y1, -x0)
    return (1, 0, 0, 1, -x0, -y0)


def turn_of(char: Object) -> int:
    """By how many degrees clockwise a page has to be turned for this character to run from left to right; :data:`OBLIQUE` if by none."""
    a, b = char["matrix"][:2]
    if abs(b) <= _OBLIQUE * abs(a):
        return 0 if a >= 0 else 180
    if abs(a) <= _OBLIQUE * abs(b):
        return 90 if b > 0 else 270
    return OBLIQUE


def reading_turn(chars: Iterable[Object]) -> int:
    """The turn of most characters of a page; a page of two equal halves stays as it is displayed."""
    counts = Counter(turn_of(char) for char in chars)
    del counts[OBLIQUE]
    most = max(counts.values(), default=0)
    return 0 if counts[0] == most else next((turn for turn, count in counts.items() if count == most), 0)


def placed(objects: Iterable[Object], frame: Frame) -> list[Object]:
    """Objects of pdfplumber in the reading frame. Those of the most usual page are handed on as they are."""
    if not (frame.left or frame.top or frame.turned):
        return list(objects)
    return [turned(one, frame.turned, (frame.left, frame.top, frame.width, frame.height)) for one in objects]


def placed_outlines(curves: Iterable[Object], frame: Frame) -> list[Object]:
    """Curves in the reading frame, the points of their outlines too."""
    outlines = []
    for curve in curves:
        points = placed(({"x0": x, "x1": x, "top": y, "bottom": y} for x, y in curve["pts"]), frame)
        outlines += [
            {**one, "pts": [(point["x0"], point["top"]) for point in points]} for one in placed([curve], frame)
        ]
    return outlines


def turned(one: Object, turn: int, area: tuple[float, float, float, float]) -> Object:
    """A copy of an object on an area (left, top, width, height) after that area was turned clockwise by ``turn`` degrees."""
    left, top, width, height = area
    x0, x1, y0, y1 = one["x0"] - left, one["x1"] - left, one["top"] - top, one["bottom"] - top
    if turn == 90:
        x0, x1, y0, y1 = height - y1, height - y0, x0, x1
    elif turn == 180:
        x0, x1, y0, y1 = width - x1, width - x0, height - y1, height - y0
    elif turn == 270:
        x0, x1, y0, y1 = y0, y1, width - x1, width - x0
    placed = {**one, "x0": x0, "x1": x1, "top": y0, "bottom": y1, "width": x1 - x0, "height": y1 - y0}
    if turn in {90, 270} and "size" in one:
        # pdfminer takes a lying character's advance for its size: a figure would be half as large as its neighbours.
        placed["size"] = y1 - y0
    return placed


def within(objects: Iterable[Object], frame: Frame) -> list[Object]:
    """The objects whose midpoint lies on the displayed page: a crop box hides what is beside it."""
    x0, y0, x1, y1 = frame.left, frame.top, frame.left + frame.width, frame.top + frame.height
    return [
        one
        for one in objects
        if x0 <= (one["x0"] + one["x1"]) / 2 <= x1 and y0 <= (one["top"] + one["bottom"]) / 2 <= y1
    ]
