"""What the lists hold, as pictures: a map of the prefectures as tiles, and bars; each with the same figures as a table."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.listings import PROGRAM_KINDS
from tsunagari_indexer.offers import offer_kinds
from tsunagari_indexer.search import SearchRequest
from tsunagari_site.i18n import language_of
from tsunagari_site.maps import TILES_HEIGHT, TILES_WIDTH, Tile, tiles
from tsunagari_site.rendering import render
from tsunagari_site.site import Site, ask


@dataclass(frozen=True, slots=True)
class Bar:
    """A kind of offer and how many programmes have it; ``width`` in per cent of the longest."""

    label: str
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The figures of what is published."""

    total: int
    years: tuple[tuple[str, int], ...]
    tiles: tuple[Tile, ...]
    width: int
    height: int
    bars: tuple[Bar, ...]


def routes(site: Site, at: str) -> list[Route]:
    """The page of figures."""

    async def figures(request: Request) -> Response:
        with site.reading() as reading:
            found = await ask(reading, SearchRequest("", {"kind": PROGRAM_KINDS}, per_page=1))
        counts, offers = found.facets["prefecture"], found.facets["offer"]
        most = max(offers.values(), default=1)
        page = FiguresPage(
            total=found.total,
            years=tuple(sorted(found.facets["year"].items(), reverse=True)),
            tiles=tiles(counts),
            width=TILES_WIDTH,
            height=TILES_HEIGHT,
            bars=tuple(
                sorted(
                    (
                        Bar(kind.label, offers[kind.id], round(100 * offers[kind.id] / most))
                        for kind in offer_kinds()
                        if offers.get(kind.id)
                    ),
                    key=lambda bar: -bar.count,
                )
            ),
        )
        return render("figures.html", page, language_of(request.url.path), path="/figures")

    return [Route(f"{at}/figures", figures)]
