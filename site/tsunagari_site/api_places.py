"""Places in the API's parameters: ``municipality`` (with ``prefecture``), ``prefecture``, ``postal`` or ``near``; nothing is guessed for a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tsunagari_indexer.nearby import Place
from tsunagari_parsers.places import (
    Municipality,
    PlaceError,
    Prefecture,
    municipalities_named,
    municipality_of,
    prefecture_named,
    prefecture_of,
)
from tsunagari_parsers.places.geo import nearest_municipality
from tsunagari_parsers.places.postal import municipalities_of_postal
from tsunagari_parsers.places.wards import ward_named
from tsunagari_site.errors import RequestError

#: What says a place.
PLACE_PARAMETERS = ("prefecture", "municipality", "near", "postal")
_NEAR = re.compile(r"\s*(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*")


def place_given(given: Mapping[str, str]) -> Place | None:
    """The place that parameters say, or None where they say none.

    Raises:
        RequestError: two ways of saying it at once; a value that is no place; a name or a postal code of several places
            (``ambiguous_place``, the candidates in its details); a position that is not in Japan.
    """
    said = [name for name in ("municipality", "postal", "near") if given.get(name)]
    if len(said) > 1 or (given.get("prefecture") and said and said != ["municipality"]):
        said = [name for name in PLACE_PARAMETERS if given.get(name)]
        raise RequestError(
            400, "conflicting_parameters", f"{'、'.join(said)} は、いっしょには使えません", {"parameters": said}
        )
    if given.get("postal"):
        return _of(_of_postal(given["postal"]))
    if given.get("near"):
        _, town = _near(given["near"])
        return Place(town.prefecture, town, by_position=True)
    prefecture = _prefecture(given["prefecture"]) if given.get("prefecture") else None
    if given.get("municipality"):
        return _of(_municipality(given["municipality"], prefecture))
    return Place(prefecture) if prefecture else None


def invalid(name: str, value: str, allowed: str) -> RequestError:
    """The error of a value that cannot be."""
    message = f"{name} の値「{value}」は使えません（{allowed}）"
    return RequestError(400, "invalid_parameter", message, {"parameter": name, "value": value, "allowed": allowed})


def _of(town: Municipality) -> Place:
    return Place(town.prefecture, town)


def _prefecture(value: str) -> Prefecture:
    found = prefecture_named(value)
    if found:
        return found
    try:
        return prefecture_of(value)
    except PlaceError:
        raise invalid("prefecture", value, "都道府県の名前（大阪府）か番号（27）") from None


def _municipality(value: str, prefecture: Prefecture | None) -> Municipality:
    """A municipality by its code or its whole name; a designated city also by a ward's (札幌市中央区)."""
    ward = ward_named(value)
    if ward and (prefecture is None or ward.city.prefecture == prefecture):
        return ward.city
    if re.fullmatch(r"[0-9]{6}", value):
        try:
            town = municipality_of(value)
        except PlaceError:
            raise invalid("municipality", value, "市区町村の名前か6桁の番号") from None
        if prefecture not in {None, town.prefecture}:
            raise invalid("municipality", value, f"{prefecture.name if prefecture else ''}の市区町村")
        return town
    found = municipalities_named(value, prefecture)
    if not found:
        raise invalid("municipality", value, "市区町村の名前か6桁の番号")
    return _only(value, found)


def _of_postal(value: str) -> Municipality:
    try:
        found = municipalities_of_postal(value)
    except PlaceError as error:
        raise invalid("postal", value, "数字7けたの郵便番号") from error
    if not found:
        raise RequestError(
            400, "unknown_postal_code", f"郵便番号「{value}」は見つかりません", {"parameter": "postal", "value": value}
        )
    return _only(value, found)


def position_given(value: str) -> tuple[float, float]:
    """A position in Japan: latitude and longitude in degrees.

    Raises:
        RequestError: no position, or none in Japan.
    """
    return _near(value)[0]


def _near(value: str) -> tuple[tuple[float, float], Municipality]:
    """A position, and the municipality whose office is nearest."""
    match = _NEAR.fullmatch(value)
    if not match:
        raise invalid("near", value, "緯度,経度（43.06,141.35）")
    here = float(match[1]), float(match[2])
    try:
        return here, nearest_municipality(*here)
    except PlaceError as error:
        raise RequestError(400, "no_place_near", str(error), {"parameter": "near", "value": value}) from error


def _only(value: str, found: Iterable[Municipality]) -> Municipality:
    """The one municipality, or the question which of several is meant."""
    first, *others = found
    if others:
        candidates = [
            {"code": one.code, "prefecture": one.prefecture.name, "municipality": one.name} for one in (first, *others)
        ]
        raise RequestError(400, "ambiguous_place", f"「{value}」は{len(candidates)}つあります", candidates)
    return first
