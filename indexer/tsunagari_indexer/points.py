"""Points on a map: one for each municipality with a listing, at its office, with the list of what it stands for.

A named facility would have a point of its own where a source states its place; no paper, list or package at hand states one, so that none has, and
a facility is named at its municipality. A kind of place (「市内公共施設のトイレ」) is no address. A stay has no venue and so no point; the
programme that names one counts for its municipality like any other, since leaving it out would tell which it is. What a prefecture runs has no
point (DESIGN.md, section 3 and rule 9).
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.place_index import place_index
from tsunagari_indexer.venues import Venue
from tsunagari_parsers.places import Municipality
from tsunagari_parsers.places.geo import Vector, chord_to_km, squared_chord, vector

#: So many points stand in one leaf of the tree.
_LEAF = 12


@dataclass(frozen=True, slots=True)
class PointVenue:
    """A venue with the programme that names it and the words that do."""

    listing: str
    venue: Venue
    evidence: str

    @property
    def pupils_only(self) -> bool:
        """Whether only pupils may use it."""
        return self.venue.users == "pupils"


@dataclass(frozen=True, slots=True)
class Point:
    """A point in degrees. ``precision`` says what lies there: ``municipal_office`` for all of a municipality, ``facility`` for a facility whose
    place a source states (``name``, ``source``). ``listings`` are (id, kind, name) of what it stands for, in the order of results.
    """

    municipality: Municipality
    latitude: float
    longitude: float
    precision: str
    listings: tuple[tuple[str, str, str], ...]
    venues: tuple[PointVenue, ...]
    name: str = ""
    source: str = ""


def points(generation: Generation) -> tuple[Point, ...]:
    """The points of a generation, by the municipality's code.

    Raises:
        GenerationError: the generation cannot be read.
    """
    held: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    venues: dict[str, list[PointVenue]] = defaultdict(list)
    for code, listing, kind, name, found, description in generation.venues():
        held[code].append((listing, kind, name))
        for values in json.loads(found):
            venue = Venue(**{**values, "marks": tuple(values["marks"])})
            venues[code].append(PointVenue(listing, venue, description[venue.start : venue.end]))
    return tuple(
        Point(
            place,
            place.latitude,
            place.longitude,
            "municipal_office",
            tuple(held[place.code]),
            tuple(venues[place.code]),
        )
        for _, place in place_index(generation).offices
    )


@dataclass(frozen=True, slots=True)
class _Branch:
    axis: int
    at: float
    below: _Branch | _Leaf
    above: _Branch | _Leaf


@dataclass(frozen=True, slots=True)
class _Leaf:
    held: tuple[tuple[Vector, int], ...]


class NearestPoints:
    """Finds the nearest of many positions: a k-d tree over the sphere, built once, read from any number of threads."""

    def __init__(self, positions: Sequence[tuple[float, float]]) -> None:
        """``positions`` are latitudes and longitudes, in degrees; answers name them by their numbers."""
        self._root = _tree([(vector(*position), number) for number, position in enumerate(positions)])

    def nearest(self, latitude: float, longitude: float, most: int) -> list[tuple[float, int]]:
        """At most ``most`` positions as (kilometres along the great circle, number), the nearest first (of two as far, the lower number)."""
        if most < 1:
            return []
        here = vector(latitude, longitude)
        # The farthest of those found so far stands first: squares of chords and numbers are kept negative.
        best: list[tuple[float, int]] = []
        waiting: list[tuple[float, _Branch | _Leaf]] = [(0.0, self._root)]
        while waiting:
            gap, node = waiting.pop()
            if len(best) == most and gap > -best[0][0]:
                continue
            while isinstance(node, _Branch):
                beyond = here[node.axis] - node.at
                near, far = (node.below, node.above) if beyond < 0 else (node.above, node.below)
                waiting.append((beyond * beyond, far))
                node = near
            for there, number in node.held:
                found = (-squared_chord(here, there), -number)
                if len(best) < most:
                    heapq.heappush(best, found)
                elif found > best[0]:
                    heapq.heapreplace(best, found)
        return [(chord_to_km(-square), -number) for square, number in sorted(best, reverse=True)]


def _tree(held: list[tuple[Vector, int]]) -> _Branch | _Leaf:
    if len(held) <= _LEAF:
        return _Leaf(tuple(held))
    spreads = [max(one[0][axis] for one in held) - min(one[0][axis] for one in held) for axis in range(3)]
    axis = spreads.index(max(spreads))
    if not spreads[axis]:
        return _Leaf(tuple(held))
    held.sort(key=lambda one: one[0][axis])
    middle = len(held) // 2
    return _Branch(axis, held[middle][0][axis], _tree(held[:middle]), _tree(held[middle:]))
