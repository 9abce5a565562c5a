"""Fiscal years in Japan, eras, and periods that are over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tsunagari_site.calendar import ended_period, era_year, fiscal_year_at


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2026, 3, 31, 14, 59, tzinfo=UTC), 2025),  # 23:59 in Japan
        (datetime(2026, 3, 31, 15, 0, tzinfo=UTC), 2026),
        (datetime(2026, 11, 21, tzinfo=UTC), 2026),
        (datetime(2027, 1, 1, tzinfo=UTC), 2026),
    ],
)
def test_the_fiscal_year_begins_on_1_april_in_japan(moment: datetime, year: int) -> None:
    assert fiscal_year_at(moment) == year


@pytest.mark.parametrize(
    ("year", "era"),
    [(2018, "平成30年度"), (2019, "令和元年度"), (2021, "令和３年度"), (2026, "令和８年度"), (2028, "令和10年度")],
)
def test_eras(year: int, era: str) -> None:
    assert era_year(year) == era


@pytest.mark.parametrize(
    ("text", "today", "ended"),
    [
        ("令和3年7月から令和4年3月までの祝日を除く", date(2026, 11, 21), "令和4年3月まで"),
        ("令和４年３月まで", date(2022, 3, 31), None),
        ("令和４年３月まで", date(2022, 4, 1), "令和４年３月まで"),
        ("令和3年12月まで", date(2022, 1, 1), "令和3年12月まで"),
        ("令和4年3月15日まで", date(2022, 3, 16), "令和4年3月15日まで"),
        ("令和4年13月まで", date(2026, 1, 1), None),
        ("令和2年度までは障害者施設への提供", date(2026, 1, 1), None),
        ("年末まで", date(2026, 1, 1), None),
    ],
)
def test_a_stated_end_that_is_past_is_seen_and_nothing_is_concluded_from_a_year(
    text: str, today: date, ended: str | None
) -> None:
    assert ended_period(text, today) == ended
