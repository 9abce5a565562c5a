"""Offers are found where the paper promises something, with its words; a mention that promises nothing is none."""

from __future__ import annotations

import pytest

from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.offers import known_offer_rules, load_offer_rules
from tsunagari_parsers import ParsedDocument

RULE = '[[offer]]\nid = "phone"\ncode = "o1"\nlabel = "電話"\npatterns = ["電話"]\n'


def kinds(description: str) -> dict[str, str]:
    return {one.kind: description[one.start : one.end] for one in known_offer_rules().find(description)}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("必要に応じて生理用品等を提供する。", {"period_products": "生理用品等を提供"}),
        ("○相談等に付随し、女性用品の提供", {"period_products": "女性用品の提供"}),
        ("窓口で見せてたら理用ナプキンを渡す", {"period_products": "理用ナプキンを渡す"}),
        ("電話やSNSによる相談を行い、", {"phone": "電話やSNSによる相談", "sns": "SNSによる相談"}),
        ("ＳＮＳ相談窓口を夜の時間帯に開設", {"sns": "ＳＮＳ相談"}),
        (
            "市役所にて、面談・電話による女性相談窓口を開設し",
            {"phone": "電話による女性相談", "face_to_face": "面談・電話による女性相談"},
        ),
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
    ],
)
def test_rules_that_cannot_be_are_refused(text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        load_offer_rules(text, where="offers.toml")
