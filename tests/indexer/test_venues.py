"""Venues are where something is given or said; a place that is only mentioned is none, and a stay has none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.venues import known_venue_rules, load_venue_rules, venue_kinds

RULE = '[given]\nafter = ["で"]\n[[venue]]\nid = "library"\nlabel = "図書館"\npatterns = ["図書館"]\n'
SENTENCES = [
    one
    for one in tomllib.loads((Path(__file__).parent / "offer_sentences.toml").read_text(encoding="utf-8"))["sentence"]
    if "venues" in one
]


def venues(description: str) -> dict[str, str]:
    return {one.kind: description[one.start : one.end] for one in known_venue_rules().find(description)}


def names(description: str) -> dict[str, str]:
    return {one.name: one.kind for one in known_venue_rules().find(description)}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("市役所にて、女性相談窓口を開設する。", {"city_office": "市役所"}),
        ("各学校の保健室で生理用品を渡す。", {"school": "学校の保健室"}),
        ("小・中学校の児童生徒への生理用品の提供", {"school": "小・中学校"}),
        (
            "区役所、保健福祉センター、男女共同参画センター等において生理用品を提供する。",
            {
                "city_office": "区役所",
                "health_centre": "保健福祉センター",
                "gender_equality_centre": "男女共同参画センター",
            },
        ),
        (
            "社会福祉協議会・学校・子ども食堂等を通して、生理用品の提供を行う。",
            {"social_welfare_council": "社会福祉協議会", "school": "学校", "childrens_cafeteria": "子ども食堂"},
        ),
        ("公共施設の女子トイレに生理用品を常備", {"public_toilet": "公共施設の女子トイレ"}),
        ("市の窓口及びフードバンクでの提供", {"city_office": "市の窓口", "food_bank": "フードバンク"}),
        ("相談窓口で必要な方に生理用品を提供", {"consultation_desk": "相談窓口"}),
        ("図書館と連携し、生理用品を配布する。", {"library": "図書館"}),
        ("NPOが運営する居場所で生理用品を渡す。", {"npo": "NPOが運営する居場所"}),
        ("薬局等で引換券と交換して受け取れる。", {"pharmacy": "薬局"}),
        ("大学の構内において食料を配布した。", {"university": "大学"}),
        ("公民館やコミュニティセンターで出張相談を実施", {"public_facility": "公民館"}),
        ("レンタルスペースなど、入りやすい場所で相談会を実施", {"rental_space": "レンタルスペース"}),
        ("子育て支援センターでの生理用品の配布", {"childcare_facility": "子育て支援センター"}),
        ("障害者施設への提供を行う。", {"welfare_facility": "障害者施設"}),
        ("自立相談支援機関で相談に応じる。", {"self_reliance_centre": "自立相談支援機関"}),
    ],
)
def test_places_where_something_is_given_or_said_are_found_with_their_words(
    description: str, expected: dict[str, str]
) -> None:
    assert venues(description) == expected


@pytest.mark.parametrize(
    "description",
    [
        "社会福祉協議会に委託して実施する。",
        "学校、社会福祉協議会等の関係機関と連携する。",
        "市の施設やコミュニティセンター等にチラシを設置する。",
        "周知カードは、高校の保健室へ配置する。",
        "男女共同参画センターの職員に向けて研修を行う。",
        "必要に応じて社会福祉協議会につなげる。",
        "男女共同参画センターで開催するセミナー等のチラシを配布",
        "市役所の開庁時間に来られない方",
        "相談窓口の情報を記載したカードを配布",
        "電話相談窓口の開設",
        "図書館を改修する。",
    ],
)
def test_a_place_that_is_only_mentioned_is_no_venue(description: str) -> None:
    assert venues(description) == {}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("府立男女共同参画・青少年センター（ドーンセンター）において、", {"ドーンセンター": "gender_equality_centre"}),
        ("生活就労支援センター「まいさぽ」で相談を行う。", {"まいさぽ": "self_reliance_centre"}),
        ("相談支援の拡充（すくらむ２１）", {"すくらむ２１": "gender_equality_centre"}),
        # No list had these names: the rules know how a facility is named.
        ("市立男女共同参画センター・ハーモニーで相談を行う。", {"ハーモニー": "gender_equality_centre"}),
        ("男女平等参画センター「ゆめぽると」において生理用品を提供", {"ゆめぽると": "gender_equality_centre"}),
        ("市役所において提供する。", {"": "city_office"}),
    ],
)
def test_a_named_facility_has_its_name_as_the_paper_writes_it(description: str, expected: dict[str, str]) -> None:
    assert names(description) == expected


@pytest.mark.parametrize("sentence", SENTENCES, ids=[one["text"] for one in SENTENCES])
def test_venues_of_sentences_of_no_known_list_are_read_as_they_are_meant(sentence: dict[str, str]) -> None:
    found = {
        ":".join((one.kind, *one.marks)) + (f"={one.name}" if one.name else "")
        for one in known_venue_rules().find(sentence["text"])
    }
    assert found == set(sentence["venues"])


def test_what_schools_hand_out_is_for_pupils() -> None:
    found = known_venue_rules().find("市役所と学校で生理用品を提供する。")
    assert {one.kind: one.users for one in found} == {"city_office": "", "school": "pupils"}


def test_a_place_of_the_past_is_marked() -> None:
    (venue,) = known_venue_rules().find("令和2年度までは高齢者施設等の団体への提供を行っていたが、")
    assert (venue.kind, venue.marks) == ("welfare_facility", ("past",))


@pytest.mark.parametrize(
    "description",
    [
        "短期宿泊支援を市内の福祉施設において実施する。相談は市役所で行う。",
        "いったん家族等から離れ、休むための居場所を公民館で提供する。",
        "一時的な居場所を男女共同参画センターにおいて提供する。",
        "民間シェルターの提供を、女性センターにおいて行う。",
    ],
)
def test_a_text_that_offers_a_stay_has_no_venue_at_all(description: str) -> None:
    assert venues(description) == {}


def test_who_could_not_use_a_shelter_hides_no_venue() -> None:
    assert venues("公的シェルターを利用できない女性の相談を市役所で実施する。") == {"city_office": "市役所"}


def test_no_kind_of_venue_is_a_stay() -> None:
    for kind in venue_kinds():
        assert not {"stay", "shelter"} & {kind.id}
        assert not any(pattern.search("シェルター") or pattern.search("宿泊施設") for pattern in kind.patterns)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml", "規則として読めません"),
        (RULE.replace('図書館"]', '("]'), "規則として読めません"),
        (RULE + RULE.partition("\n")[2].partition("\n")[2], "重なって"),
        (RULE.replace('"library"', '"stay"'), "stay"),
        (RULE + '[[facility]]\nname = "x"\nkind = "hall"\n', "hall"),
        (RULE + '[[block]]\nreason = "x"\nvenues = ["hall"]\nafter = ["y"]\n', "hall"),
        (RULE.replace('[given]\nafter = ["で"]\n', ""), "given"),
    ],
)
def test_rules_that_cannot_be_are_refused(text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        load_venue_rules(text, where="venues.toml")
