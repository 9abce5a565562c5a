"""Checks after reading: what each finds, what it leaves alone, and that the list of fiscal 2021 has nothing to look at."""

from __future__ import annotations

import pytest
from tests.grids import FULL, grid_page

from tsunagari_parsers import ParsedDocument
from tsunagari_parsers.areas import find_excluded_areas
from tsunagari_parsers.checks import At, check_area_codes, check_count, check_ending, check_serial, check_twice
from tsunagari_parsers.layouts import Source, program_list
from tsunagari_parsers.report import Finding, Level

AT = At(1, 1)


def shapes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.code, one.level.value) for one in findings]


def serial(*numbers: str, shared: frozenset[int] = frozenset()) -> list[Finding]:
    return check_serial([(At(1, at), number, at in shared) for at, number in enumerate(numbers)])


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (("1", "2", "3", "4"), []),
        (("1", "2", "4", "5"), ["serial-gap"]),
        (("No.1", "No.2", "No.3"), []),
        (("１", "２", "３", "５"), ["serial-gap"]),
        (("781", "780", "779", "777"), ["serial-gap"]),
        (("1", "2", "3", "1", "2"), []),  # counted anew in each section
        (("1", "2", "2", "3", "4"), ["serial-twice"]),
        (("3", "4", "5", "6"), ["serial-start"]),
        (("1", "2", "", "3"), ["serial-missing"]),
        (("101", "205", "311", "412"), []),  # numbers of programmes, not of rows
        (("1-1", "1-2", "2-1"), []),
        (("1", "3"), []),  # too few to say what they count
    ],
)
def test_gaps_in_serial_numbers(numbers: tuple[str, ...], found: list[str]) -> None:
    assert [one.code for one in serial(*numbers)] == found


def test_rows_that_share_their_number_leave_no_gap_and_a_gap_names_both_ends() -> None:
    assert serial("1", "2", "2", "3", shared=frozenset({2})) == []
    (gap,) = serial("1", "2", "3", "5")
    assert (gap.level, gap.row, gap.message) == (
        Level.MUST_LOOK,
        3,
        "番号が3の次に5です。行が抜けているかもしれません",
    )


@pytest.mark.parametrize(
    ("number", "prefecture", "found"),
    [
        ("011-211-2962", "北海道", []),
        ("011-211-2962", "岩手県", ["area-code"]),
        ("06-6411-1111", "兵庫県", []),  # 尼崎
        ("0120-279-338", "沖縄県", []),
        ("090-1234-5678", "沖縄県", []),
        ("03-1234-5678", "", []),
    ],
)
def test_an_area_code_fits_the_prefecture(number: str, prefecture: str, found: list[str]) -> None:
    findings = check_area_codes(AT, [number], prefecture)
    assert [one.code for one in findings] == found
    assert all(one.level is Level.MUST_LOOK and "北海道" in one.message for one in findings)


@pytest.mark.parametrize(
    ("text", "full", "found"),
    [
        ("相談を行う。", True, []),
        ("相談を行う", True, []),
        ("○相談\n○居場所", False, []),
        ("相談、", False, [("text-stops", "must look")]),
        ("必要に応じて相談を", True, [("text-stops", "must look")]),
        ("必要に応じて相談を", False, []),
        ("関係機関との", True, [("text-stops", "must look")]),
        ("支援機関へのつなぎ", True, []),
        ("相談（電話、面接", True, [("text-stops", "must look")]),
        ("相談（電話、面接", False, [("text-stops", "note")]),
        ("「女性の課題把握」(１）相談", False, []),  # widths mixed, but closed
        ("1)相談\n2)居場所", False, []),
        ("", True, []),
    ],
)
def test_a_text_that_stops_in_the_middle(text: str, full: bool, found: list[tuple[str, str]]) -> None:
    assert shapes(check_ending(AT, text, last_line_is_full=full)) == found


def test_the_same_row_twice_is_told_with_the_place_of_the_first() -> None:
    (finding,) = check_twice([(At(1, 3), "a", "事業A"), (At(1, 4), "b", "事業B"), (At(2, 9), "a", "事業A")])
    assert (finding.code, finding.level, finding.page, finding.row) == ("row-twice", Level.MUST_LOOK, 2, 9)
    assert finding.message == "1ページ3行目と同じ内容の行です：「事業A」"


