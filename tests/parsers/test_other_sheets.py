"""Sheets as other bodies write them: other words in the headings, forms, tables within cells, turned pages, overviews first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.geometry_pdfs import redrawn
from tests.sheet_pdfs import Drawing, box, rules, sheet_pdf, text, titled

from tsunagari_parsers import Goal, ParsedDocument, Program
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.report import Level
from tsunagari_parsers.sheet_headings import amount_of, find_headings
from tsunagari_parsers.sheet_title import is_form_title

LEFT, RIGHT, WIDTH = 20, 430, 390


def parsed(*pages: Sequence[Drawing]) -> ParsedDocument:
    return parse_document(sheet_pdf(*pages), name="sheet.pdf")


def of_text(*lines: str) -> ParsedDocument:
    return parse_document("\n".join(lines).encode(), name="sheet.txt")


def only(document: ParsedDocument) -> Program:
    (program,) = document.programs
    return program


def sections(program: Program) -> dict[str, str]:
    return {one.heading: one.text for one in program.sections}


# Headings and amounts


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("背景・課題", "situation"),
        ("本県の現状及び課題", "situation"),
        ("地域の実情、課題等", "situation"),
        ("事業実施の背景", "situation"),
        ("事業の趣旨・目標", "goals"),
        ("《事業目的》", "goals"),
        ("１　事業の目的", "goals"),
        ("目的と成果目標", "goals"),
        ("取組の特徴・工夫", "features"),
        ("取組の概要・特徴", "features"),
        ("事業の工夫点", "features"),
        ("事業実施内容", "content"),
        ("具体的な取組内容", "content"),
        ("事業実施による効果", "effects"),
        ("期待される効果", "effects"),
        ("実績・効果", "effects"),
        ("関係機関・連携団体", "partners"),
        ("連携した団体等", "partners"),
        ("主な連携先", "partners"),
        ("課題・今後の取組", "issues"),
        ("課題と展望", "issues"),
        ("次年度以降の課題", "issues"),
        ("今後の課題と今後の展開", "issues"),
    ],
)
def test_a_heading_is_known_by_its_words_in_any_order(line: str, kind: str) -> None:
    assert [one.kind.key for one in find_headings(line)] == [kind]


@pytest.mark.parametrize(
    "line",
    [
        "事業目標",
        "実績",
        "課題",
        "関係機関",
        "目標　実績　達成率",
        "事業の効果が見られた",
        "取組を進める",
        "効果・成果が大きかった事業",
    ],
)
def test_a_word_or_a_sentence_is_no_heading(line: str) -> None:
    assert find_headings(line) == ()


@pytest.mark.parametrize(
    ("written", "thousands"),
    [
        ("15百万円", 15000),
        ("1.5百万円", 1500),
        ("約15,005千円", 15005),
        ("￥15,005,000円", 15005),
        ("15,005（千円）", 15005),
        ("１５，００５，０００円", 15005),
        ("15,005,400円", None),
        ("百万円", None),
    ],
)
def test_other_units_are_thousands_of_yen_too(written: str, thousands: int | None) -> None:
    assert amount_of(written) == thousands


def test_values_on_one_line_are_taken_apart() -> None:
    found = find_headings("事業番号　5　個別事業費　15百万円　交付金額　11百万円")
    assert [(one.kind.key, one.rest.strip(" 　")) for one in found] == [
        ("number", "5"),
        ("budget", "15百万円"),
        ("grant", "11百万円"),
    ]


# Forms


def form() -> list[Drawing]:
    """Headings at the left, a table of goals within a cell, its kinds merged; a title that is the form's."""
    rows = [
        ("事業名", "つながりサポート事業"),
        ("自治体名", "長野県"),
        ("個別事業費", "15百万円"),
        ("交付決定額", "11,253千円"),
        ("地域の実情・課題", "県土が広い。"),
        ("事業の目的及び目標", "県内どこに住んでいても相談できるようにする。"),
        ("事業の内容", "移動相談車が巡回し、相談と物資の提供を行う。"),
        ("効果と成果", "相談は延べ531件となった。"),
        ("関係機関・連携団体", "長野県社会福祉協議会、県弁護士会"),
        ("今後の方向性", "冬の巡回の方法を検討する。"),
    ]
    tops = [40, 60, 80, 100, 120, 140, 260, 280, 300, 320, 340]
    drawings = [text(300, 14, "地域女性活躍推進交付金　個票", size=14), rules((30, 160, 800), tops)]
    for (heading, body), top in zip(rows, tops, strict=False):
        drawings += [text(35, top + 5, heading), text(165, top + 5, body)]
    # One cell of kinds for two rows.
    drawings += [rules((160, 220, 400, 460, 520, 580), (160, 180)), rules((220, 400, 460, 520, 580), (180, 200))]
    drawings += [rules((160, 220), (180, 220)), rules((220, 400, 460, 520, 580), (200, 220))]
    cells = [
        ("", "指標", "目標", "実績", "達成率"),
        ("KPI", "巡回回数", "80回", "84回", "105%"),
        ("", "同行支援", "30件", "41件", "137%"),
    ]
    for row, top in zip(cells, (165, 185, 205), strict=True):
        drawings += [text(x + 4, top, word) for x, word in zip((160, 220, 400, 460, 520), row, strict=True)]
    return drawings


