"""Offers are found where the paper promises something, with its words; a mention that promises nothing is none."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from tests.listings import listings_of

from tsunagari.settings import Settings
from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import engine_record
from tsunagari_indexer.offers import (
    Offer,
    known_offer_rules,
    load_offer_rules,
    main_offer_kinds,
    offer_groups,
    offer_kinds,
    public_offers,
)
from tsunagari_indexer.search import SearchRequest
from tsunagari_parsers import ParsedDocument

RULE = '[[offer]]\nid = "phone"\ncode = "o1"\nlabel = "電話"\npatterns = ["電話"]\n'


SENTENCES = tomllib.loads((Path(__file__).parent / "offer_sentences.toml").read_text(encoding="utf-8"))["sentence"]
PAPERS = tomllib.loads((Path(__file__).parent / "offer_papers.toml").read_text(encoding="utf-8"))["text"]
#: What says whom a programme is for, what is for staff, and stays are looked at apart.
GIVEN = {"talk", "place", "goods", "help", "time"}
STAFF = {kind.id for kind in known_offer_rules().kinds if kind.group == "staff"}


def kinds(description: str, groups: Collection[str] = frozenset(GIVEN)) -> dict[str, str]:
    among = {kind.id for kind in known_offer_rules().kinds if kind.group in groups}
    return {
        one.kind: description[one.start : one.end] for one in known_offer_rules().find(description) if one.kind in among
    }


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("必要に応じて生理用品等を提供する。", {"period_products": "生理用品等を提供"}),
        ("○相談等に付随し、女性用品の提供", {"period_products": "女性用品の提供"}),
        ("窓口で見せてたら理用ナプキンを渡す", {"period_products": "理用ナプキンを渡す"}),
        (
            "電話やSNSによる相談を行い、",
            {"phone": "電話やSNSによる相談", "sns": "電話やSNS", "consultation": "電話やSNSによる相談"},
        ),
        ("ＳＮＳ相談窓口を開設", {"sns": "ＳＮＳ相談", "consultation": "ＳＮＳ相談"}),
        (
            "市役所にて、面談・電話による女性相談窓口を開設し",
            {
                "phone": "面談・電話",
                "face_to_face": "面談・電話による女性相談",
                "consultation": "面談・電話による女性相談",
            },
        ),
        ("第 2 土曜日に SNS 相談を行う。", {"weekend": "土曜", "sns": "SNS 相談", "consultation": "SNS 相談"}),
        ("生理用品の配布（相談案内同封）", {"period_products": "生理用品の配布"}),
        ("・アウトリーチ型支援（訪問支援）", {"visit": "アウトリーチ型支援"}),
        ("女性専用の居場所を確保する。", {"ibasho": "居場所"}),
    ],
)
def test_what_is_promised_is_found_with_its_words(description: str, expected: dict[str, str]) -> None:
    assert kinds(description) == expected


@pytest.mark.parametrize(
    "description",
    [
        "SNS等による周知を行う。",
        "男女共同参画推進員及びNPO等と連携したSNS等による啓発発信",
        "必要な情報が届くよう情報提供を行う。（ＳＮＳ等活用）",
        "・インターネット・SNS広告、市HPで相談窓口の案内",
        "家庭に居場所のない女性",
        "また、対象となる女性の居場所づくりについても検討する。",
        "・いったん家族等から離れ、心と体を休めるための居場所を提供する",
        "生理用品が買えない女性が多くみられる中、",
        "行政等の相談窓口等に来所できない、来所しない女性に対し、",
        "可能であれば氏名と電話番号を伺う。",
        "公的シェルターを利用できない女性に対し、",
        "相談に対応するスタッフ等への研修",
        "適切な相談窓口への橋渡し",
    ],
)
def test_a_mention_that_promises_nothing_is_no_offer(description: str) -> None:
    assert kinds(description) == {}


def test_what_is_given_as_an_example_is_marked(national_list: ParsedDocument) -> None:
    (miyagi,) = [one for one in national_list.programs if one.prefecture == "宮城県" and not one.municipality]
    marks = {one.kind: one.marks for one in known_offer_rules().find(miyagi.description)}
    assert marks["sns"] == marks["phone"] == marks["visit"] == ("example",)


def test_every_evidence_is_in_the_description_and_not_empty(national_list: ParsedDocument) -> None:
    for program in national_list.programs:
        for offer in known_offer_rules().find(program.description):
            assert program.description[offer.start : offer.end].strip()


def test_75_of_the_82_programmes_give_period_products(national_list: ParsedDocument) -> None:
    """Counted by hand: all but 福井県, 上田市, 北名古屋市, 日野町, 吹田市, 八尾市 and 伊丹市."""
    without = [
        one.municipality or one.prefecture
        for one in national_list.programs
        if "period_products" not in {offer.kind for offer in known_offer_rules().find(one.description)}
    ]
    assert without == ["福井県", "上田市", "北名古屋市", "日野町", "吹田市", "八尾市", "伊丹市"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml", "規則として読めません"),
        (RULE.replace('電話"]', '("]'), "規則として読めません"),
        (RULE + RULE, "重なって"),
        (RULE + '[[block]]\nreason = "x"\noffers = ["fax"]\npatterns = []\n', "fax"),
        (RULE + '[[block]]\nreason = "x"\ngroups = ["cars"]\npatterns = []\n', "cars"),
        (RULE + '[[block]]\nreason = "says nothing"\n', "says nothing"),
        (RULE + 'parent = "fax"\n', "fax"),
        (RULE + 'group = "nowhere"\n', "nowhere"),
        (RULE.replace('["電話"]', '["<unknown>"]'), "unknown"),
        (RULE.replace('["電話"]', '"電話"'), "phone"),
        (RULE.replace('code = "o1"\n', ""), "code"),
    ],
)
def test_rules_that_cannot_be_are_refused(text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        load_offer_rules(text, where="offers.toml")


@pytest.mark.parametrize("sentence", SENTENCES, ids=[one["text"] for one in SENTENCES])
def test_sentences_of_no_known_list_are_read_as_they_are_meant(sentence: dict[str, str]) -> None:
    found = {
        ":".join((one.kind, *one.marks)) for one in known_offer_rules().find(sentence["text"]) if one.kind not in STAFF
    }
    assert found == set(sentence["kinds"])


@pytest.mark.parametrize("paper", PAPERS, ids=[one["what"] for one in PAPERS])
def test_measures_of_plans_and_sheets_are_read_by_the_same_rules(paper: dict[str, list[str]]) -> None:
    text = "\n・".join(paper["lines"])
    found = known_offer_rules().find(text)
    assert {one.kind for one in found if one.kind not in STAFF} == set(paper["kinds"])
    assert all(text[one.start : one.end].strip() for one in found)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("相談員の研修を行う。", {"training": "研修"}),
        ("ニーズ把握のためのアンケート調査", {"survey": "ニーズ把握"}),
        ("ポスターを作成し、相談窓口を周知", {"publicity": "ポスターを作成"}),
        ("支援団体等連絡会議の開催", {"network": "連絡会議"}),
        ("居場所の提供", {}),
    ],
)
def test_what_is_for_staff_is_found_and_kept_apart(description: str, expected: dict[str, str]) -> None:
    found = kinds(description, ["staff"])
    assert {kind: text for kind, text in found.items() if kind in expected} == expected
    assert bool(found) == bool(expected)
    assert not public_offers([one for one in known_offer_rules().find(description) if one.kind in found])


def test_stays_and_what_is_for_staff_have_no_address_no_filter_and_no_count(national_list: ParsedDocument) -> None:
    hidden = {"stay", "training", "survey", "publicity", "network"}
    assert not hidden & {kind.id for kind in offer_kinds()}
    assert not hidden & {kind.id for group in offer_groups() for kind in group.kinds}
    assert not [kind for kind in known_offer_rules().kinds if kind.id in hidden and kind.code]
    lexicon = known_lexicon()
    sendai = next(one for one in listings_of(national_list, known_offer_rules()) if one.municipality == "仙台市")
    assert {one.kind for one in sendai.offers} & hidden == {"stay", "publicity"}
    record = engine_record(sendai, lexicon)
    assert not hidden & set(record.facets["offer"])
    assert not {f"c:{kind}" for kind in hidden} & record.fields["concepts"]
    without = replace(sendai, offers=public_offers(sendai.offers))
    assert engine_record(without, lexicon) == record


def test_every_public_kind_stands_in_one_group_and_few_on_the_home_page() -> None:
    grouped = [kind.id for group in offer_groups() for kind in group.kinds]
    assert sorted(grouped) == sorted(kind.id for kind in offer_kinds())
    assert all(len(group.kinds) <= 12 for group in offer_groups())
    assert {kind.id for kind in main_offer_kinds()} == {
        *("period_products", "phone", "sns", "face_to_face", "visit", "ibasho")
    }


def test_a_temporary_place_away_from_home_is_a_stay_and_no_ibasho() -> None:
    for text in (
        "一時的な居場所を提供する。",
        "夫から離れ、心を休める居場所の提供",
        "緊急一時保護",
        "短期宿泊支援",
        "居場所づくり：冷却期間をとり、支援する。",
    ):
        assert set(kinds(text, ["stay", "place"])) == {"stay"}


def test_what_a_plan_and_sheets_of_the_demonstration_give_is_found_with_its_evidence(demo: Path) -> None:
    with Settings().catalogue(demo).reading() as reading:
        listings = [one for one in reading.generation.all_listings() if one.kind != "program"]
        asked = SearchRequest("ナプキン", {"kind": frozenset({"measure"})})
        hits = [(one.municipality, one.kind) for one in reading.search(asked).listings]
    given = {
        (one.kind, one.municipality or one.prefecture, one.description[offer.start : offer.end])
        for one in listings
        for offer in one.offers
        if offer.kind == "period_products"
    }
    assert ("measure", "国立市", "生理用品の配布") in given
    assert ("sheet", "群馬県", "生理用品を相談者に無償") in given
    assert hits == [("国立市", "measure")]
    assert {"stay"} <= {offer.kind for one in listings for offer in one.offers}
    assert not [
        one.program_name for one in listings if any(offer.kind == "stay" for offer in one.offers) and one.venues
    ]


def test_offsets_are_those_of_the_description_whatever_spaces_the_pdf_left() -> None:
    text = "・SNS 相談、第 3 土曜日の 19 時まで"
    assert kinds(text) == {"sns": "SNS 相談", "consultation": "SNS 相談", "weekend": "土曜", "evening": "19 時まで"}


def test_an_unmarked_mention_wins_over_a_past_one() -> None:
    rules = known_offer_rules()
    past, now = "昨年は電話相談を実施していた。", "今年は電話相談を行う。"
    assert [one.marks for one in rules.find(past) if one.kind == "phone"] == [("past",)]
    (both,) = [one for one in rules.find(past + now) if one.kind == "phone"]
    assert both == Offer("phone", len(past) + 3, len(past) + 7)
