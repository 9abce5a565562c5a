"""The desks and lines: what is shown as open is what is known to be open, and each can be reached as its entry says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.site_walks import PREFIXES, follow, main_of, sections, site_at, text_of

from tsunagari_parsers import Desk, known_desks
from tsunagari_parsers.opening import JAPAN, Opening, OpenState
from tsunagari_site.pages.contacts import FILTERS
from tsunagari_site.rendering import tel
from tsunagari_site.shown_desks import shown_desks

MOMENTS = {
    "friday-noon": datetime(2026, 11, 20, 12, 0, tzinfo=JAPAN),
    "sunday-at-three-at-night": datetime(2026, 11, 22, 3, 0, tzinfo=JAPAN),
    "weekday-evening": datetime(2026, 11, 24, 21, 30, tzinfo=JAPAN),
    "a-holiday": datetime(2026, 11, 23, 11, 0, tzinfo=JAPAN),
    "new-year": datetime(2027, 1, 1, 10, 0, tzinfo=JAPAN),
    "saturday-morning-told-in-utc": datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
}
OPEN, OTHERS, OF_PREFECTURES = "いま開いているところ", "時間や使い方が決まっているところ", "都道府県の窓口"


def known_to_be_open(desk: Desk, moment: datetime) -> bool:
    """Whether the entry of a desk says, for anybody, that one of its phones or ways answers at a moment."""

    def is_open(opening: Opening | None) -> bool:
        return opening is not None and opening.state(moment) is OpenState.OPEN

    if any(is_open(way.opening) and not way.registration for way in desk.silent_ways):
        return True
    if not desk.phones:
        return not desk.silent_ways and (desk.always_open or is_open(desk.opening))
    return any(
        is_open(phone.opening) if phone.opening or phone.own_hours else desk.always_open or is_open(desk.opening)
        for phone in desk.phones
    )


def names_in(section: str) -> list[str]:
    return [unescape(name) for name in re.findall(r"<h3>(.*?)</h3>", section)]


@pytest.fixture(scope="module", params=list(MOMENTS))
def at(request: pytest.FixtureRequest, published: Path) -> Iterator[tuple[TestClient, datetime]]:
    moment = MOMENTS[request.param]
    with site_at(published, moment) as client:
        yield client, moment


def test_what_is_shown_as_open_is_exactly_what_is_known_to_be_open(at: tuple[TestClient, datetime]) -> None:
    client, moment = at
    page = client.get("/contacts").text
    found = sections(page)
    national = [desk for desk in shown_desks() if desk.prefecture is None]
    assert sorted(names_in(found[OPEN])) == sorted(desk.name for desk in national if known_to_be_open(desk, moment))
    assert sorted(names_in(found[OTHERS])) == sorted(
        desk.name for desk in national if not known_to_be_open(desk, moment)
    )
    assert "いま開いています" not in found[OTHERS]
    assert found[OPEN].count("いま開いています") == len(names_in(found[OPEN]))
    for item in re.findall(r'<li class="desk">.*?</li>', found[OF_PREFECTURES], re.DOTALL):
        (desk,) = [one for one in shown_desks() if one.prefecture and one.name in names_in(item)]
        assert ("いま開いています" in item) is known_to_be_open(desk, moment), desk.name


def test_what_answers_at_any_hour_stands_first(at: tuple[TestClient, datetime]) -> None:
    client, _ = at
    by_name = {desk.name: desk for desk in shown_desks()}
    shown = [by_name[name] for name in names_in(sections(client.get("/contacts").text)[OPEN])]
    order = [(desk.never_first, not desk.always_open) for desk in shown]
    assert order == sorted(order)
    assert shown[0].always_open


def test_every_desk_says_where_it_is_from_and_when_it_was_seen(client: TestClient) -> None:
    page = client.get("/contacts").text
    items = re.findall(r'<li class="desk">.*?</li>', page, re.DOTALL)
    assert len(items) == len(shown_desks())
    for item in items:
        assert "もとにした資料：" in item
        assert re.search(r"（20\d\d年\d+月\d+日に見ました）", item)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_number_is_a_link_that_dials_it(client: TestClient, prefix: str) -> None:
    page = client.get(f"{prefix}/contacts").text
    links = re.findall(r'href="(tel:[^"]+)"', page)
    assert {tel(phone.number) for desk in shown_desks() for phone in desk.phones} <= set(links)
    assert all(re.fullmatch(r"tel:(?:%23)?\d+", link) for link in links)
    assert {"tel:%238778", "tel:%238008", "tel:%238891", "tel:%239110", "tel:110"} <= set(links)


def test_whoever_cannot_speak_gets_ways_without_a_voice_and_is_told_what_stays(client: TestClient) -> None:
    location, page = follow(client, "/contacts", {"only": "silent"})
    assert re.fullmatch(r"/contacts\?s=[\w-]+", location)
    assert "チャットの記録も残ります。" in page
    items = re.findall(r'<li class="desk">.*?</li>', page, re.DOTALL)
    assert items
    assert all("声を出さずに" in item for item in items)
    ways = {way.way for desk in shown_desks() for way in desk.silent_ways}
    assert {"chat", "relay", "app"} <= ways


@pytest.mark.parametrize("chosen", list(FILTERS))
def test_a_button_leaves_exactly_the_desks_that_fit(client: TestClient, chosen: str) -> None:
    fits: Callable[[Desk], bool] = {
        "silent": lambda desk: bool(desk.silent_ways),
        "any_gender": lambda desk: desk.any_gender,
        "children": lambda desk: desk.for_children,
        "dying": lambda desk: desk.for_dying,
    }[chosen]
    _, page = follow(client, "/contacts", {"only": chosen})
    expected = sorted(desk.name for desk in shown_desks() if fits(desk))
    assert 0 < len(expected) < len(shown_desks())
    assert sorted(names_in(re.sub(r"<h3>[^<]*別のサイト.*", "", main_of(page)))) == expected
    assert re.search(rf'value="{chosen}" class="chosen" aria-pressed="true"', page)
    assert "すべての窓口を見る" in page
    # A button pressed again, or another, works from there.
    assert "?s=" in follow(client, "/contacts", {"only": "children"})[0]
    assert client.post("/contacts", data={"only": ""}).headers["location"] == "/contacts"


@pytest.mark.parametrize("tag", ["vi", "ko", "en", "ne"])
def test_a_language_leaves_the_desks_that_answer_in_it(client: TestClient, tag: str) -> None:
    _, page = follow(client, "/contacts", {"language": tag})
    expected = sorted(desk.name for desk in shown_desks() if tag in desk.languages)
    assert expected
    assert sorted(names_in(main_of(page))) == expected
    assert "電話で話せるとは限りません。外国語で使えるのがチャットだけの窓口もあります。" in page


@pytest.mark.parametrize("fields", [{"language": "xx"}, {"language": "<script>"}, {"only": "women"}, {"x": "y" * 9000}])
def test_a_button_that_is_none_shows_all(client: TestClient, fields: dict[str, str]) -> None:
    assert client.post("/contacts", data=fields).headers["location"] == "/contacts"


def test_who_may_call_is_said_and_nobody_is_left_without_a_line(client: TestClient) -> None:
    page = text_of(client.get("/contacts").text)
    for words in ("女性でない方も相談できるところ", "声を出さずに", "死にたい気持ちがあるとき", "子ども・10代"):
        assert words in page
    assert any(desk.any_gender and desk.always_open for desk in shown_desks())
    assert any(desk.for_dying and desk.always_open for desk in shown_desks())


def test_a_number_that_only_one_source_gives_is_nowhere(client: TestClient) -> None:
    shown = {phone.number for desk in shown_desks() for phone in desk.phones}
    unsure = {phone.number for desk in known_desks() if desk.proposal for phone in desk.phones} - shown
    assert unsure
    pages = [client.get(path).text for path in ("/contacts", *(f"/areas/{code:02}" for code in range(1, 48)))]
    for page in pages:
        desks = re.sub(r'<li class="card">.*?</li>', "", page, flags=re.DOTALL)
        assert not [number for number in unsure if f">{number}<" in desks]


def test_the_page_needs_no_list(tmp_path: Path) -> None:
    with site_at(tmp_path, MOMENTS["friday-noon"]) as client:
        assert client.get("/contacts").status_code == 200
        assert client.get("/safety").status_code == 200
        assert client.get("/").status_code == 503
        assert "tel:0120279338" in client.get("/").text
