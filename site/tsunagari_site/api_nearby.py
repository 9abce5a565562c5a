"""The JSON API of what is nearby: ``/api/v1/nearby`` and ``/api/v1/points.geojson`` (RFC 7946). Errors as in :mod:`tsunagari_site.api`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tsunagari_indexer.catalogue import Catalogue, Reading
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.nearby import Item, Place, Rung, Users
from tsunagari_indexer.offers import offer_kinds
from tsunagari_indexer.points import NearestPoints, Point, PointVenue, points
from tsunagari_indexer.venues import venue_kinds
from tsunagari_parsers.desks import Desk
from tsunagari_parsers.places import prefecture_of
from tsunagari_site.api import listing_item, one_of, parameters_of
from tsunagari_site.api_places import PLACE_PARAMETERS, place_given, position_given
from tsunagari_site.calendar import day_in_japan
from tsunagari_site.errors import RequestError
from tsunagari_site.ladders import ladder_at

_PARAMETERS = (*PLACE_PARAMETERS, "offer", "users")
#: Decimals of a degree of a point: about a metre.
_DECIMALS = 5
#: So many points are near a position.
_NEAREST = 20


@dataclass(frozen=True, slots=True)
class NearbyApi:
    """The views, over a catalogue. ``collections`` keeps what was made of the points of a generation for as long as that is open."""

    catalogue: Catalogue
    collections: WeakKeyDictionary[Generation, _Collection]
    clock: Callable[[], datetime]

    async def nearby(self, request: Request) -> Response:
        """The ladder of a place."""
        given = parameters_of(request, _PARAMETERS)
        place = place_given(given)
        if place is None:
            raise RequestError(
                400,
                "missing_place",
                "municipality、prefecture、postal、near のどれかが必要です",
                {"parameters": list(PLACE_PARAMETERS)},
            )
        today = day_in_japan(self.clock())
        known = [kind.id for kind in offer_kinds()]
        offers = frozenset({one_of("offer", given["offer"], known)}) if given.get("offer") else frozenset()
        users = Users(one_of("users", given.get("users") or Users.ALL, [str(one) for one in Users]))
        with self.catalogue.reading() as reading:
            found = await ladder_at(reading, place, offers=offers, users=users)
            return JSONResponse(
                {"place": _place(found.place), "rungs": [_rung(rung, reading, today) for rung in found.rungs]}
            )

    async def points(self, request: Request) -> Response:
        """The points as GeoJSON; with ``near``, the nearest of them, each with its distance from there."""
        given = parameters_of(request, ("near",))
        here = position_given(given["near"]) if given.get("near") else None
        with self.catalogue.reading() as reading:
            generation = reading.generation
            made = self.collections.get(generation)
            if made is None:
                made = self.collections[generation] = await run_in_threadpool(_collection, generation)
        body = made.body if here is None else _body(_near(made, here))
        return Response(body, media_type="application/geo+json")


def nearby_routes(catalogue: Catalogue, clock: Callable[[], datetime]) -> list[Route]:
    """The routes of this part of the API."""
    api = NearbyApi(catalogue, WeakKeyDictionary(), clock)
    return [Route("/api/v1/nearby", api.nearby), Route("/api/v1/points.geojson", api.points)]


def _place(place: Place) -> dict[str, Any]:
    town = place.municipality
    return {
        "code": place.code,
        "prefecture": place.prefecture.name,
        "municipality": town.name if town else None,
        "latitude": round(town.latitude, _DECIMALS) if town else None,
        "longitude": round(town.longitude, _DECIMALS) if town else None,
        "precision": place.precision,
    }


def _rung(rung: Rung, reading: Reading, today: date) -> dict[str, Any]:
    return {
        "rung": str(rung.name),
        "note": "".join(map(str, rung.notes)),
        "items": [_item(item, reading, today) for item in rung.items],
        "more": rung.more,
    }


def _item(item: Item, reading: Reading, today: date) -> dict[str, Any]:
    if item.listing:
        values = listing_item(item.listing, reading.generation.documents[item.listing.document], today)
    elif item.desk:
        values = desk_item(item.desk)
    else:
        raise ValueError("an item is a listing or a desk")
    return values | {"distance_km": item.distance_km, "note": str(item.note) if item.note else None}


def desk_item(desk: Desk) -> dict[str, Any]:
    """A desk as the API gives it: the keys of a programme as far as they apply, and what only desks have."""
    sources = [
        {"name": one.name, "standing": str(one.standing), "seen": one.seen.isoformat(), "url": one.url or None}
        for one in desk.sources
    ]
    return {
        "id": desk.id,
        "kind": "desk",
        "desk_kind": str(desk.kind),
        "prefecture": prefecture_of(desk.prefecture).name if desk.prefecture else None,
        "prefecture_code": desk.prefecture,
        "municipality": desk.municipality or None,
        "program_name": desk.name,
        "description": desk.summary,
        "department": "",
        "phones": [
            {
                "number": one.number,
                "extension": None,
                "note": one.note or None,
                "role": "consultation",
                "role_evidence": None,
                "free": one.free,
            }
            for one in desk.phones
        ],
        "silent_ways": [
            {"way": str(one.way), "note": one.note or None, "url": one.url or None, "registration": one.registration}
            for one in desk.silent_ways
        ],
        "who": desk.who or None,
        "cost": desk.cost or None,
        "hours": desk.hours or None,
        "hours_seen": desk.hours_seen or None,
        "always_open": desk.always_open,
        "languages": list(desk.languages),
        "for_children": desk.for_children,
        "any_gender": desk.any_gender,
        "notes": list(desk.notes),
        "url": desk.url or None,
        "fiscal_year": None,
        "confirmation": {"on": desk.confirmed_on, "way": desk.confirmed_by} if desk.confirmed_on else None,
        "offers": [],
        "venues": [],
        "source": {"sources": sources},
    }


@dataclass(frozen=True, slots=True)
class _Collection:
    """The features of a generation, in GeoJSON too, and what finds the nearest."""

    features: tuple[dict[str, Any], ...]
    body: bytes
    tree: NearestPoints


def _collection(generation: Generation) -> _Collection:
    labels = {kind.id: kind.label for kind in venue_kinds()}
    found = points(generation)
    features = tuple(_feature(point, labels) for point in found)
    return _Collection(features, _body(features), NearestPoints([(point.latitude, point.longitude) for point in found]))


def _near(made: _Collection, here: tuple[float, float]) -> Iterable[dict[str, Any]]:
    """The nearest features, each with its distance along the great circle in kilometres."""
    for km, number in made.tree.nearest(*here, _NEAREST):
        feature = made.features[number]
        yield feature | {"properties": feature["properties"] | {"distance_km": round(km, 1)}}


def _body(features: Iterable[dict[str, Any]]) -> bytes:
    """A FeatureCollection, in UTF-8."""
    collection = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(point: Point, labels: dict[str, str]) -> dict[str, Any]:
    town = point.municipality
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [round(point.longitude, _DECIMALS), round(point.latitude, _DECIMALS)],
        },
        "properties": {
            "code": town.code,
            "prefecture": town.prefecture.name,
            "municipality": town.name,
            "name": point.name or None,
            "precision": point.precision,
            "source": point.source or None,
            "programs": [{"id": key, "kind": kind} for key, kind, _ in point.listings],
            "venues": list(_venues(point.venues, labels)),
        },
    }


def _venues(venues: Iterable[PointVenue], labels: dict[str, str]) -> Iterable[dict[str, Any]]:
    for one in venues:
        yield {
            "program": one.listing,
            "kind": one.venue.kind,
            "label": labels[one.venue.kind],
            "name": one.venue.name or None,
            "users": one.venue.users or None,
            "evidence": one.evidence,
            "marks": list(one.venue.marks),
        }
