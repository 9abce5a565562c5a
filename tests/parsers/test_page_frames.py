"""Whichever way a page lies, it is read as its reader turns it, and only what its crop box shows."""

from __future__ import annotations

import io
from itertools import product

import pdfplumber
import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.geometry_pdfs import FONT, cropped, drawn, grid_of, redrawn, rotated, shifted
from tests.pdfs import table_pdf

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables import PageTables, read_page

ROWS = (("北海道", "札幌市", "相談の窓口"), ("青森県", "弘前市", "居場所の提供"))
LEFTS = (40.0, 140.0, 240.0, 400.0)
PROGRAM = ("北海道", "札幌市", "女性のための相談", "相談に応じる", "市民課", "011-211-2962")


def page_of(content: bytes) -> PageTables:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return read_page(pdf.pages[0])


def example() -> bytes:
    return drawn(_example)


def _example(canvas: Canvas) -> None:
    grid_of(canvas, ROWS, lefts=LEFTS, across=True, down=True)
    canvas.drawString(40, 800, "表題")


def cells(page: PageTables) -> list[tuple[int, int, str, Rect]]:
    return [
        (cell.row, cell.column, cell.text, Rect(*(round(edge) for edge in (cell.rect.x0, cell.rect.top, cell.rect.x1, cell.rect.bottom))))
        for table in page.tables
        for cell in table.cells
    ]  # fmt: skip


@pytest.mark.parametrize(("rotation", "turn"), list(product((0, 90, 180, 270), (0, 90, 180, 270))))
def test_a_turned_page_has_the_cells_of_the_page_that_is_not_turned(rotation: int, turn: int) -> None:
    content = redrawn(example(), turn) if turn else example()
    page = page_of(rotated(content, rotation) if rotation else content)
    straight = page_of(example())
    assert cells(page) == cells(straight) != []
    assert [line.text for line in page.outside] == ["表題"]
    assert (round(page.width), round(page.height)) == (round(straight.width), round(straight.height))
    assert page.turned == -(rotation + turn) % 360


@pytest.mark.parametrize(("rotation", "turn"), [(0, 0), (90, 0), (180, 0), (270, 0), (0, 90), (0, 270), (90, 180)])
def test_a_rectangle_can_be_drawn_on_a_picture_of_the_displayed_page(rotation: int, turn: int) -> None:
    """Ink lies within the rectangle of each line and none lies just outside that of the table."""
    content = redrawn(example(), turn) if turn else example()
    content = cropped(rotated(content, rotation), 7, 11, 13, 17)
    page = page_of(content)
    document = pypdfium2.PdfDocument(content)
    picture = document[0].render(scale=1, grayscale=True).to_pil()
    document.close()
    for line in [*page.outside, *(line for table in page.tables for cell in table.cells for line in cell.lines)]:
        at = page.displayed(line.rect)
        assert picture.crop((round(at.x0), round(at.top), round(at.x1), round(at.bottom))).getextrema()[0] < 128
    table = page.displayed(page.tables[0].rect)
    strip = (round(table.x1) + 3, round(table.top), round(table.x1) + 8, round(table.bottom))
    assert picture.crop(strip).getextrema()[0] == 255


def test_what_the_crop_box_hides_is_not_on_the_page() -> None:
    def draw(canvas: Canvas) -> None:
        grid_of(canvas, ROWS, lefts=LEFTS, across=True, down=True)
        grid_of(canvas, [("見えない", "欄")], lefts=(450, 500, 560), across=True, down=True)

    whole, part = page_of(drawn(draw)), page_of(cropped(drawn(draw), 30, 0, 160, 20))
    assert (len(whole.tables), len(part.tables)) == (2, 1)
    assert [cell.text for cell in part.tables[0].cells] == [text for row in ROWS for text in row]
    assert part.characters == sum(len(text) for row in ROWS for text in row) == part.drawn
    assert part.tables[0].rect.x0 == pytest.approx(whole.tables[0].rect.x0 - 30)
    assert part.tables[0].rect.top == pytest.approx(whole.tables[0].rect.top - 20)


def test_a_crop_box_that_is_no_rectangle_shows_the_whole_page() -> None:
    content = cropped(example(), 300, 0, 295.2, 0)
    assert cells(page_of(content)) == cells(page_of(example()))


