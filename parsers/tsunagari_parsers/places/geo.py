"""Distances between offices, and the municipality in which a position is. Positions are degrees (WGS 84 and JGD2011 alike)."""

from __future__ import annotations

import math
from functools import cache

from tsunagari_parsers.places import Municipality, PlaceError, municipalities, municipality_of
from tsunagari_parsers.places.corrections import offices_elsewhere

#: The mean radius of the earth as IUGG gives it (GRS 80), in kilometres. A sphere is within 0.6 % of the ellipsoid.
EARTH_RADIUS_KM = 6371.0088
#: A position farther than this from every office is not in Japan: 対馬's is 111 km from 釜山, 与那国's 110 km from Taiwan's coast.
FARTHEST_FROM_OFFICE_KM = 100.0
#: Offices farther apart than this are not called neighbours.
NEXT_DOOR_KM = 30.0
#: To what a browser rounds a position before it is sent, in degrees: 3.3 km from south to north, 2.2 to 3 km from west to east.
ROUNDED_TO = 0.03

#: A position as a point on the sphere of radius 1.
Vector = tuple[float, float, float]


def vector(latitude: float, longitude: float) -> Vector:
    """A position as a point on the sphere of radius 1, in which the nearest is the one with the shortest chord."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def chord_to_km(squared_chord: float) -> float:
    """The great-circle distance, in kilometres, of two points whose chord on the sphere of radius 1 has this square."""
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(squared_chord) / 2))


def squared_chord(one: Vector, other: Vector) -> float:
    """The square of the chord between two points of the sphere of radius 1."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def distance_km(one: Municipality, other: Municipality) -> float:
    """The great-circle distance between two offices, in kilometres to one decimal."""
    return round(chord_to_km(squared_chord(office_vector(one), office_vector(other))), 1)


@cache
def office_vector(place: Municipality) -> Vector:
    """An office as a point on the sphere of radius 1."""
    return vector(place.latitude, place.longitude)


def rounded_position(latitude: float, longitude: float) -> tuple[float, float]:
    """A position as a browser may send it: no finer than about 3 km."""
    return round(round(latitude / ROUNDED_TO) * ROUNDED_TO, 2), round(round(longitude / ROUNDED_TO) * ROUNDED_TO, 2)


def nearest_municipality(latitude: float, longitude: float) -> Municipality:
    """The municipality whose office is nearest; near an island of a town whose office is elsewhere (竹富町), that town.

    Near a border that may be the neighbour of the municipality in which the position is; whoever shows it says so.

    Raises:
        PlaceError: no position, or none in Japan.
    """
    at = f"「{latitude}, {longitude}」"
    if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise PlaceError(f"位置{at}は緯度と経度ではありません（緯度は-90〜90、経度は-180〜180）")
    here = vector(latitude, longitude)
    squared, code = min((squared_chord(here, there), code) for there, code in _marks())
    if chord_to_km(squared) > FARTHEST_FROM_OFFICE_KM:
        raise PlaceError(f"位置{at}の近くに日本の役所がありません。市区町村の名前か郵便番号でさがせます")
    return municipality_of(code)


@cache
def are_next_door(one: Municipality, other: Municipality) -> bool:
    """Whether two municipalities can be called neighbours: at most 30 km, and no third office between the two, that is within the circle whose
    diameter runs from office to office (a Gabriel graph). Borders are not known; some real neighbours are missed, hardly any is made up.
    """
    here, there = office_vector(one), office_vector(other)
    apart = squared_chord(here, there)
    if one == other or chord_to_km(apart) > NEXT_DOOR_KM:
        return False
    return not any(
        squared_chord(here, between) + squared_chord(there, between) < apart
        for between in _offices_around(one)
        if between not in {here, there}
    )


@cache
def _offices_around(place: Municipality) -> tuple[Vector, ...]:
    """The offices within 30 km. All are looked at for every place, so that nothing but the chords is worked out."""
    x, y, z = office_vector(place)
    most = (2 * math.sin(NEXT_DOOR_KM / EARTH_RADIUS_KM / 2)) ** 2
    return tuple(at for at in _offices() if (at[0] - x) ** 2 + (at[1] - y) ** 2 + (at[2] - z) ** 2 <= most)


@cache
def _offices() -> tuple[Vector, ...]:
    return tuple(office_vector(place) for place in municipalities())


def office_elsewhere(place: Municipality) -> Municipality | None:
    """The municipality in which a town's office lies, where that is another one (十島村: 鹿児島市), or None."""
    known = offices_elsewhere().get(place.code)
    return municipality_of(known.office_in) if known else None


@cache
def _marks() -> tuple[tuple[Vector, str], ...]:
    """What a position is compared with: offices in their own municipality, and the islands of those that have theirs elsewhere."""
    offices = [(office_vector(place), place.code) for place in municipalities() if not office_elsewhere(place)]
    islands = [(vector(*at), known.code) for known in offices_elsewhere().values() for at in known.islands]
    return (*offices, *islands)
