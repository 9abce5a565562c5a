"""Somebody who knows her trouble and no scheme's name gets to a number in three steps, and what she pressed stays hers."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.site_walks import PREFIXES, choose, follow, main_of, sections, text_of, token_of

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import PROGRAM_KINDS
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import known_desks
from tsunagari_site.i18n import LANGUAGES, translations, with_readings
from tsunagari_site.needs import NeedDataError, known_needs, load_needs
from tsunagari_site.rendering import tel

NEEDS = list(known_needs())
DESKS = {desk.id: desk for desk in known_desks()}
LINES = "いま、話せるところ"


def links_of(desk_id: str) -> list[str]:
    """How a desk is reached: its numbers; else its page; else, where it is found at every city office, its name."""
    desk = DESKS[desk_id]
    return [f'href="{tel(phone.number)}"' for phone in desk.phones] or [f'href="{desk.url}"' if desk.url else desk.name]


def test_the_tiles_stand_on_the_first_page_in_plain_words(client: TestClient) -> None:
    tiles = re.findall(r'name="need" value="(\w+)">([^<]+)<', client.get("/").text)
    assert [label for _, label in tiles] == [
        "家族やパートナーがこわい",
        "性的にいやなことをされた",
        "今夜泊まるところがない",
        "お金・仕事・食べもの",
        "生理用品がほしい",
        "妊娠・からだ",
        "こころがつらい",
        "ひとりで不安・居場所",
        "子育て・家族・ひきこもり",
        "10代のなやみ",
        "ことば・在留資格",
        "うまく言えない",
    ]
    assert [name for name, _ in tiles] == NEEDS


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_tile_leads_to_its_lines_in_two_steps_without_a_place(client: TestClient, need: str, prefix: str) -> None:
    page = choose(client, need, prefix)
    lines = re.findall(r"<section.*?</section>", main_of(page), re.DOTALL)[0]
    assert 'href="tel:' in lines
    named = translations(next(one.code for one in LANGUAGES if one.prefix == prefix)).gettext
    for desk in known_needs()[need].desks:
        reached = [link if "=" in link else with_readings(named(link)) for link in links_of(desk)]
        assert any(link in lines for link in reached), desk


@pytest.mark.parametrize("need", NEEDS)
def test_a_tile_leads_to_its_lines_and_to_those_of_a_place_in_three_steps(client: TestClient, need: str) -> None:
    _, asked = follow(client, "/search", {"need": need})
    _, towns = follow(client, "/where", {"s": token_of(asked), "prefecture": "01"})
    for last in ({"all": "1"}, {"town": "011002"}, {"place": "札幌市"}):
        location, page = follow(client, "/where", {"s": token_of(towns), **last})
        assert location.startswith("/results?s=")
        found = sections(page)
        assert any(link in found[LINES] for link in links_of(known_needs()[need].desks[0]))
        assert "北海道立女性相談支援センター" in found["電話で相談できるところ"]


@pytest.mark.parametrize("need", [need for need in NEEDS if known_needs()[need].urgent])
def test_where_there_may_be_danger_the_police_are_named_first_of_all(client: TestClient, need: str) -> None:
    page = choose(client, need)
    assert "いますぐ危険なときは、110番か119番にかけてください。" in sections(page)[LINES]
    assert re.search(r'<section class="urgent">\s*<h2>' + LINES, page)


@pytest.mark.parametrize("need", [need for need in NEEDS if known_needs()[need].offers])
def test_a_tile_finds_the_programmes_that_offer_any_of_its_kinds(
    client: TestClient, published: Path, need: str
) -> None:
    workspace = Workspace(published)
    opened = Generation.open(workspace.generation_path(workspace.current()))
    offers = known_needs()[need].offers
    fitting = [
        one
        for one in opened.all_listings()
        if one.kind in PROGRAM_KINDS and offers & {offer.kind for offer in one.offers}
    ]
    opened.close()
    page = choose(client, need)
    if fitting:
        assert f"一覧に載っている事業：{len(fitting)}件" in text_of(page)
    else:
        # Programmes for something else would be no answer.
        assert "合う事業は、ここにある一覧にはありません。" in page
        assert 'class="card"' not in page


@pytest.mark.parametrize("where", [{"skip": "1"}, {"place": "国立市"}, {"town": "132152"}, {"place": "札幌市"}])
@pytest.mark.parametrize("prefix", ["", "/vi"])
def test_nowhere_to_sleep_leads_to_lines_and_to_no_programme_and_no_stay(
    demo_client: TestClient, prefix: str, where: dict[str, str]
) -> None:
    page = choose(demo_client, "tonight", prefix, **where)
    main = main_of(page)
    assert 'href="tel:0120279338"' in main
    assert 'href="tel:110"' in main
    assert not re.search(r"一覧に載っている事業|今年度の一覧にある事業|以前の一覧にあった事業", text_of(main))
    assert "シェルター" not in main
    assert "短期" not in main
    # What a city plans, or whom it works with, may stand there; no programme does.
    assert not re.findall(r'<span class="year">[^<]*(?:一覧|事業の資料)', main)
    if not prefix:
        assert (
            "泊まれるところの場所は、安全のため、このサイトには載せていません。上の窓口に電話で聞いてください。" in main
        )


def test_no_filter_and_no_other_tile_singles_out_stays(demo_client: TestClient) -> None:
    assert not [need for need in known_needs().values() if "stay" in need.offers]
    for need in NEEDS:
        filters = re.findall(r'name="set" value="offer=([^"]*)"', choose(demo_client, need))
        assert "stay" not in filters


def test_the_tile_that_was_pressed_stays_pressed_while_filters_change(client: TestClient) -> None:
    page = choose(client, "period")
    total = int(re.findall(r"一覧に載っている事業：(\d+)件", page)[0])
    _, narrowed = follow(client, "/results", {"s": token_of(page), "set": "prefecture=27"})
    assert 0 < int(re.findall(r"一覧に載っている事業：(\d+)件", narrowed)[0]) < total
    assert "生理用品を受け取るには" in narrowed


def test_a_tile_that_does_not_exist_begins_again(client: TestClient) -> None:
    for value in ("", "x", "stay", "tonight "):
        assert client.post("/search", data={"need": value}).headers["location"] == "/"


def test_what_is_asked_on_a_call_and_a_card_are_one_step_from_the_lines(client: TestClient) -> None:
    lines = sections(choose(client, "family_violence"))[LINES]
    for page in ("calling", "card"):
        (link,) = re.findall(rf'href="(/{page}\?s=[^"]+)"', lines)
        assert client.get(unescape(link)).status_code == 200


NEED = '[[need]]\nid = "a"\nlabel = "こまった"\noffers = ["dv"]\ndesks = ["line-8778"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ひとつもありません"),
        (NEED + NEED, "重なっている"),
        (NEED.replace('id = "a"', 'id = ""'), "id・label・desks"),
        (NEED.replace('label = "こまった"', 'label = ""'), "id・label・desks"),
        (NEED.replace('["line-8778"]', "[]"), "id・label・desks"),
        (NEED.replace("line-8778", "line-none"), "line-none"),
        (NEED.replace('"dv"', '"stay"'), "stay"),
        (NEED.replace('"dv"', '"none"'), "none"),
        (NEED + 'colour = "red"\n', "colour"),
    ],
)
def test_needs_that_cannot_be_used_stop_the_start_and_are_named(text: str, said: str) -> None:
    with pytest.raises(NeedDataError, match=re.escape(said)):
        load_needs(text)
    (need,) = load_needs(NEED)
    assert (need.id, need.label, need.offers, need.desks) == ("a", "こまった", frozenset({"dv"}), ("line-8778",))
    assert not need.urgent
    assert not need.goods
