"""Who makes this site, from which papers, under which terms, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_crawler import LICENCES
from tsunagari_indexer.listings import PROGRAM_KINDS, SourceDocument
from tsunagari_indexer.search import SearchRequest
from tsunagari_parsers.places import municipalities
from tsunagari_site.i18n import language_of
from tsunagari_site.rendering import render
from tsunagari_site.site import Site, ask


@dataclass(frozen=True, slots=True)
class AboutPage:
    """Where the information comes from. ``towns`` of ``all_towns`` municipalities have a programme listed; ``mail`` may be empty."""

    documents: tuple[SourceDocument, ...]
    licences: dict[str, tuple[str, str]]
    programs: int
    towns: int
    all_towns: int
    mail: str


def routes(site: Site, at: str) -> list[Route]:
    """The page about the site."""

    async def about(request: Request) -> Response:
        with site.reading() as reading:
            documents = tuple(reading.generation.documents.values())
            found = await ask(reading, SearchRequest("", {"kind": PROGRAM_KINDS}, per_page=1))
        page = AboutPage(
            documents,
            {name: (one.name, one.url) for name, one in LICENCES.items()},
            found.total,
            len(found.facets["municipality"]),
            len(municipalities()),
            site.mail,
        )
        return render("about.html", page, language_of(request.url.path), path="/about")

    return [Route(f"{at}/about", about)]
