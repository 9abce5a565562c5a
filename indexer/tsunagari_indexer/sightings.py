"""A programme as the paper of one year has it, and the id that such a record has for good.

The id is made from what the record is (kind, year, place, name, an ordinal for ties), so that the same papers give the same ids in
whatever order they come. What was published is remembered: a corrected file of the same edition keeps the addresses of its rows.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from tsunagari_indexer.likeness import name_likeness

#: From this likeness of names on, a row of a corrected file is the row of the same phone whose name was corrected.
_CORRECTED_NAME = 0.5
#: 「女性相談」 and 「男性相談」, 「その１」 and 「その２」, 「相談」 and 「居場所」 are two programmes of an office, not one corrected.
_TELLS_APART = re.compile(
    r"[男女母父夫妻東西南北上下左右]|[0-9]+|[A-Za-z]+|[一二三四五六七八九十]|相談|居場所|サロン|交流|講座|就労|生理用品|食[料品]|訪問|研修|電話|面談|メール|オンライン"
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A record of one paper. ``place_code`` is a prefecture's two digits or a municipality's six; ``name`` is in comparable form.

    ``phones`` are numbers in written form; ``department`` and ``description`` stand as on the paper.
    """

    kind: str
    place_code: str
    name: str
    series: str
    year: int
    phones: tuple[str, ...] = ()
    department: str = ""
    description: str = ""

    @property
    def phone(self) -> str:
        """The first number, or empty."""
        return self.phones[0] if self.phones else ""


@dataclass(frozen=True, slots=True)
class GivenId:
    """An id and the record that it was given to; the fields are as in :class:`Sighting`."""

    id: str
    kind: str
    year: int
    place_code: str
    name: str
    ordinal: int
    phone: str
    series: str


_NameKey = tuple[str, int, str, str]
_OfficeKey = tuple[str, int, str, str, str]


def give_ids(known: Iterable[GivenId], sightings: Sequence[Sighting]) -> list[GivenId]:
    """The id of each sighting, in their order.

    First that of the same kind, year, place and name, of several the one with the same phone; then, of what is left of an edition,
    the only one of a place with the same phone and a similar name (its name was corrected); else a new one.

    Args:
        known: the ids that were published, of any year.
        sightings: the records of all papers of a generation, in an order that does not depend on when they were imported.
    """
    remembered = sorted(known, key=lambda one: (one.year, one.ordinal, one.id))
    taken = {one.id for one in remembered}
    ordinals: dict[_NameKey, set[int]] = defaultdict(set)
    for one in remembered:
        ordinals[_name_key(one)].add(one.ordinal)
    given = _by_name(remembered, sightings)
    matched = {one.id for one in given if one}
    renamed = _renamed([one for one in remembered if one.id not in matched], sightings, given)
    result = []
    for sighting, same in zip(sightings, given, strict=True):
        if same is not None:
            result.append(replace(same, phone=sighting.phone, series=sighting.series))
            continue
        ordinal = next(number for number in count() if number not in ordinals[_name_key(sighting)])
        ordinals[_name_key(sighting)].add(ordinal)
        before = renamed.get(_office_key(sighting))
        if before is not None:
            result.append(replace(before, name=sighting.name, ordinal=ordinal))
        else:
            result.append(_new(sighting, ordinal, taken))
            taken.add(result[-1].id)
    return result


def _name_key(one: GivenId | Sighting) -> _NameKey:
    return one.kind, one.year, one.place_code, one.name


def _office_key(one: GivenId | Sighting) -> _OfficeKey:
    return one.kind, one.year, one.place_code, one.phone, one.series


def _by_name(remembered: Sequence[GivenId], sightings: Sequence[Sighting]) -> list[GivenId | None]:
    """For each sighting the id of the same name: first those whose phone is the same, then the others in order."""
    waiting: dict[_NameKey, list[GivenId]] = defaultdict(list)
    for one in remembered:
        waiting[_name_key(one)].append(one)
    given: list[GivenId | None] = [None] * len(sightings)
    for same_phone in (True, False):
        for index, sighting in enumerate(sightings):
            group = waiting[_name_key(sighting)]
            found = next((one for one in group if not same_phone or one.phone == sighting.phone), None)
            if given[index] is None and found is not None:
                given[index] = found
                group.remove(found)
    return given


def _renamed(
    unmatched: Sequence[GivenId], sightings: Sequence[Sighting], given: Sequence[GivenId | None]
) -> dict[_OfficeKey, GivenId]:
    """Ids of an edition that no row has any more, where one row with the same phone and a similar name has none."""
    wanting = Counter(_office_key(one) for one, found in zip(sightings, given, strict=True) if not found and one.phone)
    offering: dict[_OfficeKey, list[GivenId]] = defaultdict(list)
    for before in unmatched:
        offering[_office_key(before)].append(before)
    return {
        _office_key(sighting): offering[_office_key(sighting)][0]
        for sighting, found in zip(sightings, given, strict=True)
        if not found
        and wanting[_office_key(sighting)] == 1
        and len(offering.get(_office_key(sighting), ())) == 1
        and _is_corrected(offering[_office_key(sighting)][0].name, sighting.name)
    }


def _is_corrected(before: str, after: str) -> bool:
    """Whether a name may be the other one corrected: much alike, and no word that tells programmes apart stands for another."""
    lost = Counter(_TELLS_APART.findall(before)) - Counter(_TELLS_APART.findall(after))
    came = Counter(_TELLS_APART.findall(after)) - Counter(_TELLS_APART.findall(before))
    return not (lost and came) and name_likeness(before, after) >= _CORRECTED_NAME


def _new(sighting: Sighting, ordinal: int, taken: set[str]) -> GivenId:
    """A new id: ten letters and digits from what the record is; a second hash where those are taken."""
    text = "\0".join((sighting.kind, str(sighting.year), sighting.place_code, sighting.name, str(ordinal)))
    while True:
        new_id = "p" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower()[:10]
        if new_id not in taken:
            return GivenId(
                new_id,
                sighting.kind,
                sighting.year,
                sighting.place_code,
                sighting.name,
                ordinal,
                sighting.phone,
                sighting.series,
            )
        text += "\0"
