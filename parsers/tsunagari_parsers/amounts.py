"""Amounts of money in lists: thousands of yen, if the paper says in which unit it counts. The unit is never guessed."""

from __future__ import annotations

import re

from tsunagari_parsers.text import comparable

_UNITS = (("百万円", 1_000_000), ("千円", 1_000), ("万円", 10_000), ("円", 1))
_AMOUNT = re.compile(r"[¥￥]?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<unit>百万円|千円|万円|円)?")
_NOTHING = re.compile(r"[-ー―－—–‐]|なし|未定|非公表|/|△")


def unit_of(*texts: str) -> int | None:
    """How many yen one is, as the first text says that names a unit (「交付決定額（千円）」「単位：円」); None: none does."""
    for text in texts:
        for name, yen in _UNITS:
            if name in comparable(text):
                return yen
    return None


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no amount."""
    plain = comparable(text)
    return not plain or bool(_NOTHING.fullmatch(plain))


def thousand_yen(text: str, unit: int | None) -> int | None:
    """The amount of a cell in thousands of yen, rounded half up; None where it is no number or its unit is not known.

    A unit in the cell itself wins over ``unit`` (yen that one is).
    """
    match = _AMOUNT.fullmatch(comparable(text))
    if match is None:
        return None
    own = dict(_UNITS).get(match["unit"] or "", unit)
    return None if own is None else (int(match["digits"].replace(",", "")) * own + 500) // 1_000
