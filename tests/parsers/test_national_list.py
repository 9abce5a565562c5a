"""The national list of fiscal 2021: every programme, every field, and where it stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.conftest import NATIONAL_LIST
from tests.golden import check_golden
from tests.pdfs import HEADER_SPANS, joined, picture_pdf, table_pdf, text_pdf

from tsunagari.lines import parse_line
from tsunagari_parsers import ParsedDocument, PhoneRole
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import LostRowsError, UnknownLayoutError
from tsunagari_parsers.layouts import Layout, LayoutResult
from tsunagari_parsers.layouts import national_list as module
from tsunagari_parsers.report import Level
from tsunagari_parsers.text import comparable

FOLDER = NATIONAL_LIST.parent
FIELDS = ("prefecture", "municipality", "program_name", "description", "department", "phone", "extension")
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
ROW = ("北海道", "札幌市", "つながり事業", "電話相談を行う。", "市民課", "011-211-2962")


@pytest.mark.parametrize("number", range(len(EXPECTED)))
def test_every_programme_is_read_as_it_stands(national_list: ParsedDocument, number: int) -> None:
    got, expected = parse_line(national_list.programs[number]), EXPECTED[number]
    assert {field: comparable(got[field] or "") for field in FIELDS} == {
        field: comparable(expected[field] or "") for field in FIELDS
    }
    assert got["phones"][0]["note"] == expected["phone_note"]


def test_there_are_82_and_every_row_is_accounted_for(national_list: ParsedDocument) -> None:
    report = national_list.report
    assert (len(national_list.programs), report.rows_seen, report.records, report.skips) == (82, 82, 82, ())
    assert report.findings == ()
    assert report.is_complete


def test_every_record_says_where_it_stands(national_list: ParsedDocument) -> None:
    sha256 = hashlib.sha256(NATIONAL_LIST.read_bytes()).hexdigest()
    places = [program.provenance for program in national_list.programs]
    assert {place.document_sha256 for place in places} == {sha256}
    assert [place.row for place in places] == list(range(1, 83))
    assert [place.page for place in places] == sorted(place.page for place in places)
    rects = [place.rect for place in places if place.rect]
    assert len(rects) == len(places)
    assert all(0 < rect.top < rect.bottom < 842 and rect.x0 < rect.x1 for rect in rects)


def test_rows_of_one_page_do_not_overlap(national_list: ParsedDocument) -> None:
    places = [program.provenance for program in national_list.programs]
    for before, after in pairwise(places):
        assert before.rect
        assert after.rect
        assert before.page < after.page or before.rect.bottom <= after.rect.top + 0.01


def test_the_number_is_the_offices_and_says_so(national_list: ParsedDocument) -> None:
    for program in national_list.programs:
        assert [(phone.role, phone.role_evidence) for phone in program.phones] == [
            (PhoneRole.ENQUIRY, "事業の詳細についての問い合わせ先")
        ]


def test_output_is_the_reviewed_golden(national_list: ParsedDocument) -> None:
    lines = [json.dumps(parse_line(program), ensure_ascii=False) for program in national_list.programs]
    check_golden(FOLDER / "programs.jsonl", "\n".join(lines) + "\n")


def test_a_paragraph_broken_by_its_cell_reads_as_one_and_items_stay_apart(national_list: ParsedDocument) -> None:
    sapporo = national_list.programs[1].description.split("\n")
    assert [line[0] for line in sapporo] == ["○"] * 4
    assert sapporo[0].endswith("必要に応じて生理用品等を提供する。")


def test_a_prefecture_cell_cut_by_the_page_break_belongs_to_both_pages() -> None:
    """The text of a merged cell that goes on over the page break stands on one of the pages only."""
    first = [("北海道", *ROW[1:]), ("", "函館市", "事業B", "相談", "課", "0138-21-3470")]
    second = [
        ("", "旭川市", "事業C", "相談", "課", "0166-25-9128"),
        ("岩手県", "岩手県", "事業D", "相談", "課", "019-629-5348"),
    ]
    content = table_pdf([first, second], styles=[*HEADER_SPANS, ("SPAN", (0, 2), (0, 2))])
    # The second row of page 1 has an empty, closed cell of its own: nothing is filled forward, its municipality's name decides.
    programs = parse_document(content, name="list.pdf")
    found = [(one.prefecture, one.municipality) for one in programs.programs]
    assert found[0] == ("北海道", "札幌市")
    assert found[1:3] == [("北海道", "函館市"), ("北海道", "旭川市")]
    assert [one.place_evidence for one in programs.programs[:3]] == ["prefecture cell", *["only one of this name"] * 2]
    assert [(one.code, one.level) for one in programs.report.findings] == [("prefecture-empty", Level.NOTE)] * 2
    merged = parse_document(table_pdf([first], styles=[*HEADER_SPANS, ("SPAN", (0, 2), (0, 3))]), name="list.pdf")
    assert [(one.prefecture, one.municipality) for one in merged.programs] == [
        ("北海道", "札幌市"),
        ("北海道", "函館市"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("北海道", "札幌市", "事業", "相談", "市民課", ""), "no-phone"),
        (("北海道", "札幌市", "事業", "相談", "", "011-211-2962"), "no-department"),
        (("北海道", "札幌市", "事業", "相談", "市民課", "未定"), "phone-not-understood"),
        (("北海道", "札幌市", "事業", "相談", "市民課", "011-211-29"), "phone-not-understood"),
        (("北海道", "札幌市", "事業", "相談", "市民課", "011-211-2962\n011-211-2963"), "several-phones"),
        (("北海道", "札幌市", "事業", "", "市民課", "011-211-2962"), "no-description"),
        (("北海道", "札幌市", "", "相談", "市民課", "011-211-2962"), "no-name"),
        (("北海道", "盛岡市", "事業", "相談", "市民課", "011-211-2962"), "place-not-in-prefecture"),
        (("北海堂", "札幌市", "事業", "相談", "市民課", "011-211-2962"), "unknown-prefecture"),
        (("北海道", "", "事業", "相談", "市民課", "011-211-2962"), "no-body"),
    ],
)
def test_a_row_with_a_fault_is_a_record_with_a_finding(row: tuple[str, ...], code: str) -> None:
    parsed = parse_document(table_pdf([[ROW, row]]), name="list.pdf")
    assert len(parsed.programs) == 2
    (finding,) = parsed.report.findings
    # An empty cell is the paper's own gap, and two numbers of one closed cell are; everything else is for a person to look at.
    level = Level.NOTE if code in {"no-phone", "no-department", "several-phones"} else Level.MUST_LOOK
    assert (finding.code, finding.level, finding.page, finding.row) == (code, level, 1, 2)


def test_an_empty_row_is_a_named_skip() -> None:
    parsed = parse_document(table_pdf([[ROW, ("", "", "", "", "", "")]]), name="list.pdf")
    assert len(parsed.programs) == 1
    assert [(skip.page, skip.row) for skip in parsed.report.skips] == [(1, 2)]
    assert parsed.report.is_complete


def test_columns_go_by_their_headers_in_any_order() -> None:
    header = (("電話番号", "担当課", "概要", "事業名称", "市区町村名", "都道府県名"),)
    row = tuple(reversed(ROW))
    parsed = parse_document(table_pdf([[row]], header=header, styles=()), name="list.pdf")
    (program,) = parsed.programs
    assert (program.prefecture, program.municipality, program.program_name) == ROW[:3]
    assert program.phones[0].number == ROW[5]


def test_a_title_of_another_year_must_be_looked_at() -> None:
    content = table_pdf([[ROW]], title="令和４年度 実施事業一覧")
    (finding,) = parse_document(content, name="list.pdf", fiscal_year=2021).report.findings
    assert (finding.code, finding.level) == ("year-differs-from-title", Level.MUST_LOOK)
    assert not parse_document(content, name="list.pdf", fiscal_year=2022).report.findings


def test_a_publishers_name_above_the_title_does_not_hide_its_year() -> None:
    content = table_pdf([[ROW]], title="内閣府男女共同参画局", second_title="令和４年度　実施事業一覧")
    assert [one.code for one in parse_document(content, name="list.pdf", fiscal_year=2021).report.findings] == [
        "year-differs-from-title"
    ]


def test_a_page_that_goes_on_without_a_header_has_the_columns_of_the_one_before() -> None:
    other = ("岩手県", "盛岡市", "事業B", "相談", "課", "019-626-7525")
    parsed = parse_document(table_pdf([[ROW], [other]], headers_on={0}), name="list.pdf")
    assert [one.phones[0].number for one in parsed.programs] == [ROW[5], other[5]]
    assert parsed.report.findings == ()


def test_a_page_without_a_header_and_with_other_columns_is_not_read_by_position() -> None:
    page = ("岩手県", "盛岡市", "事業B", "相談", "課", "019-626-7525", "019-613-9999")
    parsed = parse_document(
        table_pdf([[ROW], [page]], headers_on={0}, widths_of={1: (80, 80, 200, 400, 80, 120, 130)}), name="list.pdf"
    )
    assert len(parsed.programs) == 1
    assert {one.code for one in parsed.report.findings} == {"row-outside-list", "page-without-rows"}


def test_rows_before_the_first_header_are_told_not_dropped() -> None:
    parsed = parse_document(table_pdf([[ROW], [ROW]], headers_on={1}), name="list.pdf")
    assert len(parsed.programs) == 1
    assert "row-outside-list" in {one.code for one in parsed.report.findings}
    assert parsed.report.is_complete


def test_a_page_of_the_list_without_rules_or_with_a_picture_only_must_be_looked_at() -> None:
    content = joined(table_pdf([[ROW]]), text_pdf("北海道 函館市 事業 0138-21-3470"), picture_pdf())
    parsed = parse_document(content, name="list.pdf")
    assert [(one.code, one.page) for one in parsed.report.findings] == [
        ("page-is-picture", 3),
        ("page-without-rows", 2),
        ("page-without-rows", 3),
    ]


def test_a_mark_behind_a_part_of_a_cell_takes_no_text_out_of_it() -> None:
    row = (*ROW[:3], "相談を行う。ただし妊娠中の人に限ります。", *ROW[4:])
    parsed = parse_document(table_pdf([[ROW, row]], marks=((480, 700, 60, 14),)), name="list.pdf")
    assert parsed.programs[1].description == row[3]


def test_text_that_runs_into_the_next_cell_must_be_looked_at() -> None:
    row = (*ROW[:3], "生理用品を配布します。電話相談を行います。", "市民課", ROW[5])
    parsed = parse_document(table_pdf([[row]], widths=(80, 80, 200, 120, 200, 130)), name="list.pdf")
    assert "text-over-rule" in {one.code for one in parsed.report.findings}


def test_a_number_beside_the_department_must_be_looked_at() -> None:
    row = (*ROW[:4], "市民課 011-211-2962", "")
    codes = {one.code: one.level for one in parse_document(table_pdf([[row]]), name="list.pdf").report.findings}
    assert codes["phone-in-department"] is Level.MUST_LOOK


def test_columns_that_nobody_reads_are_told() -> None:
    header = (("都道府県", "実施主体", "事業名", "事業概要", "担当部署", "電話番号", "電話番号", "備考"),)
    row = (*ROW, "011-211-0000", "令和4年3月で終了")
    content = table_pdf([[row]], header=header, styles=(), widths=(80, 80, 180, 250, 150, 100, 100, 120))
    findings = parse_document(content, name="list.pdf").report.findings
    assert [(one.code, one.level, one.value) for one in findings] == [
        ("column-twice", Level.MUST_LOOK, "電話番号"),
        ("column-unknown", Level.NOTE, "備考"),
    ]


def test_a_list_whose_headers_are_not_known_is_refused_with_the_headers_it_had() -> None:
    content = table_pdf([[("1", "2", "3", "4", "5", "6")]], header=(("い", "ろ", "は", "に", "ほ", "へ"),), styles=())
    with pytest.raises(UnknownLayoutError, match="い／ろ／は／に／ほ／へ"):
        parse_document(content, name="list.pdf")


def test_a_layout_that_loses_a_row_is_an_error_not_a_shorter_list() -> None:
    def forgetful(source: object) -> LayoutResult:
        result = module.read(source)  # type: ignore[arg-type]
        return replace(result, programs=result.programs[1:])

    layout = Layout("forgetful", 10, "x", module.recognises, forgetful)
    with pytest.raises(LostRowsError, match="1行の行方"):
        parse_document(table_pdf([[ROW, ROW]]), name="list.pdf", layouts=[layout])


def test_the_same_file_gives_the_same_records() -> None:
    content = table_pdf([[ROW]])
    assert parse_document(content, name="a.pdf").programs == parse_document(content, name="b.pdf").programs
