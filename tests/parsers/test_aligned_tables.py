"""Tables with few rules or none have the rows and columns that their readers see; what is no table stays text."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import pairwise

import pdfplumber
import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.geometry_pdfs import FONT, drawn, grid_of
from tests.pdfs import text_pdf

from tsunagari_parsers.reading import read_pages
from tsunagari_parsers.tables import Line, PageTables, Table, read_page
from tsunagari_parsers.text import fold_width

HEADER = ("都道府県", "実施主体", "事業名", "事業概要", "電話番号")
LEFTS = (40.0, 100.0, 170.0, 280.0, 470.0, 560.0)
ROWS = (
    HEADER,
    ("北海道", "札幌市", "女性の相談", "相談に応じ、必要なときは\nほかの窓口に同行する。", "011-211-2962"),
    ("", "函館市", "居場所", "週に３日、居場所を開く。", "0138-21-3010"),
    ("青森県", "弘前市", "つながり\nサポート", "生理用品を配り、その場で\n困りごとを聞き、相談の窓口に\nつなぐ。", "0172-35-1111"),
    ("岩手県", "盛岡市", "女性センター", "電話で相談に応じる。", ""),
)  # fmt: skip


def page_of(draw: Callable[[Canvas], object]) -> PageTables:
    return pages_of(draw)[0]


def pages_of(*draws: Callable[[Canvas], object]) -> list[PageTables]:
    def of(draw: Callable[[Canvas], object]) -> Callable[[Canvas], None]:
        return lambda canvas: (draw(canvas), None)[1]

    with pdfplumber.open(io.BytesIO(drawn(*map(of, draws)))) as pdf:
        return [read_page(page) for page in pdf.pages]


def rows_of(table: Table) -> list[tuple[str, ...]]:
    return [
        tuple(cell.text for cell in table.cells if cell.row == row) for row in range(len(table.row_tops))
    ]  # fmt: skip


@pytest.mark.parametrize("padding", [6, 3])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_a_table_has_its_rows_and_columns_with_rules_one_way_both_ways_or_none(
    padding: float, centred: bool, across: bool, down: bool
) -> None:
    page = page_of(
        lambda canvas: grid_of(canvas, ROWS, lefts=LEFTS, padding=padding, centred=centred, across=across, down=down)
    )
    (table,) = page.tables
    assert rows_of(table) == list(ROWS)
    assert table.is_ruled == (across and down)
    assert page.outside == ()
    assert len(table.column_lefts) == 5


@pytest.mark.parametrize("centred", [False, True])
def test_rows_that_stand_as_close_as_their_lines_begin_where_most_columns_have_text(centred: bool) -> None:
    rows = [row for row in ROWS if row[2] != "つながり\nサポート"]
    rows.append(
        (
            "青森県",
            "弘前市",
            "つながり",
            "生理用品を配り、その場で\n困りごとを聞き、相談の窓口に\nつなぐ。",
            "0172-35-1111",
        )
    )
    page = page_of(lambda canvas: grid_of(canvas, rows, lefts=LEFTS, padding=0, centred=centred))
    (table,) = page.tables
    assert rows_of(table) == rows


def test_a_list_of_single_lines_is_a_table() -> None:
    rows = [(f"窓口{n}", f"市民課{n}", f"011-211-29{n:02}") for n in range(30)]
    (table,) = page_of(lambda canvas: grid_of(canvas, rows, lefts=(40, 140, 300, 400), padding=2)).tables
    assert rows_of(table) == rows


def test_two_columns_are_a_table_where_many_rows_agree() -> None:
    rows = [(f"相談の窓口{n}", f"011-211-29{n:02}") for n in range(8)]
    (table,) = page_of(lambda canvas: grid_of(canvas, rows, lefts=(40, 240, 400))).tables
    assert rows_of(table) == rows


def test_title_and_notes_around_a_table_stay_outside() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 14)
        canvas.drawCentredString(300, 800, "女性を支える事業の一覧（令和５年度）")
        foot = grid_of(canvas, ROWS, lefts=LEFTS, top=770)
        canvas.drawString(
            40, foot - 30, "※この一覧は、令和５年４月現在の内容を、各自治体の回答にもとづいてまとめたものです。"
        )

    page = page_of(draw)
    (table,) = page.tables
    assert rows_of(table) == list(ROWS)
    assert [line.text[:4] for line in page.outside] == ["女性を支", "※この一"]


def test_a_header_of_two_lines_spans_what_stands_below_it() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(300, 790, "事業の詳細についての問い合わせ先")
        rows = [("都道府県", "事業名", "担当部署", "電話番号"), *ROWS_OF_FOUR]
        grid_of(canvas, rows, lefts=(40, 140, 290, 400, 500), top=785)

    (table,) = page_of(draw).tables
    above = next(cell for cell in table.cells if cell.text.startswith("事業の詳細"))
    assert (above.row, above.column, above.last_column) == (0, 2, 3)
    first, second = table.at(1, 2), table.at(1, 3)
    assert first
    assert second
    assert (first.text, second.text) == ("担当部署", "電話番号")
    names = table.at(0, 0)
    assert names
    assert (names.text, names.row, names.last_row) == ("都道府県", 0, 1)


ROWS_OF_FOUR = (("北海道", "相談", "市民課", "011-211-2962"), ("青森県", "居場所", "福祉課", "017-734-1111"))


def test_text_beside_and_between_ruled_tables_stays_out_of_other_tables() -> None:
    def draw(canvas: Canvas) -> None:
        foot = grid_of(canvas, ROWS, lefts=LEFTS, across=True, down=True)
        foot = grid_of(canvas, ROWS, lefts=LEFTS, top=foot - 40)
        grid_of(canvas, ROWS, lefts=LEFTS, top=foot - 40, across=True, down=True)

    page = page_of(draw)
    assert [table.is_ruled for table in page.tables] == [True, False, True]
    assert [rows_of(table) for table in page.tables] == [list(ROWS)] * 3


def settled(*rows: list[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    def page(some: list[tuple[str, ...]]) -> Callable[[Canvas], None]:
        return lambda canvas: (grid_of(canvas, some, lefts=(40, 140, 240, 400, 500)), None)[1]

    read = read_pages(drawn(*map(page, rows)), "list.pdf").pages
    assert [line.text for one in read for line in one.outside] == []
    return [[row for table in one.tables for row in rows_of(table)] for one in read]


BODY: list[tuple[str, ...]] = [
    ("都道府県", "実施主体", "事業概要", "電話番号"),
    ("北海道", "札幌市", "相談に応じる", "011-211-2962"),
    ("青森県", "弘前市", "居場所を開く", "0172-35-1111"),
    ("岩手県", "盛岡市", "講座を開く", "019-651-4111"),
]


@pytest.mark.parametrize(
    "more",
    [
        [("宮城県", "仙台市", "調査をする", "022-261-1111")],
        [("宮城県", "仙台市", "調査をする", ""), ("秋田県", "秋田市", "相談", "")],
        [("", "", "その内容を公表する", ""), *BODY[1:]],
        [("", "", "その内容を公表し、\nその後も続ける", ""), ("宮城県", "仙台市", "調査をする", "")],
        [(*row[:3], "") for row in BODY[1:]],
        [(row[0], "", *row[2:]) for row in BODY[1:]],
    ],
)
def test_a_page_that_goes_on_with_a_table_has_its_columns(more: list[tuple[str, ...]]) -> None:
    assert settled(BODY, more) == [BODY, more]
    assert settled(BODY, more, BODY[1:]) == [BODY, more, BODY[1:]]


def test_text_after_a_table_that_does_not_stand_in_its_columns_is_no_row_of_it() -> None:
    def table(canvas: Canvas) -> None:
        grid_of(canvas, BODY, lefts=(40, 140, 240, 400, 500))

    def note(canvas: Canvas) -> None:
        canvas.drawString(60, 770, "この一覧についての問い合わせは、内閣府男女共同参画局までお願いします。")
        canvas.drawString(60, 750, "電話でも受け付けます。")

    one, two = read_pages(drawn(table, note), "list.pdf").pages
    assert rows_of(one.tables[0]) == BODY
    assert two.tables == ()
    assert len(two.outside) == 2


LETTER = (
    "　　　　　　　　　　　　　　　　　　　　　　　　　　令和５年４月１日",
    "　各都道府県　男女共同参画主管課長　殿",
    "　　　　　　　　　　　　　　　　　　　　　　　内閣府男女共同参画局長",
    "　　　　　地域女性活躍推進交付金の取組について（依頼）",
    "　平素より男女共同参画の推進に御協力をいただき、厚く御礼申し上げます。",
    "　標記について、下記のとおり取り組んでいただきますようお願いいたします。",
    "　　　　　　　　　　　　　　記",
    "１　日　時　　令和５年５月１０日　１３時から",
    "２　場　所　　中央合同庁舎第８号館",
    "３　対　象　　各都道府県の担当者",
    "４　持ち物　　筆記用具",
    "５　その他　　駐車場はありません。",
)


def tabbed_letter(canvas: Canvas) -> None:
    """The same letter as word processors write it: places instead of spaces."""
    canvas.drawRightString(550, 800, "令和５年４月１日")
    canvas.drawString(50, 780, "各都道府県　男女共同参画主管課長　殿")
    canvas.drawRightString(550, 760, "内閣府男女共同参画局長")
    for number, (word, text) in enumerate(
        [
            ("日時", "令和５年５月１０日"),
            ("場所", "合同庁舎"),
            ("対象", "担当者"),
            ("持ち物", "筆記用具"),
            ("その他", "なし"),
        ]
    ):
        canvas.drawString(50, 700 - 18 * number, str(number + 1))
        canvas.drawString(80, 700 - 18 * number, word)
        canvas.drawString(180, 700 - 18 * number, text)


def items(canvas: Canvas) -> None:
    for number in range(12):
        y = 780 - number * 30
        canvas.drawString(50, y, f"({number + 1})")
        canvas.drawString(80, y, "相談に応じる体制を整え、必要な支援につなぐ取組を進めるものとし、")
        canvas.drawString(80, y - 13, "その内容を公表する。")


def newsletter(canvas: Canvas) -> None:
    for number in range(20):
        for x in (40, 310):
            length = 25 if number % 7 != 6 else 9
            canvas.drawString(
                x, 780 - 14 * number, "女性のつながりを支える取組を各地で進めています。"[:25].ljust(25, "の")[:length]
            )


@pytest.mark.parametrize("draw", [tabbed_letter, items, newsletter])
def test_letters_lists_of_items_and_newsletters_have_no_table(draw: Callable[[Canvas], None]) -> None:
    page = page_of(draw)
    assert page.tables == ()
    assert page.drawn == sum(len("".join(line.text.split())) for line in page.outside)


def test_a_letter_whose_places_are_made_with_spaces_has_no_table() -> None:
    with pdfplumber.open(io.BytesIO(text_pdf(*LETTER))) as pdf:
        assert read_page(pdf.pages[0]).tables == ()


def test_underlines_and_the_rules_of_a_letterhead_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(40, 800, 550, 800)
        for number in range(20):
            canvas.drawString(
                50, 780 - 20 * number, "女性のつながりを支える取組を、各地で進めています。相談は無料です。"
            )
        canvas.line(50, 778, 200, 778)
        canvas.line(40, 60, 550, 60)

    assert page_of(draw).tables == ()


def ruled_across(
    canvas: Canvas,
    rows: Sequence[tuple[str, ...]],
    lefts: Sequence[float] = (40, 110, 220, 360, 460),
    height: float = 40,
    *,
    is_open: bool = False,
) -> None:
    """Rules between the rows, with gaps beside cells of which the next row has the text 〃: they go on, their text in their middle.

    ``is_open``: the last cell of the first column goes on over the page.
    """
    top = 780.0
    canvas.line(lefts[0], top, lefts[-1], top)
    for column, (left, right) in enumerate(pairwise(lefts)):
        first = 0
        for row in range(1, len(rows) + 1):
            if row < len(rows) and rows[row][column] == "〃":
                continue
            lines = rows[first][column].split("\n")
            middle = top - height * (first + row) / 2
            for number, line in enumerate(lines):
                canvas.drawString(left + 4, middle + 6 * len(lines) - 9 - 12 * number, line)
            if not (is_open and column == 0 and row == len(rows)):
                canvas.line(left, top - height * row, right, top - height * row)
            first = row


MERGED_LEFT = (
    ("都道府県", "実施主体", "事業名", "電話番号"),
    ("北海道", "札幌市", "女性の相談\nつながる窓口", "011-211-2962"),
    ("〃", "函館市", "居場所", "0138-21-3010"),
    ("〃", "旭川市", "相談", "0166-25-6419"),
    ("青森県", "弘前市", "生理用品の配布", "0172-35-1111"),
    ("〃", "八戸市", "訪問の\n支援", "0178-43-2111"),
    ("岩手県", "盛岡市", "電話の相談", "019-651-4111"),
)
MERGED_BOTH_SIDES = (
    ("都道府県", "事業名", "実施主体", "電話番号"),
    ("北海道", "女性の相談", "札幌市", "011-211-2962"),
    ("〃", "居場所", "札幌市", "〃"),
    ("〃", "相談", "旭川市", "0166-25-6419"),
    ("青森県", "生理用品の配布", "弘前市", "0172-35-1111"),
)


@pytest.mark.parametrize("rows", [MERGED_LEFT, MERGED_BOTH_SIDES, MERGED_LEFT[:4], MERGED_LEFT[:3]])
def test_rules_across_that_stop_short_of_a_merged_cell_are_the_borders_of_rows(
    rows: Sequence[tuple[str, ...]],
) -> None:
    (table,) = page_of(lambda canvas: ruled_across(canvas, rows)).tables
    assert len(table.row_tops) == len(rows)
    for column in range(4):
        cells = [cell for cell in table.cells if cell.column == column]
        assert [(cell.row, cell.text) for cell in cells] == [
            (row, cells[column]) for row, cells in enumerate(rows) if cells[column] != "〃"
        ]
        ends = [row for row in range(len(rows)) if row + 1 == len(rows) or rows[row + 1][column] != "〃"]
        assert [cell.last_row for cell in cells] == ends
        assert all(cell.top_drawn and cell.bottom_drawn for cell in cells)


def test_a_merged_cell_that_goes_on_over_the_page_is_open_below() -> None:
    (table,) = page_of(lambda canvas: ruled_across(canvas, MERGED_LEFT[:4], is_open=True)).tables
    assert len(table.row_tops) == 4
    feet = [table.at(3, column) for column in range(4)]
    assert [cell.bottom_drawn for cell in feet if cell] == [False, True, True, True]
    assert feet[0]
    assert (feet[0].text, feet[0].row) == ("北海道", 1)


@pytest.mark.parametrize("top", [785, 780])
def test_a_rule_below_a_heading_of_some_columns_is_no_border_of_rows(top: float) -> None:
    rows = [("都道府県", "事業名", "担当部署", "電話番号"), *ROWS_OF_FOUR, *ROWS_OF_FOUR]

    def draw(canvas: Canvas) -> None:
        canvas.line(40, 802, 500, 802)
        canvas.drawString(300, 790, "事業の詳細についての問い合わせ先")
        canvas.line(290, 786, 500, 786)
        grid_of(canvas, rows, lefts=(40, 140, 290, 400, 500), top=top)
        canvas.line(40, top - 20, 500, top - 20)

    (table,) = page_of(draw).tables
    assert rows_of(table)[-4:] == [*ROWS_OF_FOUR, *ROWS_OF_FOUR]


TALL = ("東京都", "港区", "居場所", "居場所を週に三日開き、\nそこで困りごとを聞いて、\n相談の窓口につなぎ、\n生理用品を配る。\nオンラインでも応じる。", "03-3578-2111")  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        (TALL, *ROWS[1:3]),
        (*ROWS[1:3], TALL),
        (HEADER, TALL),
        (HEADER, ("", "", "", "その窓口を知らせる。\nまた、講座も開く。", ""), TALL),
    ],
)
def test_a_row_between_rules_has_all_lines_of_its_tallest_cell(rows: Sequence[tuple[str, ...]]) -> None:
    page = page_of(lambda canvas: grid_of(canvas, rows, lefts=LEFTS, across=True, centred=True))
    (table,) = page.tables
    assert rows_of(table) == list(rows)
    assert page.outside == ()


def test_underlined_text_in_a_table_of_rules_across_parts_no_row() -> None:
    def draw(canvas: Canvas) -> None:
        grid_of(canvas, ROWS, lefts=LEFTS, across=True)
        canvas.line(283, 780 - 20 - 12 - 2, 400, 780 - 20 - 12 - 2)

    (table,) = page_of(draw).tables
    assert rows_of(table) == list(ROWS)


FEET = ("12", "-12-", "12/15", "12ページ", "P.12", "(12)", "第12頁")


def folded(lines: Sequence[Line]) -> list[str]:
    return ["".join(fold_width(line.text).split()) for line in lines]


@pytest.mark.parametrize("folio", FEET)
@pytest.mark.parametrize("x", [40, 240, 300, 540])
@pytest.mark.parametrize("across", [False, True])
def test_a_page_number_is_no_part_of_a_table_without_closing_rules(folio: str, x: float, across: bool) -> None:
    def foot(canvas: Canvas) -> None:
        end = grid_of(canvas, ROWS, lefts=LEFTS, top=200, across=across)
        canvas.drawString(x, end - 20, folio)

    def head(canvas: Canvas) -> None:
        canvas.drawString(x, 810, folio)
        grid_of(canvas, ROWS, lefts=LEFTS, top=800 - 4, across=across)

    for page in pages_of(foot, head):
        (table,) = page.tables
        assert rows_of(table) == list(ROWS)
        assert folded(page.outside) == [folio]


@pytest.mark.parametrize("folio", FEET)
def test_page_numbers_at_the_head_of_a_page_do_not_go_on_with_the_table_of_the_page_before(folio: str) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(243, 803, folio)
        grid_of(canvas, BODY, lefts=(40, 140, 240, 400, 500), top=800 - 4)

    for read in read_pages(drawn(page, page, page), "list.pdf").pages:
        assert [rows_of(table) for table in read.tables] == [BODY]
        assert folded(read.outside) == [folio]


def test_the_end_of_a_number_at_the_foot_of_a_page_is_no_page_number() -> None:
    rows = [*ROWS[:3], ("青森県", "弘前市", "つながり", "生理用品を配る。", "0172-35-11\n11")]
    page = page_of(lambda canvas: (grid_of(canvas, rows, lefts=LEFTS, top=150), None)[1])
    (table,) = page.tables
    assert rows_of(table) == rows


def test_the_last_number_of_a_column_of_numbers_is_no_page_number() -> None:
    rows = [(str(number), f"窓口{number}", "市民課", f"011-211-29{number:02}") for number in range(8, 12)]
    rows.append(("12", "", "", ""))
    page = page_of(lambda canvas: (grid_of(canvas, rows, lefts=(40, 80, 240, 400, 500), top=140, padding=6), None)[1])
    (table,) = page.tables
    assert rows_of(table) == rows


def on_stripes(canvas: Canvas) -> None:
    """Every other row on grey."""
    canvas.setFillGray(0.85)
    top = 780.0
    for number, row in enumerate(ROWS):
        height = 12 * max(cell.count("\n") + 1 for cell in row) + 12
        if number % 2 == 0:
            canvas.rect(40, top - height, 520, height, stroke=0, fill=1)
        top -= height
    canvas.setFillGray(0)
    grid_of(canvas, ROWS, lefts=LEFTS, padding=6)


def on_a_coloured_header(canvas: Canvas) -> None:
    canvas.setFillGray(0.85)
    canvas.rect(40, 756, 520, 24, stroke=0, fill=1)
    canvas.setFillGray(0)
    grid_of(canvas, ROWS, lefts=LEFTS, padding=6)


def in_a_frame(canvas: Canvas) -> None:
    foot = grid_of(canvas, ROWS, lefts=LEFTS, padding=6)
    canvas.rect(40, foot, 520, 780 - foot)
    canvas.line(40, 756, 560, 756)


@pytest.mark.parametrize("draw", [on_stripes, on_a_coloured_header, in_a_frame])
def test_colours_and_frames_behind_a_table_hide_none_of_its_columns(draw: Callable[[Canvas], None]) -> None:
    page = page_of(draw)
    (table,) = page.tables
    assert rows_of(table) == list(ROWS)
    assert page.outside == ()


def test_a_titled_box_with_a_short_list_stays_a_box() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 600, 400, 180)
        canvas.line(40, 750, 440, 750)
        canvas.drawString(50, 760, "事業の目標")
        for number, (name, goal) in enumerate((("相談", "20件"), ("講座", "3回"), ("居場所", "50人"), ("広報", "2回"))):
            canvas.drawString(50, 730 - 20 * number, name)
            canvas.drawString(200, 730 - 20 * number, goal)

    (table,) = page_of(draw).tables
    assert table.is_ruled
    assert [cell.text.split("\n")[0] for cell in table.cells] == ["事業の目標", "相談 20件"]
