"""Lists of desks: each row a proposal with its numbers; no address in any output; other lists with telephones are none."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from tests.grids import ABOVE, LEFT, grid_page
from tests.pdfs import table_pdf

from tsunagari_parsers.desk_kinds import kind_of
from tsunagari_parsers.desks import DeskKind
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.layouts import LayoutResult, Source, desk_list, program_list
from tsunagari_parsers.report import Level
from tsunagari_parsers.tables import PageTables

TITLE = "配偶者暴力相談支援センター一覧"
HEADER = ["都道府県", "施設名", "電話番号", "受付時間"]
SAPPORO = ["北海道", "北海道立女性相談支援センター", "011-666-9955", "平日9時～17時"]
AOMORI = ["青森県", "青森県女性相談支援センター", "017-781-2000", "平日9時～17時"]


def source(*pages: PageTables) -> Source:
    return Source("desks.pdf", "abcdef0123" * 6 + "abcd", pages)


def read(*pages: PageTables) -> LayoutResult:
    made = source(*pages)
    assert desk_list.recognises(made)
    result = desk_list.read(made)
    assert result.rows_seen == result.records + len(result.skips)
    return result


def codes(result: LayoutResult) -> list[tuple[str, str]]:
    return [(one.code, one.level.value) for one in result.findings]


def test_a_row_is_a_desk_that_somebody_has_to_confirm() -> None:
    result = read(grid_page([HEADER, SAPPORO, AOMORI], above=[TITLE]))
    first, second = result.desks
    assert (first.id, first.name, first.kind) == ("abcdef01-1", SAPPORO[1], DeskKind.WOMEN)
    assert (first.prefecture, first.municipality, second.prefecture) == ("01", "", "02")
    assert [(one.number, one.note, one.free) for one in first.phones] == [("011-666-9955", "", None)]
    assert (first.hours, first.proposal, first.sources, first.seen) == ("平日9時～17時", True, (), None)
    assert first.provenance
    assert (first.provenance.page, first.provenance.row) == (1, 1)
    assert codes(result) == []


def test_a_list_read_from_a_pdf_has_its_series() -> None:
    content = table_pdf([[SAPPORO, AOMORI]], header=(HEADER,), styles=(), widths=(80, 300, 130, 130), title=TITLE)
    parsed = parse_document(content, name="desks.pdf")
    assert (parsed.report.layout, parsed.report.series, len(parsed.desks)) == ("desk_list", "desk_list", 2)
    assert parsed.programs == ()


def test_a_prefecture_beside_its_desks_and_over_the_page_is_carried() -> None:
    rows = [HEADER, SAPPORO, [ABOVE, "札幌市配偶者暴力相談センター", "011-728-1234", ""]]
    later = [["", "旭川市相談センター", "0166-25-9128", ""], AOMORI]
    result = read(grid_page(rows, above=[TITLE], open_below=True), grid_page(later, page=2, open_above=True))
    assert [desk.prefecture for desk in result.desks] == ["01", "01", "01", "02"]


def test_a_municipalitys_own_desk_says_so() -> None:
    rows = [
        ["市町村名", "窓口名", "電話番号"],
        ["日野町", "女性相談窓口", "0748-52-6573"],
        ["大津市", "女性相談窓口", "077-528-2222"],
    ]
    result = read(grid_page(rows))
    assert [(desk.prefecture, desk.municipality) for desk in result.desks] == [("25", "日野町"), ("25", "大津市")]
    assert codes(result) == []


def test_sections_stand_for_a_column_of_prefectures() -> None:
    rows = [HEADER[1:], ["■北海道", LEFT, LEFT], SAPPORO[1:], ["■青森県", LEFT, LEFT], AOMORI[1:]]
    assert [desk.prefecture for desk in read(grid_page(rows)).desks] == ["01", "02"]


def test_an_area_code_says_the_prefecture_where_nothing_else_does() -> None:
    rows = [HEADER[1:], ["女性相談センター", "011-666-9955", ""], ["女性相談センター", "0120-279-338", ""]]
    result = read(grid_page(rows))
    assert [desk.prefecture for desk in result.desks] == ["01", None]
    assert codes(result) == [("place-undecided", "must look")]


ADDRESS = "札幌市中央区北３条西７丁目"


@pytest.mark.parametrize("header", ["住所", "所在地", "郵便番号・所在地", "所在地（市町村名から）"])
def test_an_address_is_in_no_record_and_no_finding(header: str) -> None:
    rows = [
        [*HEADER, header, "郵便番号"],
        [*SAPPORO, ADDRESS, "060-0003"],
        ["", "", "", "", ADDRESS, ""],
        ["青森県", "", "", "", ADDRESS, ""],
        ["合計", "", "", "", ADDRESS, ""],
        ["青森県", "青森県女性相談支援センター", "未定" + ADDRESS, "", ADDRESS, ""],
    ]
    foreign = [["1", ADDRESS, "2"]]
    page = grid_page(rows, foreign, above=[TITLE], overwritten=["未定" + ADDRESS])
    result = read(page)
    assert ADDRESS not in repr([asdict(desk) for desk in result.desks])
    assert ADDRESS not in repr(result.findings) + repr(result.skips)
    assert "060-0003" not in repr(result)
    dropped = [one for one in result.findings if one.code == "address-dropped"]
    assert [(one.level, one.message) for one in dropped] == [
        (Level.NOTE, f"住所の列「{header}」は取り込んでいません（4行）")
    ]
    assert ("text-over-rule", "must look") in codes(result)
    assert ("row-outside-list", "must look") in codes(result)


def test_a_fax_number_is_no_phone() -> None:
    rows = [[*HEADER, "FAX"], [*SAPPORO[:2], "電話 011-666-9955\nFAX 011-666-0000", "", "011-666-0001"]]
    result = read(grid_page(rows, above=[TITLE]))
    assert [one.number for one in result.desks[0].phones] == ["011-666-9955"]
    assert codes(result) == [("fax-unread", "note"), ("column-unread", "note")]


@pytest.mark.parametrize(
    ("cell", "phones", "found"),
    [
        ("#8008", [("#8008", "")], []),
        ("0120-279-889", [("0120-279-889", "")], []),
        ("0570-0-55210", [("0570-0-55210", "")], []),
        ("011-666-9955（内線12）", [("011-666-9955", "内線12")], []),
        (
            "（平日）011-666-9955\n（夜間・休日）011-666-9956",
            [("011-666-9955", "平日"), ("011-666-9956", "夜間、休日")],
            ["several-phones"],
        ),
        ("011-666-995", [], ["phone-not-understood"]),
        ("", [], ["no-phone"]),
        ("※最寄りの窓口へ", [], ["phone-not-understood"]),
    ],
)
def test_the_numbers_of_a_desk_can_be_dialled(cell: str, phones: list[tuple[str, str]], found: list[str]) -> None:
    result = read(grid_page([HEADER, [*SAPPORO[:2], cell, ""]], above=[TITLE]))
    assert [(one.number, one.note) for one in result.desks[0].phones] == phones
    assert [one.code for one in result.findings] == found


def test_a_free_number_says_so() -> None:
    result = read(grid_page([HEADER, [*SAPPORO[:2], "0120-279-889", ""]], above=[TITLE]))
    assert [one.free for one in result.desks[0].phones] == [True]


def test_notes_pages_and_whom_it_is_for_are_kept() -> None:
    rows = [
        [*HEADER, "対象", "備考", "ホームページ"],
        [*SAPPORO, "女性", "面接は予約制", "https://www.example.lg.jp/\ndv.html"],
    ]
    (desk,) = read(grid_page(rows, above=[TITLE])).desks
    assert (desk.who, desk.notes, desk.url) == ("女性", ("面接は予約制",), "https://www.example.lg.jp/dv.html")


def test_a_row_without_a_name_is_a_named_skip() -> None:
    result = read(grid_page([HEADER, SAPPORO, ["北海道", "", "011-666-9956", ""]], above=[TITLE]))
    assert [(one.reason, one.row) for one in result.skips] == [("名称のない行", 2)]
    assert codes(result) == [("row-without-desk", "must look")]


def test_a_number_of_another_prefecture_and_a_row_twice_must_be_looked_at() -> None:
    wrong = [*AOMORI[:2], "011-781-2000", ""]
    assert codes(read(grid_page([HEADER, wrong, SAPPORO, SAPPORO], above=[TITLE]))) == [
        ("area-code", "must look"),
        ("row-twice", "must look"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("札幌市配偶者暴力相談センター", "violence"),
        ("性暴力被害者支援センター北海道SACRACH（さくらこ）", "sexual_violence"),
        ("ワンストップ支援センターかながわ", "sexual_violence"),
        ("北海道立女性相談支援センター", "women"),
        ("青森県男女共同参画センター", "women"),
        ("中央児童相談所", "children"),
        ("くらしと仕事の自立相談支援センター", "money"),
        ("総合案内所", "anybody"),
    ],
)
def test_the_name_says_what_sort_of_desk_it_is(name: str, kind: str) -> None:
    assert kind_of(name) is DeskKind(kind)


def test_the_title_says_it_where_the_name_does_not() -> None:
    row = ["北海道", "中央センター", "011-666-9955", ""]
    (desk,) = read(grid_page([HEADER, row], above=[TITLE])).desks
    assert desk.kind is DeskKind.VIOLENCE


def test_a_list_of_other_places_with_telephones_is_none() -> None:
    rows = [["施設名", "電話番号"], ["さくら幼稚園", "011-666-9955"], ["すみれ幼稚園", "011-666-9956"]]
    assert not desk_list.recognises(source(grid_page(rows, above=["施設一覧"])))
    assert desk_list.recognises(source(grid_page(rows, above=["相談窓口一覧"])))


def test_a_list_of_programmes_is_none() -> None:
    rows = [
        ["都道府県", "施設名", "事業名", "概要", "電話番号"],
        ["北海道", "女性相談センター", "事業", "相談。", "011-666-9955"],
    ]
    assert not desk_list.recognises(source(grid_page(rows)))
    assert program_list.recognises(source(grid_page(rows)))
