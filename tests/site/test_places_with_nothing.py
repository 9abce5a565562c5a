"""Places of which the lists have nothing, and numbers nobody types: what is shown instead is true, and what was asked for."""

from __future__ import annotations

import re
from html import unescape

from starlette.testclient import TestClient
from tests.site_walks import choose, follow, main_of, sections, text_of, token_of


def near(client: TestClient, need: str, **where: str) -> str:
    link = re.findall(r'href="(/nearby\?s=[^"]+)"', choose(client, need, **where))[0]
    return client.get(unescape(link)).text


def test_where_nothing_is_listed_what_was_asked_for_is_kept_and_only_what_was_chosen_is_said_to_be_given_up(
    demo_client: TestClient,
) -> None:
    page = text_of(choose(demo_client, "period", place="十島村"))
    assert "ほかの都道府県のものも出しています。" in page
    assert "ほかの内容のものも出しています。" not in page
    assert "ほかの年度のものも出しています。" not in page


def test_measures_and_networks_are_never_counted_as_programmes(demo_client: TestClient) -> None:
    for place in ("十島村", "札幌市", "上尾市", "国立市"):
        page = sections(choose(demo_client, "period", place=place))
        listed = [text for heading, text in page.items() if heading.endswith("にある事業") or "にあった事業" in heading]
        assert listed
        assert not any(re.search("年度の(計画|資料)", text_of(one)) for one in listed)


def test_a_town_with_a_network_alone_is_not_said_to_run_a_programme(demo_client: TestClient) -> None:
    page = sections(demo_client.get("/areas/112194").text)
    assert "上尾市困難女性支援ネットワーク" in page["このまちの、はじめの窓口と連携"]
    assert "上尾市困難女性支援ネットワーク" not in page["上尾市が行う事業"]
    assert "この一覧にはありません。支援がないとは限りません。" in text_of(page["上尾市が行う事業"])


def test_a_prefecture_with_nothing_does_not_speak_of_more(demo_client: TestClient) -> None:
    assert "はじめの100件" not in demo_client.get("/areas/02").text


def test_every_list_of_old_programmes_says_that_they_are_old(demo_client: TestClient) -> None:
    said = "いまも続いているか"
    assert said in sections(demo_client.get("/areas/082015").text.replace("\n", " ")).get("茨城県が行う事業", said)
    for page in (demo_client.get("/areas/011002").text, choose(demo_client, "period", town="032034")):
        for heading, text in sections(page).items():
            if heading.endswith("が行う事業") and 'class="card"' in text:
                assert said in text_of(text)
    for heading, text in sections(near(demo_client, "period", place="大津市")).items():
        assert said in text_of(text) or 'class="card"' not in text, heading


def test_near_a_prefecture_its_own_towns_are_not_called_neighbours(demo_client: TestClient) -> None:
    _, asked = follow(demo_client, "/search", {"need": "period"})
    _, asked = follow(demo_client, "/where", {"s": token_of(asked), "prefecture": "27"})
    _, results = follow(demo_client, "/where", {"s": token_of(asked), "all": "1"})
    rungs = sections(demo_client.get(f"/nearby?s={token_of(results)}").text)
    assert "大阪府の市区町村の事業です。" in text_of(rungs["市区町村が行う事業"])
    assert "となりのまちのもの" not in rungs
    # What it says of choosing a municipality can be done from here.
    assert "大阪府のどのまちですか" in text_of(rungs["大阪府にあるもの"])


def test_the_card_to_take_along_has_the_desk_of_the_own_prefecture_first_and_says_nothing_of_now(
    demo_client: TestClient,
) -> None:
    # Her own prefecture's desk, whether or not its hours are known.
    for place, first in (("札幌市", "tel:0116669955"), ("双葉町", "tel:%238778")):
        link = re.findall(r'href="(/take\?s=[^"]+)"', near(demo_client, "family_violence", place=place))[0]
        card = main_of(demo_client.get(unescape(link)).text)
        assert re.findall(r'href="(tel:[^"]+)"', card)[0] == first
        assert "いま開いています" not in card
        assert "時間外" not in card


def test_a_page_number_of_thousands_of_digits_is_the_last_page(demo_client: TestClient) -> None:
    page = choose(demo_client, "period", skip="1")
    _, last = follow(demo_client, "/results", {"s": token_of(page), "set": "page=" + "9" * 9000})
    assert "4／4ページ" in text_of(last)


def test_what_the_tile_narrows_is_shown_and_everything_takes_it_away(demo_client: TestClient) -> None:
    page = near(demo_client, "family_violence", place="大津市")
    assert "しぼりこみ 家族やパートナーがこわい" in text_of(page)
    _, everything = follow(demo_client, "/nearby", {"s": token_of(page), "offer": ""})
    assert "しぼりこみ" not in everything
    assert main_of(everything).count('class="card"') > main_of(page).count('class="card"')


def test_the_places_of_an_old_list_are_told_in_the_past(demo_client: TestClient) -> None:
    for link in re.findall(r'href="(/program\?s=[^"]+)"', choose(demo_client, "period", place="大津市"))[:3]:
        page = text_of(demo_client.get(unescape(link)).text)
        assert "として書かれているところ" not in page
        assert "2021年度の一覧に書かれていたこと" in page


def test_what_is_a_thousand_kilometres_away_is_not_called_next_door(demo_client: TestClient) -> None:
    rungs = sections(near(demo_client, "period", place="竹富町"))
    assert "100km以内の市区町村には、合う事業が載っていません。" in text_of(rungs["市区町村が行う事業"])
    assert "となりのまちのもの" not in rungs
    assert "となりのまちのもの" in sections(near(demo_client, "period", place="札幌市"))
