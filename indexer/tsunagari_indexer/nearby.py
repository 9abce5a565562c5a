"""The ladder of what is nearby (DESIGN.md, section 4): the own municipality, its prefecture, the municipalities around by distance between the offices,
then the national lines. No rung says that there is no support, and the ladder is never empty.

It asks no search engine, so that every engine gives the same. Notes are data with their values apart, for who translates them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import PROGRAM_KINDS, Listing
from tsunagari_indexer.offers import offer_groups, offer_kinds
from tsunagari_indexer.place_index import Placed, PlaceIndex, offer_mask, place_index
from tsunagari_indexer.rung_notes import (
    ABOVE,
    FAR,
    FEW_OF_MANY,
    LEADING_NUMBERS,
    LEFT_OUT,
    NATIONAL,
    NEIGHBOUR,
    NEIGHBOURS,
    NO_NEIGHBOURS,
    NO_OWN,
    NO_OWN_OF_THESE,
    NO_PREFECTURE,
    NO_PREFECTURE_OF_THESE,
    OFFICE_ELSEWHERE,
    OTHER_MUNICIPALITY,
    OWN,
    OWN_BY_POSITION,
    PREFECTURE,
    TOWNS_OF_PREFECTURE,
    WHICH_TOWN,
    Note,
)
from tsunagari_indexer.venues import Venue
from tsunagari_parsers.desks import Desk, DeskKind, Way, known_desks
from tsunagari_parsers.places import Municipality, Prefecture
from tsunagari_parsers.places.geo import are_next_door, office_elsewhere

#: So many listings of a kind a rung holds at most; :attr:`Rung.more` says how many more there are.
MOST_OF_A_KIND = {"program": 10, "sheet": 10, "measure": 5, "network": 3}
#: Of a prefecture's municipalities together so many.
MOST_OF_TOWNS = 30
#: Of so many municipalities around it shows something, and of each so much.
MOST_NEIGHBOURS = 8
MOST_OF_A_NEIGHBOUR = 2
#: Offices no farther apart than this are around.
AROUND_KM = 100.0
#: The numbers that lead to the nearest desk, where none of the prefecture is known.
_TO_THE_NEAREST = ("line-8778", "line-8008")
#: What is no help by itself, or is for what cannot wait, stands last among the national lines.
_LAST = (DeskKind.RELAY, DeskKind.PORTAL, DeskKind.EMERGENCY)
#: Channels by which a desk can be reached, and how it is known of one.
_SILENT = {"sns": {Way.CHAT, Way.APP}, "mail": {Way.MAIL, Way.FORM}}


class UnknownOfferError(ValueError):
    """A kind of offer that the public pages do not have; stays are none (DESIGN.md, rule 9)."""


class RungName(StrEnum):
    """The rungs, in their order."""

    OWN = "own"
    PREFECTURE = "prefecture"
    NEIGHBOURS = "neighbours"
    NATIONAL = "national"


class Users(StrEnum):
    """For whom something is looked for."""

    ALL = "all"
    NOT_PUPILS = "not_pupils"
    """What only pupils get, and desks made for children, are left out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is. ``municipality`` None: only the prefecture is known. ``by_position``: it is the office nearest to a position."""

    prefecture: Prefecture
    municipality: Municipality | None = None
    by_position: bool = False

    @property
    def code(self) -> str:
        """Six digits of a municipality, two of a prefecture."""
        return self.municipality.code if self.municipality else self.prefecture.code

    @property
    def precision(self) -> str:
        """What its coordinates are: those of an office, or none."""
        return "municipal_office" if self.municipality else "prefecture"


@dataclass(frozen=True, slots=True)
class Item:
    """A listing or a desk. ``distance_km`` is between the offices, along the great circle, to one decimal; None for a desk and for what a
    prefecture runs. ``municipality`` is the one that runs it. ``note`` says what to know of it before calling.
    """

    kind: str
    listing: Listing | None = None
    desk: Desk | None = None
    municipality: Municipality | None = None
    distance_km: float | None = None
    note: Note | None = None

    @property
    def venues(self) -> tuple[Venue, ...]:
        """Where something is given or said, as far as the text says it; a desk has none."""
        return self.listing.venues if self.listing else ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung. ``notes`` stand above the items; ``more`` things have no room here."""

    name: RungName
    notes: tuple[Note, ...]
    items: tuple[Item, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """The four rungs for a place, in their order; a rung may be empty, and then its notes say what that means. At least one is not."""

    place: Place
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for, of whichever place."""

    offers: frozenset[str]
    mask: int
    users: Users

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.offers) or self.users is not Users.ALL

    def takes(self, placed: Placed) -> bool:
        """Whether a listing fits. A support network always does: it is who to ask."""
        if placed.kind == "network":
            return True
        if self.offers and not self.mask & placed.offers:
            return False
        if self.users is Users.ALL:
            return True
        return not (placed.goods_for_pupils if self.offers and self.offers <= _GOODS else placed.pupils_only)

    def takes_desk(self, desk: Desk) -> bool:
        """Whether a desk fits: by its channel where only channels are asked for; whatever else is needed, a desk can be asked."""
        if self.users is Users.NOT_PUPILS and desk.for_children:
            return False
        if not self.offers or self.offers - {"phone", *_SILENT}:
            return True
        ways = {way.way for way in desk.silent_ways}
        return ("phone" in self.offers and bool(desk.phones)) or any(
            ways & _SILENT.get(one, set()) for one in self.offers
        )


_GOODS = frozenset(kind.id for group in offer_groups() if group.id == "goods" for kind in group.kinds)


def ladder(
    generation: Generation,
    place: Place,
    *,
    offers: frozenset[str] = frozenset(),
    users: Users = Users.ALL,
    desks: Iterable[Desk] | None = None,
) -> Ladder:
    """What helps at a place, from its own office outwards.

    ``offers`` are ids of public kinds, of which one must hold; ``desks`` are those to choose from (default: the data files'); proposals
    are never shown.

    Raises:
        UnknownOfferError: a kind that is not public.
        GenerationError: the generation cannot be read.
    """
    if unknown := offers - {kind.id for kind in offer_kinds()}:
        raise UnknownOfferError(f"提供内容「{'、'.join(sorted(unknown))}」ではさがせません")
    shown = [desk for desk in (known_desks() if desks is None else desks) if not desk.proposal]
    asked = _Asked(offers, offer_mask(offers), users)
    index = place_index(generation)
    wide = _prefecture(generation, index, place, asked, shown)
    rungs = (
        _own(generation, index, place, asked, shown),
        wide,
        _neighbours(generation, index, place, asked),
        _national(asked, shown, {item.desk.id for item in wide.items if item.desk}),
    )
    return Ladder(place, rungs)


def _own(generation: Generation, index: PlaceIndex, place: Place, asked: _Asked, desks: Sequence[Desk]) -> Rung:
    town = place.municipality
    if town is None:
        return Rung(RungName.OWN, (Note(ABOVE), Note(WHICH_TOWN)), ())
    own_desks = [desk for desk in desks if _is_of_town(desk, town) and asked.takes_desk(desk)]
    placed = [one for one in index.of_municipality.get(town.code, ()) if asked.takes(one)]
    listings, more = _listings(generation, _first_of_each_kind(placed), len(placed))
    items = (
        *(Item("desk", desk=desk, municipality=town, distance_km=None) for desk in own_desks),
        *(Item(one.kind, one, municipality=town, distance_km=0.0) for one in listings),
    )
    return Rung(RungName.OWN, tuple(_own_notes(place, town, asked, has_any=bool(items))), items, more)


def _own_notes(place: Place, town: Municipality, asked: _Asked, *, has_any: bool) -> Iterator[Note]:
    values = {"town": town.name}
    yield Note(ABOVE)
    if place.by_position:
        yield Note(OWN_BY_POSITION, values)
    if elsewhere := office_elsewhere(town):
        yield Note(OFFICE_ELSEWHERE, values | {"other": elsewhere.name})
    yield Note(OWN if has_any else NO_OWN_OF_THESE if asked.is_narrow else NO_OWN, values)


def _prefecture(generation: Generation, index: PlaceIndex, place: Place, asked: _Asked, desks: Sequence[Desk]) -> Rung:
    code = place.prefecture.code
    town = place.municipality
    own = [desk for desk in desks if desk.prefecture == code and not desk.municipality]
    leading = [] if own else [desk for name in _TO_THE_NEAREST for desk in desks if desk.id == name]
    shown = [desk for desk in own or leading if asked.takes_desk(desk)]
    fitting = [one for one in index.of_prefecture.get(code, ()) if asked.takes(one)]
    placed = [one for one in fitting if town is None or town.code not in one.excluded]
    listings, more = _listings(generation, _first_of_each_kind(placed), len(placed))
    items = (
        *(Item("desk", desk=desk) for desk in shown),
        *(Item(one.kind, one) for one in listings),
    )
    texts: list[str] = []
    if listings or (own and shown):
        texts.append(PREFECTURE)
    elif not fitting:
        texts.append(NO_PREFECTURE_OF_THESE if asked.is_narrow else NO_PREFECTURE)
    if len(placed) < len(fitting):
        texts.append(LEFT_OUT)
    if leading and shown:
        texts.append(LEADING_NUMBERS)
    values = {"prefecture": place.prefecture.name, "town": town.name if town else ""}
    return Rung(RungName.PREFECTURE, tuple(Note(text, values) for text in texts), items, more)


def _neighbours(generation: Generation, index: PlaceIndex, place: Place, asked: _Asked) -> Rung:
    """The municipalities around with a programme that fits; where none is near, the nearest one. Of a prefecture, its municipalities by code."""
    if place.municipality is None:
        return _towns(generation, index, place.prefecture, asked)
    items: list[Item] = []
    more = towns = 0
    for distance, other in index.by_distance(place.municipality):
        if towns and (distance > AROUND_KM or towns == MOST_NEIGHBOURS):
            break
        placed = _programs(index, other, asked)
        if not placed:
            continue
        towns += 1
        listings, left = _listings(generation, placed[:MOST_OF_A_NEIGHBOUR], len(placed))
        more += left
        note = Note(NEIGHBOUR if are_next_door(place.municipality, other) else OTHER_MUNICIPALITY, {"town": other.name})
        items += [Item(one.kind, one, municipality=other, distance_km=distance, note=note) for one in listings]
    if not items:
        return Rung(RungName.NEIGHBOURS, (Note(NO_NEIGHBOURS),), ())
    nearest = items[0]
    if nearest.distance_km is not None and nearest.distance_km > AROUND_KM and nearest.municipality:
        values = {"town": nearest.municipality.name, "km": f"{nearest.distance_km:.0f}"}
        return Rung(RungName.NEIGHBOURS, (Note(FAR, values),), tuple(items), more)
    return Rung(RungName.NEIGHBOURS, (Note(NEIGHBOURS),), tuple(items), more)


def _towns(generation: Generation, index: PlaceIndex, prefecture: Prefecture, asked: _Asked) -> Rung:
    items: list[Item] = []
    more = 0
    for _, town in index.offices:
        if town.prefecture != prefecture:
            continue
        placed = _programs(index, town, asked)
        most = min(MOST_OF_A_NEIGHBOUR, max(0, MOST_OF_TOWNS - len(items)))
        listings, left = _listings(generation, placed[:most], len(placed))
        more += left
        note = Note(OTHER_MUNICIPALITY, {"town": town.name})
        items += [Item(one.kind, one, municipality=town, note=note) for one in listings]
    if not items:
        return Rung(RungName.NEIGHBOURS, (Note(NO_NEIGHBOURS),), ())
    notes = [Note(TOWNS_OF_PREFECTURE, {"prefecture": prefecture.name})]
    if more:
        notes.append(Note(FEW_OF_MANY))
    return Rung(RungName.NEIGHBOURS, tuple(notes), tuple(items), more)


def _national(asked: _Asked, desks: Sequence[Desk], shown: set[str]) -> Rung:
    lines = [desk for desk in desks if desk.prefecture is None and desk.id not in shown and asked.takes_desk(desk)]
    lines.sort(key=lambda desk: (desk.never_first, _LAST.index(desk.kind) + 1 if desk.kind in _LAST else 0))
    return Rung(RungName.NATIONAL, (Note(NATIONAL),), tuple(Item("desk", desk=desk) for desk in lines))


def _programs(index: PlaceIndex, town: Municipality, asked: _Asked) -> list[Placed]:
    """What of another municipality may help: its programmes. Its plan and its network are for its own residents."""
    placed = index.of_municipality.get(town.code, ())
    return [one for one in placed if one.kind in PROGRAM_KINDS and asked.takes(one)]


def _first_of_each_kind(placed: Sequence[Placed]) -> list[Placed]:
    left = dict(MOST_OF_A_KIND)
    kept: list[Placed] = []
    for one in placed:
        if left[one.kind]:
            left[one.kind] -= 1
            kept.append(one)
    return kept


def _listings(generation: Generation, shown: Sequence[Placed], found: int) -> tuple[list[Listing], int]:
    """The listings that are shown, and how many more of those found there are."""
    return generation.listings(one.order for one in shown), found - len(shown)


def _is_of_town(desk: Desk, town: Municipality) -> bool:
    return desk.prefecture == town.prefecture.code and desk.municipality == town.name
