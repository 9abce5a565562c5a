"""Lists as other producers make them: what their pages, rows, cells and numbers are read as, fault by fault."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pdfplumber
import pytest
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from tests.geometry_pdfs import FONT, drawn, grid_of
from tests.grids import ABOVE, FULL, LEFT, grid_page

from tsunagari_parsers.contacts import read_contact
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.layouts import LayoutResult, Source, national_list, program_list
from tsunagari_parsers.records import PhoneRole, Rect
from tsunagari_parsers.report import Level
from tsunagari_parsers.tables import Cell, Line, PageTables, read_page
from tsunagari_parsers.wrapped import column_limit, wrapped_lines

HEADER = ["都道府県", "実施主体", "事業名", "事業概要", "担当部署", "電話番号"]
SAPPORO = ["北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962"]
HAKODATE = ["北海道", "函館市", "居場所事業", "居場所をひらく。", "子育て課", "0138-21-3470"]
MORIOKA = ["岩手県", "盛岡市", "訪問事業", "訪問を行う。", "女性センター", "019-604-3304"]
WIDE = [HEADER, SAPPORO, HAKODATE, MORIOKA]


def read(*pages: PageTables) -> LayoutResult:
    source = Source("list.pdf", "ab" * 32, pages)
    layout = national_list.LAYOUT if national_list.recognises(source) else program_list.LAYOUT
    assert layout.recognises(source)
    result = layout.read(source)
    assert result.rows_seen == result.records + len(result.skips)
    return result


def codes(result: LayoutResult, level: Level = Level.MUST_LOOK) -> list[str]:
    return [one.code for one in result.findings if one.level is level]


def names(result: LayoutResult) -> list[str]:
    return [one.program_name for one in result.programs]


# Pages: what is drawn.

LEFTS = (20, 80, 140, 240, 400, 490, 580)


def tables_of(draw: Callable[[Canvas], None]) -> list[list[list[str]]]:
    with pdfplumber.open(io.BytesIO(drawn(draw))) as pdf:
        page = read_page(pdf.pages[0])
    return [
        [
            ["" if (cell := table.at(row, column)) is None else cell.text for column in range(len(table.column_lefts))]
            for row in range(len(table.row_tops))
        ]
        for table in page.tables
    ]


def bordered(canvas: Canvas, rows: Sequence[Sequence[str]], *, line: Callable[..., object] | None = None) -> None:
    """A table with all its rules, drawn by ``line``."""
    line = line or canvas.line
    foot = grid_of(canvas, rows, lefts=LEFTS)
    for y in [780 - 20 * number for number in range(len(rows) + 1)]:
        line(LEFTS[0], y, LEFTS[-1], y)
    for x in LEFTS:
        line(x, foot, x, 780)


@pytest.mark.parametrize("first", [0, 1])
def test_cells_without_colour_between_coloured_rows_are_rows(first: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colors.lightgrey)
        for row in range(first, 4, 2):
            for left, right in pairwise(LEFTS):
                canvas.rect(left, 760 - 20 * row, right - left, 20, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        canvas.setFont(FONT, 14)
        canvas.drawString(60, 795, "令和４年度　つながりサポート事業の実施団体と連絡先の一覧")
        grid_of(canvas, WIDE, lefts=LEFTS)

    assert tables_of(draw) == [WIDE]


@pytest.mark.parametrize(("length", "gap"), [(0.75, 0.75), (2.2, 1.4)])
def test_rules_of_single_dots_and_dashes_are_rules(length: float, gap: float) -> None:
    def draw(canvas: Canvas) -> None:
        def dotted(x0: float, y0: float, x1: float, y1: float) -> None:
            at = 0.0
            while at < max(x1 - x0, y1 - y0):
                x, y = (x0 + at, y0) if x1 > x0 else (x0, y0 + at)
                width, height = (length, 0.75) if x1 > x0 else (0.75, length)
                path = canvas.beginPath()
                path.moveTo(x, y)
                path.curveTo(x, y + height, x, y + height, x + width / 2, y + height)
                path.curveTo(x + width, y + height, x + width, y, x + width, y)
                path.close()
                canvas.drawPath(path, stroke=0, fill=1)
                at += length + gap

        bordered(canvas, WIDE, line=dotted)

    assert tables_of(draw) == [WIDE]


def test_a_frame_around_words_takes_them_out_of_no_cell() -> None:
    def draw(canvas: Canvas) -> None:
        bordered(canvas, WIDE)
        canvas.rect(261, 742, 36, 16)

    assert tables_of(draw) == [WIDE]


def test_a_coloured_header_closes_the_gap_in_the_rule_below_it() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colors.lightgrey)
        for left, right in pairwise(LEFTS):
            canvas.rect(left, 760, right - left, 20, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        grid_of(canvas, WIDE, lefts=LEFTS)
        for y in (780, 740, 720, 700):
            canvas.line(LEFTS[0], y, LEFTS[-1], y)
        canvas.line(LEFTS[0], 760, LEFTS[4], 760)
        canvas.line(LEFTS[5], 760, LEFTS[6], 760)
        for x in LEFTS:
            canvas.line(x, 700, x, 780)

    assert tables_of(draw) == [WIDE]


def test_readings_above_characters_are_no_part_of_a_name() -> None:
    rows = [HEADER, *([*row[:1], f"\n{row[1]}", *row[2:]] for row in WIDE[1:])]

    def draw(canvas: Canvas) -> None:
        foot = grid_of(canvas, rows, lefts=LEFTS)
        for y in (780, 760, 728, 696, foot):
            canvas.line(LEFTS[0], y, LEFTS[-1], y)
        for x in LEFTS:
            canvas.line(x, foot, x, 780)
        canvas.setFont(FONT, 4.5)
        for number, reading in enumerate(("さっぽろし", "はこだてし", "もりおかし")):
            canvas.drawString(84, 760 - 4 - 9 - 12 + 8 - 32 * number, reading)

    (table,) = tables_of(draw)
    assert [row[1] for row in table] == ["実施主体", "札幌市", "函館市", "盛岡市"]


@pytest.mark.parametrize(("word", "level"), [("取扱注意", Level.NOTE), ("廃止", Level.MUST_LOOK)])
def test_a_word_across_the_page_is_no_text_of_it_and_is_told(word: str, level: Level) -> None:
    def draw(canvas: Canvas) -> None:
        bordered(canvas, WIDE)
        canvas.saveState()
        canvas.setFont(FONT, 60)
        canvas.translate(100, 650)
        canvas.rotate(30)
        canvas.drawString(0, 0, word)
        canvas.restoreState()

    report = parse_document(drawn(draw), name="list.pdf").report
    assert report.records == 3
    assert [(one.level, one.code, one.page, one.value) for one in report.findings] == [
        (level, "word-across-page", 1, word)
    ]


def test_imitated_bold_is_no_loss() -> None:
    def draw(canvas: Canvas) -> None:
        bordered(canvas, WIDE)
        canvas.translate(0.3, 0)
        grid_of(canvas, WIDE, lefts=LEFTS)

    report = parse_document(drawn(draw), name="list.pdf").report
    assert (report.records, [one.code for one in report.findings]) == (3, [])


# Rows: what belongs together.


def test_a_row_torn_within_its_cells_is_one_row() -> None:
    upper = ["北海道", "札幌市", f"困難を抱える{FULL}", f"電話相談を{FULL}", f"市民文化局{FULL}", "011-211-2962"]
    lower = ["", "", "女性の支援", "行う。", "市民課", ""]
    result = read(grid_page([HEADER, HAKODATE, upper], open_below=True), grid_page([HEADER, lower, MORIOKA], page=2))
    assert names(result) == ["居場所事業", "困難を抱える女性の支援", "訪問事業"]
    assert (result.programs[1].description, result.programs[1].department) == ("電話相談を行う。", "市民文化局市民課")
    assert codes(result) == []


@pytest.mark.parametrize(
    ("upper", "lower", "phone"),
    [("0467-57-", "1414", ("0467-57-1414", None)), ("0467-57-1414", "（内線312）", ("0467-57-1414", "312"))],
)
def test_a_number_torn_by_the_page_break_is_one_number(upper: str, lower: str, phone: tuple[str, str | None]) -> None:
    torn = ["神奈川県", "茅ヶ崎市", "相談事業", "相談を行う。", "男女共同参画課", upper]
    result = read(grid_page([HEADER, torn], open_below=True), grid_page([["", "", "", "", "", lower], MORIOKA], page=2))
    assert names(result) == ["相談事業", "訪問事業"]
    assert [(one.number, one.extension) for one in result.programs[0].phones] == [phone]
    assert codes(result) == []


def test_whole_rows_on_both_sides_of_an_open_page_break_stay_two() -> None:
    last = grid_page([HEADER, MORIOKA], page=3)
    result = read(grid_page([HEADER, SAPPORO], open_below=True), grid_page([HEADER, HAKODATE], page=2), last)
    assert names(result) == ["つながり事業", "居場所事業", "訪問事業"]


def test_a_name_beside_several_bodies_is_the_name_of_each() -> None:
    rows = [HEADER, SAPPORO, [ABOVE, "函館市", ABOVE, "居場所をひらく。", "子育て課", "0138-21-3470"], MORIOKA]
    result = read(grid_page(rows))
    assert [(one.municipality, one.program_name, one.phones[0].number) for one in result.programs[:2]] == [
        ("札幌市", "つながり事業", "011-211-2962"),
        ("函館市", "つながり事業", "0138-21-3470"),
    ]


@pytest.mark.parametrize("text", ["合計", "合計 3事業", "合計（3件）", "総計：3件"])
def test_a_sum_over_several_columns_is_no_programme(text: str) -> None:
    number = ["番号", *HEADER]
    rows = [["1", *SAPPORO], ["2", *HAKODATE], ["3", *MORIOKA]]
    result = read(grid_page([number, *rows, ["", text, LEFT, LEFT, LEFT, "", ""]]))
    assert [one.reason for one in result.skips] == ["合計の行"]
    assert codes(result) == []


def test_a_table_without_numbers_or_places_beside_the_list_is_a_note() -> None:
    result = read(grid_page([["区分", "件数"], ["都道府県", "3"], ["計", "16"]], [HEADER, SAPPORO, HAKODATE]))
    assert {one.reason for one in result.skips} == {"一覧ではない表の行"}
    assert (codes(result), codes(result, Level.NOTE)) == ([], ["table-outside-list"])


def test_a_table_with_numbers_under_unknown_headers_must_be_looked_at() -> None:
    result = read(grid_page([["ア", "イ"], ["札幌市", "011-211-2962"]], [HEADER, SAPPORO, HAKODATE]))
    assert codes(result) == ["row-outside-list"] * 2


def test_text_of_unread_columns_that_goes_on_over_the_page_is_a_note() -> None:
    header = [*HEADER, "実施期間"]
    first = grid_page([header, [*SAPPORO, "令和4年4月～令和"]], open_below=True)
    result = read(first, grid_page([header, ["", "", "", "", "", "", "5年3月"], [*HAKODATE, ""]], page=2))
    assert names(result) == ["つながり事業", "居場所事業"]
    assert (codes(result), codes(result, Level.NOTE)) == ([], ["column-unknown", "row-of-unread-columns"])


def with_foot(page: PageTables, text: str) -> PageTables:
    bottom = page.tables[-1].rect.bottom
    return replace(page, outside=(*page.outside, Line(text, Rect(10, bottom + 5, 90, bottom + 15), is_full=False)))


def test_a_heading_at_the_foot_of_a_page_is_that_of_the_next_ones_table() -> None:
    header, rows = HEADER[1:], [SAPPORO[1:], MORIOKA[1:]]
    first = with_foot(grid_page([header, rows[0]], above=["■北海道"]), "■岩手県")
    result = read(first, grid_page([header, rows[1]], page=2))
    assert [(one.prefecture, one.place_evidence) for one in result.programs] == [
        ("北海道", "section"),
        ("岩手県", "section"),
    ]


def test_what_stands_at_the_foot_of_every_page_is_no_heading() -> None:
    header = HEADER[1:]
    pages = [
        with_foot(grid_page([header, SAPPORO[1:]], above=["■北海道"]), "岩手県"),
        with_foot(grid_page([header, HAKODATE[1:]], page=2), "岩手県"),
    ]
    assert [one.prefecture for one in read(*pages).programs] == ["北海道", "北海道"]


# Cells: what a field says.


@pytest.mark.parametrize(
    ("prefecture", "body", "place"),
    [
        ("神　奈　川　県", "横　浜　市", ("神奈川県", "横浜市")),
        ("14 神奈川県", "神奈川県横浜市", ("神奈川県", "横浜市")),
        ("神奈川", "横浜市（政令市）", ("神奈川県", "横浜市")),
        ("神奈川県", "神奈川県", ("神奈川県", None)),
        ("神奈川県", "県", ("神奈川県", None)),
    ],
)
def test_the_place_of_a_row_is_read_through_its_dress(
    prefecture: str, body: str, place: tuple[str, str | None]
) -> None:
    result = read(grid_page([HEADER, [prefecture, body, "相談事業", "相談を行う。", "市民課", "045-671-2017"]]))
    assert [(one.prefecture, one.municipality) for one in result.programs] == [place]
    assert codes(result) == []


def test_an_empty_prefecture_is_that_of_the_only_municipality_of_the_name() -> None:
    shared = ["", "府中市", "居場所", "居場所をひらく。", "課", ""]
    result = read(grid_page([HEADER, SAPPORO, ["", *HAKODATE[1:]], MORIOKA, shared]))
    assert [one.prefecture for one in result.programs] == ["北海道", "北海道", "岩手県", ""]
    assert codes(result, Level.NOTE) == ["prefecture-empty", "no-phone"]
    assert codes(result) == ["unknown-prefecture"]


def test_a_list_that_only_tells_what_is_done_has_names_from_that() -> None:
    header = ["都道府県", "実施主体", "取組内容", "担当部署", "電話番号"]
    rows = [header, ["北海道", "札幌市", "・電話相談を行う。夜間も応じる。", "市民課", "011-211-2962"]]
    result = read(grid_page(rows))
    assert [(one.program_name, one.description) for one in result.programs] == [
        ("電話相談を行う", "・電話相談を行う。夜間も応じる。")
    ]
    assert (codes(result), codes(result, Level.NOTE)) == ([], ["name-from-description"])


@pytest.mark.parametrize(
    ("name", "phone", "codes_found"),
    [
        ("つながり事業", "011-211-2962\n011-211-2963", []),
        ("つながり事業\n居場所事業", "011-211-2962\n011-211-2963", []),
        (f"困難を抱える{FULL}\n女性の支援", "011-211-2962\n011-211-2963", []),
    ],
)
def test_several_numbers_in_one_closed_cell_are_those_of_one_row(name: str, phone: str, codes_found: list[str]) -> None:
    result = read(grid_page([HEADER, [*SAPPORO[:2], name, *SAPPORO[3:5], phone]]))
    assert [len(one.phones) for one in result.programs] == [2]
    assert codes(result) == codes_found


def test_a_row_that_may_be_two_must_be_looked_at() -> None:
    two = [*SAPPORO[:2], "つながり事業\n居場所事業", "相談を行う。", "市民課\n子育て課", "011-211-2962\n011-211-2963"]
    assert codes(read(grid_page([HEADER, two]))) == ["several-phones"]
    unruled = [*SAPPORO[:5], "011-211-2962\n011-211-2963"]
    assert codes(read(grid_page([HEADER, unruled], open_below=True))) == ["several-phones"]


@pytest.mark.parametrize("text", ["－", "なし", "―", "/"])
def test_a_cell_that_says_that_there_is_no_number_is_a_note(text: str) -> None:
    result = read(grid_page([HEADER, [*SAPPORO[:5], text]]))
    assert (codes(result), codes(result, Level.NOTE)) == ([], ["no-phone"])


Pair = tuple[str, str | None, str | None]


@pytest.mark.parametrize(
    ("raw", "department", "phones"),
    [
        ("市民課\n06-6210-9321\n（内線３\n１２）", "市民課", [("06-6210-9321", "312", None)]),
        ("市民課\n06-6210-9321（代表）内線123\n06-6210-9322（直通）", "市民課", [("06-6210-9321", "123", "代表"), ("06-6210-9322", None, "直通")]),
        ("市民課 06-6210-9321 内線24-165", "市民課", [("06-6210-9321", "24-165", None)]),
        ("市民課\n☎06-6210-9321（平日 9:00～17:00）", "市民課", [("06-6210-9321", None, "平日、9:00～17:00")]),
        ("市民課（℡06-6210-9321）、女性センター（℡06-6210-9322）", "市民課、女性センター", [("06-6210-9321", None, "市民課"), ("06-6210-9322", None, "女性センター")]),
        ("こども課\n（母子）06-6210-9321\n（女性）06-6210-9322", "こども課", [("06-6210-9321", None, "（母子）"), ("06-6210-9322", None, "（女性）")]),
        ("06-6210-9321（市民課）\n06-6210-9322（福祉課）", "市民課、福祉課", [("06-6210-9321", None, "市民課"), ("06-6210-9322", None, "福祉課")]),
        ("担当：市民課\n電話：06-6210-9321", "市民課", [("06-6210-9321", None, None)]),
        ("06-6210-9321（ダイヤルイン）市民課", "市民課", [("06-6210-9321", None, "ダイヤルイン")]),
    ],
)  # fmt: skip
def test_a_cell_of_department_and_numbers_is_told_apart(raw: str, department: str, phones: list[Pair]) -> None:
    contact = read_contact(raw, role=PhoneRole.UNKNOWN, evidence="", with_department=True)
    assert contact.department == department
    assert [(one.number, one.extension) for one in contact.phones] == [one[:2] for one in phones]
    assert [one.note for one in contact.phones if one.note] == [one[2] for one in phones if one[2]]
    assert contact.problem == ""


def cell(*lines: tuple[str, float]) -> Cell:
    """A cell 100 points wide; each line is given with where it ends."""
    made = tuple(Line(text, Rect(0, 12 * at, end, 12 * at + 10), is_full=False) for at, (text, end) in enumerate(lines))
    return Cell(Rect(0, 0, 100, 60), 0, 0, 0, 0, made, top_drawn=True, bottom_drawn=True)


def test_a_line_goes_on_where_what_follows_had_no_room_before_the_end_of_its_column() -> None:
    column = [cell(("相談を行い、必要に応", 80), ("じる。", 30)) for _ in range(3)]
    column[1] = cell(("毎週月曜日の夜間", 62), ("17:00～19:00に開く。", 80))
    column[2] = cell(("相談を行う。", 55), ("訪問も行う。", 55), ("電話で受け付ける相", 79), ("談。", 20))
    column.append(cell(("面談を行うほか、希望", 80), ("者に。", 30)))
    limit = column_limit(column)
    assert limit == 80
    goes_on = [[full for _, full in wrapped_lines(one, limit)] for one in column]
    assert goes_on == [[True, False], [True, False], [False, False, True, False], [True, False]]


def test_a_column_of_short_lines_has_no_end_that_tells() -> None:
    assert column_limit([cell(("相談", 20), ("居場所", 30))] * 4) is None