@pytest.mark.parametrize(("dx", "dy"), [(100, 200), (-300, -400), (0, 55)])
@pytest.mark.parametrize("rotation", [0, 90])
def test_boxes_that_do_not_begin_at_the_origin_change_nothing(dx: float, dy: float, rotation: int) -> None:
    assert cells(page_of(rotated(shifted(example(), dx, dy), rotation))) == cells(page_of(example()))


def test_a_list_on_turned_pages_gives_the_same_programmes_and_no_finding() -> None:
    listed = table_pdf([[PROGRAM]])
    straight, turned = (parse_document(one, name="list.pdf") for one in (listed, rotated(listed, 90)))
    assert [one.description for one in turned.programs] == [one.description for one in straight.programs]
    assert turned.report.findings == straight.report.findings


def test_the_rectangle_of_a_record_lies_on_the_displayed_page() -> None:
    listed = table_pdf([[PROGRAM]])
    straight, turned = (parse_document(one, name="list.pdf") for one in (listed, rotated(listed, 90)))
    at, of = straight.programs[0].provenance.rect, turned.programs[0].provenance.rect
    assert at
    assert of
    assert (round(of.x1 - of.x0), round(of.bottom - of.top)) == (round(at.bottom - at.top), round(at.x1 - at.x0))


def test_characters_one_below_the_other_are_one_line() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 700, 20, 80)
        canvas.rect(60, 700, 100, 80)
        for number, char in enumerate("北海道"):
            canvas.drawString(45, 750 - number * 20, char)
        canvas.drawString(65, 740, "札幌市")

    (table,) = page_of(drawn(draw)).tables
    assert [cell.text for cell in table.cells] == ["北海道", "札幌市"]


def test_vertical_writing_is_read_from_the_right_and_from_the_top() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 700, 40, 80)
        canvas.rect(80, 700, 100, 80)
        for column, text in enumerate(("女性相談", "支援セン", "ター")):
            for number, char in enumerate(text):
                canvas.drawString(66 - column * 11, 765 - number * 11, char)
        canvas.drawString(85, 740, "相談")

    (table,) = page_of(drawn(draw)).tables
    assert [cell.text for cell in table.cells] == ["女性相談\n支援セン\nター", "相談"]


@pytest.mark.parametrize(("text", "read"), [(("1", "2", "3"), "1\n2\n3"), (("○", "○", "×"), "○\n○\n×")])
def test_figures_and_marks_one_below_the_other_stay_lines(text: tuple[str, ...], read: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 700, 20, 80)
        for number, char in enumerate(text):
            canvas.drawString(45, 750 - number * 12, char)

    (table,) = page_of(drawn(draw)).tables
    assert table.cells[0].text == read


@pytest.mark.parametrize("degrees", [90, -90])
def test_a_cell_whose_text_is_turned_is_read_in_its_own_direction(degrees: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 600, 40, 180)
        canvas.rect(80, 600, 200, 180)
        canvas.saveState()
        canvas.translate(60, 690)
        canvas.rotate(degrees)
        canvas.drawString(-60, 2, "実施主体の")
        canvas.drawString(-60, -12, "都道府県")
        canvas.restoreState()
        for number in range(5):
            canvas.drawString(85, 760 - 12 * number, "相談の窓口を開く")

    page = page_of(drawn(draw))
    assert page.turned == 0
    first, second = page.tables[0].cells
    assert first.text == "実施主体の\n都道府県"
    assert second.text.split("\n") == ["相談の窓口を開く"] * 5
    assert all(
        40 <= line.rect.x0 < line.rect.x1 <= 80 and line.rect.bottom - line.rect.top > 30 for line in first.lines
    )


def test_a_mark_across_the_page_is_in_no_cell_and_no_text_of_it() -> None:
    def draw(canvas: Canvas) -> None:
        grid_of(canvas, ROWS, lefts=LEFTS, across=True, down=True)
        canvas.saveState()
        canvas.translate(100, 745)
        canvas.rotate(30)
        canvas.setFont(FONT, 20)
        canvas.drawString(0, 0, "見本")
        canvas.restoreState()

    page = page_of(drawn(draw))
    assert [cell.text for cell in page.tables[0].cells] == [text for row in ROWS for text in row]
    assert (page.outside, page.across) == ((), ("見本",))
