"""The national list as a text dump: the same programmes as from its PDF, and lists of other years in dumps of other tools."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from itertools import chain

import pdfplumber
import pypdfium2
import pytest
from tests.conftest import ROOT
from tests.dumps import Row, plain_list, spaced_list
from tests.golden import check_golden

from tsunagari.lines import parse_line
from tsunagari_crawler import Edition
from tsunagari_parsers import ParsedDocument, PhoneRole
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.dumps import lines_of
from tsunagari_parsers.errors import UnknownLayoutError
from tsunagari_parsers.list_lines import split_phone
from tsunagari_parsers.list_places import RowPlace, decide_prefectures
from tsunagari_parsers.report import Level
from tsunagari_parsers.text import comparable

FOLDER = ROOT / "fixtures" / "national_list_r3_text"
DUMP = FOLDER / "national-list-r3.txt"
PDF_FOLDER = ROOT / "fixtures" / "national_list_r3"
EXPECTED = json.loads((PDF_FOLDER / "expected.json").read_text(encoding="utf-8"))
FROM_PDF = [json.loads(line) for line in (PDF_FOLDER / "programs.jsonl").read_text(encoding="utf-8").splitlines()]

#: The descriptions whose paragraphs are not those of the PDF, which was typeset again with columns of another width. The words are
#: the same in all of them.
OTHER_PARAGRAPHS = {
    10: "長万部町: 「…提供する。」 ends a short line of the dump; in the PDF that line fills its cell",
    18: "つくばみらい市: 「（関連事業として実施）などして」 is the middle of a sentence; the PDF's reader begins an item at （",
    45: "大府市: 「…を実施する。」 ends a short line of the dump; in the PDF that line fills its cell",
    55: "箕面市: 「　コロナ禍における」 is indented, a paragraph of its own; in the PDF the line before it fills its cell",
    59: "大阪狭山市: 「（予約不要）」 begins a line after a full one: the end of the same item",
    60: "岸和田市: 「（訪問による相談対応）」 is the middle of a sentence; the PDF's reader begins an item at （",
    68: "山口県: 「（必要に応じて…」 begins a line after a full one: the end of the same item",
    77: "北九州市: 「（必要とする人に…」 begins a line after a full one: the end of the same item",
}

PAGES = [
    [
        Row(
            "北海道",
            "北海道",
            "つながる居場所づくり推進事業",
            "○居場所の提供\n○相談窓口の周知",
            "環境生活部道民生活課",
            "011-206-6148",
        ),
        Row(
            "北海道",
            "小樽市",
            "小樽市困難を抱える女性のためのつながりサポート推進事業",
            "困難や不安を抱える女性が、社会との絆やつながりを回復することができるよう、ＮＰＯ法人の知見を活用して、出張相談や訪問による支援を行い、必要に応じて生理用品を提供する。",
            "生活環境部男女共同参画課",
            "0134-32-4111\n内線334",
        ),
        Row(
            "青森県",
            "弘前市",
            "ひろさき女性応援プロジェクト",
            "①相談員の養成\n②居場所の提供",
            "企画部企画課\nひとづくり推進室",
            "0172-26-6349",
        ),
        Row(
            "青森県",
            "八戸市",
            "女性のつながり相談支援事業",
            "・電話による相談\n・SNSによる相談",
            "市民防災部市民連携推進課",
            "0178-43-9217",
        ),
    ],
    [
        Row(
            "東京都",
            "府中市",
            "女性のための相談支援事業",
            "（１）相談\n（２）居場所",
            "市民協働推進部多様性社会推進課",
            "042-351-4600",
        ),
        Row(
            "長野県",
            "松本市",
            "女性応援つながり事業",
            "　常設の居場所を設け、相談員が話を聞く。",
            "住民自治局人権共生課",
            "0263-34-3262",
        ),
        Row(
            "広島県",
            "府中市",
            "地域でつながる女性の居場所と相談体制づくり（伴走型支援）事業",
            "○ピアサポートの場を月に２回開く。\n○希望する方の家を訪ねる。",
            "健康福祉部女性こども課\n女性支援係",
            "0847-43-7139\n（直通）",
            shows_prefecture=False,
        ),
        Row(
            "広島県",
            "福山市",
            "女性つながりサポート事業",
            "・専門相談\n・生理用品の提供",
            "市民局まちづくり推進部人権・生涯学習課",
            "084-928-1006",
        ),
    ],
    [
        Row(
            "愛媛県",
            "愛媛県",
            "女性相談支援強化事業",
            "・出張相談を行う。",
            "男女参画・県民協働課",
            "089-912-2332",
            shows_prefecture=True,
        ),
        Row("高知県", "高知市", "女性の活躍応援事業", "・居場所を開く。", "人権同和・男女共同参画課", "088-823-9449"),
    ],
]


@pytest.fixture(scope="module")
def dumped() -> ParsedDocument:
    return parse_document(DUMP.read_bytes(), name=DUMP.name, fiscal_year=2021)


def parse(text: str) -> ParsedDocument:
    return parse_document(text.encode(), name="list.txt", fiscal_year=2022)


def found(parsed: ParsedDocument) -> list[tuple[str | None, ...]]:
    return [
        (
            one.prefecture,
            one.municipality,
            one.program_name,
            one.description,
            one.department,
            *(phone.raw for phone in one.phones[:1]),
        )
        for one in parsed.programs
    ]


def wanted(row: Row) -> tuple[str | None, ...]:
    municipality = None if row.body == row.prefecture else row.body
    return row.prefecture, municipality, row.name, row.description, row.department.replace("\n", ""), row.phone


def must_look(parsed: ParsedDocument) -> list[str]:
    return [one.code for one in parsed.report.findings if one.level is Level.MUST_LOOK]


@pytest.mark.parametrize("number", range(len(EXPECTED)))
def test_every_programme_is_the_one_of_the_pdf(dumped: ParsedDocument, number: int) -> None:
    got, pdf, expected = parse_line(dumped.programs[number]), FROM_PDF[number], EXPECTED[number]
    for field in ("prefecture", "municipality", "program_name", "department", "phone", "extension", "phones"):
        assert got[field] == pdf[field], field
    assert got["phones"][0]["note"] == expected["phone_note"]
    assert comparable(got["description"]) == comparable(expected["description"])
    assert (got["description"] == pdf["description"]) is (number + 1 not in OTHER_PARAGRAPHS)


def test_there_are_82_none_to_be_looked_at_and_every_line_is_accounted_for(dumped: ParsedDocument) -> None:
    report = dumped.report
    assert (len(dumped.programs), report.records, report.layout) == (82, 82, "national_list_text")
    assert report.is_complete
    assert [(one.level, one.code, one.value) for one in report.findings] == [(Level.NOTE, "place-decided", "日野町")]


def test_no_line_of_the_dump_is_lost(dumped: ParsedDocument) -> None:
    """Every line is a skip, or stands word for word in the record whose lines it lies in."""
    skipped = {skip.row: skip.text for skip in dumped.report.skips}
    firsts = [one.provenance.line or 0 for one in dumped.programs]
    for line in lines_of(DUMP.read_text(encoding="utf-8")):
        if line.number in skipped:
            assert skipped[line.number] == line.text
            continue
        program = dumped.programs[sum(first <= line.number for first in firsts) - 1]
        record = comparable(
            "".join([program.prefecture, program.municipality or program.prefecture, program.program_name])
            + program.description
            + program.department
            + program.phones[0].raw
        )
        assert comparable(line.text) in record or all(comparable(word) in record for word in line.text.split())


def test_skips_are_headers_and_prefectures_in_a_clump_each_with_its_line(dumped: ParsedDocument) -> None:
    kinds = {skip.reason for skip in dumped.report.skips}
    assert kinds == {"列の見出し", "都道府県の欄の文字（ページの終わりにまとまっている）"}
    labels = [skip for skip in dumped.report.skips if skip.reason.startswith("都道府県")]
    assert [(one.page, one.row, one.text) for one in labels[:3]] == [
        (2, 339, "岩手県"),
        (2, 341, "宮城県"),
        (2, 343, "北海道"),
    ]


def test_every_record_says_on_which_line_of_which_page_it_begins(dumped: ParsedDocument) -> None:
    lines = DUMP.read_text(encoding="utf-8").split("\n")
    sha256 = hashlib.sha256(DUMP.read_bytes()).hexdigest()
    places = [one.provenance for one in dumped.programs]
    assert {(one.document_sha256, one.rect) for one in places} == {(sha256, None)}
    assert [one.row for one in places] == list(range(1, 83))
    assert places[8].page == 2
    assert places[-1].page == 12
    for program in dumped.programs:
        assert program.provenance.line
        assert (program.municipality or program.prefecture) in lines[program.provenance.line - 1].split()


def test_the_number_is_the_offices_by_the_words_of_the_header(dumped: ParsedDocument) -> None:
    roles = {(phone.role, phone.role_evidence) for one in dumped.programs for phone in one.phones}
    assert roles == {(PhoneRole.ENQUIRY, "事業の詳細についての問い合わせ先")}


def test_output_is_the_reviewed_golden(dumped: ParsedDocument) -> None:
    lines = [json.dumps(parse_line(program), ensure_ascii=False) for program in dumped.programs]
    check_golden(FOLDER / "programs.jsonl", "\n".join(lines) + "\n")


def test_the_dump_and_the_pdf_are_copies_of_one_edition() -> None:
    pdf = Edition.beside(PDF_FOLDER / "national-list-r3.pdf")
    text = Edition.beside(DUMP)
    assert pdf
    assert text
    assert text.key == pdf.key


def test_another_years_list_reads_as_it_was_set() -> None:
    parsed = parse(spaced_list(PAGES, title="令和４年度 つながりサポート型 実施事業一覧"))
    assert found(parsed) == [wanted(row) for page in PAGES for row in page]
    assert must_look(parsed) == []
    assert [one.provenance.page for one in parsed.programs] == [1] * 4 + [2] * 4 + [3] * 2
    assert parsed.report.title == "令和４年度 つながりサポート型 実施事業一覧"
    assert parsed.report.skips[0].reason == "一覧の前の文章"


def test_a_dump_with_form_feeds_and_no_empty_lines_reads_the_same() -> None:
    parsed = parse(plain_list(PAGES, title="令和４年度 実施事業一覧"))
    assert found(parsed) == [wanted(row) for page in PAGES for row in page]
    assert [one.provenance.page for one in parsed.programs] == [1] * 4 + [2] * 4 + [3] * 2
    assert {skip.text for skip in parsed.report.skips if skip.reason == "ページ番号"} == {"- 1 -", "- 2 -", "- 3 -"}
    assert must_look(parsed) == []


def test_a_shared_name_goes_by_its_area_code_and_a_note_says_so() -> None:
    parsed = parse(spaced_list(PAGES))
    notes = [one.message for one in parsed.report.findings if one.code == "place-decided"]
    assert notes == [
        "「府中市」は東京都、広島県にあります。市外局番（042-351-4600）から東京都としました",
        "「府中市」は東京都、広島県にあります。市外局番（0847-43-7139）から広島県としました",
    ]


def test_a_body_whose_prefecture_nothing_decides_must_be_looked_at() -> None:
    """伊達市 is in 北海道 and in 福島県; a number of 050 stands nowhere."""
    last = Row("", "伊達市", "女性相談支援事業", "・相談を行う。", "市民課", "050-5530-1111")
    parsed = parse(spaced_list([*PAGES[:-1], [*PAGES[-1], last]]))
    assert parsed.programs[-1].prefecture == ""
    assert parsed.programs[-1].municipality == "伊達市"
    assert must_look(parsed) == ["place-undecided"]


@pytest.mark.parametrize(
    ("rows", "decided"),
    [
        ([RowPlace("", "日野町", ("0748-52-6573",))], ["滋賀県"]),
        ([RowPlace("", "日野町", ("0859-72-0331",))], ["鳥取県"]),
        ([RowPlace("鳥取県", "日野町", ("0748-52-6573",))], ["鳥取県"]),
        ([RowPlace("", "日野町", ("0120-000-000",), frozenset({"滋賀県", "京都府"}))], ["滋賀県"]),
        (
            [RowPlace("", "草津市", ()), RowPlace("", "日野町", ()), RowPlace("", "京都府", ())],
            ["滋賀県", "滋賀県", "京都府"],
        ),
        (
            [RowPlace("", "草津市", ()), RowPlace("", "日野町", ()), RowPlace("", "福岡県", ())],
            ["滋賀県", "", "福岡県"],
        ),
        ([RowPlace("", "日野町", ())], [""]),
    ],
    ids=["code", "other code", "own cell beats code", "label", "neighbours", "both lie between", "nothing"],
)
def test_what_decides_a_prefecture(rows: list[RowPlace], decided: list[str]) -> None:
    assert [one.prefecture for one in decide_prefectures(rows)] == decided


def changed(page: int, row: int, **changes: str) -> list[list[Row]]:
    pages = [list(rows) for rows in PAGES]
    pages[page][row] = replace(pages[page][row], **changes)  # type: ignore[arg-type]
    return pages


@pytest.mark.parametrize("dump", [spaced_list, plain_list])
@pytest.mark.parametrize(
    ("page", "row", "changes", "code"),
    [
        pytest.param(0, 3, {"phone": "0178-43-921"}, "no-phone", id="a digit lost"),
        pytest.param(0, 3, {"phone": "0178-43-9217\n平日のみ"}, "phone-not-understood", id="a remark nobody knows"),
        pytest.param(0, 3, {"phone": "0178-43-9217\n0178-43-9218"}, "several-phones", id="two numbers"),
        pytest.param(0, 3, {"phone": "022-211-2568"}, "phone-of-another-prefecture", id="a number of another row"),
        pytest.param(0, 2, {"body": "ひろさき広域連合"}, "unknown-body", id="a body that is no municipality"),
        pytest.param(
            1,
            1,
            {"description": "相談は次へ。\n女性相談室 0263-34-3262\n秘密は守る。"},
            "row-within-row",
            id="a number inside",
        ),
        pytest.param(1, 1, {"prefecture": "沖縄県"}, "label-without-row", id="a label without its rows"),
    ],
)
def test_what_is_not_sure_must_be_looked_at_and_no_row_is_lost(
    dump: object, page: int, row: int, changes: dict[str, str], code: str
) -> None:
    assert callable(dump)
    parsed = parse(dump(changed(page, row, **changes)))
    assert code in must_look(parsed)
    assert len(parsed.programs) == 10
    assert parsed.report.is_complete
    sound = [one for at, one in enumerate(found(parsed)) if at != page * 4 + row]
    assert sound == [wanted(one) for at, one in enumerate(chain(*PAGES)) if at != page * 4 + row]


#: Every fourth row, and those whose number has a note or an extension.
SOME_ROWS = sorted({*range(0, 82, 4), 6, 7, 24, 56, 58, 65, 81})


@pytest.mark.parametrize("number", SOME_ROWS)
def test_a_number_lost_in_the_dump_is_never_silent(dumped: ParsedDocument, number: int) -> None:
    lines = DUMP.read_text(encoding="utf-8").split("\n")
    programs = dumped.programs
    begin = programs[number].provenance.line or 0
    end = (programs[number + 1].provenance.line or 0) - 1 if number < 81 else len(lines)
    phone = programs[number].phones[0].raw.split("\n")[0]
    at = next(index for index in range(begin, end) if phone in lines[index])
    lines[at] = lines[at].replace(phone, "")
    parsed = parse("\n".join(lines))
    assert must_look(parsed)
    others = {one.program_name + one.description for one in parsed.programs}
    assert sum(one.program_name + one.description in others for one in programs) >= 80


def test_a_body_lost_in_the_dump_is_never_silent(dumped: ParsedDocument) -> None:
    lines = DUMP.read_text(encoding="utf-8").split("\n")
    for program in (dumped.programs[number] for number in SOME_ROWS):
        begin = program.provenance.line or 0
        parsed = parse("\n".join([*lines[: begin - 1], "", *lines[begin:]]))
        assert must_look(parsed), program.program_name


def test_footnotes_are_apart_and_other_text_behind_the_list_must_be_looked_at() -> None:
    text = spaced_list(PAGES).rstrip()
    noted = parse(text.replace("高知県", "※ 内容は変わることがあります。\n\n高知県"))
    assert must_look(noted) == []
    assert [skip.text for skip in noted.report.skips if skip.reason == "注記"] == ["※ 内容は変わることがあります。"]
    behind = parse(text + "\n\nこの一覧についての問い合わせは内閣府まで。")
    assert must_look(behind) == ["line-outside-rows"]
    assert found(behind) == found(noted)


@pytest.mark.parametrize(
    ("line", "split"),
    [
        ("市民部市民・男女共同参画課 0138-21-3470", ("市民部市民・男女共同参画課", "0138-21-3470")),
        ("男女参画・府民協働課 06－6210－9321", ("男女参画・府民協働課", "06－6210－9321")),
        ("総務課 0123-33-3131（内線2211）", ("総務課", "0123-33-3131（内線2211）")),
        ("第2グループ TEL 03-3981-2187", ("第2グループ", "TEL 03-3981-2187")),
        ("011-206-6954", ("", "011-206-6954")),
        ("相談ダイヤル（0120-279-338）で受け付ける。", None),
        ("令和3年7月から令和4年3月まで", None),
        ("9:00～17:00", None),
    ],
)
def test_a_number_at_the_end_of_a_line_is_told_from_the_office_before_it(
    line: str, split: tuple[str, str] | None
) -> None:
    assert split_phone(line) == split


def test_without_the_headers_words_the_layout_says_whose_number_it_is() -> None:
    text = spaced_list(PAGES).replace("事業の詳細についての問い合わせ先\n\n", "")
    assert {phone.role_evidence for one in parse(text).programs for phone in one.phones} == {
        "一覧の「担当部署」の電話番号"
    }


def test_a_serial_number_before_the_body_is_the_programmes() -> None:
    text = "番号 都道府県 実施主体 事業名 事業概要 担当部署 電話番号\n"
    text += (
        "1 札幌市 つながり事業\n・電話相談\n市民課 011-211-2962\n2 青森県 居場所事業\n・居場所\n青少年課 017-734-9228\n"
    )
    programs = parse(text).programs
    assert [(one.number, one.municipality or one.prefecture) for one in programs] == [("1", "札幌市"), ("2", "青森県")]


@pytest.mark.parametrize(
    "text", ["お知らせ\n\n担当部署 電話番号\n", "札幌市\n\nつながり事業\n\n相談\n\n市民課 011-211-2962\n"]
)
def test_a_text_that_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(UnknownLayoutError):
        parse(text)


@pytest.mark.parametrize("dump", ["by pdfplumber", "by PDFium"])
def test_no_row_of_a_dump_that_mixes_its_columns_is_sure(dump: str) -> None:
    """Tools that write line by line over the whole page put words of several cells on one line: a number may be another row's."""
    content = (ROOT / "fixtures" / "national_list_r3" / "national-list-r3.pdf").read_bytes()
    if dump == "by PDFium":
        document = pypdfium2.PdfDocument(content)
        text = "\f".join(page.get_textpage().get_text_range() for page in document)
    else:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            text = "\f".join(page.extract_text() for page in pdf.pages)
    parsed = parse(text)
    apart = {"line-outside-rows", "column-unknown", "label-without-row"}
    told = {one.row for one in parsed.report.findings if one.level is Level.MUST_LOOK and one.code not in apart}
    assert parsed.programs
    assert {one.provenance.row for one in parsed.programs} <= told
