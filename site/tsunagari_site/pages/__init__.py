"""The pages: one module each, with what the page shows as a plain dataclass, and the views that fill it."""

from __future__ import annotations

from starlette.routing import Route

from tsunagari_site.i18n import Language
from tsunagari_site.pages import (
    about,
    areas,
    calling,
    contacts,
    coverage,
    feeds,
    figures,
    help_card,
    home,
    nearby,
    plain,
    programs,
    results,
    safety,
    share,
    where,
)
from tsunagari_site.site import Site


def routes(site: Site) -> list[Route]:
    """What is the same in every language: health, robots, static files, feeds."""
    return [*plain.routes(site), *feeds.routes(site)]


def routes_in(language: Language, site: Site) -> list[Route]:
    """The pages of one language."""
    at = language.prefix
    modules = (
        home,
        where,
        results,
        nearby,
        programs,
        areas,
        coverage,
        contacts,
        safety,
        share,
        help_card,
        calling,
        about,
        figures,
    )
    return [route for module in modules for route in module.routes(site, at)]
