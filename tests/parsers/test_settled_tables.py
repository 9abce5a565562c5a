"""What one page draws and no page uses is no column; what rules part is read as they part it, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.geometry_pdfs import drawn, grid_of

from tsunagari_parsers.continuation import continues
from tsunagari_parsers.raw import RawRow, lost_places, raw_rows
from tsunagari_parsers.reading import read_pages
from tsunagari_parsers.records import Rect
from tsunagari_parsers.report import Level
from tsunagari_parsers.tables import Cell, PageTables, Table

LEFTS = (40.0, 140.0, 240.0, 400.0)
ROWS = (
    ("北海道", "札幌市", "相談"),
    ("青森県", "弘前市", "居場所"),
    ("岩手県", "盛岡市", "講座"),
    ("宮城県", "仙台市", "調査"),
)


def pages_of(*draws: Callable[[Canvas], None]) -> tuple[PageTables, ...]:
    return read_pages(drawn(*draws), "list.pdf").pages


def ruled(canvas: Canvas) -> None:
    grid_of(canvas, ROWS, lefts=LEFTS, across=True, down=True)


def rows_of(page: PageTables) -> list[tuple[str | None, ...]]:
    return [row.cells for row in raw_rows([page])]


@pytest.mark.parametrize("apart", [0.5, 1.0, 2.0, 2.9, 4.0])
def test_double_rules_make_no_rows_and_no_columns(apart: float) -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas)
        for y in (780, 760, 740, 720, 700):
            canvas.line(40, y - apart, 400, y - apart)
        for x in LEFTS:
            canvas.line(x + apart, 780, x + apart, 700)

    (page,) = pages_of(draw)
    assert rows_of(page) == list(ROWS)
    assert page.stray == ()


@pytest.mark.parametrize(("x0", "x1"), [(228.0, 240.0), (128.0, 140.0), (390.0, 400.0)])
def test_a_column_without_text_on_the_first_page_only_is_no_column(x0: float, x1: float) -> None:
    def first(canvas: Canvas) -> None:
        ruled(canvas)
        for x in (x0, x1):
            canvas.line(x, 780, x, 700)

    one, two = pages_of(first, ruled)
    assert rows_of(one) == rows_of(two) == list(ROWS)
    assert len(one.tables[0].column_lefts) == 3


def test_a_column_outside_the_others_on_the_first_page_only_is_no_column() -> None:
    def first(canvas: Canvas) -> None:
        ruled(canvas)
        canvas.rect(400, 700, 14, 80)
        canvas.rect(30, 700, 10, 80)

    one, two = pages_of(first, ruled)
    assert rows_of(one) == rows_of(two) == list(ROWS)
    assert one.tables[0].rect.rounded() == two.tables[0].rect.rounded()


def test_a_column_that_is_empty_on_one_page_and_filled_on_another_stays() -> None:
    without = [(*row[:2], "") for row in ROWS]
    one, two = pages_of(lambda canvas: _drawn(canvas, without), ruled)
    assert rows_of(one) == without
    assert rows_of(two) == list(ROWS)


def test_a_column_that_is_empty_on_every_page_stays() -> None:
    without = [(*row[:2], "") for row in ROWS]
    for page in pages_of(*[lambda canvas: _drawn(canvas, without)] * 2):
        assert rows_of(page) == without


def _drawn(canvas: Canvas, rows: list[tuple[str, str, str]]) -> None:
    grid_of(canvas, rows, lefts=LEFTS, across=True, down=True)


def test_a_short_rule_through_a_word_parts_nothing() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas)
        canvas.line(161, 760, 161, 740)

    (page,) = pages_of(draw)
    assert rows_of(page) == list(ROWS)


def test_a_rule_in_one_row_that_parts_two_texts_stays() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas)
        canvas.line(320, 760, 320, 740)
        canvas.drawString(325, 747, "無料")

    (page,) = pages_of(draw)
    assert rows_of(page)[1] == ("青森県", "弘前市", "居場所", "無料")


def test_the_fill_of_a_header_makes_no_column() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.8)
        canvas.rect(44, 762, 90, 16, stroke=0, fill=1)
        canvas.rect(144, 762, 90, 16, stroke=0, fill=1)
        canvas.setFillGray(0)
        ruled(canvas)

    (page,) = pages_of(draw)
    assert rows_of(page) == list(ROWS)


def test_a_box_alone_is_a_table_of_one_cell() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 700, 300, 60)
        canvas.drawString(50, 730, "事業の目的")

    (page,) = pages_of(draw)
    assert rows_of(page) == [("事業の目的",)]


def test_text_within_a_table_and_in_no_cell_must_be_looked_at() -> None:
    """A mark across the page says what no cell says; it is told, and not put into a cell."""

    def draw(canvas: Canvas) -> None:
        ruled(canvas)
        canvas.saveState()
        canvas.translate(150, 725)
        canvas.rotate(30)
        canvas.drawString(0, 0, "廃止")
        canvas.restoreState()

    read = read_pages(drawn(draw), "list.pdf")
    (finding,) = read.findings
    assert (finding.level, finding.code, finding.page, finding.value) == (Level.MUST_LOOK, "text-in-no-cell", 1, "廃止")
    assert rows_of(read.pages[0]) == list(ROWS)


def test_a_place_that_a_neighbour_covers_and_a_place_that_none_covers_are_told_apart() -> None:
    def cell(row: int, last_row: int, column: int, last_column: int, text: str) -> Cell:
        from tsunagari_parsers.tables import Line

        rect = Rect(0, 0, 1, 1)
        lines = (Line(text, rect, is_full=False),) if text else ()
        return Cell(rect, row, last_row, column, last_column, lines, top_drawn=True, bottom_drawn=True)

    cells = (cell(0, 1, 0, 0, "あ"), cell(0, 0, 1, 2, "い"), cell(1, 1, 1, 1, ""))
    table = Table(3, Rect(0, 0, 9, 9), (0.0, 4.0), (0.0, 3.0, 6.0), cells)
    page = PageTables(3, 9, 9, (table,), (), 2, 2, 0)
    rows = list(raw_rows([page]))
    assert rows == [RawRow(3, 1, 1, ("あ", "い", None)), RawRow(3, 1, 2, (None, "", None), lost=(2,))]
    assert lost_places(rows[0]) == []
    (finding,) = lost_places(rows[1])
    assert (finding.level, finding.code, finding.page, finding.row) == (Level.MUST_LOOK, "no-cell-here", 3, 2)


def part(
    *, foot: str = "closed", head: str = "closed", key: str = "札幌市", x: float = 0.0
) -> Callable[[Canvas], None]:
    """A page with one row. ``foot`` and ``head``: which of its edges are drawn (closed, open, or under some columns only)."""

    def draw(canvas: Canvas) -> None:
        for left in LEFTS:
            canvas.line(left + x, 780, left + x, 700)
        for y, edge in ((780, head), (700, foot)):
            if edge == "closed":
                canvas.line(LEFTS[0] + x, y, LEFTS[-1] + x, y)
            elif edge == "partly":
                canvas.line(LEFTS[1] + x, y, LEFTS[-1] + x, y)
        canvas.drawString(45 + x, 740, key)
        canvas.drawString(145 + x, 740, "相談に応じる")

    return draw


@pytest.mark.parametrize(
    ("upper", "lower", "goes_on"),
    [
        (part(), part(), False),
        (part(), part(key=""), False),
        (part(foot="open"), part(), True),
        (part(foot="open"), part(head="open", key=""), True),
        (part(), part(head="open", key=""), True),
        (part(foot="partly"), part(key=""), True),
        (part(foot="partly"), part(), False),
        (part(foot="open"), part(key="", x=30), False),
    ],
)
def test_a_row_goes_on_where_its_edges_and_keys_say_so(
    upper: Callable[[Canvas], None], lower: Callable[[Canvas], None], goes_on: bool
) -> None:
    ((one, *_), (two, *_)) = (page.tables for page in pages_of(upper, lower))
    assert continues(one, two) is goes_on


def test_without_rules_a_row_goes_on_where_its_key_is_empty() -> None:
    rows = [
        ("札幌市", "相談", "相談に応じる"),
        ("函館市", "居場所", "居場所を開く"),
        ("弘前市", "講座", "講座を開き、"),
    ]
    more = [
        ("", "", "相談にも応じる"),
        ("盛岡市", "調査", "調べる"),
        ("仙台市", "相談", "相談に応じる"),
        ("秋田市", "講座", "講座を開く"),
    ]
    tables = [page.tables[0] for page in pages_of(*(_listed(some) for some in (rows, more, rows)))]
    assert [continues(one, other) for one, other in pairwise(tables)] == [True, False]


def _listed(rows: list[tuple[str, str, str]]) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        grid_of(canvas, rows, lefts=LEFTS)

    return draw
