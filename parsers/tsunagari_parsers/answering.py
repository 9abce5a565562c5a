"""Which desks answer at a moment, and in which order they are shown. Pure: the moment is given.

A desk's state is that of its phones, or of its ways without voice where it has no phone; one that is known to be open
makes the desk open. A way that is not stated to be open never counts, whatever the phone beside it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tsunagari_parsers.desk_types import Desk, DeskPhone, SilentWay
from tsunagari_parsers.opening import Opening, OpenState


@dataclass(frozen=True, slots=True)
class DeskNow:
    """A desk at a moment.

    ``phones`` and ``ways`` are the states of ``desk.phones`` and ``desk.silent_ways``, in their order. ``until`` (Japan time) is
    when it stops being known to be open: None unless it is open, and for what answers at any hour. ``next_opening`` (Japan
    time): None unless it is closed and the next opening is known. ``answers_anybody`` is False where it is open only for who has
    registered beforehand.
    """

    desk: Desk
    state: OpenState
    phones: tuple[OpenState, ...]
    ways: tuple[OpenState, ...]
    until: datetime | None = None
    next_opening: datetime | None = None
    answers_anybody: bool = False


def phone_state(desk: Desk, phone: DeskPhone, moment: datetime) -> OpenState:
    """What is known of one of a desk's phones at a moment.

    Raises:
        ValueError: the moment has no time zone.
    """
    return _phone(desk, phone).state(moment)


def way_state(way: SilentWay, moment: datetime) -> OpenState:
    """What is known of a way without voice at a moment.

    Raises:
        ValueError: the moment has no time zone.
    """
    return _Part(way.opening).state(moment)


def desk_now(desk: Desk, moment: datetime) -> DeskNow:
    """A desk at a moment.

    Raises:
        ValueError: the moment has no time zone.
    """
    phones = tuple(_phone(desk, phone) for phone in desk.phones)
    ways = tuple(_Part(way.opening, anybody=not way.registration) for way in desk.silent_ways)
    of_phones = tuple(one.state(moment) for one in phones)
    of_ways = tuple(one.state(moment) for one in ways)
    parts = phones or ways or (_Part(desk.opening, always=desk.always_open),)
    state = _together([one.state(moment) for one in parts])
    if OpenState.OPEN in of_ways:
        state = OpenState.OPEN
    open_parts = [one for one in dict.fromkeys((*parts, *ways)) if one.state(moment) is OpenState.OPEN]
    return DeskNow(
        desk,
        state,
        of_phones,
        of_ways,
        _last([one.until(moment) for one in open_parts]),
        _first([one.next_opening(moment) for one in parts]) if state is OpenState.CLOSED else None,
        any(one.anybody for one in open_parts),
    )


def order_for_now(desks: Iterable[Desk], moment: datetime) -> tuple[DeskNow, ...]:
    """The desks as they are shown at a moment: what answers at any hour, what else is known to be open, what is not known, what
    is closed; within these in the order given.

    What is open only for who has registered beforehand stands with what is not known, and a desk that is never the first contact
    (:attr:`Desk.never_first`) behind all others.

    Raises:
        ValueError: the moment has no time zone.
    """
    return tuple(sorted((desk_now(desk, moment) for desk in desks), key=_rank))


@dataclass(frozen=True, slots=True)
class _Part:
    """What answers or does not: a phone or a way."""

    opening: Opening | None
    always: bool = False
    anybody: bool = True

    def state(self, moment: datetime) -> OpenState:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        if self.always:
            return OpenState.OPEN
        return self.opening.state(moment) if self.opening else OpenState.UNKNOWN

    def until(self, moment: datetime) -> datetime | None:
        return self.opening.until(moment) if self.opening and not self.always else None

    def next_opening(self, moment: datetime) -> datetime | None:
        return self.opening.next_opening(moment) if self.opening else None


def _phone(desk: Desk, phone: DeskPhone) -> _Part:
    if phone.opening or phone.own_hours:
        return _Part(phone.opening)
    return _Part(desk.opening, always=desk.always_open)


def _rank(now: DeskNow) -> tuple[bool, int]:
    if now.state is OpenState.OPEN and now.answers_anybody:
        place = 0 if now.desk.always_open else 1
    else:
        place = 3 if now.state is OpenState.CLOSED else 2
    return now.desk.never_first, place


def _together(states: Sequence[OpenState]) -> OpenState:
    for state in (OpenState.OPEN, OpenState.UNKNOWN):
        if state in states:
            return state
    return OpenState.CLOSED


def _last(moments: Sequence[datetime | None]) -> datetime | None:
    """The latest; None where one of them has no end, or there is none."""
    known = [moment for moment in moments if moment]
    return max(known) if known and len(known) == len(moments) else None


def _first(moments: Sequence[datetime | None]) -> datetime | None:
    """The earliest; None where one of them is not known, for it might be earlier."""
    known = [moment for moment in moments if moment]
    return min(known) if known and len(known) == len(moments) else None
