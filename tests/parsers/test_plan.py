"""A plan's measures: 国立市's seventeen, and those of other cities' plans in dumps made for the test."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from tests.conftest import ROOT
from tests.golden import check_golden

from tsunagari_parsers import Measure, ParsedDocument
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.dumps import lines_of
from tsunagari_parsers.errors import UnknownLayoutError
from tsunagari_parsers.plan_items import ItemColumns, pieces_of, split_items
from tsunagari_parsers.report import Level
from tsunagari_parsers.text import comparable

FOLDER = ROOT / "fixtures" / "plan_kunitachi_6th"
DUMP = FOLDER / "plan-kunitachi-6th.txt"

#: Written from the document by hand: number, heading, departments, 関連事項.
KUNITACHI = [
    (
        13,
        "啓発と周知",
        "市長室、教育指導支援課",
        "ダブルリボンキャンペーン|市報・相談窓口カード等での周知|学校教育の充実|デートDV防止リーフレット配布|加害の防止に関する研究",
    ),
    (14, "早期発見体制の整備", "市長室", "民生委員・児童委員への研修|保育園・学校等との連携"),
    (
        15,
        "相談支援",
        "市長室、福祉総務課",
        "女性DVホットライン|夜間・休日女性相談|くにたち男女平等参画ステーション相談|福祉総合相談（男性被害者等）",
    ),
    (16, "安全確保", "市長室、市民課、福祉総務課", "被害者情報等の保護|同行支援|緊急一時保護|短期宿泊支援"),
    (17, "生活再建支援", "市長室、福祉総務課、子育て支援課", "自立支援|短期宿泊支援|子どものケア|ひとり親家庭支援"),
    (18, "配偶者暴力相談支援センターの設置検討", "市長室", "設置に向けた課題整理と調整"),
    (19, "庁内連携と研修・訓練", "市長室", "被害者支援連絡会（研修・訓練）|対応マニュアルの更新"),
    (
        20,
        "関係機関との連携",
        "市長室",
        "協議会の設置|東京都女性相談センターとの連携|民間支援団体との連携|医療機関との連携",
    ),
    (
        21,
        "相談支援体制の整備",
        "市長室、福祉総務課、まちの振興課",
        "福祉総合相談|女性相談／夜間・休日女性相談|くにたち男女平等参画ステーション相談|市民相談（法律相談等）|生理用品の配布（相談案内同封）",
    ),
    (
        22,
        "様々なニーズへの対応",
        "市長室、福祉総務課、しょうがいしゃ支援課",
        "通訳支援|心理カウンセリングの拡充|SNS相談の導入検討",
    ),
    (23, "相談員等の研修の実施", "市長室、福祉総務課、しょうがいしゃ支援課、高齢者支援課", "相談員研修"),
    (24, "民間支援団体との協働", "市長室", "女性パーソナルサポート事業（自立支援、短期宿泊支援、アウトリーチ支援）"),
    (
        25,
        "関係機関との連携",
        "市長室",
        "支援調整会議の設置|東京都女性相談センターとの連携|民間支援団体との連携|医療機関との連携",
    ),
    (26, "基本計画の策定", "市長室", "基本計画の策定"),
    (
        27,
        "生活困窮者等への支援",
        "市長室、福祉総務課",
        "自立支援|短期宿泊支援|同行支援|ひきこもり女子会・ママ会|関係者間のケース会議",
    ),
    (28, "ひとり親家庭への支援", "子育て支援課", "ひとり親家庭相談・支援|離婚に関する基礎知識講座"),
    (
        29,
        "性暴力、ストーカー等の被害者への支援",
        "市長室、福祉総務課",
        "被害者情報等の保護|自立支援|短期宿泊支援|同行支援",
    ),
]

TACHIKAWA = """立川市第 7 次男女平等参画推進計画（抜粋）

課題２．配偶者等からの暴力の防止

施策（３）DV 相談の充実

相談窓口を広く知らせ、早い段階で相談につながるようにします。

