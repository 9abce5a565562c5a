"""Near a place, as a visitor goes there: from ten places of different kinds to a number to call within three steps, and a card to take along."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from starlette.testclient import TestClient
from tests.site_walks import follow, main_of, sections, text_of, token_of

from tsunagari_parsers.places import municipalities, prefectures

STAYS = ("シェルター", "一時的な滞在", "ホテル")


def near(client: TestClient, need: str = "period", prefix: str = "", **where: str) -> str:
    """A tile, a place, and what is near it."""
    _, asked = follow(client, f"{prefix}/search", {"need": need})
    location, page = follow(client, f"{prefix}/where", {"s": token_of(asked), **where})
    if "/nearby?" in location:
        return page
    links = re.findall(r'href="([^"]*/nearby\?s=[^"]+)"', page)
    answer = client.get(unescape(links[0]))
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    "where",
    [
        {"place": "大阪市"},
        {"place": "青ヶ島村"},
        {"place": "竹富町"},
        {"town": "253839"},  # 日野町 in 滋賀, after the question which
        {"place": "札幌市中央区"},
        {"place": "100-0001"},
        {"place": "しらおい"},
        {"place": "Otsu-shi"},
        {"near": "43.06,141.36"},
        {"place": "十島村"},
    ],
    ids=lambda where: next(iter(where.values())),
)
def test_from_any_place_a_number_stands_on_the_page_and_nothing_is_empty(
    demo_client: TestClient, where: dict[str, str]
) -> None:
    page = near(demo_client, **where)
    rungs = sections(page)
    assert len(rungs) == 4
    assert list(rungs)[-1] == "全国の窓口"
    assert 'href="tel:' in rungs["全国の窓口"]
    assert "もらえます" not in page
    assert not any(word in main_of(page) for word in STAYS)


def test_a_prefecture_without_a_municipality_shows_its_towns(demo_client: TestClient) -> None:
    _, asked = follow(demo_client, "/search", {"need": "period"})
    _, asked = follow(demo_client, "/where", {"s": token_of(asked), "prefecture": "27"})
    _, results = follow(demo_client, "/where", {"s": token_of(asked), "all": "1"})
    answer = demo_client.get(f"/nearby?s={token_of(results)}")
    assert "大阪府の市区町村の事業です。" in text_of(answer.text)


def test_distances_are_between_offices_and_a_prefecture_has_none(demo_client: TestClient) -> None:
    rungs = sections(near(demo_client, place="大津市"))
    distances = [float(one) for one in re.findall(r"役所どうしの直線距離で約([\d.]+)km", rungs["となりのまちのもの"])]
    assert distances == sorted(distances)
    assert distances
    assert not re.search(r"[\d.]+km", rungs["滋賀県の全体のもの"])


def test_a_position_is_told_as_the_nearest_office_and_an_island_where_its_office_is(demo_client: TestClient) -> None:
    assert "いまいる場所にいちばん近い役所は、札幌市です。" in text_of(near(demo_client, near="43.06,141.36"))
    assert "竹富町の役所は石垣市にあるので、距離は石垣市から測っています。" in text_of(
        near(demo_client, place="竹富町")
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"near": "10.00,10.00"}, "日本の中の場所ではないようです。"),
        ({"near": "nonsense"}, "日本の中の場所ではないようです。"),
        ({"near": "nan,nan"}, "日本の中の場所ではないようです。"),
        ({"place": "999-9999"}, "その郵便番号は見つかりませんでした。"),
        ({"place": "12345"}, "その郵便番号は見つかりませんでした。"),
    ],
)
def test_a_place_that_is_none_is_told_with_a_way_on(client: TestClient, given: dict[str, str], told: str) -> None:
    _, asked = follow(client, "/search", {"need": "period"})
    location, page = follow(client, "/where", {"s": token_of(asked), **given})
    assert location.startswith("/where?s=")
    assert told in page
    assert 'name="prefecture" value="01"' in page


def test_a_postal_code_of_two_towns_asks_which(client: TestClient) -> None:
    _, asked = follow(client, "/search", {"need": "period"})
    _, page = follow(client, "/where", {"s": token_of(asked), "place": "498-0000"})
    assert len(re.findall(r'name="town" value="\d{6}"', page)) == 2


def test_what_only_pupils_get_can_be_left_out(demo_client: TestClient) -> None:
    page = near(demo_client, place="大津市")
    _, narrowed = follow(demo_client, "/nearby", {"s": token_of(page), "pupils": "no"})
    assert 'aria-pressed="true">児童・生徒だけのものを除く' in narrowed
    # What is given at schools and elsewhere too stays.
    for listed in re.findall(r'<ul class="evidence">(.*?)</ul>', narrowed, re.DOTALL):
        assert listed.count("（その学校に通う人）") < listed.count("<li>")


def test_one_kind_of_offer_narrows_and_all_come_back(demo_client: TestClient) -> None:
    page = near(demo_client, place="札幌市")
    _, narrowed = follow(demo_client, "/nearby", {"s": token_of(page), "offer": "ibasho"})
    assert 'value="ibasho" class="chosen" aria-pressed="true"' in narrowed
    _, back = follow(demo_client, "/nearby", {"s": token_of(narrowed), "offer": ""})
    assert 'aria-pressed="true">居場所' not in back


def test_the_card_to_take_along_has_numbers_and_words_and_nothing_else(demo_client: TestClient) -> None:
    page = near(demo_client, place="大津市")
    card = demo_client.get(unescape(re.findall(r'href="(/take\?s=[^"]+)"', page)[0])).text
    assert 'href="tel:' in main_of(card)
    assert "生理用品の配布は、いまもありますか" in card
    other = near(demo_client, "family_violence", place="大津市")
    assert "生理用品" not in demo_client.get(unescape(re.findall(r'href="(/take\?s=[^"]+)"', other)[0])).text
    assert "相談できるところを教えてください" in card
    assert "役所の番号には、相談員が出るとは限りません。" in card
    assert "の一覧の番号" in card
    assert '<section class="strip"' not in card


def test_neither_place_nor_need_can_be_read_from_the_addresses(demo_client: TestClient) -> None:
    _, asked = follow(demo_client, "/search", {"need": "period"})
    location, page = follow(demo_client, "/where", {"s": token_of(asked), "near": "43.06,141.36"})
    addresses = [location, *re.findall(r'href="([^"]+)"', main_of(page))]
    for one in addresses:
        if not one.startswith(("tel:", "https:")):
            assert not re.search(r"札幌|011002|43\.06|period|%E6", one), one


def test_coverage_counts_every_municipality_once(demo_client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(demo_client.get("/coverage.csv").content.decode("utf-8-sig"))))
    assert [row["全国地方公共団体コード"] for row in rows] == [one.code for one in municipalities()]
    states = [row["状況"] for row in rows]
    assert set(states) == {"市区町村の事業あり", "都道府県の事業のみ", "計画・連携のみ", "掲載なし"}
    page = main_of(demo_client.get("/coverage").text)
    numbers = [int(one) for one in re.findall(r"<dd>(\d+)</dd>", page)]
    own, wide, others, nothing = (
        states.count(one) for one in ("市区町村の事業あり", "都道府県の事業のみ", "計画・連携のみ", "掲載なし")
    )
    assert numbers == [own, wide + others, nothing]
    assert sum(numbers) == 1741
    by_code = {row["全国地方公共団体コード"]: row for row in rows}
    assert by_code["011002"]["状況"] == "市区町村の事業あり"
    # 上尾市 has a support network and no programme, and neither has 埼玉県.
    assert by_code["112194"]["状況"] == "計画・連携のみ"
    assert "上尾市" in page
    assert "札幌市" not in page
    # 宮城県's programme says that 仙台市 has its own.
    assert int(by_code["041009"]["都道府県の事業数"]) < int(by_code["042021"]["都道府県の事業数"])


def test_the_maps_say_the_same_as_their_tables(demo_client: TestClient) -> None:
    counts = demo_client.get("/api/v1/programs?per_page=1").json()["facets"]["prefecture"]
    listed = {one["code"]: one["count"] for one in counts}
    page = demo_client.get("/figures").text
    rows = re.findall(r'/areas/(\d\d)" lang="ja">[^<]+</a></th><td>(\d+)</td>', page)
    assert {code: int(count) for code, count in rows} == {one.code: listed.get(one.code, 0) for one in prefectures()}
    assert len(re.findall(r'<g class="shade\d">', page)) == 47
    osaka = demo_client.get("/areas/27").text
    linked = re.findall(r'href="/areas/(27\d{4})"', main_of(osaka))
    assert len(re.findall(r'class="listed"', osaka)) == len(linked) > 0
