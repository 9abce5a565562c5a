"""How much two records of different years are alike: what each of their parts says of it.

A part that one of them lacks says nothing (None). Names are compared without what papers write differently from year to year: widths,
spaces, quotation marks, and the year itself (「令和３年度」).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from rapidfuzz import fuzz

from tsunagari_parsers.text import comparable

_YEAR = re.compile(r"(?:(?:令和|平成|R|H)(?:\d{1,2}|元)|20\d\d)年度?の?", re.IGNORECASE)
#: Likeness of two short texts is chance: they are the same or say nothing.
_SHORT = 15


class Comparable(Protocol):
    """What is compared of a record."""

    @property
    def place_code(self) -> str:
        """A prefecture's or municipality's code."""

    @property
    def name(self) -> str:
        """The programme's name."""

    @property
    def phones(self) -> tuple[str, ...]:
        """Its numbers."""

    @property
    def department(self) -> str:
        """Who is in charge."""

    @property
    def description(self) -> str:
        """What is done."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two records compare. ``name`` and ``description`` go from 0 to 1."""

    same_place: bool
    same_name: bool
    name: float
    phone: bool | None
    department: bool | None
    description: float | None

    @property
    def is_supported(self) -> bool:
        """Whether something beside the name speaks for one programme; a department alone does not if all the text is another."""
        text = self.description
        return bool(self.phone) or (text or 0) >= 0.6 or (bool(self.department) and (text is None or text >= 0.3))

    def is_stronger(self, other: Likeness) -> bool:
        """Whether nothing speaks less for this pair than for the other one, and something more."""
        mine, theirs = self._parts(), other._parts()
        return mine != theirs and all(one >= two for one, two in zip(mine, theirs, strict=True))

    def is_equal(self, other: Likeness) -> bool:
        """Whether nothing tells the two pairs apart."""
        return self._parts() == other._parts()

    def _parts(self) -> tuple[float, ...]:
        known = (self.phone, self.department)
        return (
            self.same_place,
            self.same_name,
            round(self.name, 1),
            *(0.5 if one is None else float(one) for one in known),
            # Small differences of long texts decide nothing.
            round(self.description or 0, 1),
        )

    @property
    def words(self) -> str:
        """What speaks for it, for an administrator."""
        said = [
            "名称が同じ" if self.same_name else f"名称の近さ{self.name:.0%}",
            {True: "電話が同じ", False: "電話が違う", None: ""}[self.phone],
            {True: "担当部署が同じ", False: "担当部署が違う", None: ""}[self.department],
            "" if self.description is None else f"内容の近さ{self.description:.0%}",
            "" if self.same_place else "市区町村が違う",
        ]
        return "、".join(one for one in said if one)


def likeness(before: Comparable, after: Comparable, *, same_place: bool) -> Likeness:
    """How alike they are. ``same_place`` is the caller's word: places can have merged."""
    return Likeness(
        same_place=same_place,
        same_name=plain_name(before.name) == plain_name(after.name),
        name=name_likeness(before.name, after.name),
        phone=bool(set(before.phones) & set(after.phones)) if before.phones and after.phones else None,
        department=_same_department(before.department, after.department),
        description=_text_likeness(before.description, after.description),
    )


@lru_cache(maxsize=50_000)
def plain_name(name: str) -> str:
    """A name without spaces, punctuation, differences of width and the years in it; the name itself if nothing else is left."""
    plain = _YEAR.sub("", comparable(name))
    return "".join(one for one in plain if unicodedata.category(one)[0] not in "PZ") or comparable(name)


#: A record is compared with every other one of its place.
_folded = lru_cache(maxsize=1 << 14)(comparable)


def name_likeness(before: str, after: str) -> float:
    """From 0 to 1: the share of characters that two names have in common, in order."""
    return fuzz.ratio(plain_name(before), plain_name(after)) / 100


def _same_department(before: str, after: str) -> bool | None:
    first, second = _folded(before), _folded(after)
    if not first or not second:
        return None
    # With and without the name of the town or the bureau above it.
    return first == second or (min(len(first), len(second)) >= 3 and (first.endswith(second) or second.endswith(first)))


@lru_cache(maxsize=50_000)
def _text_likeness(before: str, after: str) -> float | None:
    first, second = _folded(before), _folded(after)
    if not first or not second:
        return None
    if min(len(first), len(second)) < _SHORT:
        return float(first == second)
    return fuzz.ratio(first, second) / 100
