"""Somebody's word that a programme or a desk stands: when, by which way, what came of it.

Who asked, and what they noted, stays in the ledger; what is served says the day, the way and the outcome alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

#: How long a word is good for; then it is asked again. What was said stays true of its day.
PROGRAM_GOOD_FOR = timedelta(days=365)
DESK_GOOD_FOR = timedelta(days=90)


class Subject(StrEnum):
    """What was asked about."""

    PROGRAM = "program"
    DESK = "desk"


class AskedBy(StrEnum):
    """The way in which it was asked."""

    PHONE = "電話"
    MAIL = "メール"
    COUNTER = "窓口"
    OFFICIAL_PAGE = "公式ページ"


class Outcome(StrEnum):
    """What came of it."""

    CONTINUES = "継続"
    ENDED = "終了"
    CHANGED = "変更"
    UNREACHED = "つながらず"

    @property
    def is_answer(self) -> bool:
        """Whether anything is known now that was not known before."""
        return self is not Outcome.UNREACHED


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is served of a confirmation. ``on`` is the day (ISO 8601), ``url`` the address where it was seen, if any."""

    on: str
    way: AskedBy
    outcome: Outcome
    url: str = ""

    def is_due(self, today: date, good_for: timedelta) -> bool:
        """Whether it is to be asked again."""
        return date.fromisoformat(self.on) + good_for < today

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> Confirmation:
        """From plain values, as :func:`dataclasses.asdict` gives them."""
        return cls(values["on"], AskedBy(values["way"]), Outcome(values["outcome"]), values["url"])


@lru_cache(maxsize=8)
def days_good(today: date, good_for: timedelta = PROGRAM_GOOD_FOR) -> frozenset[str]:
    """The days (ISO 8601) of which a word is still good: those that are not to be asked again, up to today."""
    return frozenset((today - timedelta(days=back)).isoformat() for back in range(good_for.days + 1))


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry of the ledger: ``subject`` is the id of a desk, or of any year's record of a programme."""

    kind: Subject
    subject: str
    confirmation: Confirmation
    by: str
    note: str = ""
    at: str = ""


def latest(asked: Iterable[Asked], kind: Subject, ids: Collection[str]) -> Confirmation | None:
    """The last answer about a programme or desk, by its day, of one day the one written down last.

    A call that nobody took says nothing, and takes nothing back.
    """
    found = [
        one.confirmation
        for one in asked
        if one.kind is kind and one.subject in ids and one.confirmation.outcome.is_answer
    ]
    return max(reversed(found), key=lambda one: one.on, default=None)


def last_attempt(asked: Iterable[Asked], kind: Subject, ids: Collection[str]) -> Confirmation | None:
    """The last time that anybody tried, answered or not."""
    found = [one.confirmation for one in asked if one.kind is kind and one.subject in ids]
    return max(reversed(found), key=lambda one: one.on, default=None)
