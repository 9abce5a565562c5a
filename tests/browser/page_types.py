"""Every type of page there is, by name: where it lies, in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Page
from tests.browser.served import Served

from tsunagari_site.looking import Looking

_GOODS = Looking(need="period")
_KUNITACHI = Looking(need="alone", prefecture="13", municipality="132152")

#: The address of each type of page, made from the site and a language's prefix.
PAGES: Mapping[str, Callable[[Served, str], str]] = {
    "home": lambda _, at: f"{at}/",
    "where": lambda site, at: site.where(_GOODS, at),
    "where-town": lambda site, at: site.where(Looking(need="period", prefecture="13"), at),
    "where-unknown": lambda site, at: site.where(Looking(need="period", place_problem="unknown"), at),
    "results": lambda site, at: site.results(_GOODS, at),
    "results-danger": lambda site, at: site.results(Looking(need="family_violence", prefecture="13"), at),
    "results-words": lambda site, at: site.results(Looking(text="府中市 居場所"), at),
    "results-town": lambda site, at: site.results(_KUNITACHI, at),
    "results-nothing": lambda site, at: site.results(Looking(text="xyzzy"), at),
    "nearby": lambda site, at: site.sealed("nearby", _KUNITACHI, at),
    "take": lambda site, at: site.sealed("take", _KUNITACHI, at),
    "program": lambda site, at: site.program(site.listing("札幌市"), at),
    "program-readable": lambda site, at: f"{at}/programs/{site.listing('国立市')}",
    "calling": lambda site, at: site.sealed("calling", Looking(need="family_violence"), at),
    "card-form": lambda _, at: f"{at}/card",
    "areas": lambda _, at: f"{at}/areas",
    "area": lambda _, at: f"{at}/areas/01",
    "area-town": lambda _, at: f"{at}/areas/132152",
    "contacts": lambda _, at: f"{at}/contacts",
    "contacts-silent": lambda site, at: site.contacts("silent", prefix=at),
    "safety": lambda _, at: f"{at}/safety",
    "coverage": lambda _, at: f"{at}/coverage",
    "figures": lambda _, at: f"{at}/figures",
    "about": lambda _, at: f"{at}/about",
    "expired": lambda _, at: f"{at}/results?s=ended",
    "not-found": lambda _, at: f"{at}/nothing",
}
#: Pages that only a button leads to: the page that it stands on, and its selector.
BEHIND_A_BUTTON: Mapping[str, tuple[str, str]] = {
    "share": ("results", "form.share button"),
    "card": ("card-form", "form.ticks button"),
}
ALL_PAGES = (*PAGES, *BEHIND_A_BUTTON)


#: What the pages answer with that are shown when something is not there.
STATUS: Mapping[str, int] = {"expired": 410, "not-found": 404}


def go_to(page: Page, site: Served, name: str, prefix: str = "") -> None:
    """Open a type of page, and be sure that it is that page."""
    before, button = BEHIND_A_BUTTON.get(name, (name, ""))
    response = page.goto(site.url + PAGES[before](site, prefix))
    assert response
    assert response.status == STATUS.get(name, 200), name
    if button:
        for tick in page.locator("form.ticks [name=need]").all()[:1]:
            tick.check()
        with page.expect_navigation() as arriving:
            page.locator(button).click()
        assert arriving.value.status == 200, name
        assert page.locator(button).count() == 0, name
