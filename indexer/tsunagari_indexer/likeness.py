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
#: What lists of a budget put beside a name (「【新規】」, next year 「【継続】」).
_MARK = re.compile(r"[【\[(〔<](?:新規?|継続?|拡充?|一部新規|組替)[】\])〕>]")
#: What papers write for one another and Unicode does not count as punctuation: a wave dash and the sign of a long vowel (「センタ－」).
_DASHES = "~ー"
#: Likeness of two short texts is chance: they are the same or say nothing.
_SHORT = 15
#: How what stands above a department ends.
_ABOVE = re.compile(
    r"(?:北海道|東京都|(?:京都|大阪)府|県|(?<!都)市|区|町|村|役所|役場|庁|事務所|支所|局|(?<![東西南北中])部|本部|課|室|センター|[、，,／/()])$"
)
#: Likeness of texts: how much of what is done must be the same where the department is the same, where the number is, where neither is.
_MUCH_OF_IT, _SAME_WORK, _SAME_WORDS = 0.6, 0.75, 0.95
#: What stands in the cell of a name and is none (「同上」).
_NO_NAMES = frozenset(("同上", "上記", "同左", "〃", "々", "なし", "未定", "名称未定"))


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
        """Whether enough beside the name speaks for one programme.

        Number and department together do. A number alone may be the town hall's switchboard, or have been left to another
        department; a department alone does much: what is done must be much the same. Where both are others, the words must be
        the same: lists describe many programmes in nearly the same sentence.
        """
        if self.phone and self.department:
            return True
        text = self.description
        if self.phone:
            return self.department is None if text is None else text >= _SAME_WORK
        if self.department:
            return text is None or text >= _MUCH_OF_IT
        return (text or 0) >= _SAME_WORDS

    @property
    def is_supported_without_numbers(self) -> bool:
        """The same of what has no number and often many departments (a plan's measure): much of the words, or the departments."""
        text = self.description
        return (text or 0) >= _MUCH_OF_IT or (bool(self.department) and (text is None or text >= 0.3))

    def is_stronger(self, other: Likeness) -> bool:
        """Whether nothing speaks less for this pair than for the other one, and something more."""
        mine, theirs = self._parts(), other._parts()
        return mine != theirs and all(one >= two for one, two in zip(mine, theirs, strict=True))

    def is_clearly_stronger(self, other: Likeness) -> bool:
        """:meth:`is_stronger`, and not only by a few words: two programmes of one name in one office differ in nothing else."""
        if self._parts()[:-1] == other._parts()[:-1] and (self.description or 0) < (other.description or 0) + 0.2:
            return False
        return self.is_stronger(other)

    def is_outdone_by(self, other: Likeness) -> bool:
        """Whether a pair of one of the two under another name could be meant: the name went to another programme.

        What is done, or who answers, stayed with that one.
        """
        text, theirs = self.description or 0, other.description or 0
        if theirs >= (_SAME_WORK if text >= 0.3 else _MUCH_OF_IT) and theirs >= text + 0.25:
            return True
        if not other.phone or self.phone is not False:
            return False
        # 「その１」 ended and 「その２」 is called so now, or it has that one's number: nothing tells which.
        is_like = other.name >= 0.6 and (text < _MUCH_OF_IT or theirs >= text - 0.1)
        return is_like or (not self.department and theirs >= _MUCH_OF_IT)

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
    def weight(self) -> float:
        """For naming the likeliest first."""
        beside = bool(self.phone) + 0.5 * bool(self.department) + (self.description or 0)
        return self.name + beside + 0.5 * self.same_place

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
        same_name=is_name(before.name) and plain_name(before.name) == plain_name(after.name),
        name=name_likeness(before.name, after.name),
        phone=bool(set(before.phones) & set(after.phones)) if before.phones and after.phones else None,
        department=_same_department(before.department, after.department),
        description=_text_likeness(before.description, after.description),
    )


@lru_cache(maxsize=50_000)
def plain_name(name: str) -> str:
    """A name without spaces, punctuation, signs (★), differences of width, the years in it and a budget's marks; the name itself if nothing else is left."""
    plain = _MARK.sub("", _YEAR.sub("", comparable(name)))
    return "".join(one for one in plain if not _is_decoration(one)) or comparable(name)


def _is_decoration(one: str) -> bool:
    category = unicodedata.category(one)
    return category[0] in "PZ" or category == "So" or one in _DASHES


def is_name(name: str) -> bool:
    """Whether it says which programme it is: a ditto mark and a dash do not."""
    plain = plain_name(name)
    return plain not in _NO_NAMES and any(one.isalnum() for one in plain)


def name_likeness(before: str, after: str) -> float:
    """From 0 to 1: the share of characters that two names have in common, in order."""
    return fuzz.ratio(plain_name(before), plain_name(after)) / 100


def _same_department(before: str, after: str) -> bool | None:
    first, second = comparable(before), comparable(after)
    if not first or not second:
        return None
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    # With and without the name of the town or the bureau above it: 「福祉部福祉課」 is 「福祉課」, 「障害福祉課」 and 「南部福祉課」 are not.
    above = longer.removesuffix(shorter)
    return len(shorter) >= 3 and above != longer and bool(_ABOVE.search(above))


@lru_cache(maxsize=50_000)
def _text_likeness(before: str, after: str) -> float | None:
    first, second = comparable(before), comparable(after)
    if not first or not second:
        return None
    if min(len(first), len(second)) < _SHORT:
        return float(first == second)
    return fuzz.ratio(first, second) / 100
