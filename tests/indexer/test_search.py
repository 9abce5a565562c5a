"""Searching the example list in the words that people have: it finds, says what it did, and never ends in nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tsunagari.settings import Settings
from tsunagari_indexer.catalogue import Catalogue, Reading
from tsunagari_indexer.engines.embedded import EmbeddedEngine
from tsunagari_indexer.search import MAX_QUERY, SearchRequest, SearchResult
from tsunagari_indexer.understanding import Relaxation
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import prefecture_of


@pytest.fixture(scope="module")
def reading(published: Path) -> Iterator[Reading]:
    with Settings().catalogue(published).reading() as reading:
        yield reading


def ask(reading: Reading, text: str, **filters: str) -> SearchResult:
    chosen = {name: frozenset({value}) for name, value in filters.items()}
    return reading.search(SearchRequest(text, chosen, per_page=100))


def names(result: SearchResult) -> list[str]:
    return [one.municipality or one.prefecture for one in result.listings]


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("ナプキン もらえる", 75),
        ("ナフキン", 75),
        ("せいりようひん", 75),
        ("seiri", 75),
        ("ﾅﾌﾟｷﾝ", 75),
        ("まいさぽ", 1),
        ("みとよスマイルプロジェクト", 1),
        ("0112112962", 1),
        ("011-211-2962", 1),
        ("０１１－２１１－２９６２", 1),
        ("011ー211ー2962", 1),
        ("011 211 2962", 1),
        ("+81-11-211-2962", 1),
        ("電話 011-211-2962", 1),
        ("岸和田", 1),
        ("おしゃまんべ", 1),
        ("しらおい", 1),
        ("日野町 滋賀", 1),
        ("滋賀県日野町", 1),
        ("熊本県熊本市", 1),
        ("四国", 6),
        ("生理痛", 1),
        ("", 82),
    ],
)
def test_what_people_type_finds(reading: Reading, text: str, total: int) -> None:
    result = ask(reading, text)
    assert result.total == len(result.listings) == total
    assert not [one for one in result.relaxed if one.code == "dropped_word"]


def test_a_place_and_a_need_find_that_place_first(reading: Reading) -> None:
    assert names(ask(reading, "札幌 生理用品")) == ["札幌市"]
    assert set(names(ask(reading, "大阪府 電話相談"))) == {"堺市", "吹田市", "大阪狭山市"}


def test_words_that_the_list_does_not_hold_are_dropped_and_said(reading: Reading) -> None:
    result = ask(reading, "ナプキン パスポート")
    assert result.total == 75
    assert Relaxation("unknown_word", "パスポート") in result.relaxed


def test_a_search_of_nothing_but_unknown_words_finds_nothing_and_says_so(reading: Reading) -> None:
    for text in ("ｑｗｅｒｔｙ", "パスポート"):
        result = ask(reading, text)
        assert result.total == 0
        assert [one.code for one in result.relaxed] == ["unknown_word", "nothing_matched"]


def test_signs_and_words_of_asking_list_everything_but_words_without_meaning_do_not(reading: Reading) -> None:
    assert ask(reading, "！？").total == ask(reading, "教えて").total == ask(reading, "").total
    result = ask(reading, "ああああ")
    assert (result.total, [one.code for one in result.relaxed]) == (0, ["nothing_matched"])


def test_a_region_is_not_the_town_that_shares_its_name(reading: Reading) -> None:
    prefectures = {one.prefecture for one in ask(reading, "東北 ナプキン").listings}
    assert prefectures == {"岩手県", "宮城県", "山形県", "福島県"}
    assert ask(reading, "東北").prefecture_codes == ()


def test_a_word_that_only_a_plans_measures_hold_is_unknown_to_programmes(demo: Path) -> None:
    with Settings().catalogue(demo).reading() as reading:
        measures, programmes = ask(reading, "通訳", kind="measure"), ask(reading, "通訳", kind="program")
    assert measures.total
    assert not [one for one in measures.relaxed if one.code == "mapped"]
    assert [one.code for one in programmes.relaxed] == ["mapped"]


def test_when_not_all_fits_the_place_is_kept_longest(reading: Reading) -> None:
    result = ask(reading, "札幌 夫に殴られた ナプキン")
    assert names(result) == ["札幌市"]
    assert Relaxation("dropped_word", "夫に殴られた") in result.relaxed
    assert result.urgent == {"violence"}


def test_filters_that_leave_nothing_are_given_up_before_words(reading: Reading) -> None:
    result = ask(reading, "ナプキン", prefecture="01", municipality="131016")
    assert result.relaxed[0] == Relaxation("dropped_filter", "municipality")
    assert {one.prefecture for one in result.listings} == {"北海道"}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        *((text, "violence") for text in (
            "夫に殴られた", "殴られました", "殴られています", "殴られてる", "夫が殴る", "夫になぐられています", "蹴られた", "首を絞められた",
            "監禁されている", "脅されている", "DV", "my husband hits me", "my husband is violent", "夫が怖い",
        )),
        *((text, "stalking") for text in ("ストーカー", "つきまとい")),
        *((text, "sexual_violence") for text in (
            "レイプ", "レイプされた", "レイプされました", "犯された", "性的暴行", "無理矢理された", "リベンジポルノ", "rape", "I was raped", "sexual assault",
        )),
        *((text, "want_to_die") for text in ("死にたい", "じさつ", "リストカット", "消えたい", "suicide", "I want to die", "kill myself")),
        *((text, "danger") for text in ("たすけてください", "ころされるかも", "ころされそう", "殺される", "助けて", "help")),
        *((text, "stay_tonight") for text in ("泊まる場所がない", "今夜泊まるところがない", "家を追い出された", "no place to sleep")),
        *((text, "child_abuse") for text in ("虐待", "親に殴られる")),
    ],
)  # fmt: skip
def test_words_of_danger_are_seen_whatever_is_found(reading: Reading, text: str, concept: str) -> None:
    for query in (text, f"札幌 {text}", f"{text} 電話"):
        result = ask(reading, query)
        assert concept in result.urgent
        assert result.desks


@pytest.mark.parametrize(
    "text",
    ["ナプキン", "オンライン", "札幌", "居場所", "お金がない", "white metal", "電話で相談したい", "シングルマザー"],
)
def test_other_words_are_not_taken_for_danger(reading: Reading, text: str) -> None:
    assert not ask(reading, text).urgent


@pytest.mark.parametrize(
    ("text", "codes", "places"),
    [
        ("千葉", ("12",), {"千葉県"}),
        ("夫に殴られた 千葉", ("12",), {"千葉県"}),
        ("横浜市", ("14",), {"神奈川県"}),
        ("横浜", ("14",), {"神奈川県"}),
        ("世田谷区", ("13",), {"東京都"}),
        ("姫路市 ナプキン", ("28",), {"兵庫県"}),
        ("日野町", (), {"滋賀県"}),
        ("大阪", ("27",), {"大阪府"}),
        ("青森", ("02",), {"北海道", "岩手県"}),
        ("青森 パスポート", ("02",), {"北海道", "岩手県"}),
    ],
)
def test_a_place_is_known_even_where_the_list_has_nothing(
    reading: Reading, text: str, codes: tuple[str, ...], places: set[str]
) -> None:
    """Its prefecture's programmes and desks are shown; where there are none, the neighbours' are, and that is said."""
    result = ask(reading, text)
    assert result.prefecture_codes == codes
    assert {one.prefecture for one in result.listings} == places
    assert places == {prefecture_of(codes[0]).name if codes else "滋賀県"} or "climbed" in {
        one.code for one in result.relaxed
    }


def test_of_two_towns_of_a_name_a_search_asks_which(reading: Reading) -> None:
    result = ask(reading, "府中 電話相談")
    assert [place.prefecture.name for place in result.candidates] == ["東京都", "広島県"]
    assert result.prefecture_codes == ()
    chosen = ask(reading, "府中 電話相談", municipality="342084")
    assert (chosen.candidates, chosen.prefecture_codes) == ((), ("34",))
    assert Relaxation("climbed", "府中市", "島根県・山口県・愛媛県") in chosen.relaxed or chosen.relaxed


def test_a_town_without_a_listing_is_named(reading: Reading) -> None:
    assert Relaxation("climbed", "横浜市", "神奈川県") in ask(reading, "横浜 ナプキン").relaxed


def test_counts_of_a_facet_ignore_its_own_filter(reading: Reading) -> None:
    result = ask(reading, "", prefecture="27")
    assert result.total == result.facets["prefecture"]["27"] == 9
    assert sum(result.facets["prefecture"].values()) == 82
    assert sum(result.facets["municipality"].values()) == 8


def test_pages_hold_every_listing_once_and_a_page_beyond_the_last_is_the_last(reading: Reading) -> None:
    pages = [reading.search(SearchRequest("", {}, page, 20)) for page in range(1, 6)]
    ids = [one.id for page in pages for one in page.listings]
    assert len(ids) == len(set(ids)) == 82
    beyond = reading.search(SearchRequest("", {}, 99, 20))
    assert (beyond.page, beyond.listings) == (5, pages[4].listings)
    assert Relaxation("last_page", "5") in beyond.relaxed


def test_what_is_typed_beyond_the_limit_is_not_read_and_that_is_said(reading: Reading) -> None:
    result = ask(reading, "ナプキン" + " " * MAX_QUERY + "x" * 20)
    assert result.relaxed[0].code == "cut"
    assert result.total == 75


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE listings; --", "\0", "%", "((((", "🙂", "a" * 5000, "\u202e", "/../../", "<b>"]
)
def test_nothing_that_is_typed_breaks_the_search(reading: Reading, text: str) -> None:
    result = ask(reading, text)
    assert result.total > 0 or [one for one in result.relaxed if one.code == "nothing_matched"]


def test_a_filter_on_an_exact_name_holds(reading: Reading) -> None:
    assert ask(reading, "みとよスマイルプロジェクト", prefecture="37").total == 1
    assert "みとよスマイルプロジェクト" not in [
        one.program_name for one in ask(reading, "みとよスマイルプロジェクト", prefecture="01").listings
    ]


def test_a_request_keeps_its_generation_while_another_is_published(tmp_path: Path) -> None:
    from tests.indexer.test_workspace import OTHER, ROW, stage

    stage(tmp_path, [ROW])
    workspace = Workspace(tmp_path / "data")
    workspace.publish()
    catalogue = Catalogue(workspace, lambda generation: EmbeddedEngine(generation.connection))
    with catalogue.reading() as first:
        stage(tmp_path, [ROW, OTHER])
        workspace.publish()
        with catalogue.reading() as second:
            assert second.search(SearchRequest()).total == 2
        assert first.search(SearchRequest()).total == 1
        assert first.name != second.name
    with catalogue.reading() as third:
        assert third is second
    catalogue.close()


def test_of_many_words_the_heaviest_are_asked_and_the_others_are_told(reading: Reading) -> None:
    words = "夜に電話で相談できる無料の生理用品と居場所と就労支援と子育てと学校と講座と交流と食料 札幌市"
    result = ask(reading, words)
    assert names(result) == ["札幌市"]
    assert [one for one in result.relaxed if one.code == "dropped_word"]


def test_a_kind_that_is_not_there_does_not_cost_the_words(reading: Reading) -> None:
    result = ask(reading, "札幌 ナプキン", kind="sheet")
    assert result.relaxed[0] == Relaxation("dropped_filter", "kind")
    assert names(result) == ["札幌市"]


def test_counts_of_an_exact_name_ignore_their_own_filter_too(reading: Reading) -> None:
    result = ask(reading, "女性のつながりサポート事業", prefecture="14")
    assert result.total == result.facets["prefecture"]["14"] == 1
    assert len(result.facets["prefecture"]) > 1


def test_a_filter_is_given_up_only_where_that_helps(reading: Reading) -> None:
    # Of a municipality with nothing in a prefecture with nothing, what is asked for and its kind stay.
    result = ask(reading, "", offer="period_products", prefecture="47", municipality="473812", kind="program")
    given_up = {one.text for one in result.relaxed if one.code == "dropped_filter"}
    assert given_up == {"municipality", "prefecture"}
    assert result.total
    assert all("period_products" in {offer.kind for offer in one.offers} for one in result.listings)


def test_a_filter_that_is_kept_is_not_given_up_even_for_nothing(reading: Reading) -> None:
    with_nothing = {"kind": frozenset({"sheet"}), "prefecture": frozenset({"47"})}
    assert reading.search(SearchRequest("", with_nothing)).total
    result = reading.search(SearchRequest("", with_nothing, keep=frozenset(with_nothing)))
    assert (result.total, result.relaxed) == (0, ())
