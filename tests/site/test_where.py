"""Where: any of the country's municipalities, a name that several share, a name that is none, or no place at all."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from tests.site_walks import choose, find, follow, main_of, sections, text_of, token_of

from tsunagari_parsers.places import municipalities, municipality_of
from tsunagari_site.pages.where import regions


def asked(client: TestClient, need: str = "money", prefix: str = "") -> str:
    """The page that asks where."""
    location, page = follow(client, f"{prefix}/search", {"need": need})
    assert location.startswith(f"{prefix}/where?s=")
    return page


def answer(client: TestClient, page: str, **fields: str) -> tuple[str, str]:
    location, page = follow(client, "/where", {"s": token_of(page), **fields})
    return location.partition("?")[0], page


def towns_offered(page: str) -> list[str]:
    return re.findall(r'name="town" value="(\d{6})"', page)


def heading(page: str) -> str:
    return text_of(re.findall(r"<h1.*?</h1>", page)[0]).strip()


def test_every_prefecture_can_be_chosen_and_no_place_has_to_be(client: TestClient) -> None:
    page = asked(client)
    codes = re.findall(r'name="prefecture" value="(\d\d)"', page)
    assert sorted(codes) == [f"{code:02}" for code in range(1, 48)]
    assert [one.code for region in regions() for one in region.prefectures] == codes
    assert "場所を選ばずに見る" in page
    where, results = answer(client, page, skip="1")
    assert where == "/results"
    assert heading(results) == "さがした結果"


@pytest.mark.parametrize("prefecture", ["01", "13", "47"])
def test_a_prefecture_leads_to_all_its_municipalities(client: TestClient, prefecture: str) -> None:
    where, page = answer(client, asked(client), prefecture=prefecture)
    assert where == "/where"
    assert towns_offered(page) == [one.code for one in municipalities() if one.prefecture.code == prefecture]
    where, _ = answer(client, page, all="1")
    assert where == "/results"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("札幌市", "011002"),
        (" 札幌市 ", "011002"),
        ("くにたち", "132152"),
        ("東京都国立市", "132152"),
        ("shinjuku", "131041"),
        ("東京都府中市", "132063"),
        ("滋賀県日野町", "253839"),
    ],
)
def test_a_name_leads_straight_to_the_results(client: TestClient, typed: str, code: str) -> None:
    where, page = answer(client, asked(client), place=typed)
    assert where == "/results"
    assert heading(page) == f"さがした結果 {municipality_of(code).name}"


@pytest.mark.parametrize("typed", ["060-0001", "０６０－０００１", "〒0600001"])
def test_a_postal_code_leads_to_its_municipality(client: TestClient, typed: str) -> None:
    where, page = answer(client, asked(client), place=typed)
    assert where == "/results"
    assert heading(page) == "さがした結果 札幌市"


@pytest.mark.parametrize("typed", ["999-9999", "000-0000"])
def test_a_postal_code_that_is_none_is_told(client: TestClient, typed: str) -> None:
    where, page = answer(client, asked(client), place=typed)
    assert where == "/where"
    assert "その郵便番号は見つかりませんでした。まちの名前でもさがせます。" in page


@pytest.mark.parametrize("position", ["0,0", "43.06", "x,y", "nan,nan", "inf,1", "91,181", "", "35.68,139.76,1"])
def test_a_position_that_is_none_in_japan_is_told(client: TestClient, position: str) -> None:
    where, page = answer(client, asked(client), near=position)
    assert where == "/where"
    assert "日本の中の場所ではないようです。" in page


@pytest.mark.parametrize(
    ("typed", "codes"),
    [("日野町", {"253839", "314021"}), ("府中市", {"132063", "342084"}), ("伊達市", {"012335", "072133"})],
)
def test_a_name_that_several_share_is_asked_back(client: TestClient, typed: str, codes: set[str]) -> None:
    where, page = answer(client, asked(client), place=typed)
    assert where == "/where"
    assert "同じ名前のまちがあります。どちらですか" in page
    assert set(towns_offered(page)) == codes
    for code in codes:
        town = municipality_of(code)
        assert f"{town.prefecture.name} {town.name}" in text_of(page)
        where, results = answer(client, page, town=code)
        assert where == "/results"
        assert heading(results) == f"さがした結果 {town.name}"
        assert "どちらですか" not in results


def test_a_shared_name_within_a_chosen_prefecture_is_no_question(client: TestClient) -> None:
    _, page = answer(client, asked(client), prefecture="13")
    where, results = answer(client, page, place="府中市")
    assert where == "/results"
    assert heading(results) == "さがした結果 府中市"
    assert "東京都" in main_of(results)
    # A name of another prefecture still leads there.
    assert heading(answer(client, page, place="札幌市")[1]) == "さがした結果 札幌市"


@pytest.mark.parametrize("typed", ["ほげほげ", "", "  ", "あ" * 500, "<b>", "東北"])
def test_a_place_that_is_none_is_told_and_leads_on(client: TestClient, typed: str) -> None:
    where, page = answer(client, asked(client), place=typed)
    assert where == "/where"
    assert ("その場所は見つかりませんでした。" in page) != typed.isdigit()
    assert ("その郵便番号は見つかりませんでした。" in page) == typed.isdigit()
    assert "場所を選ばずに見る" in page
    assert 'role="alert"' in main_of(page)
    # What was typed is not shown again to whoever looks over a shoulder.
    (box,) = re.findall(r'<input id="place"[^>]*>', page)
    assert "value=" not in box
    where, _ = answer(client, page, skip="1")
    assert where == "/results"
    _, again = answer(client, page, prefecture="01")
    assert "見つかりませんでした" not in again


@pytest.mark.parametrize("typed", ["日野町", "府中市"])
def test_a_shared_name_in_the_search_box_is_asked_back_too(client: TestClient, typed: str) -> None:
    page = find(client, q=f"相談 {typed}")
    assert "同じ名前のまちがあります。どちらですか" in page
    codes = re.findall(r'name="set" value="town=(\d{6})"', page)
    assert {municipality_of(code).name for code in codes} == {typed}
    assert len(codes) == 2
    for code in codes:
        _, results = follow(client, "/results", {"s": token_of(page), "set": f"town={code}"})
        assert municipality_of(code).name in heading(results)
        assert "どちらですか" not in results


@pytest.mark.parametrize("code", ["131016", "022012", "473022"])
def test_a_town_without_listings_is_told_and_still_leads_on(client: TestClient, code: str) -> None:
    page = choose(client, "money", town=code)
    assert heading(page) == f"さがした結果 {municipality_of(code).name}"
    assert "条件に合う事業がないので、ほかの" in page or "合う事業は、ここにある一覧にはありません。" in page
    assert "tel:%238778" in main_of(page)
    assert "tel:0120279338" in sections(page)["いま、話せるところ"]
    assert (
        "ここに載っていなくても、支援がないとは限りません。#8778、#8008、よりそいホットラインなどに聞いてみてください。"
        in page
    )


def test_where_the_text_excludes_a_city_it_is_not_said_to_be_served(client: TestClient) -> None:
    """宮城県's programme is for all but 仙台市, which has its own."""
    assert "宮城県が行う事業" not in sections(choose(client, "period", town="041009"))
    page = choose(client, "period", town="042021")  # 石巻市
    assert "宮城県" in text_of(page)


def test_a_town_of_no_prefecture_and_other_nonsense_begin_again(client: TestClient) -> None:
    page = asked(client)
    for fields in ({"town": "999999"}, {"prefecture": "99"}, {"town": "x"}, {}):
        response = client.post("/where", data={"s": token_of(page), **fields})
        assert response.status_code == 303
        assert client.get(response.headers["location"]).status_code == 200
    assert client.post("/where", data={"s": "x", "skip": "1"}).status_code == 410
    assert client.get("/where").status_code == 410
