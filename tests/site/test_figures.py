"""Figures are those of what is published, stand as a table too, and a pale tile is never said to mean no support."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.site_walks import main_of, text_of

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import PROGRAM_KINDS, Listing
from tsunagari_indexer.offers import offer_kinds
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers.places import Prefecture, municipalities, prefectures
from tsunagari_site.maps import prefecture_map


@pytest.fixture(scope="module")
def programs(demo: Path) -> tuple[Listing, ...]:
    workspace = Workspace(demo)
    generation = Generation.open(workspace.generation_path(workspace.current()))
    found = tuple(one for one in generation.all_listings() if one.kind in PROGRAM_KINDS)
    generation.close()
    return found


@pytest.fixture
def page(demo_client: TestClient) -> str:
    answer = demo_client.get("/figures")
    assert answer.status_code == 200
    return main_of(answer.text)


def test_the_map_and_the_table_show_what_is_published(page: str, programs: tuple[Listing, ...]) -> None:
    counts = Counter(one.prefecture_code for one in programs)
    table = dict(re.findall(r'href="/areas/(\d\d)"[^>]*>[^<]+</a></th><td>(\d+)</td>', page))
    assert {code: int(count) for code, count in table.items()} == {one.code: counts[one.code] for one in prefectures()}
    tiles = re.findall(r'<g class="shade(\d)">.*?<text class="count"[^>]*>(\d+)</text></g>', page)
    assert Counter(int(count) for _, count in tiles) == Counter(counts[one.code] for one in prefectures())
    assert sum(int(count) for _, count in tiles) == len(programs)
    by_count = sorted({(int(count), int(shade)) for shade, count in tiles})
    assert [shade for _, shade in by_count] == sorted(shade for _, shade in by_count)
    assert all((count == 0) is (shade == 0) for count, shade in by_count)


def test_no_two_prefectures_lie_on_one_another(page: str) -> None:
    places = re.findall(r'<g class="shade\d"><rect x="(\d+)" y="(\d+)"', page)
    assert len(places) == len(set(places)) == 47


def test_bars_show_what_programmes_offer_and_nothing_of_stays_or_staff(
    page: str, programs: tuple[Listing, ...]
) -> None:
    labels = {kind.id: kind.label for kind in offer_kinds()}
    counts = Counter(offer for one in programs for offer in {offer.kind for offer in one.offers} & labels.keys())
    bars = re.findall(r'<th scope="row">([^<]+)</th><td><svg.*?<rect width="(\d+)".*?</svg> (\d+)</td>', page)
    assert {label: int(count) for label, _, count in bars} == {labels[kind]: count for kind, count in counts.items()}
    longest = max(counts.values())
    assert all(int(width) == round(100 * int(count) / longest) for _, width, count in bars)
    assert [int(count) for *_, count in bars] == sorted((int(count) for *_, count in bars), reverse=True)
    assert not re.search("滞在|宿泊|シェルター|泊", page)


def test_totals_and_years_agree(page: str, programs: tuple[Listing, ...]) -> None:
    said = text_of(page)
    assert f"一覧に載っている事業：{len(programs)}件" in said
    for year, count in Counter(one.fiscal_year for one in programs).items():
        assert f"{year}年度：{count}件" in said


def test_few_is_never_said_to_mean_none(page: str, demo_client: TestClient) -> None:
    assert "支援がないという意味ではありません。" in page
    assert "支援がないとは限りません。" in demo_client.get("/coverage").text


def test_the_page_about_the_site_names_its_papers_its_terms_and_what_is_missing(
    demo_client: TestClient, programs: tuple[Listing, ...]
) -> None:
    said = text_of(demo_client.get("/about").text)
    towns = {one.municipality_code for one in programs if one.municipality_code}
    assert f"ここにある一覧に載っている事業は{len(programs)}件です。" in said
    assert f"全国{len(municipalities())}の市区町村のうち、事業が載っているのは{len(towns)}です。" in said
    assert "公共データ利用規約（第1.0版）" in said
    assert "国や市区町村のサイトではありません。" in said
    assert "まちがいを見つけたら" in said
    # Without an address nothing is asked for; no form either way.
    assert "このサイトの連絡先は、まだ決まっていません。" in said
    assert "<form" not in main_of(demo_client.get("/about").text)


@pytest.mark.parametrize("prefecture", prefectures(), ids=lambda one: one.english)
def test_no_two_names_on_the_map_of_a_prefecture_lie_on_each_other(prefecture: Prefecture) -> None:
    towns = [one for one in municipalities() if one.prefecture == prefecture]
    drawn = prefecture_map(prefecture, {one.code: 1 for one in towns[::4]})
    boxes = []
    for dot in drawn.dots:
        if dot.label:
            wide = len(dot.place.name) * 12
            left = dot.label.x - {"middle": wide / 2, "start": 0, "end": wide}[dot.label.anchor]
            boxes.append((left, dot.label.y - 12, left + wide, dot.label.y))
    assert boxes
    assert not [
        (one, other)
        for one, other in combinations(boxes, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