主な取組① 相談窓口の周知         ［男女平等参画課、広報プロモーション課］

取組内容 市の広報や公共施設のカードにより、相談窓口を知らせる。

関連事項 相談カードの配布 広報紙への掲載

市民便利帳への掲載 デート DV 出前講座

 主な取組② 相談員の研修   ［男女平等参画課］

取組内容 相談員が専門的な知識を得られるよう、外部の研修に参加する機会を設け、二

次被害の防止に努める。

関連事項 専門研修への参加（オンラインを含む、年に

二回）

施策（４）安全の確保

主な取組③ 一時保護への同行   ［生活福祉課、
子ども家庭支援センター］

取組内容 関係機関と連携して安全を確保する。

関連事項 同行支援
"""

FUCHU = """府中市男女共同参画プラン

基本目標Ⅱ 安心して暮らせるまち

施策12 困難な問題を抱える女性への支援

主な取組41 相談体制の整備
担当課：女性こども課、人権推進課
取組の内容
広島県女性相談支援センターと連携し、相談を受ける。
関連事業
・女性相談
・夜間電話相談
主な取組42 居場所づくり
担当課：女性こども課
取組の内容
居場所を開く団体を支援する。
"""


@pytest.fixture(scope="module")
def plan() -> ParsedDocument:
    return parse_document(DUMP.read_bytes(), name=DUMP.name, fiscal_year=2024)


def parse(text: str) -> ParsedDocument:
    return parse_document(text.encode(), name="plan.txt", fiscal_year=2025)


def line_of(measure: Measure) -> str:
    record = asdict(measure)
    record.pop("confidence")
    return json.dumps(record, ensure_ascii=False)


def must_look(parsed: ParsedDocument) -> list[str]:
    return [one.code for one in parsed.report.findings if one.level is Level.MUST_LOOK]


@pytest.mark.parametrize("at", range(17))
def test_every_measure_is_read_as_it_stands(plan: ParsedDocument, at: int) -> None:
    number, heading, departments, related = KUNITACHI[at]
    measure = plan.measures[at]
    assert (measure.number, measure.heading) == (number, heading)
    assert "、".join(measure.departments) == departments
    assert "|".join(measure.related) == related
    assert (measure.prefecture, measure.municipality, measure.fiscal_year) == ("東京都", "国立市", 2024)


def test_there_are_seventeen_measures_and_no_programme(plan: ParsedDocument) -> None:
    assert (len(plan.measures), plan.programs, plan.report.layout) == (17, (), "plan")
    assert plan.report.is_complete
    assert plan.report.findings == ()


def test_each_measure_stands_under_its_issue_and_policy(plan: ParsedDocument) -> None:
    above = {one.number: (one.issue, one.policy) for one in plan.measures}
    assert above[13] == ("課題３．DVの根絶と被害者支援", "施策（６）DVの未然防止と早期発見")
    assert above[17] == ("課題３．DVの根絶と被害者支援", "施策（７）DV被害者支援の充実")
    assert above[20] == ("課題３．DVの根絶と被害者支援", "施策（８）DV被害者支援体制の強化")
    assert above[21] == ("課題４．困難な問題を抱える女性等への支援", "施策（９）包括的な支援体制の整備")
    assert above[29] == ("課題４．困難な問題を抱える女性等への支援", "施策（10）個別状況に応じた支援の充実")


def test_what_it_does_reads_as_one_sentence(plan: ParsedDocument) -> None:
    assert plan.measures[0].action == (
        "暴力を容認しない意識を醸成し、自身や周囲の被害または加害に気付くきっかけとするため、"
        "相談窓口の周知と合わせて啓発を行うとともに、加害の防止に関する研究を進める。"
    )
    assert all(one.action.endswith("。") and "\n" not in one.action for one in plan.measures)


def test_every_measure_says_on_which_line_of_which_page_it_begins(plan: ParsedDocument) -> None:
    lines = DUMP.read_text(encoding="utf-8").split("\n")
    for row, measure in enumerate(plan.measures, start=1):
        at = measure.provenance
        assert (at.row, at.rect) == (row, None)
        assert at.line
        assert measure.heading in lines[at.line - 1]
    assert [one.provenance.page for one in plan.measures] == [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 6]


def test_no_line_of_the_dump_is_lost(plan: ParsedDocument) -> None:
    skipped = {skip.row: skip.text for skip in plan.report.skips}
    firsts = [one.provenance.line or 0 for one in plan.measures]
    for line in lines_of(DUMP.read_text(encoding="utf-8")):
        if line.number in skipped:
            assert skipped[line.number] == line.text
            continue
        measure = plan.measures[sum(first <= line.number for first in firsts) - 1]
        parts = [measure.heading, *measure.departments, measure.action, *measure.related]
        record = comparable("、".join(parts))
        words = line.text.removeprefix("取組内容").removeprefix("関連事項").strip("］ ").split("［")
        for word in (piece for text in words for piece in pieces_of(text)):
            assert comparable(word.removeprefix("主な取組")[0 if "取組" not in word else 1 :]) in record


def test_output_is_the_reviewed_golden(plan: ParsedDocument) -> None:
    check_golden(FOLDER / "measures.jsonl", "".join(f"{line_of(one)}\n" for one in plan.measures))


def test_another_citys_plan_is_read_with_its_own_numbers_and_departments() -> None:
    parsed = parse(TACHIKAWA)
    assert [(one.prefecture, one.municipality, one.number, one.heading) for one in parsed.measures] == [
        ("東京都", "立川市", 1, "相談窓口の周知"),
        ("東京都", "立川市", 2, "相談員の研修"),
        ("東京都", "立川市", 3, "一時保護への同行"),
    ]
    assert [one.departments for one in parsed.measures] == [
        ("男女平等参画課", "広報プロモーション課"),
        ("男女平等参画課",),
        ("生活福祉課", "子ども家庭支援センター"),
    ]
    assert [one.related for one in parsed.measures] == [
        ("相談カードの配布", "広報紙への掲載", "市民便利帳への掲載", "デートDV出前講座"),
        ("専門研修への参加（オンラインを含む、年に二回）",),
        ("同行支援",),
    ]
    assert [one.policy for one in parsed.measures] == ["施策（３）DV相談の充実"] * 2 + ["施策（４）安全の確保"]
    assert parsed.measures[1].action.endswith("機会を設け、二次被害の防止に努める。")
    assert must_look(parsed) == []


def test_a_plan_with_numbers_in_digits_and_departments_on_a_line_of_their_own() -> None:
    parsed = parse(FUCHU)
    assert [(one.prefecture, one.number, one.heading, one.departments, one.related) for one in parsed.measures] == [
        ("広島県", 41, "相談体制の整備", ("女性こども課", "人権推進課"), ("女性相談", "夜間電話相談")),
        ("広島県", 42, "居場所づくり", ("女性こども課",), ()),
    ]
    assert (parsed.measures[0].issue, parsed.measures[0].policy) == (
        "基本目標Ⅱ　安心して暮らせるまち",
        "施策12　困難な問題を抱える女性への支援",
    )
    assert must_look(parsed) == []
    assert {one.code for one in parsed.report.findings} == {"place-decided", "no-related"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("主な取組② 相談員の研修", "主な取組④ 相談員の研修", "number-gap"),
        ("［男女平等参画課］", "", "no-department"),
        ("相談カードの配布 広報紙への掲載", "相談カード 配布 広報紙", "items-uncertain"),
        ("（オンラインを含む、年に\n\n二回）", "（オンラインを含む", "items-uncertain"),
        ("立川市第 7 次", "第 7 次", "no-municipality"),
        ("立川市第 7 次", "伊達市第 7 次", "place-undecided"),
        (
            "立川市第 7 次男女平等参画推進計画（抜粋）",
            "東京都の計画\n\n課題１．市町村との連携\n\n立川市と連携します。",
            "place-not-in-title",
        ),
        ("市民便利帳への掲載 デート DV 出前講座", "市民便利帳 DV 出前講座", "items-uncertain"),
    ],
)
def test_what_is_not_sure_must_be_looked_at(old: str, new: str, code: str) -> None:
    assert old in TACHIKAWA
    parsed = parse(TACHIKAWA.replace(old, new))
    assert code in must_look(parsed)
    assert len(parsed.measures) == 3
    assert parsed.report.is_complete


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("女性 DV ホットライン 夜間・休日女性相談", ["女性 DV ホットライン", "夜間・休日女性相談"]),
        ("学校教育の充実 デート DV 防止リーフレット配布", ["学校教育の充実", "デート DV 防止リーフレット配布"]),
        ("SNS 相談の導入検討", ["SNS 相談の導入検討"]),
        ("支援（電話 面接） 同行支援", ["支援（電話 面接）", "同行支援"]),
        ("夜間LINE 同行支援", ["夜間LINE", "同行支援"]),
        ("自立支援　短期宿泊支援", ["自立支援", "短期宿泊支援"]),
        ("市報での周知", ["市報での周知"]),
    ],
)
def test_items_are_parted_at_spaces_but_not_beside_letters(line: str, pieces: list[str]) -> None:
    assert pieces_of(line) == pieces


@pytest.mark.parametrize(
    ("lines", "items", "is_sure"),
    [
        (
            ["女性パーソナルサポート（自立支援、アウ", "トリーチ支援）"],
            ["女性パーソナルサポート（自立支援、アウトリーチ支援）"],
            True,
        ),
        (
            ["くにたち男女平等参画ステーショ", "ン相談 福祉総合相談"],
            ["くにたち男女平等参画ステーション相談", "福祉総合相談"],
            True,
        ),
        (["くにたち男女平等参画ステーシ", "ョン相談"], ["くにたち男女平等参画ステーション相談"], True),
        (["女性相談（夜間・ 同行支援", "休日）"], ["女性相談（夜間・休日）", "同行支援"], False),
        (["自立支援 短期宿泊支援", "同行支援"], ["自立支援", "短期宿泊支援", "同行支援"], True),
        (["地域における困難女性支援調整会議", "設置"], ["地域における困難女性支援調整会議", "設置"], True),
        (
            ["困難女性支援の庁内連絡会の会議", "設置に向けた検討"],
            ["困難女性支援の庁内連絡会の会議", "設置に向けた検討"],
            False,
        ),
    ],
)
def test_items_broken_over_lines_are_put_together(lines: list[str], items: list[str], is_sure: bool) -> None:
    got = split_items(lines, ItemColumns(first=15.0, whole=31.0, count=2))
    assert list(got.items) == items
    assert (not got.doubtful) is is_sure


def test_a_text_without_measures_is_refused() -> None:
    with pytest.raises(UnknownLayoutError):
        parse("国立市第6次ジェンダー平等推進計画\n\n主な取組について説明します。\n")


@pytest.mark.parametrize(
    ("offices", "departments"),
    [
        ("男女平等課・セーフティネットコールセンター", ["男女平等課", "セーフティネットコールセンター"]),
        ("男女平等課及び生活福祉課", ["男女平等課", "生活福祉課"]),
        ("人権・男女共同参画課", ["人権・男女共同参画課"]),
        ("市民協働・男女参画推進課、子育て支援課・保育課", ["市民協働・男女参画推進課", "子育て支援課", "保育課"]),
        ("健康福祉部 生活支援課／市民課", ["健康福祉部生活支援課", "市民課"]),
    ],
)
def test_departments_are_apart_where_both_sides_are_departments(offices: str, departments: list[str]) -> None:
    lines = [
        "日野市行動計画",
        "課題１ 安心して暮らせるまち",
        f"主な取組㉑ 相談の充実 ［{offices}］",
        "取組内容 相談を行う。",
        "関連事項 女性相談",
    ]
    (measure,) = parse_document("\n".join(lines).encode(), name="plan.txt").measures
    assert (measure.number, list(measure.departments)) == (21, departments)
