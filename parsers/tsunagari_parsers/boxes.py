"""Where a page begins: at the corner of what it shows, whatever its boxes and its rotation are.

pdfplumber counts from the media box and reads what lies outside the crop box too. What lies there is on no paper and on no screen:
PDFs with four leaflets on each sheet hold every leaflet's text on every page. ISO 32000-1, 14.11.2.
"""

from __future__ import annotations

from dataclasses import replace

from pdfplumber.page import Page

from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables import Cell, Line, PageTables, Table


def visible(page: Page) -> Page:
    """The part of a page that is shown: the page itself where its crop box is its media box."""
    x0, top, x1, bottom = page.bbox
    shown = _shown(page)
    if shown is None:
        return page
    left, above, right, below = shown
    return page.crop((x0 + left, top + above, x1 - right, bottom - below), relative=False, strict=False)


def from_corner(read: PageTables, page: Page) -> PageTables:
    """What was read of ``page`` (as :func:`visible` gave it), counted from its top left corner."""
    x0, top = float(page.bbox[0]), float(page.bbox[1])
    if x0 == 0 and top == 0:
        return read
    return replace(
        read,
        tables=tuple(_moved_table(table, -x0, -top) for table in read.tables),
        outside=tuple(_moved_line(line, -x0, -top) for line in read.outside),
    )


def _shown(page: Page) -> tuple[float, float, float, float] | None:
    """How far the shown part lies from the media box's left, top, right and bottom edge, as displayed; None for nothing.

    pdfplumber's own ``page.cropbox`` is not turned with the page, so the raw boxes decide.
    """
    media, crop = _sorted(page.page_obj.mediabox), _sorted(page.page_obj.cropbox)
    inside = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    # A crop box beside its media box shows nothing: readers then show the media box.
    if inside == media or inside[0] >= inside[2] or inside[1] >= inside[3]:
        return None
    left, bottom, right, top = (
        inside[0] - media[0],
        inside[1] - media[1],
        media[2] - inside[2],
        media[3] - inside[3],
    )
    # Turned clockwise: the edge that was on the left comes to the top, and so on.
    return {
        0: (left, top, right, bottom),
        90: (bottom, left, top, right),
        180: (right, bottom, left, top),
        270: (top, right, bottom, left),
    }.get(page.rotation, (left, top, right, bottom))


def _sorted(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Any two opposite corners may be given (ISO 32000-1, 7.9.5)."""
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _moved(rect: Rect, across: float, down: float) -> Rect:
    return Rect(rect.x0 + across, rect.top + down, rect.x1 + across, rect.bottom + down)


def _moved_line(line: Line, across: float, down: float) -> Line:
    return replace(line, rect=_moved(line.rect, across, down))


def _moved_cell(cell: Cell, across: float, down: float) -> Cell:
    return replace(
        cell,
        rect=_moved(cell.rect, across, down),
        lines=tuple(_moved_line(line, across, down) for line in cell.lines),
    )


def _moved_table(table: Table, across: float, down: float) -> Table:
    return replace(
        table,
        rect=_moved(table.rect, across, down),
        row_tops=tuple(top + down for top in table.row_tops),
        column_lefts=tuple(left + across for left in table.column_lefts),
        cells=tuple(_moved_cell(cell, across, down) for cell in table.cells),
    )
