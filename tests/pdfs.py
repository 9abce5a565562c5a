"""PDFs made for tests: small ruled tables with Japanese text, and files that are broken in one way each."""

from __future__ import annotations

import io
from collections.abc import Sequence
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
    title: str = "",
) -> bytes:
    """A PDF with a ruled table on each page, the header repeated."""
    buffer = io.BytesIO()
    document = SimpleDocTemplate(buffer, pagesize=landscape(A3), title=title, invariant=1)
    story: list[Flowable] = []
    for rows in pages:
        table = Table([list(row) for row in (*header, *rows)], colWidths=list(widths))
        grid: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), _FONT, 9)]
        table.setStyle(TableStyle([*grid, *styles]))
        story += [table, PageBreak()]

    def heading(canvas: Canvas, _: object) -> None:
        canvas.setFont(_FONT, 12)
        canvas.drawString(300, 810, title)

    document.build(story, onFirstPage=heading, onLaterPages=heading)
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
