"""Small screens, large letters, thumbs, keyboards, screen readers and paper."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader
from tests.browser.conftest import OpenPage
from tests.browser.page_types import ALL_PAGES, go_to
from tests.browser.served import DESKTOP, NARROW, PHONE, Served

from tsunagari_site.i18n import LANGUAGES, Language

#: Elements that reach beyond the right edge, other than what is hidden from the eye.
_TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && box.right > innerWidth + 1 && !one.closest('.skip, .unseen, svg');
}).map(one => one.outerHTML.slice(0, 120))"""
#: What a thumb goes for, smaller than 44 by 44 CSS pixels. A link within a sentence is exempt (WCAG 2.2, 2.5.8), a number never is.
_TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, input, select, label:has(input)')].filter(one => {
  const box = one.getBoundingClientRect();
  if (!box.width || one.matches('.skip') || (one.matches('input') && one.closest('label'))) return false;
  const inSentence = getComputedStyle(one).display === 'inline' && !one.matches('[href^="tel:"]');
  return !inSentence && (box.height < 44 || box.width < 44) && !(one.matches('[href^="tel:"]') && box.height >= 44);
}).map(one => `${Math.round(one.getBoundingClientRect().width)}x${Math.round(one.getBoundingClientRect().height)} ${one.outerHTML.slice(0, 120)}`)"""


def overflow(page: Page) -> list[str]:
    """What makes a page wider than its window."""
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    wide: list[str] = page.evaluate(_TOO_WIDE)
    scrolls: bool = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    return [*wide, *(["the page scrolls sideways"] if scrolls else [])]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_at_320_pixels_nothing_scrolls_sideways(open_page: OpenPage, served: Served, language: Language) -> None:
    """320 CSS pixels are 1280 at 400 % zoom (WCAG 2.2, 1.4.10)."""
    page = open_page(NARROW)
    names = (
        ALL_PAGES
        if language.code in {"ja", "en"}
        else ("home", "where", "results-danger", "program", "contacts", "card")
    )
    found = {}
    for name in names:
        go_to(page, served, name, language.prefix)
        found[name] = overflow(page)
    assert {name: wide for name, wide in found.items() if wide} == {}


@pytest.mark.parametrize("code", ["", "/easy", "/vi", "/ne"])
def test_letters_of_twice_the_size_fit_a_phone(open_page: OpenPage, served: Served, code: str) -> None:
    """WCAG 2.2, 1.4.4: as a browser's setting for larger text does it."""
    page = open_page()
    for name in ("home", "results-danger", "program", "contacts", "card-form"):
        go_to(page, served, name, code)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert overflow(page) == [], name


@pytest.mark.parametrize("prefix", ["", "/easy", "/en", "/ko", "/ne"])
def test_what_a_thumb_goes_for_is_44_pixels_large(open_page: OpenPage, served: Served, prefix: str) -> None:
    page = open_page()
    found = {}
    for name in ALL_PAGES if not prefix else ("home", "results", "contacts", "program"):
        go_to(page, served, name, prefix)
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found[name] = page.evaluate(_TOO_SMALL)[:6]
    assert {name: small for name, small in found.items() if small} == {}


def test_every_type_of_page_is_in_order_for_a_screen_reader(open_page: OpenPage, served: Served) -> None:
    """One main part, one heading of the first level in it, no level left out, and names on all landmarks."""
    page = open_page()
    for name in ALL_PAGES:
        go_to(page, served, name)
        assert page.locator("main").count() == 1, name
        assert page.locator("main h1").count() == page.locator("h1").count() == 1, name
        levels = [int(one.evaluate("one => one.tagName[1]")) for one in page.locator("main :is(h1,h2,h3,h4)").all()]
        assert levels[0] == 1, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), (name, levels)


