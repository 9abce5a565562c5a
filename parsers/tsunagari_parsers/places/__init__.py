"""Prefectures and municipalities of Japan: names, kana, codes (JIS X 0401, JIS X 0402) and the coordinates of their offices.

The data are those of the registry package ``japancode`` (MIT; data CC0), read through :mod:`importlib.resources` as UTF-8,
because the package's own loader leaves the encoding to the system; an office that they have wrong is corrected by
:mod:`~tsunagari_parsers.places.corrections`. Codes are text: 475 of them begin with a zero.

A name alone never identifies a municipality: 25 names stand in more than one prefecture (日野町, 府中市 …).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_parsers.places.corrections import corrected_office

#: Old and new, large and small forms of characters in place names, as one form for comparing.
_VARIANTS = str.maketrans(
    {
        "條": "条",  # U+689D, U+6761: 四條畷市
        "檮": "梼",  # U+6AAE, U+68BC: 檮原町
        "惠": "恵",  # U+60E0, U+6075: 須惠町
        "ヶ": "ケ",  # KATAKANA LETTER SMALL KE: 茅ヶ崎市
        "龍": "竜",  # U+9F8D, U+7ADC: 龍ケ崎市
        "澤": "沢",  # U+6FA4, U+6CA2
        "濱": "浜",  # U+6FF1, U+6D5C
    }
)


class PlaceError(ValueError):
    """A code or a name that is no place of Japan."""


@dataclass(frozen=True, slots=True)
class Prefecture:
    """``code`` is the two digits of JIS X 0401 as text; ``english`` is the usual romanised name without "Prefecture"."""

    code: str
    name: str
    kana: str
    english: str


@dataclass(frozen=True, slots=True)
class Municipality:
    """A city, town, village or special ward of Tokyo.

    ``code`` is JIS X 0402 with its check digit, six digits as text; ``latitude`` and ``longitude`` are its office, degrees.
    """

    code: str
    name: str
    kana: str
    prefecture: Prefecture
    latitude: float
    longitude: float


def check_digit(code5: str) -> str:
    """The check digit of a five-digit municipality code (weights 6 5 4 3 2, modulus 11).

    Raises:
        PlaceError: not five digits.
    """
    if len(code5) != 5 or not code5.isascii() or not code5.isdigit():
        raise PlaceError(f"{code5!r} は5桁の数字ではありません")
    total = sum(int(digit) * weight for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


@cache
def prefectures() -> tuple[Prefecture, ...]:
    """The 47, in the order of their codes."""
    return tuple(
        Prefecture(row["pid"].zfill(2), row["pref"], row["prefkana"], row["pref_en"])
        for row in package_rows("prefectures.json")
    )


@cache
def municipalities() -> tuple[Municipality, ...]:
    """The 1,741 in the order of their codes; wards of designated cities are not municipalities and are left out."""
    by_code = {prefecture.code: prefecture for prefecture in prefectures()}
    found: list[Municipality] = []
    for row in package_rows("municipalities.json"):
        if " " in row["city"]:
            continue
        code = row["lgcode"].zfill(6)
        latitude, longitude = corrected_office(code, float(row["lat"]), float(row["lng"]))
        prefecture = by_code[row["pid"].zfill(2)]
        found.append(Municipality(code, row["city"], row["citykana"], prefecture, latitude, longitude))
    return tuple(found)


def prefecture_named(name: str) -> Prefecture | None:
    """The prefecture of exactly this name (「北海道」「大阪府」), or None."""
    return _prefectures_by_name().get(name)


def prefecture_of(code: str) -> Prefecture:
    """The prefecture of a two-digit code.

    Raises:
        PlaceError: there is none.
    """
    for prefecture in prefectures():
        if prefecture.code == code:
            return prefecture
    raise PlaceError(f"都道府県コード「{code}」はありません")


def municipality_of(code: str) -> Municipality:
    """The municipality of a six-digit code.

    Raises:
        PlaceError: there is none.
    """
    try:
        return _municipalities_by_code()[code]
    except KeyError:
        raise PlaceError(f"市区町村コード「{code}」はありません") from None


def municipalities_named(name: str, prefecture: Prefecture | None = None) -> tuple[Municipality, ...]:
    """Every municipality of this name (old and new characters count as one), in ``prefecture`` if that is given."""
    found = _municipalities_by_name().get(comparable_place(name), ())
    return tuple(place for place in found if prefecture is None or place.prefecture == prefecture)


def comparable_place(name: str) -> str:
    """A place's name with old and new forms of its characters made one."""
    return name.translate(_VARIANTS)


@cache
def _prefectures_by_name() -> Mapping[str, Prefecture]:
    return {prefecture.name: prefecture for prefecture in prefectures()}


@cache
def _municipalities_by_code() -> Mapping[str, Municipality]:
    return {place.code: place for place in municipalities()}


@cache
def _municipalities_by_name() -> Mapping[str, tuple[Municipality, ...]]:
    by_name: dict[str, list[Municipality]] = defaultdict(list)
    for place in municipalities():
        by_name[comparable_place(place.name)].append(place)
    return {name: tuple(places) for name, places in by_name.items()}


def package_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the registry package's files, as they are."""
    rows: list[dict[str, str]] = json.loads((files("japancode") / "data" / name).read_text(encoding="utf-8"))
    return rows
