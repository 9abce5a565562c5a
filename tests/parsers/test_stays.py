"""Who runs a short stay, and where, stays with administrators, in whatever words a sheet tells of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from tests.stay_sheets import CITY, PREFECTURE, SHEETS

from tsunagari.lines import parse_line
from tsunagari_parsers import Program
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.report import ParsedDocument
from tsunagari_parsers.stays import Kept, may_tell_of_stay, named_bodies, offers_stay
from tsunagari_parsers.text import comparable

KEPT = Kept(frozenset(), ("福岡県", "久留米市"))


def parsed(text: str) -> ParsedDocument:
    return parse_document(text.encode(), name="sheet.txt")


def only(text: str) -> Program:
    (program,) = parsed(text).programs
    return program


def handed_around(text: str) -> str:
    """All that ``parse`` prints, findings included, in comparable form."""
    document = parsed(text)
    lines = [json.dumps(parse_line(one), ensure_ascii=False) for one in document.in_order]
    return comparable("".join([*lines, *(one.message + one.value for one in document.report.findings)]))


@pytest.mark.parametrize(("text", "secrets"), SHEETS, ids=["city", "prefecture"])
def test_no_line_and_no_finding_names_who_runs_a_stay_or_where(text: str, secrets: Sequence[str]) -> None:
    assert [name for name in secrets if comparable(name) in comparable(text) or name == "コトリ"] == list(secrets)
    assert [name for name in secrets if comparable(name) in handed_around(text)] == []


def test_what_helps_and_tells_of_nobody_stays_public() -> None:
    assert only(CITY).description.split("\n") == [
        "住まいを失った女性に一時的な住まいを提供し、生活の再建を支援する。",
        "・生理用品と食料を無償で配布する。",
    ]
    assert only(PREFECTURE).description.split("\n") == [
        "家に帰れない若年女性に対して、緊急一時宿泊と相談支援を一体で行い、自立に資することを目的とする。",
        "ＬＩＮＥ相談",
        "同行支援",
    ]


def test_nothing_is_lost_to_administrators() -> None:
    for text, secrets in SHEETS:
        whole = comparable("".join(one.text for one in only(text).sections))
        assert [name for name in secrets if comparable(name) not in whole and name != "コトリ"] == []


def test_a_sheet_whose_every_paragraph_tells_of_a_stay_is_described_by_its_harmless_sentences() -> None:
    text = CITY.replace("住まいを失った女性に一時的な住まいを", "ことりの家と協力して一時的な住まいを")
    text = text.replace("・生理用品と食料を無償で配布する。\n", "").replace(
        "夜間は認定", "生理用品を配布する。夜間は認定"
    )
    assert only(text).description == "・平日昼間は電話相談を行い、生理用品を配布する。"


@pytest.mark.parametrize(
    "text",
    [
        "一時的な住まいを提供する", "緊急一時宿泊を行う", "ステイ先を用意した", "シェルターを提供する", "民泊を活用する", "ウィークリーマンションの利用料を補助",
        "宿所を設けている", "ステップハウスの運営", "寝泊まりできる部屋の確保", "住まいの確保までのつなぎ", "夜を過ごせる場所", "退所後の支援", "身を寄せる場所がない女性の受入れ",
    ],
)  # fmt: skip
def test_a_stay_is_known_in_other_words(text: str) -> None:
    assert offers_stay([text])


@pytest.mark.parametrize(
    "text",
    [
        "博多区の協力者が見守る", "三潴町で開いている", "大牟田市のアパート", "久留米駅から歩いて５分", "「ひまわり」の職員が付き添う", "ひまわり舎に委託している", "受託者：あけぼの",
        "あけぼのが運営する居場所", "一軒家を用いている", "ハイツ青葉", "近隣市で受け入れる",
    ],
)  # fmt: skip
def test_what_has_the_shape_of_a_name_or_a_place_is_kept_back(text: str) -> None:
    assert may_tell_of_stay(text, KEPT)


@pytest.mark.parametrize(
    "text",
    [
        "久留米市では相談が増えている", "県内各市町村や関係機関市町村と連携する", "区域を分けて実施する", "「福岡県男女共同参画計画」に基づく", "「自立支援」", "「短期宿泊支援」",
        "相談・支援を民間支援団体に委託する", "市が運営する相談窓口", "「ここに来てよかった」との声があった", "地区ごとに相談日を設ける", "弁護士に依頼する費用を補助する",
    ],
)  # fmt: skip
def test_what_names_nobody_and_no_other_place_is_public(text: str) -> None:
    assert not may_tell_of_stay(text, KEPT)


def test_a_body_is_known_by_the_short_form_of_its_name() -> None:
    bodies = named_bodies(["一般社団法人ひだまりの会、川崎市社会福祉協議会", "株式会社みなと不動産"])
    assert {"ひだまりの会", "ひだまり", "みなと不動産", "みなと"} <= bodies
    assert named_bodies(["NPO法人女性支援の会"]) == {"女性支援の会"}
