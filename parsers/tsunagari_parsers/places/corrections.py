"""What the registry package of offices says that is no longer so, as data (``data/offices.toml``): the exact value it gives, the right one,
and the reason. A correction of a value that the package no longer gives does nothing: the package has been mended.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class OfficeCorrection:
    """``given`` and ``right`` are latitude and longitude in degrees; ``code`` is JIS X 0402 with its check digit."""

    code: str
    given: tuple[float, float]
    right: tuple[float, float]
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class OfficeElsewhere:
    """A municipality whose office lies in another one. ``islands`` are points in it, for finding out where a position is: degrees, to a tenth."""

    code: str
    office_in: str
    islands: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class WardChange:
    """Wards of a designated city as they are now, where the package has older ones. ``wards`` are code (six digits), name and kana."""

    city: str
    since: str
    wards: tuple[tuple[str, str, str], ...]


@cache
def office_corrections() -> Mapping[str, OfficeCorrection]:
    """By the municipality's code."""
    return {
        entry["code"]: OfficeCorrection(
            entry["code"], _pair(entry["given"]), _pair(entry["right"]), entry["reason"], entry["source"]
        )
        for entry in _data()["office"]
    }


@cache
def offices_elsewhere() -> Mapping[str, OfficeElsewhere]:
    """By the municipality's code."""
    return {
        entry["code"]: OfficeElsewhere(entry["code"], entry["office_in"], tuple(map(_pair, entry["islands"])))
        for entry in _data()["elsewhere"]
    }


@cache
def ward_changes() -> Mapping[str, WardChange]:
    """By the city's code."""
    return {
        entry["city"]: WardChange(
            entry["city"], entry["since"], tuple((one["code"], one["name"], one["kana"]) for one in entry["wards"])
        )
        for entry in _data()["wards"]
    }


def corrected_office(code: str, latitude: float, longitude: float) -> tuple[float, float]:
    """Where an office is: as given, unless this very value is known to be wrong."""
    known = office_corrections().get(code)
    return known.right if known and known.given == (latitude, longitude) else (latitude, longitude)


def _pair(values: Sequence[float]) -> tuple[float, float]:
    latitude, longitude = values
    return latitude, longitude


@cache
def _data() -> Mapping[str, list[Mapping[str, Any]]]:
    text = (files("tsunagari_parsers") / "data" / "offices.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
