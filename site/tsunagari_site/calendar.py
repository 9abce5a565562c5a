"""Japanese fiscal years, eras, and periods that a text states."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from tsunagari_parsers.text import fold_width

JAPAN = timezone(timedelta(hours=9), "JST")
_UNTIL = re.compile(r"令和(元|\d{1,2})年(\d{1,2})月(?:(\d{1,2})日)?(?:末)?まで")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def fiscal_year_at(moment: datetime) -> int:
    """The fiscal year in Japan at a moment with a time zone: it begins on 1 April."""
    local = moment.astimezone(JAPAN)
    return local.year if local.month >= 4 else local.year - 1


def day_in_japan(moment: datetime) -> date:
    """The day in Japan at a moment with a time zone."""
    return moment.astimezone(JAPAN).date()


def era_year(fiscal_year: int) -> str:
    """「令和３年度」 for 2021; single digits are full-width, as papers write them."""
    era, start = ("令和", 2018) if fiscal_year >= 2019 else ("平成", 1988)
    number = fiscal_year - start
    if number == 1:
        return f"{era}元年度"
    return f"{era}{str(number).translate(_WIDE) if number < 10 else number}年度"


def ended_period(text: str, today: date) -> str | None:
    """The words of ``text`` that state a period which is over by ``today``, or None.

    Only a stated end counts (「令和4年3月まで」); nothing is concluded from a year alone.
    """
    for match in _UNTIL.finditer(fold_width(text)):
        year = 2018 + (1 if match[1] == "元" else int(match[1]))
        month = int(match[2])
        if not 1 <= month <= 12:
            continue
        after = date(year + month // 12, month % 12 + 1, 1)
        end = date(year, month, int(match[3])) + timedelta(days=1) if match[3] and 1 <= int(match[3]) <= 28 else after
        if end <= today:
            return text[match.start() : match.end()]
    return None
