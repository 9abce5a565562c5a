"""Which listings lie in which municipality and which a prefecture runs: made once for a generation, whatever engine searches it.

It holds numbers and codes, no texts; a ladder reads the few listings that it shows. The index of a generation is let go with it.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from weakref import WeakKeyDictionary

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import KINDS
from tsunagari_indexer.offers import offer_kinds
from tsunagari_parsers.places import Municipality, PlaceError, municipality_of
from tsunagari_parsers.places.geo import Vector, chord_to_km, office_vector, squared_chord

_NOTHING: frozenset[str] = frozenset()
#: In which order kinds stand in one rung.
_KIND_ORDER = {kind: number for number, kind in enumerate((*KINDS.values(), "measure", "network"))}


@dataclass(frozen=True, slots=True)
class Placed:
    """What is known of a listing by its place. ``offers`` are the public ones (:func:`offer_mask`); ``excluded`` are codes of municipalities that its text leaves out.

    ``pupils_only``: every place that its text names is for pupils alone, and beside goods it offers nothing.
    ``goods_for_pupils``: every place that it names is for pupils alone.
    """

    order: int
    kind: str
    offers: int
    excluded: frozenset[str]
    pupils_only: bool
    goods_for_pupils: bool


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PlaceIndex:
    """The listings of each municipality (by code) and those that each prefecture runs (by code), in the order in which a rung shows them."""

    of_municipality: Mapping[str, tuple[Placed, ...]]
    of_prefecture: Mapping[str, tuple[Placed, ...]]
    offices: tuple[tuple[Vector, Municipality], ...]

    def by_distance(self, place: Municipality) -> Iterator[tuple[float, Municipality]]:
        """The other municipalities with a listing and how far their offices are, in kilometres, the nearest first (of two as far, by code)."""
        here = office_vector(place)
        # The offices stand in the order of their codes: of two as far, the lower number is the lower code.
        squared = [(squared_chord(here, there), number) for number, (there, _) in enumerate(self.offices)]
        squared.sort()
        for square, number in squared:
            other = self.offices[number][1]
            if other.code != place.code:
                yield round(chord_to_km(square), 1), other


_indexes: WeakKeyDictionary[Generation, PlaceIndex] = WeakKeyDictionary()
_lock = threading.Lock()


def place_index(generation: Generation) -> PlaceIndex:
    """The index of a generation, made at the first call.

    Raises:
        GenerationError: the generation cannot be read.
    """
    with _lock:
        index = _indexes.get(generation)
        if index is None:
            index = _indexes[generation] = _index(generation)
        return index


def offer_mask(offers: Iterable[str]) -> int:
    """Kinds of offers as the bits of a number; those that are not public have none. Fifty thousand sets would slow every collection of garbage."""
    bits = _bits()
    return reduce(or_, (bits.get(offer, 0) for offer in offers), 0)


@cache
def _bits() -> Mapping[str, int]:
    return {kind.id: 1 << number for number, kind in enumerate(offer_kinds())}


def is_indexed(generation: Generation) -> bool:
    """Whether the index of a generation is made."""
    return generation in _indexes


def _index(generation: Generation) -> PlaceIndex:
    # Whom a programme is for, and when, is nothing that it offers.
    beside_goods = offer_mask(kind.id for kind in offer_kinds() if kind.group not in {"goods", "situation", "time"})
    municipalities: dict[str, list[Placed]] = defaultdict(list)
    prefectures: dict[str, list[Placed]] = defaultdict(list)
    for order, kind, prefecture, municipality, code, offers, excluded, venues in generation.places():
        found = offer_mask(offer["kind"] for offer in json.loads(offers))
        users = [venue["users"] for venue in json.loads(venues) if not venue["marks"]] if venues != "[]" else []
        for_pupils = bool(users) and set(users) == {"pupils"}
        left_out = frozenset(area["code"] for area in json.loads(excluded)) if excluded != "[]" else _NOTHING
        placed = Placed(order, kind, found, left_out, for_pupils and not found & beside_goods, for_pupils)
        if code:
            municipalities[code].append(placed)
        elif municipality is None and prefecture:
            prefectures[prefecture].append(placed)
    return PlaceIndex(
        {code: _ordered(found) for code, found in municipalities.items()},
        {code: _ordered(found) for code, found in prefectures.items()},
        tuple((office_vector(place), place) for code in sorted(municipalities) if (place := _known(code))),
    )


def _ordered(found: list[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(found, key=lambda one: (_KIND_ORDER[one.kind], one.order)))


def _known(code: str) -> Municipality | None:
    """The municipality of a code; one of an older generation may be gone by a merger."""
    try:
        return municipality_of(code)
    except PlaceError:
        return None
