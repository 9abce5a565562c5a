"""What the lists hold, as pictures: a map of the prefectures as tiles, and bars; each with the same figures as a table."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.listings import PROGRAM_KINDS
from tsunagari_indexer.offers import offer_kinds
from tsunagari_indexer.search import SearchRequest
from tsunagari_parsers.places import Prefecture, prefectures
from tsunagari_site.i18n import language_of
from tsunagari_site.rendering import render
from tsunagari_site.site import Site, ask

#: Columns and rows of a map on which each prefecture is one tile, roughly where it lies; drawn for this site.
_TILES = {
    "01": (13, 0), "02": (13, 2), "03": (13, 3), "04": (13, 4), "05": (12, 3), "06": (12, 4), "07": (13, 5),
    "08": (14, 6), "09": (13, 6), "10": (12, 6), "11": (12, 7), "12": (14, 7), "13": (13, 7), "14": (13, 8),
    "15": (12, 5), "16": (10, 5), "17": (9, 5), "18": (9, 6), "19": (11, 7), "20": (11, 6), "21": (10, 6),
    "22": (12, 8), "23": (11, 8), "24": (9, 8), "25": (9, 7), "26": (8, 6), "27": (7, 8), "28": (7, 7),
    "29": (8, 8), "30": (8, 9), "31": (6, 6), "32": (5, 6), "33": (6, 7), "34": (5, 7), "35": (4, 7),
    "36": (6, 9), "37": (5, 9), "38": (4, 9), "39": (5, 10), "40": (2, 8), "41": (1, 8), "42": (0, 8),
    "43": (1, 9), "44": (2, 9), "45": (2, 10), "46": (1, 10), "47": (0, 12),
}  # fmt: skip
#: The shades of the map: a tile has the first shade whose figure is not below its number.
_SHADES = (0, 1, 2, 4, 8)
TILE = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """A prefecture on the map: its place in pixels, its number of programmes, and its shade from 0 (none) to 5."""

    prefecture: Prefecture
    x: int
    y: int
    count: int
    shade: int


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
            tiles=tuple(_tile(one, counts.get(one.code, 0)) for one in prefectures()),
            width=(max(x for x, _ in _TILES.values()) + 1) * TILE,
            height=(max(y for _, y in _TILES.values()) + 1) * TILE,
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


def _tile(prefecture: Prefecture, count: int) -> Tile:
    column, row = _TILES[prefecture.code]
    shade = next((shade for shade, most in enumerate(_SHADES) if count <= most), len(_SHADES))
    return Tile(prefecture, column * TILE, row * TILE, count, shade)
