"""The site over all papers of the demonstration, and one browser for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser.served import CHROMIUM, EVENING, PHONE, Served, launch, serving, weather

from tsunagari_site.rendering import EXIT_URL

#: Opens a page: the size in CSS pixels, and whether scripts run.
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def running(demo: Path) -> Iterator[Served]:
    with serving(demo) as served:
        yield served


@pytest.fixture
def served(running: Served) -> Served:
    """The site at its usual hour; a test may move the clock."""
    running.clock.moment = EVENING
    return running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium: `make test` installs it (tests/install-system-packages)")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Pages in contexts of their own; nothing but the site and what stands for the weather page can be reached."""
    contexts: list[BrowserContext] = []

    def open_page(size: tuple[int, int] = PHONE, *, scripts: bool = True, dark: bool = False, **options: str) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            locale="ja-JP",
            color_scheme="dark" if dark else "light",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.route(EXIT_URL, weather)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
