"""The page of a prefecture or a municipality: whom to call, what its lists had, its plan and network, and what is not known."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.site_walks import follow, main_of, sections, text_of, token_of

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import PROGRAM_KINDS, Listing
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import municipalities, municipality_of, prefecture_of, prefectures

DESKS = "電話で相談できるところ"


@pytest.fixture(scope="module")
def listings(demo: Path) -> tuple[Listing, ...]:
    workspace = Workspace(demo)
    generation = Generation.open(workspace.generation_path(workspace.current()))
    found = tuple(generation.all_listings())
    generation.close()
    return found


def names_in(section: str) -> list[str]:
    return re.findall(r'<h3 lang="ja"><a[^>]*>(.*?)</a></h3>', section)


def test_the_list_of_regions_tells_how_many_programmes_each_has(
    demo_client: TestClient, listings: tuple[Listing, ...]
) -> None:
    page = demo_client.get("/areas").text
    shown = dict(re.findall(r'href="/areas/(\d\d)"><span lang="ja">[^<]+</span> <small>(\d+)</small>', main_of(page)))
    counts = Counter(one.prefecture_code for one in listings if one.kind in PROGRAM_KINDS)
    assert {code: int(count) for code, count in shown.items()} == {one.code: counts[one.code] for one in prefectures()}
    assert "0でも、支援がないとは限りません。" in page


@pytest.mark.parametrize("code", [one.code for one in prefectures()])
def test_every_prefecture_has_desks_first_then_its_own_programmes(
    demo_client: TestClient, listings: tuple[Listing, ...], code: str
) -> None:
    prefecture = prefecture_of(code)
    page = demo_client.get(f"/areas/{code}").text
    found = sections(page)
    assert next(iter(found)) == DESKS
    assert "tel:%238778" in found[DESKS]
    assert "tel:%238008" in found[DESKS]
    own = [one for one in listings if one.is_program and one.prefecture_code == code and not one.municipality_code]
    assert sorted(names_in(found[f"{prefecture.name}が行う事業"])) == sorted(one.program_name for one in own)
    towns = {one.municipality_code for one in listings if one.is_program and one.prefecture_code == code} - {None}
    assert set(re.findall(r'href="/areas/(\d{6})"', found["市区町村が行う事業"])) == towns
    of_all = sum(one.prefecture == prefecture for one in municipalities())
    assert f"この一覧に事業がない市区町村：{of_all - len(towns)}。支援がないとは限りません。" in page


def test_a_municipality_has_its_own_and_its_prefecture_s_and_nobody_else_s(
    demo_client: TestClient, listings: tuple[Listing, ...]
) -> None:
    for code in sorted({one.municipality_code for one in listings if one.municipality_code}):
        town = municipality_of(code)
        found = sections(demo_client.get(f"/areas/{code}").text)
        own = [one for one in listings if one.is_program and one.municipality_code == code]
        wide = [
            one
            for one in listings
            if one.is_program
            and one.prefecture_code == town.prefecture.code
            and one.municipality_code is None
            and code not in {place.code for place in one.excluded}
        ]
        assert sorted(names_in(found[f"{town.name}が行う事業"])) == sorted(one.program_name for one in own), town.name
        assert sorted(names_in(found.get(f"{town.prefecture.name}が行う事業", ""))) == sorted(
            one.program_name for one in wide
        ), town.name


def test_a_city_shows_its_plan_and_the_desk_of_its_network(demo_client: TestClient) -> None:
    kunitachi = sections(demo_client.get("/areas/132152").text)
    measures = kunitachi["このまちの計画にある取り組み"]
    assert "事業の一覧ではありません。" in measures
    assert len(names_in(measures)) == 17
    ageo = sections(demo_client.get("/areas/112194").text)
    assert list(ageo).index("このまちの、はじめの窓口と連携") == 1
    assert names_in(ageo["このまちの、はじめの窓口と連携"]) == ["上尾市困難女性支援ネットワーク"]
    assert "「上尾市」の事業は、この一覧にはありません。支援がないとは限りません。" in text_of(ageo["上尾市が行う事業"])


@pytest.mark.parametrize("code", ["022012", "131016", "473022", "02", "47"])
def test_a_place_of_which_nothing_is_known_says_so_and_leads_on(demo_client: TestClient, code: str) -> None:
    name = prefecture_of(code).name if len(code) == 2 else municipality_of(code).name
    page = demo_client.get(f"/areas/{code}")
    assert page.status_code == 200
    said = text_of(page.text)
    assert (
        f"「{name}」の事業は、この一覧にはありません。支援がないとは限りません。県や全国の窓口に聞いてみてください。"
        in said
    )
    assert "tel:%238778" in sections(page.text)[DESKS]


def test_where_the_text_excludes_a_city_its_page_does_not_offer_the_prefecture_s(demo_client: TestClient) -> None:
    assert "宮城県が行う事業" not in sections(demo_client.get("/areas/041009").text)
    assert "宮城県が行う事業" in sections(demo_client.get("/areas/042021").text)


def test_from_a_region_the_search_goes_on_under_a_sealed_address(demo_client: TestClient) -> None:
    page = demo_client.get("/areas/011002").text
    location, results = follow(demo_client, "/where", {"s": token_of(page), "all": "1"})
    assert re.fullmatch(r"/results\?s=[\w-]+", location)
    assert "さがした結果 札幌市" in text_of(results)
    # What is opened from a region's page is sealed as well, so that a history does not tell the programme.
    assert not re.search(r'href="/programs/', page)


@pytest.mark.parametrize("code", ["0", "48", "00", "99", "x", "011003", "0110021", "０１", "../about", "011002/x"])
def test_a_number_of_no_place_is_a_page_that_leads_on(demo_client: TestClient, code: str) -> None:
    answer = demo_client.get(f"/areas/{code}") if ".." not in code else demo_client.get("/areas/%2e%2e%2fabout")
    assert answer.status_code == 404
    assert "tel:0120279338" in answer.text
