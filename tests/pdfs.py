"""PDFs made for tests: small ruled tables with Japanese text, and files that are broken in one way each."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A3, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, SimpleDocTemplate, Table, TableStyle

_FONT = "HeiseiKakuGo-W5"
pdfmetrics.registerFont(UnicodeCIDFont(_FONT))

HEADER = (
    ("都道府県", "実施主体", "事業名", "事業概要", "事業の詳細についての問い合わせ先", ""),
    ("", "", "", "", "担当部署", "電話番号"),
)
HEADER_SPANS = (("SPAN", (4, 0), (5, 0)), *(("SPAN", (column, 0), (column, 1)) for column in range(4)))


def table_pdf(
    pages: Sequence[Sequence[Sequence[str]]],
    *,
    header: Sequence[Sequence[str]] = HEADER,
    styles: Sequence[tuple[Any, ...]] = HEADER_SPANS,
    widths: Sequence[float] = (80, 80, 200, 400, 200, 130),
    widths_of: Mapping[int, Sequence[float]] = MappingProxyType({}),
    headers_on: Collection[int] | None = None,
    marks: Sequence[tuple[float, float, float, float]] = (),
    title: str = "",
    second_title: str = "",
) -> bytes:
    """A PDF with a ruled table on each page.

    ``headers_on``: the pages (from 0) whose table has a header, all if None; ``widths_of``: other widths on some pages;
    ``marks``: filled rectangles behind the text (x, y from the foot of the page, width, height).
    """
    buffer = io.BytesIO()
    document = SimpleDocTemplate(buffer, pagesize=landscape(A3), title=title, invariant=1)
    story: list[Flowable] = []
    for number, rows in enumerate(pages):
        with_header = headers_on is None or number in headers_on
        shown = [*header, *rows] if with_header else rows
        table = Table([list(row) for row in shown], colWidths=list(widths_of.get(number, widths)))
        grid: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), _FONT, 9)]
        table.setStyle(TableStyle([*grid, *(styles if with_header else ())]))
        story += [table, PageBreak()]

    def heading(canvas: Canvas, _: object) -> None:
        canvas.setFillColor(colors.yellow)
        for mark in marks:
            canvas.rect(*mark, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        canvas.setFont(_FONT, 12)
        canvas.drawString(300, 810, title)
        canvas.drawString(300, 790, second_title)

    document.build(story, onFirstPage=heading, onLaterPages=heading)
    return buffer.getvalue()


def joined(*parts: bytes) -> bytes:
    """The pages of several PDFs in one."""
    writer = PdfWriter()
    for part in parts:
        writer.append(PdfReader(io.BytesIO(part)))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def text_pdf(*lines: str) -> bytes:
    """A PDF with lines of text and no table."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont(_FONT, 12)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * number, line)
    canvas.save()
    return buffer.getvalue()


def picture_pdf() -> bytes:
    """A PDF that is a picture of a page."""
    buffer = io.BytesIO()
    Image.new("L", (400, 300), 200).save(buffer, "PDF")
    return buffer.getvalue()


def encrypted(content: bytes) -> bytes:
    """The same PDF behind a password."""
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    writer.encrypt("password", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