def test_a_form_with_a_table_of_goals_within_a_cell() -> None:
    document = parsed(form())
    program = only(document)
    assert (program.program_name, program.prefecture, program.municipality) == ("つながりサポート事業", "長野県", None)
    assert (program.budget, program.grant) == (15000, 11253)
    assert program.goals == (
        Goal("KPI", "巡回回数", "80回", "84回", "105%"),
        Goal("KPI", "同行支援", "30件", "41件", "137%"),
    )
    found = sections(program)
    assert found["事業の内容"] == "移動相談車が巡回し、相談と物資の提供を行う。"
    assert found["事業の目的及び目標"].startswith("県内どこに住んでいても相談できるようにする。")
    assert program.description == (
        "県内どこに住んでいても相談できるようにする。\n移動相談車が巡回し、相談と物資の提供を行う。"
    )
    assert {one.level for one in document.report.findings} <= {Level.NOTE}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("地域女性活躍推進交付金　個票", True),
        ("令和６年度", True),
        ("様式第２号", True),
        ("女性のつながり応援事業", False),
    ],
)
def test_a_form_is_told_from_a_programme_by_its_title(title: str, expected: bool) -> None:
    assert is_form_title(title) is expected


# Pages


def plain(name: str, place: str) -> list[Drawing]:
    return [
        text(100, 16, f"{name}【{place}】", size=16),
        text(600, 20, "個別事業費 3,021 千円　交付金額 2,266 千円"),
        *titled((LEFT, 60), (WIDTH, 90), "背景・課題", "令和５年度の相談は312件であり、LINEが48％に上った。", style="bar"),
        *titled((RIGHT, 60), (WIDTH, 90), "事業の趣旨・目標", "孤立を防ぐ。", style="bar"),
        *titled((LEFT, 170), (WIDTH, 90), "取組の概要・特徴", "・10時から16時まで相談を受ける。", style="bar"),
        *titled((RIGHT, 170), (WIDTH, 90), "連携した団体等", "社会福祉協議会", style="bar"),
    ]  # fmt: skip


def overview(*lines: str) -> list[Drawing]:
    return [text(300, 16, "事業概要図", size=16), box(20, 50, 800, 300), text(30, 60, *lines)]


@pytest.mark.parametrize("degrees", [90, 270])
def test_figures_on_a_page_that_is_drawn_turned_stay_in_their_lines(degrees: int) -> None:
    content = sheet_pdf(plain("あかりの事業", "前橋市"))
    straight = only(parse_document(content, name="sheet.pdf"))
    program = only(parse_document(redrawn(content, degrees), name="sheet.pdf"))
    assert program.sections == straight.sections
    assert sections(program)["背景・課題"] == "令和５年度の相談は312件であり、LINEが48％に上った。"


def test_an_overview_before_its_sheet_is_that_sheets() -> None:
    document = parsed(overview("・電話相談を行う。"), plain("あかりの事業", "前橋市"))
    program = only(document)
    assert (program.provenance.page, sections(program)["事業概要図"]) == (2, "・電話相談を行う。")
    assert document.report.findings == ()


