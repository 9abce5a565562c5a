"""Programme sheets: every box under its heading, whatever order and producer; and nothing of a short stay in the open."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.conftest import NATIONAL_LIST, ROOT
from tests.golden import check_golden
from tests.pdfs import table_pdf, text_pdf
from tests.sheet_pdfs import Drawing, box, rules, sheet_pdf, text, titled, wrapped

from tsunagari_parsers import Goal, ParsedDocument, Phone, PhoneRole, Program, Section, SourceKind
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import ColumnDataError, NoTableError, UnknownLayoutError
from tsunagari_parsers.reading import read_pages
from tsunagari_parsers.report import Level
from tsunagari_parsers.sheet_goals import goals_of_lines, goals_of_paragraphs
from tsunagari_parsers.sheet_headings import amount_of, find_headings, load_sheet_words, number_of
from tsunagari_parsers.sheet_lines import Paragraph, paragraphs_of_dump
from tsunagari_parsers.sheet_places import find_place, resolve
from tsunagari_parsers.stays import named_bodies, offers_stay, tells_of_stay
from tsunagari_parsers.text import comparable

FIXTURES = ROOT / "fixtures"
GUNMA_PDF = FIXTURES / "sheet_gunma_r7" / "sheet-gunma-r7.pdf"
GUNMA_TEXT = FIXTURES / "sheet_gunma_r7_text" / "sheet-gunma-r7.txt"
KUNITACHI = FIXTURES / "sheet_kunitachi_r6" / "sheet-kunitachi-r6.txt"
#: Who runs the short stays of 国立市, and where: none of this is for the public.
KEPT_BACK = ("夢ファーム", "Jikka", "近隣市のホテル", "区内", "シェアハウス", "所有する部屋", "一時住居")
LEFT, RIGHT, WIDTH = 20, 430, 390


def parsed(path: Path) -> ParsedDocument:
    return parse_document(path.read_bytes(), name=path.name)


def only(document: ParsedDocument) -> Program:
    (program,) = document.programs
    return program


def sheet(content: bytes) -> Program:
    return only(parse_document(content, name="sheet.pdf"))


def public_text(program: Program) -> str:
    """All of a record that may become public, in comparable form."""
    goals = [value for goal in program.goals for value in asdict(goal).values()]
    sections = [f"{one.heading}{one.text}" for one in program.sections if not one.is_restricted]
    return comparable("".join([program.program_name, program.description, program.department, *goals, *sections]))


def restricted_text(program: Program) -> str:
    return comparable("".join(one.text for one in program.sections if one.is_restricted))


def characters(texts: Iterable[str]) -> Counter[str]:
    return Counter(comparable("".join(texts)))


def without_font(text_: str) -> str:
    """The test's font has no FULLWIDTH TILDE and writes WAVE DASH."""
    return comparable(text_).replace("\u301c", "~")


def sections(program: Program) -> list[tuple[str, str]]:
    return [(one.heading, one.text) for one in program.sections]


# The sheets at hand


@pytest.mark.parametrize("path", [GUNMA_PDF, GUNMA_TEXT, KUNITACHI], ids=lambda path: path.parent.name)
def test_output_is_the_reviewed_golden(path: Path) -> None:
    lines = [json.dumps(asdict(program), ensure_ascii=False) for program in parsed(path).programs]
    check_golden(path.parent / "programs.jsonl", "\n".join(lines) + "\n")


@pytest.mark.parametrize("path", [GUNMA_PDF, GUNMA_TEXT, KUNITACHI], ids=lambda path: path.parent.name)
def test_a_sheet_is_one_row_and_needs_no_force(path: Path) -> None:
    report = parsed(path).report
    assert (report.rows_seen, report.records, report.skips) == (1, 1, ())
    assert {finding.level for finding in report.findings} <= {Level.NOTE}


def test_the_sheet_of_gunma_as_a_pdf() -> None:
    program = sheet(GUNMA_PDF.read_bytes())
    assert program.source_kind is SourceKind.PROGRAM_SHEET
    assert (program.prefecture, program.municipality) == ("群馬県", None)
    assert program.program_name == "不安を抱える女性へのつながりサポート相談支援事業"
    assert (program.number, program.budget, program.grant) == ("", 15005, 11106)
    assert (program.department, program.phones, program.excluded_areas) == ("", (), ())
    assert [one.heading for one in program.sections] == [
        "地域の実情と課題",
        "目的・目標",
        "事業の特徴",
        "事業の効果",
        "連携団体",
        "今後の課題",
        "事業の概要",
    ]
    assert not any(one.is_restricted for one in program.sections)
    assert (program.provenance.page, program.provenance.row, program.provenance.line) == (1, 1, None)
    assert program.provenance.rect


def test_the_goals_of_gunma_keep_the_sheets_words() -> None:
    assert only(parsed(GUNMA_TEXT)).goals == (
        Goal(
            "事業目標",
            "DV等の被害者支援相談窓口を「いずれも知らない」人の割合",
            "20% (アウトカム)",
            "50.60% (令和6年時点)",
            "39.5%",
        ),
        Goal("事業KPI", "本事業で相談した相談者数(実数)", "220人 (アウトプット)", "212人", "96.4%"),
    )


