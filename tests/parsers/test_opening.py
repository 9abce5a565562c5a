"""Hours as data: what is known of a moment, and that nothing else is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from tsunagari_parsers.opening import JAPAN, OpenState, is_holiday, read_opening

STATES = {"o": OpenState.OPEN, "c": OpenState.CLOSED, "?": OpenState.UNKNOWN}
DATED = "2026-06"


def at(text: str) -> datetime:
    """``2026-06-23 12:00`` in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        ("2026-01-01", True),
        ("2026-01-02", False),  # closed nearly everywhere, but no national holiday
        ("2026-05-06", True),  # stands in for Sunday the 3rd
        ("2026-09-22", True),  # between two holidays
        ("2026-11-23", True),
        ("2026-11-24", False),
        ("2027-03-21", True),  # a Sunday
        ("2027-03-22", True),  # stands in for it
        ("2027-03-23", False),
        ("2027-09-22", False),  # between a holiday and no holiday
    ],
)
def test_national_holidays_and_those_that_stand_in_for_them(day: str, holiday: bool) -> None:
    assert is_holiday(date.fromisoformat(day)) is holiday


@pytest.mark.parametrize(
    ("opening", "closed", "moments"),
    [
        # Tuesday 23 June 2026; the first minute is open, the last is not.
        (
            ["mon-fri 09:00-17:00"],
            [],
            {
                "2026-06-23 08:59": "c",
                "2026-06-23 09:00": "o",
                "2026-06-23 16:59": "o",
                "2026-06-23 17:00": "c",
                "2026-06-27 12:00": "c",  # Saturday
                "2026-06-28 12:00": "c",  # Sunday
                "2026-07-20 12:00": "?",  # a holiday: not stated
                "2026-07-20 05:00": "?",
                "2026-09-22 12:00": "?",  # between two holidays
                "2026-12-28 12:00": "o",
                "2026-12-29 12:00": "?",
                "2027-01-01 12:00": "?",
                "2027-01-03 23:59": "?",
                "2027-01-04 12:00": "o",
            },
        ),
        (
            ["mon-fri 09:00-17:00"],
            ["holiday", "12-29..01-03"],
            {
                "2026-07-20 12:00": "c",
                "2026-12-29 12:00": "c",
                "2027-01-01 12:00": "c",
                "2027-01-02 12:00": "c",
                "2027-01-04 12:00": "o",
                "2027-03-22 12:00": "c",  # stands in for Sunday
            },
        ),
        # It names some of the days at the turn of the year: the others are as always.
        (
            ["mon-fri 09:00-17:00"],
            ["12-31..01-03", "08-15"],
            {"2026-12-30 12:00": "o", "2026-12-31 12:00": "c", "2027-01-01 12:00": "c", "2026-08-14 12:00": "o"},
        ),
        (
            ["mon-sun 09:00-17:00"],
            ["08-15"],
            {"2026-08-15 12:00": "c", "2026-08-16 12:00": "o", "2026-12-30 12:00": "?"},
        ),
        # A holiday has the hours that are stated for holidays, on whatever weekday it falls.
        (
            ["mon-fri 09:00-21:00", "sat,sun,holiday 13:00-17:00 18:00-21:00"],
            [],
            {
                "2026-07-20 10:00": "c",
                "2026-07-20 13:00": "o",
                "2026-07-20 17:30": "c",
                "2026-07-20 20:59": "o",
                "2026-06-27 17:00": "c",
                "2026-06-27 18:00": "o",
                "2026-06-26 17:30": "o",
                "2027-01-01 13:00": "?",
            },
        ),
        (
            ["daily 09:00-17:00"],
            [],
            {"2026-07-20 12:00": "o", "2026-07-20 18:00": "c", "2026-12-29 12:00": "?", "2026-12-28 12:00": "o"},
        ),
        (
            ["daily,year_end 00:00-24:00"],
            [],
            {"2026-12-29 00:00": "o", "2027-01-01 03:00": "o", "2026-07-20 23:59": "o"},
        ),
        # Past midnight: the hours are those of the day on which they began.
        (
            ["fri 22:00-05:00"],
            [],
            {
                "2026-06-26 21:59": "c",
                "2026-06-26 23:30": "o",
                "2026-06-27 04:59": "o",
                "2026-06-27 05:00": "c",
                "2026-06-27 23:30": "c",
                "2026-06-26 04:00": "c",
            },
        ),
        (
            ["mon-thu 18:00-26:00"],
            [],
            {"2026-06-26 01:59": "o", "2026-06-26 02:00": "c", "2026-06-25 02:30": "c", "2026-06-27 01:00": "c"},
        ),
        # The night after a holiday of which nothing is known: until the latest hour somebody may be there.
        (
            ["mon-sun 18:00-26:00"],
            [],
            {
                "2026-07-20 01:00": "o",  # Sunday's evening
                "2026-07-20 02:00": "?",
                "2026-07-21 01:59": "?",  # the holiday's evening
                "2026-07-21 02:00": "c",
                "2026-07-21 18:00": "o",
            },
        ),
    ],
)
def test_what_is_known_of_a_moment(opening: Sequence[str], closed: Sequence[str], moments: dict[str, str]) -> None:
    read = read_opening(opening, closed, DATED)
    assert {text: read.state(at(text)) for text in moments} == {text: STATES[one] for text, one in moments.items()}


