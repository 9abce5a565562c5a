"""axe-core finds nothing on any type of page: WCAG 2.2 A and AA, and its best practices.

Pages are checked with everything unfolded. The content policy of the site stays on: axe is brought in through the debugger, to
which it does not apply. Colours are the same in every language, so that contrast is measured in Japanese (light and dark) alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import axe_playwright_python
import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.browser.page_types import ALL_PAGES, go_to
from tests.browser.served import DESKTOP, PHONE, Served

from tsunagari_site.i18n import LANGUAGES, Language

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_UNFOLD = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"


class Node(TypedDict):
    html: str
    failureSummary: str


class Violation(TypedDict):
    id: str
    nodes: Sequence[Node]


def violations(page: Page, *, contrast: bool) -> Mapping[str, str]:
    """What axe finds: the rule, with the first element that breaks it and how."""
    page.evaluate(_UNFOLD)
    page.evaluate(AXE)
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    found: Sequence[Violation] = page.evaluate(
        "async options => (await axe.run(document, options)).violations", options
    )
    return {one["id"]: f"{one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}" for one in found}


def test_axe_finds_what_is_wrong(open_page: OpenPage) -> None:
    """The check can fail: a picture without a name, grey on white, and no language are found."""
    page = open_page()
    page.set_content("<title>x</title><main><h1>x</h1><img src='data:,'><p style='color:#bbb'>grey</p></main>")
    assert {"image-alt", "color-contrast", "html-has-lang"} <= violations(page, contrast=True).keys()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_type_of_page_is_without_a_violation(open_page: OpenPage, served: Served, size: tuple[int, int]) -> None:
    page = open_page(size)
    found = {}
    for name in ALL_PAGES:
        go_to(page, served, name)
        found[name] = violations(page, contrast=size == PHONE)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_dark_pages_are_without_a_violation(open_page: OpenPage, served: Served) -> None:
    page = open_page(dark=True)
    found = {}
    for name in (
        "home",
        "where-unknown",
        "results",
        "results-danger",
        "program",
        "contacts-silent",
        "card-form",
        "figures",
    ):
        go_to(page, served, name)
        found[name] = violations(page, contrast=True)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda one: one.code)
def test_every_language_is_without_a_violation(open_page: OpenPage, served: Served, language: Language) -> None:
    page = open_page()
    found = {}
    for name in ("home", "results-danger", "program", "contacts", "safety"):
        go_to(page, served, name, language.prefix)
        found[name] = violations(page, contrast=False)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
