"""The site in a real browser, on a phone's screen, with JavaScript switched off: the whole way, and the way out."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tsunagari.serving import build_site
from tsunagari.settings import Settings
from tsunagari_site.rendering import EXIT_URL

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: `make test` installs it (tests/install-system-packages)"
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def base_url(published: Path) -> Iterator[str]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    # A browser may keep a connection open; the server does not wait for it.
    config = uvicorn.Config(
        build_site(Settings(), published), access_log=False, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    listening.close()


@pytest.fixture(scope="module")
def phone(base_url: str) -> Iterator[BrowserContext]:
    del base_url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="ja-JP")
        browser.close()


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    page = phone.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("path", ["/", "/contacts", "/about", "/areas/01", "/en/", "/results?s=ended"])
def test_nothing_is_wider_than_a_phone_and_nothing_else_is_asked_for(page: Page, base_url: str, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(base_url + path)
    width = page.locator("html").bounding_box()
    assert width
    assert width["width"] <= 390
    for element in page.locator("main *").all()[:400]:
        box = element.bounding_box()
        assert box is None or box["x"] + box["width"] <= 391, element.inner_text()[:40]
    assert all(url.startswith(base_url) for url in asked)
    assert page.context.cookies() == []


def test_from_the_first_page_to_a_number_in_three_steps(page: Page, base_url: str) -> None:
    page.goto(base_url)
    page.get_by_role("button", name="生理用品").click()
    assert "/results?s=" in page.url
    page.locator(".card h3 a").first.click()
    assert "/program?s=" in page.url
    numbers = page.locator(".call a").all_inner_texts()
    assert numbers == ["011-206-6954"]
    assert page.title() == "くわしい内容 - くらしの案内"


def test_words_are_in_no_address_that_the_history_keeps(page: Page, base_url: str) -> None:
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    page.goto(base_url)
    page.get_by_label("ことばでさがす").fill("DV 札幌")
    page.get_by_role("button", name="さがす").click()
    page.get_by_text("都道府県でしぼる").click()
    page.get_by_role("button", name="北海道", exact=False).first.click()
    assert len(addresses) >= 3
    assert not any("DV" in url or "%E6" in url or "=01" in url for url in addresses)


def test_the_way_out_leaves_without_javascript_and_sends_no_referrer(page: Page, base_url: str) -> None:
    seen: dict[str, str | None] = {}

    def weather(route: object, request: object) -> None:
        seen["referer"] = request.headers.get("referer")  # type: ignore[attr-defined]
        route.fulfill(status=200, content_type="text/html", body="<title>weather</title>")  # type: ignore[attr-defined]

    page.context.route(EXIT_URL, weather)
    page.goto(base_url)
    page.get_by_role("button", name="生理用品").click()
    page.locator(".exit a").click()
    page.wait_for_url(EXIT_URL)
    assert seen == {"referer": None}


def test_the_exit_covers_no_focused_element(page: Page, base_url: str) -> None:
    """WCAG 2.2, 2.4.11: what has the focus is not wholly hidden behind the fixed button."""
    page.goto(base_url)
    exit_box = page.locator(".exit a").bounding_box()
    assert exit_box
    for _ in range(70):
        page.keyboard.press("Tab")
        if not page.locator(":focus").count():
            break  # past the last element, into the browser's own controls
        box = page.locator(":focus").bounding_box()
        if box is None or page.locator(":focus").get_attribute("class") == "skip":
            continue
        inside = (
            box["x"] >= exit_box["x"]
            and box["y"] >= exit_box["y"]
            and box["x"] + box["width"] <= exit_box["x"] + exit_box["width"]
            and box["y"] + box["height"] <= exit_box["y"] + exit_box["height"]
        )
        assert not inside or "すぐ離れる" in page.locator(":focus").inner_text()


def test_targets_are_large_enough_to_touch(page: Page, base_url: str) -> None:
    """WCAG 2.2, 2.5.8: at least 24 by 24 CSS pixels."""
    page.goto(base_url)
    for element in page.locator("main button, main input, .strip a, .exit a, .brand, footer a").all():
        box = element.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24, element.inner_text()
