"""Leaving fast: the button, three presses of Shift, and what Back shows afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, Route, expect
from tests.browser.conftest import OpenPage
from tests.browser.page_types import ALL_PAGES, go_to
from tests.browser.served import PHONE, Served, weather

from tsunagari_site.rendering import EXIT_URL

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def press_shift(page: Page, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def said(page: Page) -> str:
    """What a screen reader is told."""
    return page.locator("#exit-said").text_content() or ""


def test_every_type_of_page_has_the_way_out_on_its_first_screen(open_page: OpenPage, served: Served) -> None:
    page = open_page(scripts=False)
    for name in ALL_PAGES:
        go_to(page, served, name)
        link = page.locator(".exit a")
        box = link.bounding_box()
        assert box, name
        assert box["y"] + box["height"] <= PHONE[1], name
        assert link.get_attribute("href") == EXIT_URL
        assert set((link.get_attribute("rel") or "").split()) == {"nofollow", "noreferrer"}
        # The second stop of the keyboard is the way out, too.
        assert page.locator("a").nth(1).get_attribute("href") == EXIT_URL


@with_and_without_scripts
def test_the_button_leads_to_the_weather_and_does_not_say_from_where(
    open_page: OpenPage, served: Served, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    referrers: list[str | None] = []

    def weather_noting(route: Route, request: Request) -> None:
        referrers.append(request.headers.get("referer"))
        weather(route)

    page.route(EXIT_URL, weather_noting)
    go_to(page, served, "results")
    page.locator(".exit a").click()
    page.wait_for_url(EXIT_URL)
    assert referrers == [None]


def test_with_scripts_back_does_not_lead_to_the_page_that_was_left(open_page: OpenPage, served: Served) -> None:
    """It gives its place in the history to the weather. Pages of this site opened before it stay there: Back leads to those."""
    page = open_page()
    page.goto("about:blank")
    go_to(page, served, "home")
    go_to(page, served, "results")
    left = page.url
    page.locator(".exit a").click()
    page.wait_for_url(EXIT_URL)
    page.go_back()
    assert page.url == served.url + "/"
    page.go_back()
    assert page.url == "about:blank"
    page.go_forward()
    page.go_forward()
    assert page.url == EXIT_URL
    assert left not in (page.url, EXIT_URL)


def test_with_scripts_back_leads_outside_where_only_one_page_was_seen(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    page.goto("about:blank")
    go_to(page, served, "results")
    press_shift(page, 3)
    page.wait_for_url(EXIT_URL)
    page.go_back()
    assert page.url == "about:blank"


def test_without_scripts_back_shows_the_page_again_without_what_was_typed(open_page: OpenPage, served: Served) -> None:
    """A plain link cannot do more; the safety page says so."""
    page = open_page(scripts=False)
    go_to(page, served, "home")
    page.get_by_label("ことばでさがす").fill("DV 札幌")
    page.get_by_role("button", name="さがす", exact=True).click()
    results = page.url
    page.locator(".exit a").click()
    page.wait_for_url(EXIT_URL)
    page.go_back()
    assert page.url == results
    expect(page.get_by_label("ことばでさがす")).to_have_value("")
    go_to(page, served, "safety")
    expect(page.locator("main")).to_contain_text("「戻る」を押すと、見ていたページが出ることがあります。")


def test_three_presses_of_shift_leave_and_are_told(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    go_to(page, served, "results")
    status = page.locator("#exit-said")
    assert status.get_attribute("role") == "status"
    press_shift(page)
    assert said(page) == "あと2回押すと、離れます"
    press_shift(page)
    assert said(page) == "あと1回押すと、離れます"
    press_shift(page)
    page.wait_for_url(EXIT_URL)


def test_presses_count_for_five_seconds(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    page.clock.install(time=0)
    go_to(page, served, "results")
    page.clock.pause_at(3_600_000)
    press_shift(page, 2)
    page.clock.run_for(4900)
    assert said(page) == "あと1回押すと、離れます"
    page.clock.run_for(200)
    assert said(page) == "時間がたったので、とりやめました"
    press_shift(page, 2)
    assert served.url in page.url
    page.clock.run_for(4900)
    press_shift(page)
    page.wait_for_url(EXIT_URL)


@pytest.mark.parametrize(
    "keys",
    [("Shift+A",) * 4, ("Shift", "Shift", "Shift+A", "Shift"), ("Shift", "Shift", "a", "Shift"), ("Escape",) * 4],
    ids=" ".join,
)
def test_other_keys_do_not_leave(open_page: OpenPage, served: Served, keys: tuple[str, ...]) -> None:
    """Capitals are written with Shift; Escape stops a page that loads."""
    page = open_page()
    go_to(page, served, "home")
    left: list[str] = []
    page.on("request", lambda request: left.append(request.url))
    page.get_by_label("ことばでさがす").focus()
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    assert left == []
    expect(page.locator("#exit-cover")).to_be_hidden()


def test_holding_shift_down_or_clicking_with_it_is_no_press(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    go_to(page, served, "home")
    for _ in range(4):
        page.keyboard.down("Shift")
        page.keyboard.down("Shift")
        page.locator("h1").click()
        page.keyboard.up("Shift")
    assert said(page) == ""
    page.keyboard.down("Shift")
    for _ in range(8):
        page.keyboard.down("Shift")  # as a keyboard repeats a key that is held
    page.keyboard.up("Shift")
    assert said(page) == "あと2回押すと、離れます"


def test_the_page_is_white_at_once_however_slow_the_line(open_page: OpenPage, served: Served) -> None:
    page = open_page(dark=True)
    asked: list[str] = []

    def nothing_yet(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=204)  # no page comes, and this one stays

    page.route(EXIT_URL, nothing_yet)
    go_to(page, served, "results")
    page.evaluate("document.querySelector('.exit a').click()")
    cover = page.locator("#exit-cover")
    expect(cover).to_be_visible()
    assert cover.get_attribute("role") == "alert"
    assert cover.inner_text() == "離れています"
    assert cover.bounding_box() == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    assert cover.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    on_top = "() => [[5, 5], [195, 400], [300, 815]].map(([x, y]) => document.elementFromPoint(x, y).id)"
    assert page.evaluate(on_top) == ["exit-cover"] * 3
    # The page's own end of loading does not take the cover away; coming back out of the browser's memory does.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))")
    expect(cover).to_be_visible()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(cover).to_be_hidden()
    assert cover.text_content() == ""
    assert asked == [EXIT_URL]
