"""Which programme of this import is which programme that was seen before.

An id is given when a programme is first seen, from (kind, year, place, name, an ordinal for ties), and kept: correcting a
phone number, or even the name, must not change an address.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Identity:
    """An id and what it belongs to. ``place_code`` is a prefecture's two digits or a municipality's six; ``name`` is comparable."""

    id: str
    kind: str
    place_code: str
    name: str
    ordinal: int
    phone: str
    series: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that needs an id; the fields are as in :class:`Identity`."""

    kind: str
    place_code: str
    name: str
    phone: str
    series: str
    year: int


def identify(known: Iterable[Identity], candidates: Sequence[Candidate]) -> list[Identity]:
    """An identity for each candidate of one document, in their order.

    First the same kind, place and name; then, of what is left of the same edition, the only one of a place with the same phone
    (its name was corrected); else a new one.
    """
    by_name: dict[tuple[str, str, str], list[Identity]] = defaultdict(list)
    everyone = sorted(known, key=lambda one: one.ordinal)
    taken = {one.id for one in everyone}
    for one in everyone:
        by_name[one.kind, one.place_code, one.name].append(one)
    given: list[Identity | None] = []
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for candidate in candidates:
        key = candidate.kind, candidate.place_code, candidate.name
        same = by_name[key]
        given.append(_followed(same[counts[key]], candidate) if counts[key] < len(same) else None)
        counts[key] += 1
    matched = {one.id for one in given if one}
    left = _left([one for one in everyone if one.id not in matched], candidates, given)
    ordinals: dict[tuple[str, str, str], int] = defaultdict(int)
    result = []
    for candidate, followed in zip(candidates, given, strict=True):
        key = candidate.kind, candidate.place_code, candidate.name
        ordinal = ordinals[key]
        ordinals[key] += 1
        renamed = left.get(_edition_key(candidate, candidate.year))
        if followed is not None:
            one = followed
        elif renamed is not None:
            one = replace(_followed(renamed, candidate), name=candidate.name, ordinal=ordinal)
        else:
            new_id = _new_id(candidate, ordinal, taken)
            year = candidate.year
            one = Identity(new_id, *key, ordinal, candidate.phone, candidate.series, year, year)
            taken.add(one.id)
        result.append(one)
    return result


_EditionKey = tuple[str, str, str, str, int]


def _edition_key(one: Identity | Candidate, year: int) -> _EditionKey:
    return one.kind, one.place_code, one.phone, one.series, year


def _left(
    unmatched: Sequence[Identity], candidates: Sequence[Candidate], given: Sequence[Identity | None]
) -> dict[_EditionKey, Identity]:
    """Unmatched identities of the same edition with the same phone, where there is one of them and one candidate for it.

    Not across years: an office's next programme often keeps its phone.
    """
    wanting = Counter(
        _edition_key(candidate, candidate.year)
        for candidate, found in zip(candidates, given, strict=True)
        if found is None and candidate.phone
    )
    offering: dict[_EditionKey, list[Identity]] = defaultdict(list)
    for one in unmatched:
        offering[_edition_key(one, one.last_year)].append(one)
    return {key: offering[key][0] for key, count in wanting.items() if count == 1 and len(offering.get(key, ())) == 1}


def _followed(one: Identity, candidate: Candidate) -> Identity:
    return replace(
        one,
        phone=candidate.phone,
        series=candidate.series,
        first_year=min(one.first_year, candidate.year),
        last_year=max(one.last_year, candidate.year),
    )


def _new_id(candidate: Candidate, ordinal: int, taken: set[str]) -> str:
    """Ten letters and digits from what the programme is; a second hash where that is taken."""
    text = "\0".join((candidate.kind, str(candidate.year), candidate.place_code, candidate.name, str(ordinal)))
    while True:
        digest = hashlib.sha256(text.encode()).digest()
        new = "p" + base64.b32encode(digest).decode().lower()[:10]
        if new not in taken:
            return new
        text += "\0"
