"""The national list of fiscal 2021: every programme, every field, and where it stands."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise

import pytest
from tests.conftest import NATIONAL_LIST
from tests.golden import check_golden
from tests.pdfs import HEADER_SPANS, table_pdf

from tsunagari.cli import parse_line
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
    assert all(0 < place.rect.top < place.rect.bottom < 842 and place.rect.x0 < place.rect.x1 for place in places)


def test_rows_of_one_page_do_not_overlap(national_list: ParsedDocument) -> None:
    places = [program.provenance for program in national_list.programs]
    for before, after in pairwise(places):
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
    # The second row of page 1 has an empty, closed cell of its own: nothing is filled forward without a span.
    programs = parse_document(content, name="list.pdf")
    found = [(one.prefecture, one.municipality) for one in programs.programs]
    assert found[0] == ("北海道", "札幌市")
    assert found[1] == ("", "函館市")
    assert [one.code for one in programs.report.findings] == ["unknown-prefecture"] * 2
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
    # An empty cell is the paper's own gap; everything else is for a person to look at.
    level = Level.NOTE if code in {"no-phone", "no-department"} else Level.MUST_LOOK
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


def test_a_list_whose_headers_are_not_known_is_refused_with_the_headers_it_had() -> None:
    content = table_pdf([[("1", "2", "3", "4", "5", "6")]], header=(("い", "ろ", "は", "に", "ほ", "へ"),), styles=())
    with pytest.raises(UnknownLayoutError, match="い／ろ／は／に／ほ／へ"):
        parse_document(content, name="list.pdf")


def test_a_layout_that_loses_a_row_is_an_error_not_a_shorter_list() -> None:
    def forgetful(source: object) -> LayoutResult:
        result = module.read(source)  # type: ignore[arg-type]
        return LayoutResult(result.programs[1:], result.rows_seen, result.skips, result.findings)

    layout = Layout("forgetful", 10, "x", module.recognises, forgetful)
    with pytest.raises(LostRowsError, match="1行の行方"):
        parse_document(table_pdf([[ROW, ROW]]), name="list.pdf", layouts=[layout])


def test_the_same_file_gives_the_same_records() -> None:
    content = table_pdf([[ROW]])
    assert parse_document(content, name="a.pdf").programs == parse_document(content, name="b.pdf").programs