@pytest.mark.parametrize(
    ("dated", "moment", "state"),
    [
        ("", "2026-06-23 12:00", "?"),
        ("2025", "2025-06-24 12:00", "o"),
        ("2025", "2026-01-01 12:00", "?"),  # counted from the first day that its date may mean
        ("2025", "2026-01-05 12:00", "?"),
        ("2025-06", "2026-06-01 12:00", "o"),
        ("2025-06", "2026-06-02 12:00", "?"),
        ("2025-06-23", "2026-06-23 12:00", "o"),
        ("2025-06-23", "2026-06-23 23:00", "c"),
        ("2025-06-23", "2026-06-24 12:00", "?"),
        ("2025-06-23", "2026-06-24 23:00", "?"),
        ("2024-02-29", "2025-02-28 12:00", "o"),
        ("2024-02-29", "2025-03-03 12:00", "?"),
    ],
)
def test_hours_without_a_date_or_older_than_a_year_are_not_known(dated: str, moment: str, state: str) -> None:
    assert read_opening(["mon-fri 09:00-17:00"], dated=dated).state(at(moment)) is STATES[state]


def test_a_moment_anywhere_is_one_in_japan() -> None:
    opening = read_opening(["mon-fri 09:00-17:00"], dated=DATED)
    assert opening.state(datetime(2026, 6, 23, 0, 0, tzinfo=UTC)) is OpenState.OPEN
    assert opening.state(datetime(2026, 6, 22, 23, 59, tzinfo=UTC)) is OpenState.CLOSED
    # Still Sunday in London, already Monday in Japan.
    assert opening.next_opening(datetime(2026, 6, 21, 20, 0, tzinfo=UTC)) == at("2026-06-22 09:00")
    for ask in (opening.state, opening.until, opening.next_opening):
        with pytest.raises(ValueError, match="time zone"):
            ask(datetime(2026, 6, 23, 12, 0))  # noqa: DTZ001 - this is what is refused


@pytest.mark.parametrize(
    ("opening", "closed", "moment", "until"),
    [
        (["mon-fri 09:00-17:00"], [], "2026-06-23 12:00", "2026-06-23 17:00"),
        (["mon-fri 09:00-17:00"], [], "2026-06-23 17:00", None),
        (["mon-fri 09:00-12:00 12:00-17:00"], [], "2026-06-23 10:00", "2026-06-23 17:00"),
        (["fri 22:00-05:00"], [], "2026-06-26 23:30", "2026-06-27 05:00"),
        (["fri 22:00-05:00"], [], "2026-06-27 01:00", "2026-06-27 05:00"),
        # At every hour, until a day of which nothing is known.
        (["mon-sun 00:00-24:00"], [], "2026-12-27 22:00", "2026-12-29 00:00"),
        (["mon-sun 00:00-24:00"], [], "2026-07-18 22:00", "2026-07-20 00:00"),
        (["daily,year_end 00:00-24:00"], [], "2026-12-27 22:00", None),
        (["daily,year_end 00:00-24:00"], [], "2027-05-30 22:00", "2027-06-02 00:00"),  # then the source is a year old
        (["mon-fri 09:00-17:00"], [], "2026-07-20 12:00", None),
    ],
)
def test_until_when_it_is_known_to_be_open(
    opening: Sequence[str], closed: Sequence[str], moment: str, until: str | None
) -> None:
    assert read_opening(opening, closed, DATED).until(at(moment)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("opening", "closed", "moment", "opens"),
    [
        (["mon-fri 09:00-17:00"], [], "2026-06-23 08:00", "2026-06-23 09:00"),
        (["mon-fri 09:00-17:00"], [], "2026-06-26 17:00", "2026-06-29 09:00"),
        (["mon-fri 09:00-17:00"], [], "2026-06-23 12:00", None),  # it is open
        (["mon-fri 09:00-12:00 13:00-17:00"], [], "2026-06-23 12:30", "2026-06-23 13:00"),
        (["mon-fri 09:00-17:00"], [], "2026-07-17 18:00", None),  # Monday is a holiday: it may open before Tuesday
        (["mon-fri 09:00-17:00"], ["holiday"], "2026-07-17 18:00", "2026-07-21 09:00"),
        (["mon-fri 09:00-17:00"], [], "2026-12-28 18:00", None),
        (["mon-fri 09:00-17:00"], ["holiday", "12-29..01-03"], "2026-12-28 18:00", "2027-01-04 09:00"),
        (["fri 22:00-05:00"], [], "2026-06-27 05:00", "2026-07-03 22:00"),
        (["tue 10:00-12:00"], [], "2027-05-31 12:00", "2027-06-01 10:00"),
        (["wed 10:00-12:00"], [], "2027-05-31 12:00", None),  # by then the source is older than a year
        (["mon 10:00-12:00"], ["06-01..08-31"], "2026-06-02 12:00", None),  # months away
    ],
)
def test_the_next_opening_is_told_only_where_no_unknown_day_comes_before(
    opening: Sequence[str], closed: Sequence[str], moment: str, opens: str | None
) -> None:
    assert read_opening(opening, closed, DATED).next_opening(at(moment)) == (at(opens) if opens else None)