@pytest.mark.parametrize("path", [GUNMA_PDF, GUNMA_TEXT], ids=lambda path: path.parent.name)
def test_what_a_person_searches_for_is_in_the_description_and_figures_are_not(path: Path) -> None:
    description = only(parsed(path)).description
    for said in (
        "生理用品を相談者に無償配布",
        "来所相談を受付",
        "安心できる居場所や仲間づくりの場を提供することで、問題の解決に導く。",
    ):
        assert said in description
    for unsaid in (
        "1,241人",
        "非正規",
        "若年層の相談者数",
        "県こころの健康センター",
        "達成率",
        "【目的】",
        "活動状況報告",
    ):
        assert unsaid not in description


def test_the_sheet_of_kunitachi_has_each_text_under_its_heading() -> None:
    program = only(parsed(KUNITACHI))
    assert (program.prefecture, program.municipality, program.number) == ("東京都", "国立市", "1")
    assert (program.program_name, program.budget, program.grant) == ("女性パーソナルサポート事業", 3021, 2266)
    begins = {one.heading: one.text[:12] for one in reversed(program.sections)}
    assert begins == {
        "地域の実情と課題": "市の女性支援施策は、「国",
        "目的・目標": "女性が抱える問題は年々複",
        "事業の特徴": "女性パーソナルサポート事",
        "事業の効果": "「自立支援」\n中長期的な",
        "連携団体": "ＮＰＯ法人くにたち夢ファ",
        "今後の課題": "困難な問題を抱えた女性の",
        "事業の概要": "短期宿泊支援 中長期の自",
    }
    assert program.provenance.line == 2
    assert program.goals == (
        Goal("目標", "課題解決につながった件数（ある程度見通しがついた人を含む）", "20件", "7件"),
        Goal("目標", "相談者数（自立支援・アウトリーチ・短期宿泊）", "50人", "65人"),
    )
    assert [one.code for one in parsed(KUNITACHI).report.findings] == ["section-by-content"]


def test_a_blank_line_in_the_middle_of_a_sentence_does_not_break_it() -> None:
    first = only(parsed(KUNITACHI)).sections[0].text
    assert "推進計画には「DV対策基本計画」を包含し、" in first
    assert len(first.split("\n")) == 2


@pytest.mark.parametrize("name", KEPT_BACK)
def test_who_runs_a_short_stay_and_where_is_in_restricted_sections_only(name: str) -> None:
    program = only(parsed(KUNITACHI))
    assert comparable(name) not in public_text(program)
    assert comparable(name) in restricted_text(program)
    assert not [
        one for one in parsed(KUNITACHI).report.findings if comparable(name) in comparable(one.message + one.value)
    ]


def test_a_partner_that_is_a_shelter_is_open_where_no_stay_is_offered() -> None:
    (partners,) = [one for one in only(parsed(GUNMA_TEXT)).sections if one.heading == "連携団体"]
    assert not partners.is_restricted
    assert "民間DVシェルター" in partners.text