@pytest.mark.parametrize(
    ("text", "rows", "found"),
    [("合計 / 82件", 82, 0), ("合計 / 82件", 81, 1), ("合計 / 1,234千円", 82, 0), ("合計", 1, 0)],
)
def test_a_stated_sum_is_compared(text: str, rows: int, found: int) -> None:
    assert len(check_count([(AT, text)], rows)) == found


def test_the_rows_of_a_list_are_checked() -> None:
    header = ["番号", "都道府県", "市町村名", "事業名", "概要", "電話番号"]
    rows = [
        header,
        ["1", "北海道", "札幌市", "事業A", "相談を行う。", "011-211-2962"],
        ["2", "北海道", "函館市", "事業B", f"居場所を{FULL}", "0138-21-3470"],
        ["3", "岩手県", "盛岡市", "事業C", "相談を行う。", "011-626-7525"],
        ["5", "北海道", "札幌市", "事業A", "相談を行う。", "011-211-2962"],
    ]
    result = program_list.read(Source("list.pdf", "ab" * 32, (grid_page(rows),)))
    assert [(one.code, one.level.value, one.row) for one in result.findings] == [
        ("text-stops", "must look", 2),
        ("area-code", "must look", 3),
        ("serial-gap", "must look", 4),
        ("row-twice", "must look", 4),
    ]


def test_the_list_of_fiscal_2021_has_nothing_to_look_at(national_list: ParsedDocument) -> None:
    assert national_list.report.findings == ()


def test_the_list_of_fiscal_2021_leaves_out_one_area(national_list: ParsedDocument) -> None:
    found = [
        (one.prefecture, area.name, one.description[area.start : area.end])
        for one in national_list.programs
        for area in one.excluded_areas
    ]
    assert found == [("宮城県", "仙台市", "仙台市（仙台市は別途実施）以外")]


@pytest.mark.parametrize(
    ("text", "prefecture", "names", "words"),
    [
        ("県内を仙台市（仙台市は別途実施）以外について", "宮城県", ["仙台市"], "仙台市（仙台市は別途実施）以外"),
        ("札幌市、旭川市を除く道内全域", "北海道", ["札幌市", "旭川市"], "札幌市、旭川市を除く"),
        ("（札幌市及び旭川市を除く。）", "北海道", ["札幌市", "旭川市"], "札幌市及び旭川市を除く"),
        ("政令指定都市を除く府内全域", "大阪府", ["大阪市", "堺市"], "政令指定都市を除く"),
        ("政令市以外の市町", "静岡県", ["静岡市", "浜松市"], "政令市以外"),
        ("中核市を除く県内", "青森県", ["青森市", "八戸市"], "中核市を除く"),
        ("仙台市は別途実施。", "宮城県", ["仙台市"], "仙台市は別途実施"),
        ("盛岡市は対象外とする", "岩手県", ["盛岡市"], "盛岡市は対象外"),
        ("四条畷市を除く", "大阪府", ["四條畷市"], "四条畷市を除く"),
    ],
)
def test_an_area_left_out_is_named_with_its_words(text: str, prefecture: str, names: list[str], words: str) -> None:
    areas = find_excluded_areas(text, prefecture)
    assert sorted(area.name for area in areas) == sorted(names)
    assert {text[area.start : area.end] for area in areas} == {words}


@pytest.mark.parametrize(
    ("text", "prefecture"),
    [
        ("土日祝日を除く毎日", "宮城県"),
        ("年末年始を除く", "大阪府"),
        ("就業先や就学先以外の繋がり", "北海道"),
        ("仙台市以外でも開催する", "宮城県"),
        ("仙台市以外にも広げる", "宮城県"),
        ("大津市を除く", "三重県"),  # 津市 is in 三重, 大津市 is not
        ("盛岡市を除く", "宮城県"),
        ("政令指定都市を除く", "岩手県"),
        ("仙台市で実施する", "宮城県"),
        ("仙台市を除く", ""),
    ],
)
def test_what_is_left_out_and_is_no_area_of_the_prefecture(text: str, prefecture: str) -> None:
    assert find_excluded_areas(text, prefecture) == ()
