"""Ways through the site, on a phone, as somebody in need goes them; with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.page_types import PAGES
from tests.browser.served import DESKTOP, NARROW, PHONE, Served

from tsunagari_site.looking import Looking
from tsunagari_site.seal import LIFETIME

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
sizes = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


def numbers(page: Page) -> list[str]:
    """The numbers in the page's main part that a tap would call."""
    return [link.get_attribute("href") or "" for link in page.locator("main a[href^='tel:']").all()]


@sizes
@with_and_without_scripts
def test_in_distress_two_taps_lead_to_a_number(
    open_page: OpenPage, served: Served, size: tuple[int, int], scripts: bool
) -> None:
    page = open_page(size, scripts=scripts)
    page.goto(served.url)
    page.get_by_role("button", name="家族やパートナーがこわい").click()
    page.get_by_role("button", name="東京都", exact=True).click()
    page.get_by_role("button", name="東京都の全体でさがす").click()
    heading = page.get_by_role("heading", name="いま、話せるところ")
    expect(heading).to_be_visible()
    assert numbers(page)[0] == "tel:0120279889"
    # The first number is on the screen without scrolling.
    box = page.locator("main a[href^='tel:']").first.bounding_box()
    assert box
    assert box["y"] + box["height"] <= size[1]


@with_and_without_scripts
def test_in_a_hurry_the_place_can_be_skipped(open_page: OpenPage, served: Served, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto(served.url)
    page.get_by_role("button", name="今夜泊まるところがない").click()
    page.get_by_role("button", name="場所を選ばずに見る").click()
    assert {"tel:0120279338", "tel:0120279889"} <= set(numbers(page))


@with_and_without_scripts
def test_without_a_single_step_a_number_of_day_and_night_is_there(
    open_page: OpenPage, served: Served, scripts: bool
) -> None:
    page = open_page(NARROW, scripts=scripts)
    page.goto(served.url)
    first = page.locator(".strip a[href^='tel:']").first
    box = first.bounding_box()
    assert box
    assert first.get_attribute("href") == "tel:0120279338"
    assert box["y"] + box["height"] < NARROW[1]


@with_and_without_scripts
def test_for_goods_the_way_leads_to_whom_to_ask(open_page: OpenPage, served: Served, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto(served.url)
    page.get_by_role("button", name="生理用品がほしい").click()
    page.get_by_role("searchbox", name="まちの名前か、郵便番号").fill("札幌市")
    page.get_by_role("button", name="次へ").click()
    assert "/results?s=" in page.url
    card = page.locator(".card").first
    number = card.locator(".ask a").inner_text()
    assert re.fullmatch(r"011-2\d\d-\d{4}", number)  # the city hall of 札幌
    card.locator("h3 a").click()
    assert "/program?s=" in page.url
    assert page.locator(".call a").all_inner_texts() == [number]


@with_and_without_scripts
def test_in_vietnamese_every_step_stays_vietnamese(open_page: OpenPage, served: Served, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto(served.url)
    page.locator(".languages summary").click()
    page.get_by_role("link", name="Tiếng Việt").click()
    addresses = [page.url]
    page.locator(".tiles button").first.click()
    addresses.append(page.url)
    page.locator("main button[name=skip]").click()
    addresses.append(page.url)
    assert all(url.startswith(f"{served.url}/vi/") for url in addresses)
    assert page.locator("html").get_attribute("lang") == "vi"
    assert "tel:0120279889" in numbers(page)
    # What stays Japanese is marked so, for whoever has it read aloud.
    programs = page.locator(".card h3").all()
    assert programs
    assert {one.get_attribute("lang") for one in programs} == {"ja"}


@with_and_without_scripts
def test_being_watched_neither_history_nor_title_tells(open_page: OpenPage, served: Served, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    seen: dict[str, str] = {}
    steps: tuple[Callable[[], object], ...] = (
        lambda: page.goto(served.url),
        lambda: page.get_by_role("button", name="家族やパートナーがこわい").click(),
        lambda: page.get_by_role("button", name="北海道", exact=True).click(),
        lambda: page.get_by_role("button", name="札幌市", exact=True).click(),
        lambda: page.get_by_label("ことばでさがす").fill("DV 札幌"),
        lambda: page.get_by_role("button", name="さがす", exact=True).click(),
        page.locator(".card h3 a").first.click,
        lambda: page.goto(served.url + "/contacts"),
        lambda: page.get_by_role("button", name="死にたい気持ちがあるとき").click(),
        lambda: page.goto(served.url + "/safety"),
    )
    for step in steps:
        step()
        page.wait_for_load_state()
        seen[page.url] = page.title()
    assert len(seen) == len(steps) - 1
    sealed = re.compile(r"/(where|results|program|contacts)\?s=[\w-]+$")
    plain = {"/", "/contacts", "/safety"}
    assert all(sealed.fullmatch(path) or path in plain for path in (url.removeprefix(served.url) for url in seen))
    telling = re.compile("DV|暴力|相談|支援|被害|シェルター|女性|札幌|死")
    assert [title for title in seen.values() if telling.search(title) or "くらしの案内" not in title] == []
    assert page.context.cookies() == []


@with_and_without_scripts
def test_an_hour_later_the_address_shows_the_way_out_and_two_numbers_only(
    open_page: OpenPage, served: Served, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    page.goto(served.url + served.results(Looking(text="DV 札幌")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("さがした結果")
    served.clock.pass_by(timedelta(seconds=LIFETIME + 1))
    page.reload()
    shown = {
        link.inner_text().split()[-1]: link.get_attribute("href") or "" for link in page.locator("a:visible").all()
    }
    out = page.locator(".exit a").get_attribute("href")
    assert shown.pop("本文へ") == "#main"
    assert shown == {"はじめから": "/", "すぐ離れる": out, "110": "tel:110", "119": "tel:119"}
    assert not re.search("DV|札幌|相談|支援", page.locator("body").inner_text())


@with_and_without_scripts
def test_a_shared_address_lasts_and_tells_nothing(open_page: OpenPage, served: Served, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto(served.url + served.program(served.listing("札幌市")))
    page.get_by_role("button", name="共有するアドレスを作る").click()
    expect(page.locator("main")).to_contain_text("1時間たっても終わりません")
    shared = page.get_by_role("link", name="共有するアドレスを開く").get_attribute("href") or ""
    assert re.fullmatch(r"/program\?s=[\w-]+", shared)
    served.clock.pass_by(timedelta(days=400))
    other = open_page()
    other.goto(served.url + shared)
    expect(other.locator("main")).to_contain_text("札幌市")


def test_nothing_is_asked_of_anybody_else(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("home", "results", "program", "contacts", "figures", "about"):
        page.goto(served.url + PAGES[name](served, ""))
    assert [url for url in asked if not url.startswith((served.url, "data:"))] == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_suggestions_come_while_typing_and_leave_no_trace(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    page.goto(served.url)
    page.get_by_label("ことばでさがす").press_sequentially("札幌")
    expect(page.locator("#suggestions button").first).to_be_visible()
    assert page.url == served.url + "/"
    page.locator("#suggestions button").first.click()
    page.wait_for_url("**/results?s=*")
    page.go_back()
    expect(page.get_by_label("ことばでさがす")).to_have_value("")
