"""When a desk answers, as its source states it, and whether it is known to answer at a moment.

Three rules make a state ``UNKNOWN``, so that nobody is sent to a door that may be shut: the statement has no date, or one older
than a year; the day is a national holiday and the statement says nothing of holidays; the day lies from 29 December to
3 January (the days off of 行政機関の休日に関する法律, article 1) and the statement says nothing of the turn of the year.
「平日」 and 「月〜金」 say nothing of holidays here. All times are Japan's. Holidays, substitute holidays and
days between two holidays follow 国民の祝日に関する法律 as jpholiday computes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

import jpholiday

JAPAN = timezone(timedelta(hours=9), "JST")

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLIDAY, _YEAR_END = "holiday", "year_end"
_DAILY = (*_WEEKDAYS, _HOLIDAY)
_SPAN = re.compile(r"(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)")
_DATES = re.compile(r"(\d{2})-(\d{2})(?:\.\.(\d{2})-(\d{2}))?")
_DATED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAY = 24 * 60
#: How far ahead the end of opening or the next opening is looked for, in days.
_AHEAD = 14


class OpenState(StrEnum):
    """What is known of a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans on certain days. ``days`` are ``mon`` to ``sun``, ``holiday`` (a national holiday on whatever weekday) and ``year_end``
    (29 December to 3 January); ``spans`` are minutes from the day's midnight, and an end beyond 1440 lies on the next day."""

    days: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Closure:
    """Days of every year, both included, as (month, day). ``first`` after ``last`` runs over the turn of the year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds(self, month_day: tuple[int, int]) -> bool:
        """Whether this day of the year is one of them."""
        if self.first <= self.last:
            return self.first <= month_day <= self.last
        return month_day >= self.first or month_day <= self.last


#: 29 December to 3 January.
YEAR_END = Closure((12, 29), (1, 3))


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours that one source states. ``dated`` is the first day that its date may mean (「2023年11月」: 1 November), None where it
    has none; ``closed_on_holidays`` and ``closures`` are what it says of days without hours."""

    hours: tuple[Hours, ...]
    closures: tuple[Closure, ...] = ()
    closed_on_holidays: bool = False
    dated: date | None = None

    def state(self, moment: datetime) -> OpenState:
        """What is known of a moment.

        Raises:
            ValueError: the moment has no time zone.
        """
        local = _in_japan(moment)
        if not self._counts(local.date()):
            return OpenState.UNKNOWN
        if self._span_at(local):
            return OpenState.OPEN
        yesterday = local.date() - timedelta(days=1)
        if self._spans(local.date()) is None:
            return OpenState.UNKNOWN
        if self._spans(yesterday) is None and _minutes(local) < self._latest() - _DAY:
            return OpenState.UNKNOWN
        return OpenState.CLOSED

    def until(self, moment: datetime) -> datetime | None:
        """When it stops being known to be open, in Japan time; None unless it is open, or where that is two weeks off or more."""
        if self.state(moment) is not OpenState.OPEN:
            return None
        end = start = _in_japan(moment)
        while span := self._span_at(end):
            end = span[1]
            if end - start >= timedelta(days=_AHEAD):
                return None
        return end

    def next_opening(self, moment: datetime) -> datetime | None:
        """The next opening, in Japan time; None unless it is known to be closed, or where a day of which nothing is known comes before."""
        if self.state(moment) is not OpenState.CLOSED:
            return None
        local = _in_japan(moment)
        for ahead in range(_AHEAD + 1):
            spans = self._spans(local.date() + timedelta(days=ahead))
            if spans is None:
                return None
            for start, _ in spans:
                if start > local:
                    return start
        return None

    def _counts(self, day: date) -> bool:
        return self.dated is not None and day <= _a_year_after(self.dated)

    def _latest(self) -> int:
        return max((end for one in self.hours for _, end in one.spans), default=0)

    def _span_at(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """The span that a moment lies in, of its own day or of the evening before, where the statement counts on that day."""
        if not self._counts(moment.date()):
            return None
        for day in (moment.date(), moment.date() - timedelta(days=1)):
            for start, end in self._spans(day) or ():
                if start <= moment < end:
                    return start, end
        return None

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...] | None:
        """The spans that begin on a day, in order; None where nothing is known of it."""
        if not self._counts(day):
            return None
        names = self._names(day)
        if names is None:
            return None
        midnight = datetime.combine(day, time(), JAPAN)
        return tuple(
            sorted(
                (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
                for one in self.hours
                if names & set(one.days)
                for start, end in one.spans
            )
        )

    def _names(self, day: date) -> frozenset[str] | None:
        """What the statement calls a day: nothing where it says closed, None where it does not speak of such a day."""
        month_day = (day.month, day.day)
        spoken_of = {name for one in self.hours for name in one.days}
        if any(one.holds(month_day) for one in self.closures):
            return frozenset()
        if YEAR_END.holds(month_day):
            if _YEAR_END in spoken_of:
                return frozenset({_YEAR_END})
            if not any(YEAR_END.holds(one.first) or YEAR_END.holds(one.last) for one in self.closures):
                return None
        if is_holiday(day):
            if self.closed_on_holidays:
                return frozenset()
            return frozenset({_HOLIDAY}) if _HOLIDAY in spoken_of else None
        return frozenset({_WEEKDAYS[day.weekday()]})


@lru_cache(maxsize=1024)
def is_holiday(day: date) -> bool:
    """Whether a day is a national holiday of Japan, substitute holidays included."""
    return jpholiday.is_holiday(day)


def read_opening(opening: Sequence[str], closed: Sequence[str] = (), dated: str = "") -> Opening:
    """Hours as the data files write them.

    Args:
        opening: days and spans: ``mon-fri 09:00-17:00``, ``sat,sun,holiday 13:00-17:00 18:00-21:00``, ``daily`` for every day,
            holidays included; ``year_end`` is named apart. An end of 24:00 or later, or one before its start, is on the next day.
        closed: ``holiday``, or days of every year: ``12-29..01-03``, ``08-15``.
        dated: the source's own date, ``2023``, ``2023-11`` or ``2023-11-05``; empty where it has none.

    Raises:
        ValueError: a value that is none of these, a day named twice, or spans of a day that overlap; the message names it.
    """
    if not opening:
        raise ValueError("受付時間がありません")
    hours = tuple(map(_hours, opening))
    named = [day for one in hours for day in one.days]
    if twice := sorted({day for day in named if named.count(day) > 1}):
        raise ValueError(f"受付時間に同じ日が2回あります：「{'、'.join(twice)}」")
    closures = tuple(_closure(text) for text in closed if text != _HOLIDAY)
    if _HOLIDAY in closed and _HOLIDAY in named:
        raise ValueError("祝日に、受付時間と休みの両方があります")
    return Opening(hours, closures, _HOLIDAY in closed, _dated(dated) if dated else None)


def _hours(text: str) -> Hours:
    days, *spans = text.split() or [""]
    if not spans:
        raise ValueError(f"受付時間「{text}」に時刻がありません")
    read = tuple(sorted(map(_span, spans)))
    if any(later[0] < earlier[1] for earlier, later in pairwise(read)):
        raise ValueError(f"受付時間「{text}」の時刻が重なっています")
    return Hours(tuple(_days(days)), read)


def _days(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        if part == "daily":
            yield from _DAILY
        elif part in {*_DAILY, _YEAR_END}:
            yield part
        elif first in _WEEKDAYS and last in _WEEKDAYS and _WEEKDAYS.index(first) < _WEEKDAYS.index(last):
            yield from _WEEKDAYS[_WEEKDAYS.index(first) : _WEEKDAYS.index(last) + 1]
        else:
            raise ValueError(f"曜日「{part}」は読めません")


def _span(text: str) -> tuple[int, int]:
    if not (match := _SPAN.fullmatch(text)):
        raise ValueError(f"時刻「{text}」は読めません")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if end < start:
        end += _DAY
    # A span longer than a day would answer for days of which nothing is stated.
    if start >= _DAY or not start < end <= start + _DAY:
        raise ValueError(f"時刻「{text}」は読めません")
    return start, end


def _closure(text: str) -> Closure:
    if not (match := _DATES.fullmatch(text)):
        raise ValueError(f"休みの日「{text}」は読めません")
    first = int(match[1]), int(match[2])
    last = (int(match[3]), int(match[4])) if match[3] else first
    for month, day in (first, last):
        try:
            date(2024, month, day)  # a leap year: 29 February is a day of some years
        except ValueError as error:
            raise ValueError(f"休みの日「{text}」は読めません") from error
    return Closure(first, last)


def _dated(text: str) -> date:
    if not (match := _DATED.fullmatch(text)):
        raise ValueError(f"資料の日付「{text}」は読めません")
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError as error:
        raise ValueError(f"資料の日付「{text}」は読めません") from error


def _a_year_after(day: date) -> date:
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _minutes(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _in_japan(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(JAPAN)
