"""A support network's slides: 上尾市's, and those of other cities in dumps made for the test."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from tests.conftest import ROOT
from tests.golden import check_golden

from tsunagari_parsers import Network, ParsedDocument
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.errors import UnknownLayoutError
from tsunagari_parsers.members import split_members
from tsunagari_parsers.report import Level
from tsunagari_parsers.slides import Kind, html_rows, slide_lines
from tsunagari_parsers.text import comparable

FOLDER = ROOT / "fixtures" / "network_ageo_r6"
DUMP = FOLDER / "network-ageo-r6.txt"

KAWAGOE = """川越市女性支援ネットワーク会議

| 設置の背景 | 困難な問題を抱える女性への支援に関する法律が施行された。 |
|---|---|
| 目的 | 関係機関が連携して、困難な問題を抱える女性を支える。 |
| 活動内容 | ① 情報の共有 ② 研修の開催 |
| 構成員 | |
| 庁内関係課 | 市民部 男女共同参画課 市民課 福祉部 生活福祉課 障害者福祉課（4課） |
| 関係団体 | 埼玉県川越警察署、社会福祉法人 川越市社会福祉協議会、川越市 PTA 連合会（3団体） |

ワンストップ相談窓口は「川越市女性相談室」です。

Q&A

Q. だれが会議に出ますか？

- A. 構成員の担当者が出ます。
- 必要に応じて支援者も出ます。

まとめ

ご協力をお願いします。
"""

DATE = """# 福島県伊達市困難女性支援ネットワーク

<table>
<tr><th>設置目的</th><td>女性が安心して暮らせるよう、連携して支援する。</td></tr>
<tr><th>活動内容</th><td><ul><li>個別ケースの検討</li><li>周知と啓発</li></ul></td></tr>
<tr><th>構成機関</th><td><table><tr><td>市</td><td>市民生活部市民協働課<br>健康福祉部こども支援課（2部署）</td></tr>
<tr><td>関係機関</td><td>福島県女性相談支援センター<br>伊達市社会福祉協議会</td></tr></table></td></tr>
</table>

市民協働課が窓口となり、ワンストップで相談を受けます。

Q1 秘密は守られますか？

