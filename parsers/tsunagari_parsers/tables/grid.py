"""Cells as a table: numbered by row and column, with their text, and with the evidence of how they were bounded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.characters import text_lines
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.model import Cell, Table, TableSettings
from tsunagari_parsers.tables.rules import Box


def grid(
    page: int,
    boxes: Sequence[Box],
    chars: Sequence[Sequence[Object]],
    drawn: Sequence[Object],
    settings: TableSettings,
    *,
    is_ruled: bool = True,
) -> Table:
    """The table of these cells and of the characters in each; ``drawn`` are the horizontal rules of the page."""
    tops = sorted({box[1] for box in boxes})
    lefts = sorted({box[0] for box in boxes})
    cells = []
    for (x0, top, x1, bottom), own in zip(boxes, chars, strict=True):
        rect = Rect(x0, top, x1, bottom)
        lines, overwritten = text_lines(own, rect, settings)
        cells.append(
            Cell(
                rect=rect,
                row=bisect_right(tops, top) - 1,
                last_row=bisect_right(tops, bottom - 0.01) - 1,
                column=bisect_right(lefts, x0) - 1,
                last_column=bisect_right(lefts, x1 - 0.01) - 1,
                lines=lines,
                top_drawn=_is_drawn(drawn, rect, rect.top, settings.snap),
                bottom_drawn=_is_drawn(drawn, rect, rect.bottom, settings.snap),
                is_overwritten=overwritten,
            )
        )
    return Table(page, outline(boxes), tuple(tops), tuple(lefts), tuple(cells), is_ruled)


def outline(boxes: Sequence[Box]) -> Rect:
    """The smallest rectangle around some cells."""
    return Rect(
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _is_drawn(drawn: Sequence[Object], rect: Rect, y: float, tolerance: float) -> bool:
    middle = (rect.x0 + rect.x1) / 2
    return any(abs(edge["top"] - y) <= tolerance and edge["x0"] <= middle <= edge["x1"] for edge in drawn)
