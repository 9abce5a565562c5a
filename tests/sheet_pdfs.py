"""Programme sheets made for tests: boxes with titles, drawn as different producers draw them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from tests.pdfs import _FONT

WIDTH, HEIGHT = landscape(A4)
#: Draws on a page; all measures in points, y from the top.
Drawing = Callable[[Canvas], None]


def sheet_pdf(*pages: Sequence[Drawing]) -> bytes:
    """A PDF with a page for each list of drawings, drawn in their order."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1)
    for drawings in pages:
        for draw in drawings:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def text(x: float, top: float, *lines: str, size: float = 9) -> Drawing:
    """Lines of text from a place downwards."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colors.black)
        canvas.setFont(_FONT, size)
        for number, line in enumerate(lines):
            canvas.drawString(x, HEIGHT - top - size - number * size * 1.3, line)

    return draw


def box(x: float, top: float, width: float, height: float, *, filled: bool = False, round_: bool = False) -> Drawing:
    """A rectangle, with round corners or without."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colors.lightblue)
        canvas.setStrokeColor(colors.grey)
        y = HEIGHT - top - height
        if round_:
            canvas.roundRect(x, y, width, height, 5, stroke=1, fill=int(filled))
        else:
            canvas.rect(x, y, width, height, stroke=int(not filled), fill=int(filled))

    return draw


def rules(xs: Sequence[float], tops: Sequence[float]) -> Drawing:
    """A grid of lines."""

    def draw(canvas: Canvas) -> None:
        canvas.setStrokeColor(colors.black)
        for x in xs:
            canvas.line(x, HEIGHT - tops[0], x, HEIGHT - tops[-1])
        for top in tops:
            canvas.line(xs[0], HEIGHT - top, xs[-1], HEIGHT - top)

    return draw


def wrapped(string: str, width: float, size: float = 9) -> list[str]:
    """Lines of full-width text for a box of this width, as a word processor breaks them."""
    count = int((width - 10) // size)
    return [line[at : at + count] for line in string.split("\n") for at in range(0, max(len(line), 1), count)]


def titled(
    place: tuple[float, float], extent: tuple[float, float], title: str, body: str, *, style: str, size: float = 9
) -> list[Drawing]:
    """A body with its title: ``over`` its upper edge (in ``lines``: without a rectangle), a filled ``bar`` above it, or a first line ``inside`` it."""
    (x, top), (width, height) = place, extent
    if style == "over":
        return [
            box(x, top + 10, width, height - 10),
            box(x + 6, top, 140, 20, filled=True, round_=True),
            text(x + 12, top + 5, title),
            text(x + 5, top + 24, *wrapped(body, width, size), size=size),
        ]
    if style == "lines":
        return [
            rules((x, x + width), (top + 10, top + height)),
            rules((x + 6, x + 146), (top, top + 20)),
            text(x + 12, top + 5, title),
            text(x + 5, top + 24, *wrapped(body, width, size), size=size),
        ]
    if style == "bar":
        return [
            box(x, top, width, 18, filled=True),
            box(x, top + 18, width, height - 18),
            text(x + 5, top + 4, title),
            text(x + 5, top + 23, *wrapped(body, width, size), size=size),
        ]
    return [box(x, top, width, height), text(x + 5, top + 5, title, *wrapped(body, width, size), size=size)]