def test_the_first_page_is_read_in_the_order_in_which_it_helps(open_page: OpenPage, served: Served) -> None:
    """The tree that a screen reader gets: ways past and out, the lines with their numbers, the question, twelve tiles, the search."""
    page = open_page()
    go_to(page, served, "home")
    tree = page.locator("body").aria_snapshot()
    in_order = [
        'link "本文へ"',
        'link "すぐ離れる"',
        "- banner",
        'region "いま電話・チャットできるところ"',
        'link "よりそいホットライン 0120-279-338 24時間 · 無料"',
        "- main:",
        'heading "どんなことで困っていますか" [level=1]',
        'button "家族やパートナーがこわい"',
        'button "うまく言えない"',
        "- search:",
        'searchbox "ことばでさがす"',
        "- contentinfo:",
        'navigation "すぐ離れる"',
    ]
    places = [tree.find(one) for one in in_order]
    assert -1 not in places, [one for one, at in zip(in_order, places, strict=True) if at == -1]
    assert places == sorted(places)
    assert page.locator("main ul.tiles > li > button").count() == 12


@pytest.mark.parametrize(
    ("size", "name"),
    [(NARROW, "home"), (NARROW, "card-form"), (PHONE, "home"), (PHONE, "results"), (DESKTOP, "results-words")],
)
def test_the_keyboard_reaches_everything_and_the_exit_hides_no_focus(
    open_page: OpenPage, served: Served, size: tuple[int, int], name: str
) -> None:
    """WCAG 2.2, 2.4.11 and 2.4.7: what has the focus is not covered by the fixed button, and can be seen to have it."""
    page = open_page(size)
    go_to(page, served, name)
    exit_box = page.locator(".exit a").bounding_box()
    assert exit_box
    seen = []
    for _ in range(160):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
            const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
            return one === document.body ? null : {x: box.x, y: box.y, right: box.right, bottom: box.bottom, drawn,
              way: one.matches('.skip, .exit a'), what: `${one.textContent} ${one.outerHTML.slice(0, 90)}`}; }"""
        )
        if at is None:
            break
        seen.append(at["what"])
        assert at["drawn"], at
        if at["way"]:
            continue
        covered = (
            at["right"] > exit_box["x"]
            and at["bottom"] > exit_box["y"]
            and at["y"] < exit_box["y"] + exit_box["height"]
        )
        wholly = covered and at["x"] >= exit_box["x"] - 1 and at["y"] >= exit_box["y"] - 1
        assert not wholly, at
        assert at["y"] >= -1, at
        assert at["bottom"] <= size[1] + 1, at
    assert "本文へ" in seen[0]
    assert "すぐ離れる" in seen[1]
    assert "すぐ離れる" in seen[-1]
    assert len(seen) > 15


def test_the_first_skip_link_leads_into_the_main_part(open_page: OpenPage, served: Served) -> None:
    page = open_page()
    go_to(page, served, "results")
    page.keyboard.press("Tab")
    assert page.locator(":focus").bounding_box()
    assert (page.locator(":focus").bounding_box() or {"x": -1})["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_in_forced_colours_buttons_keep_an_edge(open_page: OpenPage, served: Served) -> None:
    page = open_page(forced_colors="active")
    go_to(page, served, "home")
    for selector in (".exit a", ".tiles button", ".search button", ".strip li a"):
        style = page.locator(selector).first.evaluate("one => getComputedStyle(one).borderTopStyle")
        assert style == "solid", selector


def test_nothing_moves_for_whom_movement_hurts(open_page: OpenPage, served: Served) -> None:
    page = open_page(reduced_motion="reduce")
    go_to(page, served, "home")
    moving = "() => [...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) > 0).length"
    assert page.evaluate(moving) == 0
    assert page.evaluate("() => document.getAnimations().length") == 0


def test_paper_shows_neither_the_way_out_nor_forms_nor_the_name_of_the_site(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page(DESKTOP, dark=True)
    for name in ALL_PAGES:
        page.emulate_media(media="screen")
        go_to(page, served, name)
        page.emulate_media(media="print")
        for one in page.locator(".exit, .strip, form, .languages, .skip, .brand, footer").all():
            assert not one.is_visible(), name
        # Dark pages print dark on white, too.
        assert page.locator("h1").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"


def test_a_programme_prints_as_one_card_with_its_number(open_page: OpenPage, served: Served) -> None:
    page = open_page(DESKTOP)
    go_to(page, served, "program")
    number = page.locator(".call a").first.inner_text()
    paper = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    text = paper.pages[0].extract_text()
    assert number in text
    assert "同じ役所の、ほかの支援" not in text
    page.emulate_media(media="print")
    assert page.locator("main").evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
