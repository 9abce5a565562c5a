"""The table reader on what drawings, damaged files and other geometry give it."""

from __future__ import annotations

import io
import time
from typing import Any

import pdfplumber
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from tests.pdfs import table_pdf

from tsunagari_parsers.tables import PageTables, TableSettings, read_page

ROWS = (("あ", "い"), ("う", "え"))


def read(content: bytes, settings: TableSettings | None = None) -> list[PageTables]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return [read_page(page, settings) for page in pdf.pages]


def grid(**options: object) -> bytes:
    return table_pdf([ROWS], header=(), styles=(), widths=(100, 100), **options)  # type: ignore[arg-type]


def test_cells_are_a_grid_with_their_text() -> None:
    (page,) = read(grid())
    (table,) = page.tables
    assert [(cell.row, cell.column, cell.text) for cell in table.cells] == [
        (0, 0, "あ"), (0, 1, "い"), (1, 0, "う"), (1, 1, "え"),
    ]  # fmt: skip
    assert table.at(1, 1) == table.cells[3]
    assert table.at(2, 0) is None


def test_a_merged_cell_spans_what_it_covers_and_nothing_is_copied() -> None:
    (page,) = read(
        table_pdf([(("あ", ""), ("う", "え"))], header=(), styles=[("SPAN", (0, 0), (1, 0))], widths=(100, 100))
    )
    first = page.tables[0].cells[0]
    assert (first.column, first.last_column, first.text) == (0, 1, "あ")
    assert page.tables[0].at(0, 1) is first


def test_a_page_in_the_middle_of_a_row_has_its_cells_without_a_rule_across() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for x in (50, 250, 450):
        canvas.line(x, 60, x, 780)
    canvas.drawString(60, 700, "left")
    canvas.drawString(260, 700, "right")
    canvas.save()
    (page,) = read(buffer.getvalue())
    (table,) = page.tables
    assert [(cell.text, cell.top_drawn, cell.bottom_drawn) for cell in table.cells] == [
        ("left", False, False), ("right", False, False),
    ]  # fmt: skip


def drawing(rectangles: int, *, far: bool = False) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for number in range(rectangles):
        canvas.rect(20 + number % 90 * 6, 20 + number // 90 * 8, 4, 4, stroke=0, fill=1)
    if far:
        canvas.line(-1e11, 100, 1e11, 100)
        canvas.line(300, -1e11, 300, 1e11)
    canvas.drawString(30, 820, "x")
    canvas.save()
    return buffer.getvalue()


def test_a_drawing_of_thousands_of_pieces_is_read_in_seconds() -> None:
    """A map or a QR code; the limit is wide, and what it holds off took more than two minutes."""
    began = time.monotonic()
    (page,) = read(drawing(8000))
    assert page.characters == 1
    assert time.monotonic() - began < 60


def test_rules_far_off_the_page_end_at_its_edge() -> None:
    (page,) = read(drawing(0, far=True))
    assert page.tables == () or max(table.rect.x1 for table in page.tables) <= 596


def test_rules_that_cross_too_often_are_a_picture() -> None:
    (page,) = read(grid(), TableSettings(max_crossings=4))
    assert page.tables == ()
    assert page.pictures == 1
    assert [line.text for line in page.outside] == ["あ い", "う え"]


@pytest.mark.parametrize(
    ("name", "value"), [("snap", -1), ("join", 51), ("page_share", 0), ("line_overlap", 1.1), ("overlap", 0)]
)
def test_geometry_that_cannot_be_is_refused_by_name(name: str, value: float) -> None:
    changed: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=name):
        TableSettings(**changed)