@pytest.mark.parametrize(
    ("path", "apart", "count"),
    [
        (
            GUNMA_TEXT,
            (
                r"不安を抱える女性へのつながりサポート相談支援事業【群馬県】",
                r"個別事業費\s.*千円|交付金額\s.*千円",
                r"地域の実情と課題|事業の特徴|事業の効果|目的・目標|連携団体|今後の課題|事業の概要",
            ),
            10,
        ),
        (
            KUNITACHI,
            (
                r"女性パーソナルサポート事業( 【国立市】)?",
                r"個別事業費 .*千円|交付金額 .*千円|事業番号 1",
                r"地域の実情と課題|事業の特徴|今後の課題事業の効果|目的・目標|連携団体|事業の概要",
            ),
            11,
        ),
    ],
    ids=["gunma", "kunitachi"],
)
def test_every_line_of_a_text_is_in_exactly_one_section(path: Path, apart: Sequence[str], count: int) -> None:
    """All characters but those of titles, headings, values and doubled bullets, each as often as it stands there."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    body = [line for line in lines if not any(re.fullmatch(pattern, line) for pattern in apart)]
    assert len(lines) - len(body) == count
    stated = characters(re.sub(r"^- (?=・)", "", re.sub(r"^- (?!・)", "・", line)) for line in body)
    assert characters(one.text for one in only(parsed(path)).sections) == stated


def drawn(content: bytes) -> Counter[str]:
    return characters(piece.text for page in read_pages(content, "sheet.pdf").pages for piece in page.pieces)


def test_every_character_of_a_pdf_is_in_a_section_or_a_value() -> None:
    program = sheet(GUNMA_PDF.read_bytes())
    texts = [value for one in program.sections for value in (one.heading, one.text)]
    values = [
        "不安を抱える女性へのつながりサポート相談支援事業【群馬県】",
        "個別事業費 15,005 千円",
        "交付金額 11,106 千円",
    ]
    assert characters([*texts, *values]) == drawn(GUNMA_PDF.read_bytes())


# Other sheets


def shizuoka() -> list[Drawing]:
    """Filled bars over ruled bodies; the amounts in a small table, in full-width digits; 【静岡県】 below the title."""
    return [
        text(250, 14, "ひとりにしない女性応援事業", size=16),
        text(370, 36, "【静岡県】", size=12),
        rules((640, 720, 800), (12, 30, 48)),
        text(645, 16, "個別事業費"),
        text(725, 16, "１２，３４５千円"),
        text(645, 34, "交付決定額"),
        text(725, 34, "９，８７６ 千円"),
        *titled(
            (LEFT, 60),
            (WIDTH, 80),
            "地域の実情・課題",
            "県内の相談は増えている。\nひとりで悩む女性が多く、どこに相談すればよいか分からないという声が寄せられている。",
            style="bar",
        ),
        *titled(
            (LEFT, 150),
            (WIDTH, 150),
            "事業の目的・目標",
            "【目的】ひとりで悩む女性が、安心して話せる場所を県内のどこからでも見つけられるようにすることを目的とする。",
            style="bar",
        ),
        rules((30, 90, 230, 290, 350, 400), (220, 238, 256, 274)),
        *(text(x, 224, word) for x, word in ((93, "指標"), (233, "目標値"), (293, "実績値"), (353, "達成率"))),
        *(
            text(x, top, word)
            for top, row in (
                (242, ("事業目標", "相談した人の数", "100人", "120人", "120%")),
                (260, ("事業KPI", "居場所の開催", "24回", "22回", "91.7%")),
            )
            for x, word in zip((33, 93, 233, 293, 353), row, strict=True)
        ),
        *titled(
            (LEFT, 310),
            (WIDTH, 100),
            "取組の特徴",
            "・電話とメールによる相談を行う。\n・生理用品を希望する人に無償で配布し、相談のきっかけとしている。配布の場所は県内三十か所である。",
            style="bar",
        ),
        *titled((RIGHT, 60), (WIDTH, 80), "事業の効果", "相談した人の数が目標を上回った。", style="bar"),
        *titled(
            (RIGHT, 150),
            (WIDTH, 80),
            "連携機関",
            "県社会福祉協議会\n子ども食堂ネットワーク\n委託先のNPO法人",
            style="bar",
        ),
        *titled((RIGHT, 240), (WIDTH, 80), "課題", "若い世代への周知が足りない。", style="bar"),
        *titled(
            (RIGHT, 330),
            (WIDTH, 60),
            "担当部署",
            "くらし部男女共同参画課\n電話 054-221-3363（内線2211）\nFAX 054-221-2941",
            style="bar",
        ),
    ]


def overview() -> list[Drawing]:
    """A page of boxes under one heading."""
    return [
        text(300, 16, "事業の概要", size=16),
        *titled((LEFT, 60), (WIDTH, 100), "話を聞く", "・電話相談を毎日行う。\n・出張相談を行う。", style="over"),
        *titled((RIGHT, 60), (WIDTH, 100), "会う", "・サロンを毎月開催する。", style="over"),
        *titled((LEFT, 200), (WIDTH, 100), "届ける", "・生理用品を窓口で配布する。", style="over"),
        text(RIGHT, 210, "県社会福祉協議会"),
        text(400, 570, "- 2 -"),
    ]


SHIZUOKA = [
    (
        "地域の実情・課題",
        "県内の相談は増えている。\nひとりで悩む女性が多く、どこに相談すればよいか分からないという声が寄せられている。",
    ),
    (
        "事業の目的・目標",
        "【目的】ひとりで悩む女性が、安心して話せる場所を県内のどこからでも見つけられるようにすることを目的とする。\n"
        "指標　目標値　実績値　達成率\n事業目標　相談した人の数　100人　120人　120%\n事業KPI　居場所の開催　24回　22回　91.7%",
    ),
    (
        "取組の特徴",
        "・電話とメールによる相談を行う。\n"
        "・生理用品を希望する人に無償で配布し、相談のきっかけとしている。配布の場所は県内三十か所である。",
    ),
    ("事業の効果", "相談した人の数が目標を上回った。"),
    ("連携機関", "県社会福祉協議会\n子ども食堂ネットワーク\n委託先のNPO法人"),
    ("課題", "若い世代への周知が足りない。"),
    ("担当部署", "くらし部男女共同参画課\n電話054-221-3363（内線2211）\nFAX054-221-2941"),
]
SHIZUOKA_OVERVIEW = (
    "事業の概要",
    "話を聞く\n・電話相談を毎日行う。\n・出張相談を行う。\n会う\n・サロンを毎月開催する。\n届ける\n・生理用品を窓口で配布する。\n県社会福祉協議会",
)


@pytest.mark.parametrize("backwards", [False, True], ids=["drawn from the top", "drawn from the end"])
def test_boxes_with_bars_are_read_in_whatever_order_they_are_drawn(backwards: bool) -> None:
    drawings = list(reversed(shizuoka())) if backwards else shizuoka()
    # Grounds are drawn before what stands on them, or they would hide it; the order of texts is free.
    document = parse_document(sheet_pdf(drawings, overview()), name="sheet.pdf")
    program = only(document)
    assert (program.prefecture, program.municipality) == ("静岡県", None)
    assert (program.program_name, program.number) == ("ひとりにしない女性応援事業", "")
    assert (program.budget, program.grant) == (12345, 9876)
    assert sections(program) == [*SHIZUOKA, SHIZUOKA_OVERVIEW]
    assert program.goals == (
        Goal("事業目標", "相談した人の数", "100人", "120人", "120%"),
        Goal("事業KPI", "居場所の開催", "24回", "22回", "91.7%"),
    )
    assert program.description.split("\n") == [
        "ひとりで悩む女性が、安心して話せる場所を県内のどこからでも見つけられるようにすることを目的とする。",
        "・電話とメールによる相談を行う。",
        "・生理用品を希望する人に無償で配布し、相談のきっかけとしている。配布の場所は県内三十か所である。",
        "・電話相談を毎日行う。",
        "・出張相談を行う。",
        "・サロンを毎月開催する。",
        "・生理用品を窓口で配布する。",
    ]
    assert program.department == "くらし部男女共同参画課"
    raw = "くらし部男女共同参画課\n電話054-221-3363（内線2211）\nFAX054-221-2941"
    assert program.phones == (Phone("054-221-3363", raw, "2211", None, PhoneRole.ENQUIRY, "担当部署"),)
    assert document.report.findings == ()


def fuchu() -> list[Drawing]:
    """A form: headings in the left column, one over two lines; 「15,005千円」; no number; a name of two prefectures."""
    rows = [
        ("事業名", "女性のつながり回復事業"),
        ("実施主体", "府中市"),
        ("事業費", "15,005千円"),
        ("交付額", "11,106千円"),
        ("地域の実情\nと課題", "広島県の東部にあり、町が広く、集まる場所が少ない。"),
        ("目的・目標", "来ることのできない女性に出向いて話を聞く。\n訪問した件数：目標50件、実績48件（達成率96%）"),
        ("事業の特徴", "保健師が家庭を訪問し、必要な人に食料と日用品を届ける。"),
        ("連携団体", "社会福祉協議会、民生委員"),
        ("今後の課題", "夜間の対応。"),
    ]
    tops = (40, 60, 80, 100, 120, 170, 220, 270, 300, 330)
    drawings = [rules((30, 140, 800), tops)]
    for (heading, body), top in zip(rows, tops, strict=False):
        drawings += [text(35, top + 4, *heading.split("\n")), text(145, top + 4, *body.split("\n"))]
    return drawings


def test_a_form_with_headings_at_the_left() -> None:
    document = parse_document(sheet_pdf(fuchu()), name="sheet.pdf")
    program = only(document)
    assert (program.prefecture, program.municipality) == ("広島県", "府中市")
    assert (program.program_name, program.budget, program.grant) == ("女性のつながり回復事業", 15005, 11106)
    assert sections(program) == [
        ("地域の実情と課題", "広島県の東部にあり、町が広く、集まる場所が少ない。"),
        ("目的・目標", "来ることのできない女性に出向いて話を聞く。\n訪問した件数：目標50件、実績48件（達成率96%）"),
        ("事業の特徴", "保健師が家庭を訪問し、必要な人に食料と日用品を届ける。"),
        ("連携団体", "社会福祉協議会、民生委員"),
        ("今後の課題", "夜間の対応。"),
    ]
    assert program.goals == (Goal("目標", "訪問した件数", "50件", "48件", "96%"),)
    assert document.report.findings == ()


def sapporo() -> list[Drawing]:
    """Headings as first lines inside their boxes, in another order; a short stay; a box that nobody knows."""
    body = "夜間も電話で相談を受ける。\n一時宿泊の場所として駅前ホテルの部屋を用意している。\nあおぞら女性会の職員が付き添う。"
    return [
        *titled((LEFT, 70), (WIDTH, 100), "事業の特徴", body, style="inside"),
        *titled((RIGHT, 70), (WIDTH, 100), "■連携団体", "ＮＰＯ法人あおぞら女性会\n駅前ホテル", style="inside"),
        *titled(
            (LEFT, 180),
            (WIDTH, 100),
            "目的・目標",
            "行き場のない女性に、安心して休める時間を提供することを目的とする。",
            style="inside",
        ),
        *titled((RIGHT, 180), (WIDTH, 100), "今後の課題", "人手が足りない。", style="inside"),
        *titled((LEFT, 290), (WIDTH, 100), "事業の効果", "短期宿泊を５人が利用した。", style="inside"),
        *titled((RIGHT, 290), (WIDTH, 100), "地域の実情と課題", "冬の寒さが厳しい。", style="inside"),
        *titled((LEFT, 400), (WIDTH, 60), "利用者の声", "あおぞら女性会の人がやさしかった。", style="over"),
        box(90, 10, 490, 30),
        text(100, 16, "女性のための安心サポート事業 【札幌市】", size=16),
        box(600, 10, 200, 20),
        text(605, 14, "事業番号　３"),
        text(605, 34, "個別事業費 3,021 千円"),
        text(605, 50, "交付金額 2,266 千円"),
    ]


def test_headings_inside_their_boxes_and_what_a_stay_keeps_back() -> None:
    document = parse_document(sheet_pdf(sapporo()), name="sheet.pdf")
    program = only(document)
    assert (program.prefecture, program.municipality, program.number) == ("北海道", "札幌市", "3")
    assert (program.program_name, program.budget, program.grant) == ("女性のための安心サポート事業", 3021, 2266)
    assert program.sections == (
        Section("地域の実情と課題", "冬の寒さが厳しい。"),
        Section("目的・目標", "行き場のない女性に、安心して休める時間を提供することを目的とする。"),
        Section("事業の特徴", "夜間も電話で相談を受ける。"),
        Section(
            "事業の特徴", "一時宿泊の場所として駅前ホテルの部屋を用意している。\nあおぞら女性会の職員が付き添う。", True
        ),
        Section("事業の効果", "短期宿泊を５人が利用した。"),
        Section("連携団体", "ＮＰＯ法人あおぞら女性会\n駅前ホテル", True),
        Section("今後の課題", "人手が足りない。"),
        Section("利用者の声", "あおぞら女性会の人がやさしかった。", True),
    )
    assert program.description == (
        "行き場のない女性に、安心して休める時間を提供することを目的とする。\n夜間も電話で相談を受ける。"
    )
    assert [(one.code, one.level) for one in document.report.findings] == [("section-unknown", Level.NOTE)]


def higashikawa() -> list[Drawing]:
    """Nothing drawn but text: headings with numbers, columns, amounts before the sheet."""
    long = "町には相談の窓口が一つしかなく、隣の市まで行かなければ専門の相談員に話すことができないため、早い段階で話せる人が必要である。"
    return [
        text(100, 16, "山のまちの女性相談事業（東川町）", size=16),
        text(100, 40, "交付金額：1,200千円"),
        text(300, 40, "個別事業費：1,500千円"),
        text(30, 70, "１．地域の実情と課題", size=11),
        text(30, 88, *wrapped(long, 380)),
        text(430, 70, "２．目的・目標", size=11),
        text(430, 88, "一人で悩まない町をつくることを目的とする。"),
        *(
            text(x, top, word)
            for top, row in ((120, ("指標", "目標", "実績")), (134, ("相談日", "24回", "20回")))
            for x, word in zip((430, 560, 640), row, strict=True)
        ),
        text(30, 160, "３．事業の特徴", size=11),
        text(30, 178, "・月に二度、図書館で相談の日を開く。", "・生理用品を図書館の窓口で配る。"),
        text(430, 160, "４．連携団体", size=11),
        text(430, 178, "町社会福祉協議会", "東川町図書館"),
        text(30, 260, "５．今後の課題", size=11),
        text(30, 278, "周知が足りない。"),
        text(400, 570, "- 1 -"),
    ]


HIGASHIKAWA = [
    (
        "地域の実情と課題",
        "町には相談の窓口が一つしかなく、隣の市まで行かなければ専門の相談員に話すことができないため、早い段階で話せる人が必要である。",
    ),
    ("目的・目標", "一人で悩まない町をつくることを目的とする。\n指標　目標　実績\n相談日　24回　20回"),
    ("事業の特徴", "・月に二度、図書館で相談の日を開く。\n・生理用品を図書館の窓口で配る。"),
    ("連携団体", "町社会福祉協議会\n東川町図書館"),
    ("今後の課題", "周知が足りない。"),
]


def test_a_sheet_without_a_single_box() -> None:
    document = parse_document(sheet_pdf(higashikawa()), name="sheet.pdf")
    program = only(document)
    assert (program.prefecture, program.municipality) == ("北海道", "東川町")
    assert (program.program_name, program.budget, program.grant) == ("山のまちの女性相談事業", 1500, 1200)
    assert sections(program) == HIGASHIKAWA
    assert program.goals == (Goal("目標", "相談日", "24回", "20回"),)
    assert document.report.findings == ()


def test_several_sheets_in_one_pdf() -> None:
    document = parse_document(sheet_pdf(shizuoka(), overview(), higashikawa(), fuchu(), sapporo()), name="sheets.pdf")
    assert [(one.prefecture, one.municipality) for one in document.programs] == [
        ("静岡県", None),
        ("北海道", "東川町"),
        ("広島県", "府中市"),
        ("北海道", "札幌市"),
    ]
    assert [(one.provenance.page, one.provenance.row) for one in document.programs] == [(1, 1), (3, 2), (4, 3), (5, 4)]
    assert document.report.rows_seen == 4
    assert sections(document.programs[0]) == [*SHIZUOKA, SHIZUOKA_OVERVIEW]
    assert sections(document.programs[1]) == HIGASHIKAWA


def test_two_sheets_of_one_body_are_two_programmes() -> None:
    second = [text(100, 16, "海のまちの女性相談事業（東川町）", size=16), *higashikawa()[1:]]
    document = parse_document(sheet_pdf(higashikawa(), second), name="sheets.pdf")
    assert [one.program_name for one in document.programs] == ["山のまちの女性相談事業", "海のまちの女性相談事業"]


def test_a_page_before_the_first_sheet_must_be_looked_at() -> None:
    cover = [text(100, 100, "つながりサポート型 個票", size=20)]
    (finding,) = parse_document(sheet_pdf(cover, higashikawa()), name="sheets.pdf").report.findings
    assert (finding.code, finding.level, finding.page) == ("page-without-sheet", Level.MUST_LOOK, 1)


@pytest.mark.parametrize("style", ["over", "bar", "inside", "lines"])
def test_the_sheet_of_kunitachi_set_in_boxes_is_read_as_its_text_is(style: str) -> None:
    """Round about: what the text gave, set in boxes in another order, gives the same record and keeps the same back."""
    known = only(parsed(KUNITACHI))
    bodies: dict[str, str] = {}
    for one in known.sections:
        bodies[one.heading] = f"{bodies[one.heading]}\n{one.text}" if one.heading in bodies else one.text
    drawn_overview = bodies.pop("事業の概要")
    places = [(x, top) for top in (60, 240, 420) for x in (LEFT, RIGHT)]
    drawings = [
        text(100, 16, "女性パーソナルサポート事業 【国立市】", size=16),
        text(500, 20, "個別事業費 3,021 千円"),
        text(500, 34, "交付金額 2,266 千円"),
        text(640, 20, "事業番号 1"),
    ]
    for (heading, body), (x, top) in zip(reversed(bodies.items()), places, strict=True):
        drawings += titled((x, top), (WIDTH, 170), heading, body, style=style, size=8)
    second = [text(300, 16, "事業の概要", size=16), box(20, 50, 800, 500), text(30, 60, *wrapped(drawn_overview, 800))]
    program = sheet(sheet_pdf(drawings, second))
    assert (program.prefecture, program.municipality, program.number) == ("東京都", "国立市", "1")
    assert {(one.heading, without_font(one.text), one.is_restricted) for one in program.sections} == {
        (one.heading, without_font(one.text), one.is_restricted) for one in known.sections
    }
    for name in KEPT_BACK:
        assert comparable(name) not in public_text(program)


# Other texts


def text_sheet(*lines: str) -> ParsedDocument:
    return parse_document("\n".join(lines).encode(), name="sheet.txt")


TEXT_SHEET = (
    "夜の居場所づくり事業",
    "【前橋市】",
    "交付金額",
    "２，２６６千円",
    "個別事業費：3,021千円",
    "今後の課題",
    "周知が足りない。",
    "取組の特徴",
    "週に一度、夜に居場所を開く。",
    "",
    "連携先",
    "市社会福祉協議会",
    "事業の目的",
    "夜に一人でいる女性が、安心して過ごせるようにする。",
    "担当課",
    "男女共同参画センター　電話027-898-6517",
)


def test_a_text_with_headings_in_another_order_and_values_on_the_next_line() -> None:
    document = text_sheet(*TEXT_SHEET)
    program = only(document)
    assert (program.prefecture, program.municipality) == ("群馬県", "前橋市")
    assert (program.program_name, program.budget, program.grant) == ("夜の居場所づくり事業", 3021, 2266)
    assert sections(program) == [
        ("事業の目的", "夜に一人でいる女性が、安心して過ごせるようにする。"),
        ("取組の特徴", "週に一度、夜に居場所を開く。"),
        ("連携先", "市社会福祉協議会"),
        ("今後の課題", "周知が足りない。"),
        ("担当課", "男女共同参画センター　電話027-898-6517"),
    ]
    assert program.department == "男女共同参画センター"
    assert [(one.number, one.role) for one in program.phones] == [("027-898-6517", PhoneRole.ENQUIRY)]
    assert document.report.findings == ()


def test_several_sheets_in_one_text() -> None:
    kunitachi = KUNITACHI.read_text(encoding="utf-8")
    gunma = GUNMA_TEXT.read_text(encoding="utf-8")
    document = parse_document("\n".join([kunitachi, gunma, *TEXT_SHEET]).encode(), name="sheets.txt")
    assert [one.municipality for one in document.programs] == ["国立市", None, "前橋市"]
    assert [one.provenance.row for one in document.programs] == [1, 2, 3]
    assert sections(document.programs[1]) == sections(only(parsed(GUNMA_TEXT)))
    assert sections(document.programs[0]) == sections(only(parsed(KUNITACHI)))


def test_a_partner_with_its_town_in_brackets_begins_no_sheet() -> None:
    lines = [
        "夜の事業【前橋市】",
        "連携団体",
        "あおぞら会（高崎市）",
        *TEXT_SHEET[2:10],
        "事業の目的",
        "話を聞く。",
        "事業の効果",
        "増えた。",
    ]
    program = only(text_sheet(*lines))
    assert (program.program_name, program.municipality) == ("夜の事業", "前橋市")
    assert ("連携団体", "あおぞら会（高崎市）") in sections(program)


@pytest.mark.parametrize("title", ["前橋市　夜の居場所づくり事業", "夜の居場所づくり事業　群馬県前橋市"])
def test_a_title_that_begins_or_ends_with_its_body(title: str) -> None:
    program = only(text_sheet(title, *TEXT_SHEET[2:]))
    assert (program.prefecture, program.municipality) == ("群馬県", "前橋市")
    assert program.program_name == "夜の居場所づくり事業"
    assert "（見出しなし）" not in dict(sections(program))
    drawings = [text(100, 16, title, size=16), *higashikawa()[1:]]
    assert sheet(sheet_pdf(drawings)).municipality == "前橋市"


@pytest.mark.parametrize("order", [(5, 4, 3, 2, 1, 0), (2, 0, 4, 1, 5, 3), (3, 5, 0, 2, 1, 4)])
def test_bodies_apart_from_their_headings_are_matched_in_any_order(order: Sequence[int]) -> None:
    whole = KUNITACHI.read_text(encoding="utf-8")
    head, _, rest = whole.partition("事業番号 1\n")
    body, _, tail = rest.partition("\n事業の概要\n")
    cuts = (
        "ＮＰＯ法人くにたち",
        "市の女性支援施策は",
        "女性が抱える問題は年々",
        "女性パーソナルサポート事業は、令和６",
        "困難な問題を抱えた女性の支援は",
        "「自立支援」",
    )
    starts = [body.index(cut) for cut in cuts]
    assert starts == sorted(starts)
    bodies = [body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]
    shuffled = "\n".join(bodies[index].rstrip("\n") + "\n" for index in order)
    text_ = f"{head}事業番号 1\n\n{shuffled}\n事業の概要\n{tail}"
    program = only(parse_document(text_.encode(), name="sheet.txt"))
    assert sections(program) == sections(only(parsed(KUNITACHI)))


def test_a_heading_whose_text_cannot_be_told_must_be_looked_at() -> None:
    document = text_sheet(
        "夜の事業【前橋市】",
        "個別事業費 10千円",
        "地域の実情と課題",
        "連携団体",
        "今後の課題",
        "事業の特徴",
        "",
        "あいうえお。",
        "",
        "かきくけこ。",
        "",
        "今後は周知が必要である。",
    )
    levels = {one.code: one.level for one in document.report.findings}
    assert levels["section-uncertain"] is Level.MUST_LOOK
    stated = characters(["あいうえお。", "かきくけこ。", "今後は周知が必要である。"])
    assert characters(one.text for one in only(document).sections) == stated


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("夜の事業", *TEXT_SHEET[2:]), "no-body"),
        (("夜の事業【すみた市】", *TEXT_SHEET[2:]), "unknown-place"),
        (("夜の事業【府中市】", *TEXT_SHEET[2:]), "ambiguous-place"),
        (("夜の事業【前橋市】", "個別事業費", "未定", *TEXT_SHEET[5:]), "value-not-understood"),
        (("夜の事業【前橋市】", "個別事業費 10千円　交付金額 20千円", *TEXT_SHEET[5:]), "grant-above-budget"),
        (("シェアハウスひまわり宿泊事業【前橋市】", *TEXT_SHEET[2:]), "title-tells-of-stay"),
    ],
)
def test_what_cannot_be_understood_must_be_looked_at(lines: Sequence[str], code: str) -> None:
    document = text_sheet(*lines)
    assert len(document.programs) == 1
    assert {one.code: one.level for one in document.report.findings}[code] is Level.MUST_LOOK


def test_a_title_that_tells_of_a_stay_is_not_shown() -> None:
    program = only(text_sheet("シェアハウスひまわり宿泊事業【前橋市】", *TEXT_SHEET[2:]))
    assert "ひまわり" not in public_text(program)
    assert "シェアハウスひまわり宿泊事業" in restricted_text(program)


def test_an_amount_that_is_not_stated_is_a_note() -> None:
    lines = [line for line in TEXT_SHEET if "千円" not in line and line != "交付金額"]
    document = text_sheet(*lines, "事業の効果", "夜に来る人が増えた。")
    assert (only(document).budget, only(document).grant) == (None, None)
    assert {(one.code, one.level) for one in document.report.findings} == {("no-amount", Level.NOTE)}


# What is no sheet


def test_a_list_or_another_text_is_no_sheet() -> None:
    assert parse_document(NATIONAL_LIST.read_bytes(), name="list.pdf").report.layout == "national_list"
    header = (("事業番号", "個別事業費", "交付金額", "事業の特徴", "事業の効果", "連携団体"),)
    row = ("1", "10千円", "5千円", "相談を行う。", "増えた。", "社会福祉協議会")
    with pytest.raises(UnknownLayoutError):
        parse_document(table_pdf([[row]], header=header, styles=()), name="list.pdf")
    with pytest.raises(UnknownLayoutError):
        parse_document("地域の実情と課題\n今後の課題\n".encode(), name="other.txt")
    with pytest.raises(NoTableError):
        parse_document(text_pdf("今後の課題", "事業の効果", "連携団体"), name="x.pdf")


# The pieces


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("地域の実情と課題", [("situation", "地域の実情と課題", "")]),
        ("■ 地域の実情・課題", [("situation", "地域の実情・課題", "")]),
        ("２　事業の特徴等", [("features", "事業の特徴等", "")]),
        ("今後の課題事業の効果", [("issues", "今後の課題", ""), ("effects", "事業の効果", "")]),
        ("【連携団体】社会福祉協議会", [("partners", "連携団体", "社会福祉協議会")]),
        ("個別事業費　１５，００５千円", [("budget", "個別事業費", "１５，００５千円")]),
        (
            "個別事業費 3,021千円　交付金額 2,266千円",
            [("budget", "個別事業費", "3,021千円"), ("grant", "交付金額", "2,266千円")],
        ),
        ("事業番号：１", [("number", "事業番号", "１")]),
        ("個別事業費は高くなっている", []),
        ("【課題】", []),
        ("今後の課題として人手がある", []),
    ],
)
def test_headings_are_known_by_their_words(line: str, found: list[tuple[str, str, str]]) -> None:
    assert [(one.kind.key, one.text, one.rest.strip()) for one in find_headings(line)] == found


@pytest.mark.parametrize(
    ("written", "thousands"),
    [
        ("15,005 千円", 15005),
        ("15,005千円", 15005),
        ("１５，００５　千円", 15005),
        ("15,005,000円", 15005),
        ("1,500万円", 15000),
        ("150.5万円", 1505),
        ("3,021千円（うち国費 2,266千円）", 3021),
        ("15,005", None),
        ("1.5千円", None),
        ("未定", None),
    ],
)
def test_amounts_are_thousands_of_yen(written: str, thousands: int | None) -> None:
    assert amount_of(written) == thousands


def test_an_amount_without_a_unit_has_that_of_its_heading() -> None:
    assert amount_of("15,005", "（千円）") == 15005
    assert number_of("No.１２") == "12"


@pytest.mark.parametrize(
    ("line", "title", "place"),
    [
        ("女性パーソナルサポート事業 【国立市】", "女性パーソナルサポート事業", "国立市"),
        ("【群馬県】不安を抱える女性へ", "不安を抱える女性へ", "群馬県"),
        ("つながり（寄り添い型）事業（東京都国立市）", "つながり（寄り添い型）事業", "東京都国立市"),
        ("【実情】", "【実情】", ""),
        ("事業【すみた市】", "事業", "すみた市"),
    ],
)
def test_a_title_gives_its_body_in_brackets(line: str, title: str, place: str) -> None:
    assert find_place(line) == (title, place)


def test_places_are_resolved_as_papers_write_them() -> None:
    found = [resolve(name) for name in ("東京都国立市", "国立市（東京都）", "北海道上川郡東川町", "群馬県", "府中市")]
    assert [(one.prefecture, one.municipality) for one in found if one] == [
        ("東京都", "国立市"),
        ("東京都", "国立市"),
        ("北海道", "東川町"),
        ("群馬県", None),
        ("", "府中市"),
    ]


@pytest.mark.parametrize(
    ("text_", "expected"),
    [
        ("公的シェルターの利用を選択しない女性に、短期間の滞在場所を提供", True),
        ("短期宿泊 8人が91泊利用", True),
        ("シェルターを運営する団体に委託する", True),
        ("社会福祉協議会、民間DVシェルター、市町村", False),
        ("職員の宿泊研修を行う", False),
        ("電話相談を行う", False),
    ],
)
def test_a_sheet_offers_a_stay_by_its_words(text_: str, expected: bool) -> None:
    assert offers_stay([text_]) is expected


def test_partners_are_named_bodies_and_lodgings_are_not() -> None:
    bodies = named_bodies(
        ["ＮＰＯ法人くにたち夢ファーム Ｊｉｋｋａ", "近隣市のホテル", "国立市社会福祉協議会、自立支援"]
    )
    assert bodies == {"くにたち夢ファーム", "くにたち夢", "Jikka"}
    assert tells_of_stay("くにたち夢ファームの職員が同行する", bodies)
    assert tells_of_stay("一般社団法人ひかりに委託している", frozenset())
    assert not tells_of_stay("受託NPO法人3団体とも、きめ細かな支援を行った", bodies)
    assert not tells_of_stay("公的シェルターを利用できない女性", bodies)


def test_goals_are_read_from_lines() -> None:
    lines = ["【KPI】", "・相談者数：目標２００人、実績212人（達成率106%）", "目標を持って20人が学んだ"]
    assert goals_of_lines(lines) == (Goal("KPI", "相談者数", "２００人", "212人", "106%"),)


def test_goals_are_read_from_rows_without_rules() -> None:
    rows = ["前の文", "指標　目標値　実績値　達成率", "事業目標　相談　10人　9人　90%", "後の文"]
    goals, used = goals_of_paragraphs(rows)
    assert goals == (Goal("事業目標", "相談", "10人", "9人", "90%"),)
    assert used == frozenset(rows[1:3])


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        (["- ・県内を3地域に分ける", "- 社会福祉協議会"], ["・県内を3地域に分ける", "・社会福祉協議会"]),
        (["近隣市のホテル", "区内のシェアハウス"], ["近隣市のホテル", "区内のシェアハウス"]),
        (["相談員のスキル向上や", "人材育成のための研修"], ["相談員のスキル向上や人材育成のための研修"]),
        (["訪問による支援を追加本交付金の対象部分"], ["訪問による支援を追加", "本交付金の対象部分"]),
    ],
)
def test_lines_of_a_dump_become_paragraphs(lines: Sequence[str], paragraphs: Sequence[str]) -> None:
    assert [one.text for one in paragraphs_of_dump(lines)] == paragraphs
    assert all(isinstance(one, Paragraph) for one in paragraphs_of_dump(lines))


@pytest.mark.parametrize(
    "broken",
    ["kind = 3", "[[kind]]\nkey = 'x'\nrole = 'nothing'\nheadings = ['い']", "not toml"],
)
def test_a_broken_file_of_headings_is_an_error(broken: str) -> None:
    with pytest.raises(ColumnDataError, match=r"x\.toml"):
        load_sheet_words(broken, where="x.toml")
