"""Any list of programmes: names of columns, sections, contacts in one cell, rows over page breaks, and where a row belongs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.grids import ABOVE, FULL, LEFT, grid_page
from tests.pdfs import table_pdf

from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import UnknownLayoutError
from tsunagari_parsers.layouts import LayoutResult, Source, national_list, program_list
from tsunagari_parsers.placing import Claim, PlaceWords, place_of_heading, place_of_title, place_rows
from tsunagari_parsers.records import PhoneRole
from tsunagari_parsers.report import Level
from tsunagari_parsers.tables import PageTables

HEADER = ["都道府県名", "市町村名", "事業の名称", "取組内容", "担当課", "TEL"]
SAPPORO = ["北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962"]
HAKODATE = ["北海道", "函館市", "居場所事業", "居場所をひらく。", "子育て課", "0138-21-3470"]
SHORT = ["市町村名", "事業名", "取組内容", "連絡先"]


def source(*pages: PageTables) -> Source:
    return Source("list.pdf", "ab" * 32, pages)


def read(*pages: PageTables) -> LayoutResult:
    made = source(*pages)
    assert program_list.recognises(made)
    result = program_list.read(made)
    assert result.rows_seen == result.records + len(result.skips)
    return result


def codes(result: LayoutResult) -> list[str]:
    return [one.code for one in result.findings]


def places(result: LayoutResult) -> list[tuple[str, str | None, str]]:
    return [(one.prefecture, one.municipality, one.place_evidence) for one in result.programs]


def test_the_fields_stand_under_other_names_in_another_order() -> None:
    result = read(grid_page([HEADER[::-1], SAPPORO[::-1]]))
    (program,) = result.programs
    assert [program.prefecture, program.municipality, program.program_name, program.description] == SAPPORO[:4]
    assert (program.department, program.phones[0].number) == ("市民課", "011-211-2962")
    assert program.place_evidence == "prefecture cell"
    assert codes(result) == []


def test_a_list_with_the_six_columns_is_the_national_one() -> None:
    assert national_list.recognises(source(grid_page([HEADER, SAPPORO])))
    assert not national_list.recognises(source(grid_page([SHORT, ["札幌市", "事業", "相談", "011-211-2962"]])))
    assert national_list.LAYOUT.rank > program_list.LAYOUT.rank


@pytest.mark.parametrize(
    "header",
    [["事業名", "概要"], ["都道府県", "事業名"], ["都道府県", "概要", "電話番号"], ["い", "ろ", "は"]],
    ids=["no place", "nothing told", "no name", "nothing known"],
)
def test_a_table_without_what_a_list_needs_is_none(header: list[str]) -> None:
    assert not program_list.recognises(source(grid_page([header, ["ア"] * len(header)])))


def test_an_unknown_list_is_refused_with_its_headers_and_taught_names_read_it() -> None:
    content = table_pdf(
        [[("札幌市", "つながり事業", "電話相談を行う。", "市民課 011-211-2962")]],
        header=(("まち", "メニュー", "どんな支援か", "きくところ"),),
        styles=(),
        widths=(100, 200, 300, 200),
    )
    with pytest.raises(UnknownLayoutError, match="まち／メニュー／どんな支援か／きくところ"):
        parse_document(content, name="list.pdf")
    from tsunagari_parsers.columns import known_column_names, load_column_names

    taught = load_column_names(
        '[fields]\nimplementing_body = ["まち"]\nprogram_name = ["メニュー"]\ndescription = ["どんな支援か"]\n'
        'contact = ["きくところ"]\n[phone_role]\nenquiry = ["きくところ"]\n',
        where="mine.toml",
    )
    parsed = parse_document(content, name="list.pdf", names=known_column_names().merged_with(taught))
    (program,) = parsed.programs
    assert (program.prefecture, program.municipality, program.department) == ("北海道", "札幌市", "市民課")
    assert [(one.number, one.role) for one in program.phones] == [("011-211-2962", PhoneRole.ENQUIRY)]
    assert parsed.report.series == "program_list"


def test_department_and_phone_in_one_cell_are_told_apart() -> None:
    result = read(
        grid_page(
            [SHORT, ["札幌市", "事業", "電話相談を行う。", "市民課\nTEL：011-211-2962（内線12）\nFAX：011-211-0000"]]
        )
    )
    (program,) = result.programs
    assert program.department == "市民課"
    assert [(one.number, one.extension) for one in program.phones] == [("011-211-2962", "12")]
    assert [(one.code, one.level) for one in result.findings] == [("fax-unread", Level.NOTE)]


def test_a_cell_over_department_and_phone_is_read_as_both() -> None:
    row = [*SAPPORO[:4], "市民課 011-211-2962", LEFT]
    (program,) = read(grid_page([HEADER, row])).programs
    assert (program.department, [one.number for one in program.phones]) == ("市民課", ["011-211-2962"])


def test_a_column_of_extensions_belongs_to_the_number() -> None:
    rows = [["市町村名", "事業名", "担当課", "電話番号", "内線"], ["札幌市", "事業", "市民課", "011-211-2962", "2211"]]
    (program,) = read(grid_page(rows)).programs
    assert [(one.number, one.extension) for one in program.phones] == [("011-211-2962", "2211")]


def test_a_column_of_fax_numbers_gives_no_phone_and_is_told() -> None:
    rows = [["市町村名", "事業名", "概要", "FAX"], ["札幌市", "事業", "電話相談を行う。", "011-211-0000"]]
    result = read(grid_page(rows))
    assert result.programs[0].phones == ()
    assert [(one.code, one.value) for one in result.findings] == [("column-unread", "FAX")]


def test_unlabelled_numbers_under_phone_and_fax_are_not_both_phones() -> None:
    rows = [["市町村名", "事業名", "電話・FAX"], ["札幌市", "事業", "011-211-2962\n011-211-0000"]]
    result = read(grid_page(rows))
    assert [one.number for one in result.programs[0].phones] == ["011-211-2962"]
    assert ("phone-not-understood", Level.MUST_LOOK) in [(one.code, one.level) for one in result.findings]


@pytest.mark.parametrize(
    ("header", "cell", "unit_line", "grant", "code"),
    [
        ("交付決定額（千円）", "1,234", "", 1234, None),
        ("交付決定額（円）", "1,234,567", "", 1235, None),
        ("交付決定額（万円）", "12", "", 120, None),
        ("交付決定額", "1,234千円", "", 1234, None),
        ("交付決定額", "1,234", "（単位：千円）", 1234, None),
        ("交付決定額", "1,234", "", None, "amount-unit-unknown"),
        ("交付決定額（千円）", "約千", "", None, "amount-not-understood"),
        ("交付決定額（千円）", "－", "", None, None),
    ],
)
def test_amounts_are_thousands_of_yen_and_units_are_never_guessed(
    header: str, cell: str, unit_line: str, grant: int | None, code: str | None
) -> None:
    rows = [["市町村名", "事業名", "概要", header], ["札幌市", "事業", "電話相談を行う。", cell]]
    result = read(grid_page(rows, above=[unit_line]))
    assert result.programs[0].grant == grant
    assert codes(result) == ([code] if code else [])


@pytest.mark.parametrize("heading", ["■北海道", "【北海道】", "01 北海道", "北　海　道", "● 北海道（2件）"])
def test_sections_stand_for_a_column_of_prefectures(heading: str) -> None:
    rows = [
        SHORT,
        [heading, LEFT, LEFT, LEFT],
        ["札幌市", "事業A", "電話相談を行う。", "市民課 011-211-2962"],
        ["函館市", "事業B", "電話相談を行う。", "市民課 0138-21-3470"],
        ["滋賀県", "", "", ""],
        ["日野町", "事業C", "電話相談を行う。", "福祉課 0748-52-6573"],
        ["滋賀県", "事業D", "電話相談を行う。", "課 077-528-3770"],
    ]
    result = read(grid_page(rows))
    assert places(result) == [
        ("北海道", "札幌市", "section"),
        ("北海道", "函館市", "section"),
        ("滋賀県", "日野町", "section"),
        ("滋賀県", None, "body cell"),
    ]
    assert [(one.reason, one.row) for one in result.skips] == [("区切りの見出しの行", 1), ("区切りの見出しの行", 4)]
    assert codes(result) == []


def test_a_section_goes_on_over_the_page_and_a_line_above_a_table_begins_one() -> None:
    row = ["府中市", "事業", "電話相談を行う。", "課 042-335-4401"]
    other = ["府中市", "事業", "電話相談を行う。", "課 0847-43-7111"]
    result = read(
        grid_page([SHORT, row], above=["東京都"]),
        grid_page([[*row[:1], "事業2", *row[2:]]], [SHORT, other], page=2, above=["", "広島県"]),
    )
    assert places(result) == [("東京都", "府中市", "section")] * 2 + [("広島県", "府中市", "section")]
    assert codes(result) == []


def test_a_municipality_may_be_a_section_too() -> None:
    header = ["事業名", "概要", "連絡先"]
    rows = [header, ["■大阪府", LEFT, LEFT], ["◆堺市", LEFT, LEFT], ["事業", "電話相談を行う。", "課 072-228-7408"]]
    assert places(read(grid_page(rows))) == [("大阪府", "堺市", "section")]


def test_an_unknown_heading_ends_a_section_and_is_told() -> None:
    rows = [
        SHORT,
        ["■大阪府", LEFT, LEFT, LEFT],
        ["その他の団体", LEFT, LEFT, LEFT],
        ["日野町", "事業", "電話相談を行う。", "課"],
    ]
    result = read(grid_page(rows))
    assert places(result) == [("", "日野町", "")]
    assert sorted(codes(result)) == ["no-phone", "place-undecided", "section-unknown"]


def test_sums_and_notes_are_named_skips() -> None:
    rows = [HEADER, SAPPORO, HAKODATE, ["合計", "", "2事業", "", "", ""], ["※実施時期は市により異なる", *[LEFT] * 5]]
    result = program_list.read(source(grid_page(rows)))
    assert [one.reason for one in result.skips] == ["合計の行", "注の行"]
    assert [(one.code, one.level) for one in result.findings] == [("note-row", Level.NOTE)]


def test_a_sum_of_more_rows_than_were_read_is_told() -> None:
    result = program_list.read(source(grid_page([HEADER, SAPPORO, ["合計", "", "2事業", "", "", ""]])))
    assert codes(result) == ["count-differs"]


def test_a_header_in_the_middle_of_a_table_is_no_row() -> None:
    result = program_list.read(source(grid_page([HEADER, SAPPORO, HEADER, HAKODATE])))
    assert [one.municipality for one in result.programs] == ["札幌市", "函館市"]
    assert (result.rows_seen, result.skips) == (2, ())


def test_a_row_over_an_open_page_break_is_one_row() -> None:
    first = [*SAPPORO[:3], f"電話相談を行い、必要に{FULL}", *SAPPORO[4:]]
    rest = ["", "", "", "応じて支援につなげる。", "", ""]
    result = program_list.read(
        source(grid_page([HEADER, first], open_below=True), grid_page([rest, HAKODATE], page=2, open_above=True))
    )
    assert [one.description for one in result.programs] == ["電話相談を行い、必要に応じて支援につなげる。", HAKODATE[3]]
    assert [(one.provenance.page, one.provenance.row) for one in result.programs] == [(1, 1), (2, 2)]
    assert (result.rows_seen, codes(result)) == (2, [])


def test_a_row_higher_than_a_page_is_one_row() -> None:
    first = [*SAPPORO[:3], f"相談、{FULL}", *SAPPORO[4:]]
    middle = ["", "", "", f"支援、{FULL}", "", ""]
    last = ["", "", "", "居場所。", "", ""]
    result = program_list.read(
        source(
            grid_page([HEADER, first], open_below=True),
            grid_page([middle], page=2, open_above=True, open_below=True),
            grid_page([last, HAKODATE], page=3, open_above=True),
        )
    )
    assert [one.description for one in result.programs] == ["相談、支援、居場所。", HAKODATE[3]]
    assert codes(result) == []


def test_a_row_whose_name_stands_on_the_second_page_is_one_row() -> None:
    head = ["", "", "", f"電話相談を{FULL}", "", ""]
    tail = [*SAPPORO[:3], "行う。", *SAPPORO[4:]]
    result = program_list.read(
        source(grid_page([HEADER, HAKODATE, head], open_below=True), grid_page([tail], page=2, open_above=True))
    )
    assert [(one.program_name, one.description) for one in result.programs][1] == ("つながり事業", "電話相談を行う。")
    assert result.programs[1].provenance.page == 1


def test_a_closed_rule_joins_nothing_and_must_be_looked_at() -> None:
    rest = ["", "", "", "応じて支援につなげる。", "", ""]
    result = program_list.read(source(grid_page([HEADER, SAPPORO]), grid_page([rest, HAKODATE], page=2)))
    assert [one.description for one in result.programs] == [SAPPORO[3], HAKODATE[3]]
    assert [(one.reason, one.page, one.text) for one in result.skips] == [
        ("前のページの行の続きかもしれない行", 2, "応じて支援につなげる。")
    ]
    assert [(one.code, one.level) for one in result.findings] == [("row-not-joined", Level.MUST_LOOK)]


def test_two_rows_with_numbers_are_never_joined() -> None:
    second = ["", "", "", "別の相談。", "", "0138-21-3470"]
    result = program_list.read(
        source(grid_page([HEADER, SAPPORO], open_below=True), grid_page([second], page=2, open_above=True))
    )
    assert [[one.number for one in program.phones] for program in result.programs] == [
        ["011-211-2962"],
        ["0138-21-3470"],
    ]
    assert "no-name" in codes(result)


def test_a_body_beside_several_programmes_is_carried_over_its_span_only() -> None:
    rows = [
        HEADER,
        SAPPORO,
        [ABOVE, ABOVE, "事業B", "相談を行う。", "課", "011-211-2963"],
        ["北海道", "", *HAKODATE[2:]],
    ]
    result = program_list.read(source(grid_page(rows)))
    assert [one.municipality for one in result.programs] == ["札幌市", "札幌市", None]
    assert codes(result) == ["no-body"]


def test_a_body_goes_on_over_a_page_break_only_where_it_is_open() -> None:
    second = ["", "", "事業B", "相談を行う。", "課", "011-211-2963"]
    is_open = program_list.read(
        source(grid_page([HEADER, SAPPORO], open_below=True), grid_page([second], page=2, open_above=True))
    )
    closed = program_list.read(source(grid_page([HEADER, SAPPORO]), grid_page([second], page=2)))
    assert [one.municipality for one in is_open.programs] == ["札幌市", "札幌市"]
    assert codes(closed) == ["no-body"]


def test_a_later_page_without_the_headers_extra_columns_goes_on() -> None:
    first = [
        ["市町村名", "事業名", "問い合わせ先", LEFT],
        [ABOVE, ABOVE, "担当課", "電話番号"],
        ["札幌市", "A", "課", "011-211-2962"],
    ]
    assert len(read(grid_page(first), grid_page([["函館市", "B", "課", "0138-21-3470"]], page=2)).programs) == 2


def test_an_area_that_the_text_leaves_out_is_data_with_its_words() -> None:
    text = "県内を仙台市（仙台市は別途実施）以外について５地区に分ける。"
    rows = [HEADER, ["宮城県", "宮城県", "事業", text, "課", "022-211-2568"]]
    (program,) = program_list.read(source(grid_page(rows))).programs
    assert [(one.name, text[one.start : one.end]) for one in program.excluded_areas] == [
        ("仙台市", "仙台市（仙台市は別途実施）以外")
    ]
    assert program.municipality is None


def test_one_cell_over_name_and_description_must_be_looked_at() -> None:
    rows = [HEADER, SAPPORO, ["北海道", "函館市", "事業と概要", LEFT, "課", "0138-21-3470"]]
    assert "cell-over-columns" in codes(program_list.read(source(grid_page(rows))))


@pytest.mark.parametrize(
    ("claims", "placed"),
    [
        ([Claim(prefecture="大阪府", body="堺市")], [("大阪府", "堺市", "prefecture cell")]),
        ([Claim(prefecture="27 大阪", body="大阪府")], [("大阪府", None, "prefecture cell")]),
        ([Claim(body="大阪府堺市")], [("大阪府", "堺市", "body cell")]),
        ([Claim(body="堺市（大阪府）")], [("大阪府", "堺市", "body cell")]),
        ([Claim(body="大阪府")], [("大阪府", None, "body cell")]),
        ([Claim(body="堺市")], [("大阪府", "堺市", "only one of this name")]),
        ([Claim(body="蒲生郡日野町", numbers=("0748-52-6573",))], [("滋賀県", "日野町", "area code")]),
        ([Claim(body="日野町", numbers=("0859-72-0331",))], [("鳥取県", "日野町", "area code")]),
        ([Claim(body="日野町", numbers=("0120-279-338",))], [("", "日野町", "")]),
        ([Claim(body="日野町", section=PlaceWords("鳥取県"))], [("鳥取県", "日野町", "section")]),
        ([Claim(prefecture="北海堂", body="札幌市")], [("", "札幌市", "")]),
        (
            [Claim(body="草津市"), Claim(body="日野町"), Claim(body="近江八幡市")],
            [("滋賀県", "日野町", "neighbouring rows")],
        ),
        (
            [Claim(body="草津市"), Claim(body="日野町"), Claim(body="鳥取市")],
            [("", "日野町", "")],
        ),
        ([Claim(body="NPO法人つなぐ")], [("", "NPO法人つなぐ", "")]),
    ],
)
def test_what_decides_where_a_row_belongs(claims: list[Claim], placed: Sequence[tuple[str, str | None, str]]) -> None:
    title = PlaceWords()
    rows = place_rows(claims, title)
    row = rows[1] if len(rows) == 3 else rows[0]
    (expected,) = placed
    assert (row.prefecture, row.municipality, row.evidence) == expected


def test_a_title_places_what_lies_in_it_and_nothing_else() -> None:
    title = place_of_title(["令和４年度　大阪府内市町村の取組一覧"])
    assert title == PlaceWords("大阪府")
    rows = place_rows([Claim(body="堺市"), Claim(body="神戸市"), Claim(body="大阪府")], title)
    assert [(one.prefecture, one.municipality, one.evidence) for one in rows] == [
        ("大阪府", "堺市", "title"),
        ("兵庫県", "神戸市", "only one of this name"),
        ("大阪府", None, "body cell"),
    ]


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("堺市の女性支援事業一覧", PlaceWords("大阪府", "堺市")),
        ("東京都府中市の一覧", PlaceWords("東京都", "府中市")),
        ("府中市の一覧", PlaceWords("", "府中市")),
        ("大津市の一覧", PlaceWords("滋賀県", "大津市")),
        ("大阪府と京都府の一覧", PlaceWords()),
        ("実施事業一覧（市町村）", PlaceWords()),
    ],
)
def test_the_place_of_a_title(title: str, place: PlaceWords) -> None:
    assert place_of_title([title]) == place


@pytest.mark.parametrize("text", ["北海道の取組", "※北海道は別途", "合計", "市町村", "", "相談"])
def test_a_heading_that_says_more_than_a_place_is_none(text: str) -> None:
    assert place_of_heading(text) is None


def test_a_city_of_another_prefecture_must_be_looked_at() -> None:
    rows = [HEADER, ["北海道", "盛岡市", "事業", "相談を行う。", "課", "011-211-2962"]]
    result = program_list.read(source(grid_page(rows)))
    assert places(result) == [("北海道", "盛岡市", "prefecture cell")]
    assert [(one.code, one.level) for one in result.findings] == [("place-not-in-prefecture", Level.MUST_LOOK)]
