"""PDFs made for tests of geometry: turned and cropped pages, tables with few rules or none, and rules that mean nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import RectangleObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "HeiseiKakuGo-W5"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

#: Text in a cell: lines, one below the other.
Row = Sequence[str]


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """A PDF whose pages are drawn by functions of a canvas; the font is set."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    for draw in pages:
        canvas.setFont(FONT, 9)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def rotated(content: bytes, degrees: int) -> bytes:
    """The same PDF with its pages displayed turned clockwise (``/Rotate``)."""
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        page.rotate(degrees)
    return _written(writer)


def redrawn(content: bytes, degrees: int) -> bytes:
    """The same PDF with everything on its pages drawn turned clockwise, ``/Rotate`` 0, on a page of the turned size."""
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        turn = Transformation().rotate(-degrees)
        moved = {90: turn.translate(0, width), 180: turn.translate(width, height), 270: turn.translate(height, 0)}
        page.add_transformation(moved[degrees])
        if degrees != 180:
            page.mediabox = page.cropbox = RectangleObject((0, 0, height, width))
    return _written(writer)


def shifted(content: bytes, dx: float, dy: float) -> bytes:
    """The same PDF on media boxes that begin at (dx, dy)."""
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        box = page.mediabox
        page.add_transformation(Transformation().translate(dx, dy))
        page.mediabox = page.cropbox = RectangleObject((dx, dy, box.width + dx, box.height + dy))
    return _written(writer)


def cropped(content: bytes, left: float, bottom: float, right: float, top: float) -> bytes:
    """The same PDF with crop boxes that leave out so many points on each side."""
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    for page in writer.pages:
        box = page.mediabox
        page.cropbox = RectangleObject(
            (float(box.left) + left, float(box.bottom) + bottom, float(box.right) - right, float(box.top) - top)
        )
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def grid_of(
    canvas: Canvas,
    rows: Sequence[Row],
    *,
    lefts: Sequence[float],
    top: float = 780,
    leading: float = 12,
    padding: float = 4,
    across: bool = False,
    down: bool = False,
    centred: bool = False,
    size: float = 9,
) -> float:
    """Draw rows of cells whose lines are parted by line ends; returns where the last one ends (points from the foot of the page).

    ``lefts``: the columns' left edges and the right edge of the last one; ``across`` and ``down``: with those rules;
    ``centred``: cells in the middle of the height of their row, as Excel has it, instead of at its top.
    """
    canvas.setFont(FONT, size)
    y = top
    for row in rows:
        lines = [cell.split("\n") for cell in row]
        most = max(len(cell) for cell in lines)
        height = most * leading + 2 * padding
        if across:
            canvas.line(lefts[0], y, lefts[-1], y)
        for left, cell in zip(lefts, lines, strict=False):
            start = y - padding - size - ((most - len(cell)) * leading / 2 if centred else 0)
            for number, line in enumerate(cell):
                canvas.drawString(left + 3, start - number * leading, line)
        y -= height
    if across:
        canvas.line(lefts[0], y, lefts[-1], y)
    if down:
        for left in lefts:
            canvas.line(left, top, left, y)
    return y
