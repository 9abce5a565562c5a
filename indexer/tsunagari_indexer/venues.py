"""Venues: where something is given or said, as far as the text says it. What counts is in ``docs/offers.md``.

The rules are data (``data/venues.toml``), read like those of the offers. A place that is only mentioned is none: something must be given or
said there. A text that offers a stay has no venue at all (DESIGN.md, rule 9).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.mentions import Scope, ScopeReader, compiled, matchable, read_scope
from tsunagari_indexer.offers import OfferRules, known_offer_rules
from tsunagari_parsers.text import fold_width

_STAY = "stay"


@dataclass(frozen=True, slots=True)
class Venue:
    """A place where something is given or said. ``start`` and ``end`` are offsets in the description.

    ``name`` is the facility's own, as the paper writes it, where it has one; ``users`` says who may use it (``pupils``), empty: anybody.
    It has no address and no point: those come from a source that states them.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    users: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VenueKind:
    """A kind of venue: its id, its Japanese name, who may use it, and how descriptions say it."""

    id: str
    label: str
    users: str
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility that papers call by a name alone. ``name`` has half-width ASCII."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Mention:
    kind: VenueKind
    start: int
    end: int
    name: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class VenueRules:
    """All kinds of venues and known facilities, what says that something is given there, and what is no venue."""

    kinds: tuple[VenueKind, ...]
    facilities: tuple[Facility, ...]
    given: Scope
    blocks: tuple[Scope, ...]
    marks: tuple[Scope, ...]

    def find(self, description: str, offers: OfferRules | None = None) -> tuple[Venue, ...]:
        """The venues of a description: of each kind and name the first mention, an unmarked one before a marked one.

        Of a kind of which a facility is named, places without a name are left out: they are the same place said again.
        """
        if any(offer.kind == _STAY for offer in (offers or known_offer_rules()).find(description)):
            return ()
        prepared = matchable(description)
        text = prepared.text
        reader = ScopeReader(text)
        found: dict[tuple[str, str], Venue] = {}
        for mention in self._mentions(text):
            kind, start, end = mention.kind, mention.start, mention.end
            if not reader.holds(self.given, kind.id, start, end):
                continue
            if any(reader.holds(block, kind.id, start, end) for block in self.blocks):
                continue
            marks = tuple(mark.name for mark in self.marks if reader.holds(mark, kind.id, start, end))
            name = description[slice(*prepared.span(*mention.name))] if mention.name else ""
            venue = Venue(kind.id, *prepared.span(start, end), name, kind.users, marks)
            other = found.get((kind.id, name))
            if other is None or (bool(marks), venue.start) < (bool(other.marks), other.start):
                found[kind.id, name] = venue
        named = {kind for kind, name in found if name}
        return tuple(
            venue
            for venue in sorted(found.values(), key=lambda one: (one.start, one.end))
            if venue.name or venue.kind not in named
        )

    def _mentions(self, text: str) -> list[_Mention]:
        kinds = {kind.id: kind for kind in self.kinds}
        mentions = [
            _Mention(kind, match.start(), match.end(), _name_of(match))
            for kind in self.kinds
            for pattern in kind.patterns
            for match in pattern.finditer(text)
        ]
        for facility in self.facilities:
            mentions += [
                _Mention(kinds[facility.kind], match.start(), _after_name(text, match.end()), match.span())
                for match in re.finditer(re.escape(facility.name), text)
            ]
        return mentions


def load_venue_rules(text: str, *, where: str) -> VenueRules:
    """Read a file of rules.

    Raises:
        DataFileError: not TOML, an expression that is none, a kind that does not exist or exists twice, a kind for stays.
    """
    try:
        data = tomllib.loads(text)
        words: dict[str, str] = data.get("words", {})
        kinds = tuple(
            VenueKind(entry["id"], entry["label"], entry.get("users", ""), compiled(entry["patterns"], words))
            for entry in data["venue"]
        )
        ids = [kind.id for kind in kinds]
        facilities = tuple(Facility(fold_width(entry["name"]), entry["kind"]) for entry in data.get("facility", ()))
        if unknown := {facility.kind for facility in facilities} - set(ids):
            raise ValueError(f"kind: {sorted(unknown)}")
        if _STAY in ids:
            raise ValueError("a stay has no venue")
        given = read_scope(data["given"], "given", frozenset(), words)
        blocks = tuple(_scope(entry, entry["reason"], ids, words) for entry in data.get("block", ()))
        marks = tuple(_scope(entry, entry["id"], ids, words) for entry in data.get("mark", ()))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, re.error, ValueError) as error:
        raise DataFileError(f"{where}：場所の規則として読めません（{error}）") from error
    if len(set(ids)) < len(ids):
        raise DataFileError(f"{where}：id が重なっています")
    return VenueRules(kinds, facilities, given, blocks, marks)


@cache
def known_venue_rules() -> VenueRules:
    """The rules of ``data/venues.toml``."""
    return load_venue_rules(
        (files("tsunagari_indexer") / "data" / "venues.toml").read_text(encoding="utf-8"), where="venues.toml"
    )


def venue_kinds() -> tuple[VenueKind, ...]:
    """The kinds of venues, in their order. None of them is a stay."""
    return known_venue_rules().kinds


def _name_of(match: re.Match[str]) -> tuple[int, int] | None:
    return match.span("name") if match.groupdict().get("name") else None


def _scope(entry: Mapping[str, list[str]], name: object, ids: Sequence[str], words: Mapping[str, str]) -> Scope:
    named = frozenset(entry.get("venues", ()))
    if unknown := named - set(ids):
        raise ValueError(f"venues: {sorted(unknown)}")
    return read_scope(entry, str(name), named, words)


def _after_name(text: str, end: int) -> int:
    """Past the bracket that closes a name, so that what follows it follows the name."""
    return end + 1 if text[end : end + 1] in {"」", "』", ")"} and text[end + 1 : end + 2] not in {"", "\n"} else end
