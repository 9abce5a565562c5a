"""What is near a place, from its own office outwards; and the numbers of it as a card to take along.

Opened from somebody's search, under a sealed address. The API's ``/api/v1/nearby`` comes from the same ladder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tsunagari_indexer.nearby import Item, Ladder, Place, Rung, RungName, Users
from tsunagari_indexer.offers import OfferKind, main_offer_kinds
from tsunagari_indexer.rung_notes import Note
from tsunagari_parsers.answering import DeskNow, order_for_now
from tsunagari_parsers.places import Municipality, Prefecture, municipality_of, prefecture_of
from tsunagari_site.forms import read_form
from tsunagari_site.i18n import language_of
from tsunagari_site.ladders import ladder_at
from tsunagari_site.listing_cards import Card, Enquiry, card
from tsunagari_site.looking import Looking
from tsunagari_site.needs import Need
from tsunagari_site.rendering import render
from tsunagari_site.same_body import Bodies
from tsunagari_site.sealed import PROGRAM, SEARCH, looking_of, redirect_to
from tsunagari_site.shown_desks import has_gap_of_8778, prefecture_page
from tsunagari_site.site import Site

#: So many numbers fit on the card to take along.
_DESKS_TO_TAKE = 5
_ENQUIRIES_TO_TAKE = 4
#: So many national lines stand below a ladder; the page of all of them is one step away.
_NATIONAL = 6


@dataclass(frozen=True, slots=True)
class Town:
    """What one municipality has, or with ``place`` None a prefecture. ``distance`` in kilometres between the offices, or None."""

    place: Municipality | None
    distance: float | None
    note: Note | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class ShownRung:
    """One rung of the ladder: its notes, its desks, and its towns. ``more`` things have no room."""

    name: str
    notes: tuple[Note, ...]
    desks: tuple[DeskNow, ...]
    towns: tuple[Town, ...]
    more: int


@dataclass(frozen=True, slots=True)
class NearbyPage:
    """The ladder of a place. ``choices`` are the kinds of offers to narrow it by, ``offer`` the one that is set; ``need`` the
    tile that narrows it where none is.
    """

    token: str
    place: Prefecture | Municipality
    prefecture: Prefecture
    prefecture_page: str
    gap_of_8778: bool
    need: Need | None
    offer: str
    choices: tuple[OfferKind, ...]
    without_pupils: bool
    rungs: tuple[ShownRung, ...]


@dataclass(frozen=True, slots=True)
class TakePage:
    """The numbers of the first rungs that have any, to take along."""

    token: str
    place: Prefecture | Municipality
    about_goods: bool
    desks: tuple[DeskNow, ...]
    enquiries: tuple[Enquiry, ...]


def routes(site: Site, at: str) -> list[Route]:
    """The ladder, its filters, and the card."""

    async def nearby(request: Request) -> Response:
        looking, token = looking_of(site, request)
        place = _place(looking)
        if place is None:
            return redirect_to(site, request, "where", looking)
        offers = _offers(looking)
        with site.reading() as reading:
            found = await ladder_at(reading, place, offers=offers, users=_users(looking))
            bodies = Bodies(reading)
            enquiries = {
                item.listing.id: await bodies.enquiry(item.listing)
                for rung in found.rungs
                for item in rung.items
                if item.listing
            }
            about_goods = looking.is_about_goods(reading.generation.lexicon)
        page = _nearby_page(site, looking, token, found, enquiries, about_goods=about_goods)
        return render("nearby.html", page, language_of(request.url.path), path=f"/nearby?s={token}")

    async def narrow(request: Request) -> Response:
        fields = await read_form(request)
        looking = Looking.from_payload(site.sealer.open(SEARCH, fields.get("s", "")))
        if fields.get("offer") == "":
            # Everything is everything: what the tile narrows it to is taken away too.
            fields["need"] = ""
        return redirect_to(site, request, "nearby", looking.changed(fields))

    async def take(request: Request) -> Response:
        looking, token = looking_of(site, request)
        place = _place(looking)
        if place is None:
            return redirect_to(site, request, "where", looking)
        with site.reading() as reading:
            found = await ladder_at(reading, place, offers=_offers(looking), users=_users(looking))
            bodies = Bodies(reading)
            listings = [item.listing for rung in found.rungs[:2] for item in rung.items if item.listing]
            enquiries = [await bodies.enquiry(one) for one in listings]
            about_goods = looking.is_about_goods(reading.generation.lexicon)
        # Rung by rung: the desk of her own prefecture is not crowded out by lines that happen to answer while she prints.
        by_rung = [
            order_for_now((item.desk for item in rung.items if item.desk and item.desk.phones), site.clock())
            for rung in found.rungs
            if rung.name is not RungName.NEIGHBOURS
        ]
        page = TakePage(
            token=token,
            place=place.municipality or place.prefecture,
            about_goods=about_goods,
            desks=tuple(dict.fromkeys(one for desks in by_rung for one in desks))[:_DESKS_TO_TAKE],
            enquiries=tuple(dict.fromkeys(one for one in enquiries if one))[:_ENQUIRIES_TO_TAKE],
        )
        return render("take.html", page, language_of(request.url.path), path=f"/take?s={token}")

    return [
        Route(f"{at}/nearby", nearby),
        Route(f"{at}/nearby", narrow, methods=["POST"]),
        Route(f"{at}/take", take),
    ]


def _place(looking: Looking) -> Place | None:
    if looking.municipality:
        town = municipality_of(looking.municipality)
        return Place(town.prefecture, town, by_position=looking.by_position)
    return Place(prefecture_of(looking.prefecture)) if looking.prefecture else None


def _offers(looking: Looking) -> frozenset[str]:
    if looking.offer:
        return frozenset({looking.offer})
    need = looking.chosen_need
    return need.offers if need else frozenset()


def _users(looking: Looking) -> Users:
    return Users.NOT_PUPILS if looking.pupils == "no" else Users.ALL


def _nearby_page(
    site: Site,
    looking: Looking,
    token: str,
    found: Ladder,
    enquiries: dict[str, Enquiry | None],
    *,
    about_goods: bool,
) -> NearbyPage:
    prefecture = found.place.prefecture
    own_page = prefecture_page(prefecture.code)
    return NearbyPage(
        token=token,
        place=found.place.municipality or prefecture,
        prefecture=prefecture,
        prefecture_page=own_page.url if own_page else "",
        gap_of_8778=has_gap_of_8778(prefecture.code),
        need=looking.chosen_need if _offers(looking) and not looking.offer else None,
        offer=looking.offer,
        choices=main_offer_kinds(),
        without_pupils=looking.pupils == "no",
        rungs=tuple(_shown(site, rung, enquiries, with_venues=about_goods) for rung in found.rungs),
    )


def _shown(site: Site, rung: Rung, enquiries: dict[str, Enquiry | None], *, with_venues: bool) -> ShownRung:
    desks = order_for_now((item.desk for item in rung.items if item.desk), site.clock())
    return ShownRung(
        name=rung.name,
        notes=rung.notes,
        desks=desks[:_NATIONAL] if rung.name is RungName.NATIONAL else desks,
        towns=tuple(_towns(site, (item for item in rung.items if item.listing), enquiries, with_venues=with_venues)),
        more=rung.more,
    )


def _towns(
    site: Site, items: Iterable[Item], enquiries: dict[str, Enquiry | None], *, with_venues: bool
) -> Iterator[Town]:
    now = site.clock()
    for town, group in groupby(items, key=lambda item: item.municipality):
        members = tuple(group)
        cards = tuple(
            card(
                item.listing,
                site.sealer.seal(PROGRAM, {"id": item.listing.id}),
                now,
                enquiries[item.listing.id],
                with_venues=with_venues,
            )
            for item in members
            if item.listing
        )
        yield Town(town, members[0].distance_km, members[0].note, cards)
