"""Wards of designated cities (行政区). They are no municipalities: each stands for its city, whose office and programmes are meant.

The 23 special wards of Tokyo are municipalities and not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tsunagari_parsers.places import Municipality, comparable_place, municipality_of, package_rows
from tsunagari_parsers.places.corrections import ward_changes


@dataclass(frozen=True, slots=True)
class Ward:
    """``code`` is JIS X 0402 with its check digit, six digits as text; ``name`` and ``kana`` are without the city's."""

    code: str
    name: str
    kana: str
    city: Municipality


@cache
def wards() -> tuple[Ward, ...]:
    """All wards as they are now, in the order of their cities and codes."""
    cities: dict[str, Municipality] = {}
    found: list[Ward] = []
    for row in package_rows("municipalities.json"):
        city_name, _, name = row["city"].partition(" ")
        code = row["lgcode"].zfill(6)
        if not name:
            cities[row["pid"] + city_name] = municipality_of(code)
            continue
        city = cities[row["pid"] + city_name]
        if city.code not in ward_changes():
            found.append(Ward(code, name, row["citykana"].rpartition(" ")[2], city))
    for change in ward_changes().values():
        found += [Ward(*ward, municipality_of(change.city)) for ward in change.wards]
    return tuple(sorted(found, key=lambda ward: (ward.city.code, ward.code)))


def ward_named(text: str) -> Ward | None:
    """The ward of a six-digit code, or of a name with its city's (「札幌市中央区」, also after 「北海道」), or None.

    A ward's name alone (「中央区」) is none: ten cities have one, and Tokyo has a municipality of that name.
    """
    return _by_name().get(comparable_place("".join(text.split())))


@cache
def _by_name() -> Mapping[str, Ward]:
    names: dict[str, Ward] = {}
    for ward in wards():
        whole = comparable_place(ward.city.name + ward.name)
        for form in (ward.code, whole, ward.city.prefecture.name + whole):
            names[form] = ward
    return names