def test_overviews_before_each_sheet_stay_with_the_sheet_that_follows() -> None:
    pages = [
        overview("・電話相談を行う。"),
        plain("あかりの事業", "前橋市"),
        overview("・サロンを開催する。"),
        plain("ひなたの事業", "高崎市"),
    ]
    first, second = parsed(*pages).programs
    assert (sections(first)["事業概要図"], sections(second)["事業概要図"]) == (
        "・電話相談を行う。",
        "・サロンを開催する。",
    )


def test_one_overview_before_two_sheets_must_be_looked_at() -> None:
    document = parsed(overview("・電話相談を行う。"), plain("あかりの事業", "前橋市"), plain("ひなたの事業", "高崎市"))
    assert [(one.code, one.level) for one in document.report.findings] == [("overview-uncertain", Level.MUST_LOOK)]


def test_a_list_of_partners_goes_on_in_the_next_line() -> None:
    names = "静岡市社会福祉協議会、静岡市女性会館、フードバンクふじのくに、市内商業施設、静岡市民生委員児童委員協議会"
    drawings = [
        *plain("あかりの事業", "静岡市")[:-4],
        *titled((RIGHT, 170), (WIDTH, 90), "連携団体", names, style="bar"),
    ]
    assert sections(only(parsed(drawings)))["連携団体"] == names


# Texts


def test_a_sheet_in_markdown() -> None:
    program = only(
        of_text(
            "# みやぎ女性のつながり支援事業（宮城県）",
            "**個別事業費** 7,000,000円",
            "**交付金額** 5,250,000円",
            "## 地域の現状と課題",
            "- 転居により孤立した女性が多い。",
            "## 事業の目的・目標",
            "女性が孤立せず安心して暮らせる地域をつくる。",
            "| 区分 | 指標 | 目標値 | 実績値 | 達成率 |",
            "|---|---|---|---|---|",
            "| 事業目標 | 参加者数 | 300人 | 352人 | 117.3% |",
            "## 取組の特徴",
            "- 県内12か所でサロンを開催",
            "## 今後の展開",
            "担い手を育てる。",
        )
    )
    assert (program.program_name, program.prefecture, program.municipality) == (
        "みやぎ女性のつながり支援事業",
        "宮城県",
        None,
    )
    assert (program.budget, program.grant) == (7000, 5250)
    assert program.goals == (Goal("事業目標", "参加者数", "300人", "352人", "117.3%"),)
    assert program.description == "女性が孤立せず安心して暮らせる地域をつくる。\n・県内12か所でサロンを開催"


def test_a_form_as_rows_of_cells() -> None:
    rows = [
        ("事業名", "ほっとステーション事業"),
        ("自治体名", "高知市"),
        ("事業番号", "1"),
        ("個別事業費", "2,400千円", "交付金額", "1,800千円"),
        ("地域の実情と課題", "ひとり親家庭が多い。"),
        ("目的・目標", "気軽に相談できる場をつくる。"),
        ("事業の特徴", "週２回、相談会を開く。"),
    ]
    program = only(of_text(*("\t".join(("", *row)) for row in rows)))
    assert (program.program_name, program.prefecture, program.municipality) == (
        "ほっとステーション事業",
        "高知県",
        "高知市",
    )
    assert (program.number, program.budget, program.grant) == ("1", 2400, 1800)
    assert program.description == "気軽に相談できる場をつくる。\n週２回、相談会を開く。"


def test_the_name_of_the_programme_is_not_that_of_the_form() -> None:
    program = only(
        of_text(
            "令和６年度　地域女性活躍推進交付金　個票",
            "実施主体：愛知県岡崎市",
            "事業名：おかざき女性応援事業",
            "個別事業費：５，５００千円　交付金額：４，１２５千円",
            "【地域の実情・課題】言葉の壁から相談につながりにくい。",
            "【事業の目的】すべての女性が安心して相談できる。",
            "【今後の課題】通訳の確保。",
        )
    )
    assert (program.program_name, program.municipality) == ("おかざき女性応援事業", "岡崎市")
    assert "令和６年度　地域女性活躍推進交付金　個票" in sections(program)["（見出しなし）"]


def test_a_text_of_ten_thousand_headings_is_read_in_its_time() -> None:
    """Reading once took time by the square of the headings: minutes for this."""
    document = of_text("夜の事業【前橋市】", *["地域の実情と課題", "事業の効果", "今後の課題", "連携団体"] * 2500)
    assert len(document.programs) == 1
