"""A prefecture or a municipality, for arrivals from outside: what it has, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS, Listing
from tsunagari_indexer.search import MAX_PER_PAGE, SearchRequest
from tsunagari_parsers.answering import DeskNow, order_for_now
from tsunagari_parsers.places import (
    Municipality,
    PlaceError,
    Prefecture,
    municipalities,
    municipality_of,
    prefecture_of,
)
from tsunagari_site.errors import RequestError
from tsunagari_site.i18n import language_of
from tsunagari_site.listing_cards import Card, card, old_years
from tsunagari_site.looking import Looking
from tsunagari_site.maps import TILES_HEIGHT, TILES_WIDTH, PrefectureMap, Tile, prefecture_map, tiles
from tsunagari_site.pages.feeds import feed_path
from tsunagari_site.pages.where import Region, regions
from tsunagari_site.rendering import render
from tsunagari_site.same_body import Bodies
from tsunagari_site.sealed import PROGRAM, SEARCH
from tsunagari_site.shown_desks import desks_for, has_gap_of_8778, prefecture_page
from tsunagari_site.site import Site, ask


@dataclass(frozen=True, slots=True)
class AreasPage:
    """All prefectures, with how many programmes are listed in each."""

    regions: tuple[Region, ...]
    counts: dict[str, int]
    tiles: tuple[Tile, ...]
    width: int
    height: int
    feed: str


@dataclass(frozen=True, slots=True)
class AreaPage:
    """A region. ``own`` are the programmes of the place itself, ``wide`` those of its prefecture where it is a municipality; ``towns``
    the municipalities of a prefecture that have listings, with their numbers. ``unknown`` how many municipalities have none.
    """

    place: Prefecture | Municipality
    prefecture: Prefecture
    is_municipality: bool
    token: str
    desks: tuple[DeskNow, ...]
    prefecture_page: str
    gap_of_8778: bool
    own: tuple[Card, ...]
    wide: tuple[Card, ...]
    measures: tuple[Card, ...]
    networks: tuple[Card, ...]
    towns: tuple[tuple[Municipality, int], ...]
    map: PrefectureMap | None
    unknown: int
    more: bool
    feed: str
    old_years: tuple[int, ...]


def routes(site: Site, at: str) -> list[Route]:
    """The list of prefectures, and the page of a prefecture (two digits) or a municipality (six)."""

    async def all_areas(request: Request) -> Response:
        with site.reading() as reading:
            found = await ask(reading, SearchRequest("", {"kind": PROGRAM_KINDS}, per_page=1))
        counts = dict(found.facets["prefecture"])
        page = AreasPage(regions(), counts, tiles(counts), TILES_WIDTH, TILES_HEIGHT, feed_path())
        return render("areas.html", page, language_of(request.url.path), path="/areas")

    async def area(request: Request) -> Response:
        code = request.path_params["code"]
        try:
            place = prefecture_of(code) if len(code) == 2 else municipality_of(code)
        except PlaceError as error:
            raise RequestError(404, "unknown_area", "この番号の地域はありません") from error
        page = await area_page(site, place)
        return render("area.html", page, language_of(request.url.path), path=f"/areas/{code}")

    return [Route(f"{at}/areas", all_areas), Route(f"{at}/areas/{{code}}", area)]


async def area_page(site: Site, place: Prefecture | Municipality) -> AreaPage:
    """What is known of a place.

    Raises:
        IndexerError: nothing is published, or the engine did not answer.
    """
    prefecture = place if isinstance(place, Prefecture) else place.prefecture
    town = place.code if isinstance(place, Municipality) else ""
    looking = Looking(prefecture=prefecture.code, municipality=town)
    with site.reading() as reading:
        within = {"prefecture": frozenset({prefecture.code})}
        whole = await ask(reading, _of_place(within | {"kind": PROGRAM_KINDS}))
        in_prefecture = [one for one in whole.listings if one.prefecture_code == prefecture.code]
        counts = whole.facets["municipality"]
        own: list[Listing]
        others: list[Listing] = []
        if town:
            here = {"municipality": frozenset({town})}
            found = await ask(reading, _of_place(here | {"kind": PROGRAM_KINDS}))
            own = [one for one in found.listings if one.municipality_code == town]
            rest = await ask(reading, _of_place(here | {"kind": OTHER_KINDS}))
            others = [one for one in rest.listings if one.municipality_code == town and not one.is_program]
        else:
            own = [one for one in in_prefecture if one.municipality_code is None]
        wide = [
            one
            for one in in_prefecture
            if town and one.municipality_code is None and town not in {place.code for place in one.excluded}
        ]
        bodies = Bodies(reading)
        enquiries = {one.id: await bodies.enquiry(one) for one in (*own, *wide, *others)}
    now = site.clock()

    def cards(listings: list[Listing]) -> tuple[Card, ...]:
        return tuple(card(one, site.sealer.seal(PROGRAM, {"id": one.id}), now, enquiries[one.id]) for one in listings)

    own_cards, wide_cards = cards(own), cards(wide)
    towns = {code: count for code, count in counts.items() if municipality_of(code).prefecture == prefecture}
    page = prefecture_page(prefecture.code)
    return AreaPage(
        place=place,
        prefecture=prefecture,
        is_municipality=bool(town),
        token=site.sealer.seal(SEARCH, looking.to_payload()),
        desks=order_for_now(desks_for(prefecture.code, place.name if town else None), now),
        prefecture_page=page.url if page else "",
        gap_of_8778=has_gap_of_8778(prefecture.code),
        own=own_cards,
        wide=wide_cards,
        old_years=old_years((*own_cards, *wide_cards), now),
        measures=cards([one for one in others if one.kind == "measure"]),
        networks=cards([one for one in others if one.kind == "network"]),
        towns=tuple((municipality_of(code), towns[code]) for code in sorted(towns)) if not town else (),
        map=None if town else prefecture_map(prefecture, towns),
        unknown=_municipalities_in(prefecture) - len(towns) if not town else 0,
        feed="" if town else feed_path(prefecture.code),
        more=whole.total > len(whole.listings),
    )


def _of_place(filters: dict[str, frozenset[str]]) -> SearchRequest:
    """What a place has, and nothing else instead: a page of a place with nothing says so."""
    return SearchRequest("", filters, per_page=MAX_PER_PAGE, keep=frozenset(filters))


def _municipalities_in(prefecture: Prefecture) -> int:
    return sum(one.prefecture == prefecture for one in municipalities())