def test_what_is_told_of_a_span_agrees_with_every_half_hour_of_a_year() -> None:
    opening = read_opening(["mon-fri 08:30-17:15", "sat 22:00-05:00"], ["holiday"], DATED)
    moment, seen = at("2026-06-01 00:00"), set()
    while moment < at("2027-06-03 00:00"):
        state, end, start = opening.state(moment), opening.until(moment), opening.next_opening(moment)
        seen.add(state)
        assert (end is not None) == (state is OpenState.OPEN)
        if end:
            assert opening.state(end) is not OpenState.OPEN
            assert opening.state(end - timedelta(minutes=1)) is OpenState.OPEN
        if start:
            assert state is OpenState.CLOSED
            assert opening.state(start) is OpenState.OPEN
            assert opening.state(start - timedelta(minutes=1)) is OpenState.CLOSED
        moment += timedelta(minutes=30)
    assert seen == set(OpenState)


@pytest.mark.parametrize(
    ("opening", "closed", "dated", "value"),
    [
        ([], ["holiday"], "", "受付時間"),
        ([""], [], "", "受付時間"),
        (["mon-fri"], [], "", "mon-fri"),
        (["mon-fri 9:00-17:00"], [], "", "9:00-17:00"),
        (["mon-fri 09:00-17:60"], [], "", "09:00-17:60"),
        (["mon-fri 09:00"], [], "", "09:00"),
        (["mon-fri 24:00-25:00"], [], "", "24:00-25:00"),
        (["mon-fri 09:00-09:00"], [], "", "09:00-09:00"),
        (["mon-fri 09:00-33:01"], [], "", "09:00-33:01"),
        (["mon-fri 09:00-12:00 11:00-17:00"], [], "", "重なって"),
        (["fri-mon 09:00-17:00"], [], "", "fri-mon"),
        (["月 09:00-17:00"], [], "", "月"),
        (["weekdays 09:00-17:00"], [], "", "weekdays"),
        (["mon-fri 09:00-17:00", "fri 18:00-20:00"], [], "", "fri"),
        (["daily 09:00-17:00", "holiday 10:00-12:00"], [], "", "holiday"),
        (["daily 09:00-17:00"], ["holiday"], "", "祝日"),
        (["mon-fri 09:00-17:00"], ["12-29..1-3"], "", "12-29..1-3"),
        (["mon-fri 09:00-17:00"], ["02-30"], "", "02-30"),
        (["mon-fri 09:00-17:00"], ["year_end"], "", "year_end"),
        (["mon-fri 09:00-17:00"], [], "2025-13", "2025-13"),
        (["mon-fri 09:00-17:00"], [], "おそらく2025年11月", "おそらく2025年11月"),
    ],
)
def test_hours_that_cannot_be_are_refused_by_name(
    opening: Sequence[str], closed: Sequence[str], dated: str, value: str
) -> None:
    with pytest.raises(ValueError, match=r"[ぁ-ん]") as caught:
        read_opening(opening, closed, dated)
    assert value in str(caught.value)
