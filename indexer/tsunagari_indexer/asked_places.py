"""The places of a query: what they are together, and the ladder from them to where something stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tsunagari_indexer.place_names import neighbouring_prefectures
from tsunagari_indexer.understanding import PlaceMention
from tsunagari_parsers.places import Municipality, Prefecture

#: So many neighbouring prefectures stand in for a place of which nothing is known.
_NEIGHBOURS = 3
#: Of a region no prefecture's desks stand first.
_MOST_WITH_DESKS = 2

Filters = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class AskedPlaces:
    """The places of a query, a shared name narrowed by the prefectures that stand beside it (「日野町 滋賀」)."""

    surface: str
    prefectures: tuple[Prefecture, ...]
    municipalities: tuple[Municipality, ...]
    candidates: tuple[Municipality, ...]

    @classmethod
    def of(cls, mentions: Sequence[PlaceMention]) -> AskedPlaces | None:
        """The places that were mentioned, or None where none was."""
        if not mentions:
            return None
        named = {prefecture.code: prefecture for one in mentions for prefecture in one.match.named}
        municipalities: dict[str, Municipality] = {}
        candidates: dict[str, Municipality] = {}
        for mention in mentions:
            places = mention.match.municipalities
            within = tuple(place for place in places if place.prefecture.code in named) or places
            municipalities |= {place.code: place for place in within}
            if len(within) > 1:
                candidates |= {place.code: place for place in within}
        among = named or {place.prefecture.code: place.prefecture for place in municipalities.values()}
        surface = "・".join(dict.fromkeys(_shown(one) for one in mentions))
        return cls(surface, tuple(among.values()), tuple(municipalities.values()), tuple(candidates.values()))

    def within(self, filters: Mapping[str, frozenset[str]]) -> AskedPlaces | None:
        """These places as far as filters leave them: who chose one of two towns of a name meant that one; None where they leave none."""
        codes, among = filters.get("municipality"), filters.get("prefecture")
        if codes:
            chosen = tuple(place for place in self.municipalities if place.code in codes)
            return replace(self, municipalities=chosen, candidates=()) if chosen else None
        if among:
            chosen = tuple(place for place in self.municipalities if place.prefecture.code in among)
            prefectures = tuple(one for one in self.prefectures if one.code in among)
            if (self.municipalities and not chosen) or not prefectures:
                return None
            return replace(
                self, prefectures=prefectures, municipalities=chosen, candidates=chosen if len(chosen) > 1 else ()
            )
        return self

    @property
    def prefecture_codes(self) -> tuple[str, ...]:
        """Those whose desks stand first: none where a shared name leaves the choice among several."""
        codes = dict.fromkeys(place.prefecture.code for place in self.municipalities)
        if self.candidates and len(codes) > 1:
            return ()
        codes = codes or dict.fromkeys(one.code for one in self.prefectures)
        return tuple(codes) if len(codes) <= _MOST_WITH_DESKS else ()

    def rungs(self) -> Iterator[tuple[str, Filters]]:
        """The ladder: the place itself, its prefecture, the neighbouring prefectures one after another, each with its name."""
        if self.municipalities:
            yield "", {"municipality": frozenset(place.code for place in self.municipalities)}
        codes = dict.fromkeys(place.prefecture.code for place in self.municipalities) or dict.fromkeys(
            one.code for one in self.prefectures
        )
        among = [one for one in self.prefectures if one.code in codes] or list(self.prefectures)
        if not self.candidates or len(codes) == 1:
            yield "・".join(one.name for one in among) if self.municipalities else "", {"prefecture": frozenset(codes)}
            nearest = [one for one in neighbouring_prefectures(among[0]) if one.code not in codes]
            for start in range(0, len(nearest), _NEIGHBOURS):
                group = nearest[start : start + _NEIGHBOURS]
                yield "・".join(one.name for one in group), {"prefecture": frozenset(one.code for one in group)}


def _shown(mention: PlaceMention) -> str:
    """A place as the pages call it: its own name where only one is meant."""
    if mention.match.region:
        return mention.surface
    if mention.match.prefecture:
        return mention.match.prefecture.name
    names = {place.name for place in mention.match.municipalities}
    return names.pop() if len(names) == 1 else mention.surface
