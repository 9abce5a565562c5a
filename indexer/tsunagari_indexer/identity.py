"""Which programme of this import is which programme that was seen before.

An id is given when a programme is first seen, from (kind, year, place, name, an ordinal for ties), and kept: correcting a
phone number, or even the name, must not change an address.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count


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


def identify(
    known: Iterable[Identity], candidates: Sequence[Candidate], used: Collection[str] = frozenset()
) -> list[Identity]:
    """An identity for each candidate of one document, in their order.

    First the same kind, place and name, of several the one with the same phone; then, of what is left of the same edition, the
    only one of a place with the same phone (its name was corrected); else a new one.

    Args:
        known: every identity that was ever given.
        candidates: the records of one document.
        used: the ids that other documents of the same year have already; two programmes of a year are never one.
    """
    everyone = sorted(known, key=lambda one: one.ordinal)
    taken = {one.id for one in everyone}
    ordinals: dict[_NameKey, set[int]] = defaultdict(set)
    for one in everyone:
        ordinals[_name_key(one)].add(one.ordinal)
    free = [one for one in everyone if one.id not in used]
    given = _by_name(free, candidates)
    matched = {one.id for one in given if one}
    left = _left([one for one in free if one.id not in matched], candidates, given)
    result = []
    for candidate, same in zip(candidates, given, strict=True):
        renamed = left.get(_edition_key(candidate, candidate.year))
        if same is not None:
            one = _followed(same, candidate)
        else:
            ordinal = next(number for number in count() if number not in ordinals[_name_key(candidate)])
            ordinals[_name_key(candidate)].add(ordinal)
            if renamed is not None:
                one = replace(_followed(renamed, candidate), name=candidate.name, ordinal=ordinal)
            else:
                one = _new(candidate, ordinal, taken)
                taken.add(one.id)
        result.append(one)
    return result


_NameKey = tuple[str, str, str]


def _name_key(one: Identity | Candidate) -> _NameKey:
    return one.kind, one.place_code, one.name


def _by_name(free: Sequence[Identity], candidates: Sequence[Candidate]) -> list[Identity | None]:
    """For each candidate the identity of the same name: first those whose phone is the same, then the others in order."""
    waiting: dict[_NameKey, list[Identity]] = defaultdict(list)
    for one in free:
        waiting[_name_key(one)].append(one)
    given: list[Identity | None] = [None] * len(candidates)
    for same_phone in (True, False):
        for index, candidate in enumerate(candidates):
            group = waiting[_name_key(candidate)]
            found = next((one for one in group if not same_phone or one.phone == candidate.phone), None)
            if given[index] is None and found is not None:
                given[index] = found
                group.remove(found)
    return given


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
    return {key: offering[key][0] for key, wanted in wanting.items() if wanted == 1 and len(offering.get(key, ())) == 1}


def _followed(one: Identity, candidate: Candidate) -> Identity:
    return replace(
        one,
        phone=candidate.phone,
        series=candidate.series,
        first_year=min(one.first_year, candidate.year),
        last_year=max(one.last_year, candidate.year),
    )


def _new(candidate: Candidate, ordinal: int, taken: Collection[str]) -> Identity:
    """A new identity: ten letters and digits from what the programme is; a second hash where those are taken."""
    text = "\0".join((candidate.kind, str(candidate.year), candidate.place_code, candidate.name, str(ordinal)))
    while True:
        new_id = "p" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower()[:10]
        if new_id not in taken:
            return Identity(
                id=new_id,
                kind=candidate.kind,
                place_code=candidate.place_code,
                name=candidate.name,
                ordinal=ordinal,
                phone=candidate.phone,
                series=candidate.series,
                first_year=candidate.year,
                last_year=candidate.year,
            )
        text += "\0"
