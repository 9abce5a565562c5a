"""Pieces of names as they were typed, matters of other counters, and words that must stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.odd import ODD_QUERIES

from tsunagari.settings import Settings
from tsunagari_indexer.analysis import is_good_japanese
from tsunagari_indexer.catalogue import Reading
from tsunagari_indexer.listings import PROGRAM_KINDS
from tsunagari_indexer.search import SearchRequest, SearchResult

PROGRAMS = {"kind": PROGRAM_KINDS}


@pytest.fixture(scope="module")
def reading(published: Path) -> Iterator[Reading]:
    with Settings().catalogue(published).reading() as reading:
        yield reading


def ask(reading: Reading, text: str, **filters: str) -> SearchResult:
    chosen = {name: frozenset({value}) for name, value in filters.items()}
    return reading.search(SearchRequest(text, PROGRAMS | chosen, per_page=100))


def places(result: SearchResult) -> list[str]:
    return [one.municipality or one.prefecture for one in result.listings]


def codes(result: SearchResult) -> list[str]:
    return [one.code for one in result.relaxed]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("スポーツ市民局", "名古屋市"),
        ("名古屋市スポーツ市民局", "名古屋市"),
        ("名古屋 スポーツ市民局", "名古屋市"),
        ("スポーツ市民局の電話番号", "名古屋市"),
        ("ｽﾎﾟｰﾂ市民局", "名古屋市"),
        ("行政まちづくり課", "加賀市"),
        ("よりそいホットライン", "大阪狭山市"),
        ("共生社会推進", "京都市"),
        ("未来創生文化", "徳島県"),
        ("くらし安全局", "北海道"),
        ("しあわせ子育て", "山形県"),
        ("女性相談所", "宇都宮市"),
        ("広聴・市民生活課", "石狩市"),
        ("つながりサポ", "北海道"),
        ("くさつ女性活躍", "草津市"),
        ("女性市民支援", "箕面市"),
        ("あじさい プロジェクト", "四條畷市"),
        ("支援の輪", "佐賀県"),
        ("人材育成プログラム 豊田", "豊田市"),
        ("とよた男女共同参画センター", "豊田市"),
    ],
)
def test_a_piece_of_a_name_venue_or_department_stands_first_as_it_was_typed(
    reading: Reading, text: str, first: str
) -> None:
    result = ask(reading, text)
    assert places(result)[:1] == [first]
    assert not {"unknown_word", "mended"} & set(codes(result))


def test_what_is_called_so_comes_before_what_only_has_its_words_and_both_are_counted_once(reading: Reading) -> None:
    result = ask(reading, "スポーツ市民局")
    assert places(result) == ["名古屋市", "千葉市"]
    assert result.total == 2
    assert sum(result.facets["prefecture"].values()) == 2


@pytest.mark.parametrize("text", ["よりそいホットライン", "女性相談", "講座", "カフェ", "電話相談"])
def test_pages_of_what_stands_first_and_what_comes_after_hold_every_listing_once(reading: Reading, text: str) -> None:
    whole = ask(reading, text)
    pages = [reading.search(SearchRequest(text, PROGRAMS, page, 3)) for page in range(1, -(-whole.total // 3) + 1)]
    assert [one.id for page in pages for one in page.listings] == [one.id for one in whole.listings]
    assert {page.total for page in pages} == {whole.total}
    assert sum(whole.facets["prefecture"].values()) == whole.total == len({one.id for one in whole.listings})


def test_the_words_beside_a_piece_of_a_name_hold_for_it_too(reading: Reading) -> None:
    assert "草津市" not in places(ask(reading, "くさつ女性活躍 就労支援 夜間"))[:1]
    assert places(ask(reading, "スポーツ市民局", prefecture="12")) == ["千葉市"]


def test_a_need_that_departments_are_called_after_stays_a_need(reading: Reading) -> None:
    """子育て支援課 of a town runs a programme for young women: it is not what somebody looks for who types 子育て支援."""
    needs, department = places(ask(reading, "子育て支援")), places(ask(reading, "子育て支援課"))
    assert department[:2] == ["旭川市", "三豊市"]
    assert "旭川市" not in needs


def test_a_word_that_was_typed_stands_before_other_words_of_its_concept(reading: Reading) -> None:
    for text in ("カフェ", "手紙", "座談会", "女子会", "インターンシップ"):
        result = ask(reading, text)
        assert text in result.listings[0].description
        assert result.total > 1


def test_a_name_with_a_typing_error_is_read_as_the_name_and_that_is_said(reading: Reading) -> None:
    result = ask(reading, "みとよスマイルプロジエクト")
    assert places(result) == ["三豊市"]
    assert [(one.code, one.to) for one in result.relaxed] == [("mended", "みとよスマイルプロジェクト")]


@pytest.mark.parametrize(
    "text",
    [
        *("確定申告", "運転免許 更新", "パスポート", "ペット", "引っ越し業者", "ゴミの日", "図書館の予約", "年末調整", "ふるさと納税"),
        *("住民税", "印鑑証明", "婚姻届", "結婚相談所", "マッチングアプリ", "予防接種", "コロナワクチン", "選挙", "駐車場", "プール"),
        *("体育館 予約", "観光", "天気予報", "不動産", "車検", "バスの時刻表", "保育園", "入学手続き", "年金の受け取り", "犬の登録"),
        *("花火大会", "落とし物", "スポーツ教室", "ワクチン接種 予約", "ウィメンズプラザ", "健康増進課", "asdf qwer"),
    ],
)  # fmt: skip
def test_nothing_stands_in_for_what_is_not_there(reading: Reading, text: str) -> None:
    result = ask(reading, text)
    assert result.total == 0
    assert codes(result)[-1] == "nothing_matched"


@pytest.mark.parametrize(
    "text",
    [
        *("パソコン教室", "弁護士", "通訳", "外国人", "引っ越し", "市営住宅", "水道料金", "葬儀", "料理教室", "補助金 太陽光", "防災無線"),
        *("福祉政策課", "子ども家庭部", "男女平等参画課", "地域包括支援センター"),
    ],
)  # fmt: skip
def test_what_stands_in_for_something_is_told(reading: Reading, text: str) -> None:
    result = ask(reading, text)
    assert not result.total or {"mapped", "unknown_word", "dropped_word"} & set(codes(result))


def test_trouble_with_a_matter_of_another_counter_is_trouble_all_the_same(reading: Reading) -> None:
    for text in ("年金だけでは暮らせない", "税金が払えない", "保育園に落ちて働けない", "ペットがいて逃げられない"):
        assert ask(reading, text).total
    both = ask(reading, "年金 相談")
    assert both.total
    assert "unknown_word" in codes(both)
    assert ask(reading, "年金").desks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("兵庫で夜に電話", ["兵庫県", "伊丹市", "神戸市"]),
        ("札幌 ナプキン", ["札幌市"]),
        ("ナプキン札幌", ["札幌市"]),
        ("札幌でナプキンもらえるところ", ["札幌市"]),
        ("夜でも話せるところ 大阪", ["吹田市"]),
        ("東京で夜に電話できるところ", ["国立市"]),
        ("宮城 夜 電話", ["宮城県"]),
        ("名古屋の居場所", ["名古屋市"]),
        ("高松で生理用品がほしい", ["高松市"]),
        ("大阪狭山 匿名", ["大阪狭山市"]),
    ],
)
def test_a_place_filters_and_the_rest_ranks(reading: Reading, text: str, expected: list[str]) -> None:
    assert places(ask(reading, text)) == expected


GOOD = [
    "消えた",
    "きえた",
    "訴えた",
    "食べた",
    "食べられた",
    "走った",
    "泣いた",
    "笑った",
    "忘れた",
    "なくした",
    "壊れた",
    "こわれた",
    "つかれた",
    "嬉しかった",
    "楽しかった",
    "寒かった",
    "暑い",
    "眠い",
    "歩いた",
    "見つけた",
    "見つからない",
    "教えた",
    "伝えた",
    "聞いた",
    "会いたい",
    "帰りたい",
    "帰った",
    "買った",
    "売った",
    "借りた",
    "返した",
    "送った",
    "届いた",
    "待った",
    "休んだ",
    "休みたい",
    "働いた",
    "やめた",
    "続けたい",
    "始めたい",
    "終わった",
    "生まれた",
    "育てた",
    "住んだ",
    "乗った",
    "降りた",
    "開けた",
    "閉めた",
    "洗った",
    "着た",
    "脱いだ",
    "飲んだ",
    "飲みたい",
    "遊んだ",
    "学んだ",
    "習った",
    "書いた",
    "読んだ",
    "話した",
    "歌った",
    "踊った",
    "作った",
    "落とした",
    "拾った",
    "取られた",
    "盗まれた",
    "怒られた",
    "叱られた",
    "褒められた",
    "頼まれた",
    "断った",
    "選んだ",
    "迷った",
    "困った",
    "悩んだ",
    "考えた",
    "覚えた",
    "思い出した",
    "信じた",
    "疑った",
    "許した",
    "謝った",
    "おいしい",
    "うれしい",
    "かなしい",
    "いそがしい",
    "ありがとう",
    "こんにちは",
    "学校給食",
    "電気代",
    "料理本",
    "洋品店",
    "子供部屋",
    "相談役",
    "ゴミ箱",
    "掃除機",
    "冷蔵庫",
    "コンビニ",
    "デパート",
    "レストラン",
    "ラーメン屋",
    "お花見",
    "夏休みの宿題",
    "図書カード",
    "火災保険",
    "健康食品",
    "水道工事",
    "消防署",
    "天気",
    "時計",
    "音楽",
    "英語教室",
    "数学",
    "住民課",
    "学校でもらえる",
    "服がほしい",
    "椅子がほしい",
    "しんぶん",
    "でんしゃ",
    "うんどうかい",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_word_is_never_mended_to_another(reading: Reading, text: str) -> None:
    assert "mended" not in codes(ask(reading, text))


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        *((text, True) for text in ("消えた", "きえた", "食べられた", "飲みたい", "ゴミの日", "夏休みの宿題", "学校でもらえる", "駐車場")),
        *((text, False) for text in ("せいりよひん", "いばしょ", "生理用晶", "生理洋品", "居場書", "カンセリング", "岸和田し", "サロソ", "おしゃまんぺ", "")),
    ],
)  # fmt: skip
def test_what_the_dictionary_knows_is_told_from_what_it_merely_cuts_up(text: str, *, is_good: bool) -> None:
    assert is_good_japanese(text) == is_good


@pytest.mark.parametrize("text", ODD_QUERIES, ids=lambda text: ascii(text[:12]) + f"~{len(text)}")
def test_whatever_is_typed_is_answered(reading: Reading, text: str) -> None:
    result = reading.search(SearchRequest(text, PROGRAMS))
    assert result.total or result.relaxed
