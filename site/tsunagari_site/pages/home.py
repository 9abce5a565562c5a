"""The first page: what somebody is in trouble with, in a dozen tiles; and the search box for those who know."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tsunagari_site.i18n import language_of
from tsunagari_site.needs import Need, known_needs
from tsunagari_site.rendering import render
from tsunagari_site.site import Site

#: The series of the country's yearly lists.
NATIONAL_SERIES = "national_list"


@dataclass(frozen=True, slots=True)
class HomePage:
    """The way in. ``years`` are the fiscal years of the country's lists, newest first."""

    needs: tuple[Need, ...]
    years: tuple[int, ...]


def routes(site: Site, at: str) -> list[Route]:
    """The first page, and a language's path without its slash."""

    async def home(request: Request) -> Response:
        with site.reading() as reading:
            documents = reading.generation.documents.values()
            # What the home page says is said of the country's lists; a city's own paper may be of any year.
            years = sorted({one.fiscal_year for one in documents if one.series == NATIONAL_SERIES}, reverse=True)
        page = HomePage(tuple(known_needs().values()), tuple(years))
        return render("home.html", page, language_of(request.url.path), path="/")

    async def to_home(request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}/", status_code=308)

    return [Route(f"{at}/", home), *([Route(at, to_home)] if at else [])]