A1 構成員には守秘義務があります。
"""


@pytest.fixture(scope="module")
def slides() -> ParsedDocument:
    return parse_document(DUMP.read_bytes(), name=DUMP.name, fiscal_year=2024)


@pytest.fixture(scope="module")
def ageo(slides: ParsedDocument) -> Network:
    return slides.networks[0]


def parse(text: str) -> ParsedDocument:
    return parse_document(text.encode(), name="network.txt", fiscal_year=2025)


def must_look(parsed: ParsedDocument) -> list[str]:
    return [one.code for one in parsed.report.findings if one.level is Level.MUST_LOOK]


def test_there_is_one_network_nothing_to_be_looked_at_and_no_programme(slides: ParsedDocument) -> None:
    assert (len(slides.networks), slides.programs, slides.report.layout) == (1, (), "network")
    assert slides.report.findings == ()
    assert slides.report.is_complete


def test_the_network_says_whom_a_person_reaches(ageo: Network) -> None:
    assert (ageo.prefecture, ageo.municipality) == ("埼玉県", "上尾市")
    assert ageo.name == "上尾市困難女性支援ネットワーク"
    assert ageo.one_stop_desk == "上尾市男女共同参画推進センター"
    assert ageo.fiscal_year == 2024
    assert (ageo.provenance.page, ageo.provenance.line, ageo.provenance.rect) == (1, 3, None)


def test_its_fourteen_departments_and_eleven_partners_are_read_one_by_one(ageo: Network) -> None:
    assert ageo.departments == (
        "行政経営部市民税課",
        "行政経営部納税課",
        "子ども未来部子ども支援課",
        "子ども未来部子ども家庭総合支援センター",
        "子ども未来部保育課",
        "健康福祉部生活支援課",
        "健康福祉部障害福祉課",
        "健康福祉部高齢介護課",
        "健康福祉部健康増進課",
        "市民生活部市民課",
        "市民生活部市民協働推進課",
        "市民生活部保険年金課",
        "市民生活部人権男女共同参画課",
        "学校教育部学務課",
    )
    assert ageo.partners == (
        "埼玉県男女共同参画推進センター",
        "埼玉県中央児童相談所",
        "埼玉県上尾警察署",
        "上尾市民生委員・児童委員協議会連合会",
        "上尾市人権擁護委員会",
        "社会福祉法人上尾市社会福祉協議会",
        "一般社団法人上尾市医師会",
        "埼玉県北足立歯科医師会上尾支部",
        "上尾伊奈地域薬剤師会",
        "上尾市PTA連合会",
        "上尾市母子愛育会",
    )


def test_its_purpose_background_and_activities_are_read(ageo: Network) -> None:
    assert ageo.purpose.startswith("多様で複雑な問題を抱えた女性が")
    assert ageo.purpose.endswith("目的に設置する。")
    assert ageo.background.startswith("女性をめぐる課題は")
    assert [one[0] for one in ageo.activities] == ["①", "②", "③", "④", "⑤"]
    assert ageo.activities[4] == "⑤ 関係機関の連携を図る取り組みの推進"


def test_each_question_has_the_points_of_its_answer_articles_word_for_word(ageo: Network) -> None:
    assert [one.question for one in ageo.answers] == [
        "支援に関する会議はどのように実施するのか？",
        "周知啓発活動とはどんなことを想定？",
        "個人情報を提供してもいいの？その管理は？",
    ]
    first, second, third = ageo.answers
    assert [len(one.points) for one in ageo.answers] == [15, 1, 3]
    assert first.points[0].startswith("上尾市困難女性支援ネットワーク要綱（以下：要綱）では")
    assert [point[:3] for point in first.points if point.startswith("第")] == ["第7条", "第8条", "第9条"]
    assert first.points[-1].startswith("2 個別ケース検討会議に出席する者は")
    assert second.points[0].endswith("大切と考えています。")
    assert third.points[1:] == (
        "（守秘義務）",
        "第10条 ネットワークの構成員及び構成員であった者は、第5条に定める活動及び会議を通じて知り得た秘密を他に漏らしてはならない。",
    )


def test_no_line_of_the_dump_is_lost(slides: ParsedDocument, ageo: Network) -> None:
    """Every line with something on it is a skip with a reason, or all its words stand in the record."""
    skipped = {skip.row for skip in slides.report.skips}
    assert all(skip.reason for skip in slides.report.skips)
    assert len(skipped) == len(slides.report.skips) == slides.report.rows_seen - 1
    record = comparable(json.dumps(asdict(ageo), ensure_ascii=False))
    labels = [
        "設置に至る背景",
        "設置目的",
        "活動内容",
        "構成機関",
        "市",
        "関係機関",
        "（14部署）",
        "（11機関）",
        "Q1",
        "Q2",
        "Q3",
        "A1",
        "A2",
        "A3",
        "-",
    ]
    for number, line in enumerate(DUMP.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip() or number in skipped:
            continue
        text = "\n".join(" ".join(row) for row in html_rows(f"<table><tr><td>{line}</td></tr></table>"))
        for word in text.split():
            assert word in labels or comparable(word) in record, (number, word)


def test_output_is_the_reviewed_golden(ageo: Network) -> None:
    check_golden(FOLDER / "network.json", json.dumps(asdict(ageo), ensure_ascii=False, indent=1) + "\n")


def test_another_citys_slides_with_a_table_of_pipes() -> None:
    parsed = parse(KAWAGOE)
    (network,) = parsed.networks
    assert (network.prefecture, network.municipality) == ("埼玉県", "川越市")
    assert network.name == "川越市女性支援ネットワーク"
    assert network.one_stop_desk == "川越市女性相談室"
    assert network.departments == (
        "市民部男女共同参画課",
        "市民部市民課",
        "福祉部生活福祉課",
        "福祉部障害者福祉課",
    )
    assert network.partners == ("埼玉県川越警察署", "社会福祉法人川越市社会福祉協議会", "川越市PTA連合会")
    assert network.purpose == "関係機関が連携して、困難な問題を抱える女性を支える。"
    assert network.activities == ("① 情報の共有", "② 研修の開催")
    assert [(one.question, one.points) for one in network.answers] == [
        ("だれが会議に出ますか？", ("構成員の担当者が出ます。", "必要に応じて支援者も出ます。"))
    ]
    assert must_look(parsed) == []
    assert {"まとめ", "ご協力をお願いします。"} <= {skip.text for skip in parsed.report.skips}


def test_another_citys_slides_with_a_table_of_html_and_a_shared_name() -> None:
    parsed = parse(DATE)
    (network,) = parsed.networks
    assert (network.prefecture, network.municipality) == ("福島県", "伊達市")
    assert network.name == "福島県伊達市困難女性支援ネットワーク"
    assert network.one_stop_desk == "市民協働課"
    assert network.departments == ("市民生活部市民協働課", "健康福祉部こども支援課")
    assert network.partners == ("福島県女性相談支援センター", "伊達市社会福祉協議会")
    assert network.activities == ("個別ケースの検討", "周知と啓発")
    assert must_look(parsed) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (KAWAGOE, "（4課）", "（5課）", "members-differ-from-count"),
        (KAWAGOE, "ワンストップ相談窓口は「川越市女性相談室」です。", "", "no-one-stop-desk"),
        (KAWAGOE, "| 目的 |", "| その他 |", "no-purpose"),
        (KAWAGOE, "| 関係団体 |", "| 市 |", "no-partners"),
        (KAWAGOE, "- A. 構成員の担当者が出ます。\n- 必要に応じて支援者も出ます。\n\n", "", "no-answer"),
        (KAWAGOE, "川越市", "", "no-municipality"),
        (KAWAGOE, "\n\nQ&A", "\n\n総合支援課を総合的なワンストップ窓口とします。\n\nQ&A", "several-desks"),
        (DATE, "福島県", "", "place-undecided"),
    ],
)
def test_what_is_not_sure_must_be_looked_at(text: str, old: str, new: str, code: str) -> None:
    assert old in text
    parsed = parse(text.replace(old, new))
    assert code in must_look(parsed)
    assert parsed.report.is_complete


@pytest.mark.parametrize(
    ("text", "names", "stated"),
    [
        ("市民税課 納税課 （2部署）", ("市民税課", "納税課"), 2),
        ("総務部 総務課 市民課 （2課）", ("総務部総務課", "総務部市民課"), 2),
        ("上尾市 PTA 連合会 母子愛育会", ("上尾市PTA連合会", "母子愛育会"), None),
        ("医師会、薬剤師会\n警察署", ("医師会", "薬剤師会", "警察署"), None),
        ("社会福祉法人 A会 NPO法人 B", ("社会福祉法人A会", "NPO法人B"), None),
        (
            "民生委員（児童委員 主任児童委員） 保護司会（計２団体）",
            ("民生委員（児童委員 主任児童委員）", "保護司会"),
            2,
        ),
    ],
)
def test_members_are_parted_and_counted(text: str, names: tuple[str, ...], stated: int | None) -> None:
    got = split_members(text)
    assert (got.names, got.stated) == (names, stated)


def test_every_line_of_a_dump_has_a_kind() -> None:
    lines = slide_lines(
        "# 表題\n\n| a | b |\n|---|---|\n\tc\td\n- **項目**\n<table>\n<tr><td>e</td></tr>\n</table>\n閉じない<table>\n"
    )
    assert [(one.number, one.kind, one.text) for one in lines] == [
        (1, Kind.TEXT, "表題"),
        (3, Kind.ROW, "| a | b |"),
        (4, Kind.RULE, "|---|---|"),
        (5, Kind.ROW, "c\td"),
        (6, Kind.ITEM, "項目"),
        (7, Kind.ROW, "e"),
        (8, Kind.RULE, "<tr><td>e</td></tr>"),
        (9, Kind.RULE, "</table>"),
        (10, Kind.TEXT, "閉じない"),
    ]


def test_a_text_about_a_network_without_members_is_refused() -> None:
    with pytest.raises(UnknownLayoutError):
        parse("上尾市困難女性支援ネットワーク\n\n7月に発足しました。\n")


@pytest.mark.parametrize(
    ("sentence", "desk"),
    [
        (
            "ワンストップ相談窓口である「男女共同参画支援センターほっと越谷」が相談を受け付けます。",
            "男女共同参画支援センターほっと越谷",
        ),
        ("総合窓口：ふくし総合相談室がワンストップで相談を受けます。", "ふくし総合相談室"),
        ("ワンストップの相談窓口は、人権・男女共同参画課です。", "人権・男女共同参画課"),
    ],
)
def test_the_one_stop_desk_has_its_whole_name_and_no_more(sentence: str, desk: str) -> None:
    lines = [
        "越谷市困難女性支援ネットワーク",
        "活動内容",
        "・事例検討",
        sentence,
        "構成機関",
        "市",
        "人権推進課",
        "関係機関",
        "越谷警察署",
    ]
    (network,) = parse_document("\n".join(lines).encode(), name="network.txt").networks
    assert (network.one_stop_desk, network.activities) == (desk, ("・事例検討",))
