"""Where a row of a list belongs, and what decided it. A name alone never decides: 25 municipalities share theirs with another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from tsunagari_parsers.area_codes import prefectures_of_number
from tsunagari_parsers.places import (
    Municipality,
    Prefecture,
    comparable_place,
    municipalities,
    municipalities_named,
    prefecture_named,
    prefectures,
)
from tsunagari_parsers.text import comparable

_MARKS = r"[■□●○◆◇◎▼▲▽△▶★☆・<>《》〈〉「」【】\[\]〔〕]"
_COUNT = re.compile(r"[(]?\d+(?:件|事業|団体|自治体|か所|箇所|施設)[)]?$|[(][^()]*(?:件|事業|団体)[)]$")
_ORDINAL = re.compile(r"^(?:[(]?\d{1,2}[).:]?|[①-⑳ⅠⅡⅢⅣⅤⅥ][.]?)")
_IN_BRACKETS = re.compile(r"^(?P<name>.+?)[(](?P<prefecture>[^()]+)[)]$")
_COUNTY = re.compile(r"^[^市区町村]{1,4}郡")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A prefecture and a municipality by name; empty where nothing is said of it."""

    prefecture: str = ""
    municipality: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row says of its place: the text of its prefecture cell, the section above it, its body's cell, its numbers."""

    prefecture: str = ""
    section: PlaceWords = PlaceWords()
    body: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a row. ``municipality`` None: the prefecture's own. ``evidence`` is empty where nothing decided.

    ``body`` is what stands there and is no place of the prefecture, or empty.
    """

    prefecture: str
    municipality: str | None
    evidence: str
    body: str = ""


def place_of_heading(text: str) -> PlaceWords | None:
    """The place that a heading names, if that is all it says (「■北海道」「【０１ 北海道】」「大阪府堺市（３件）」), else None."""
    plain = re.sub(_MARKS, "", comparable(text))
    plain = _ORDINAL.sub("", _COUNT.sub("", plain))
    prefecture = prefecture_named(plain)
    if prefecture:
        return PlaceWords(prefecture.name)
    prefecture, rest = _leading_prefecture(plain)
    found = _municipalities(rest, prefecture)
    if not found:
        return None
    certain = prefecture or (found[0].prefecture if len(found) == 1 else None)
    return PlaceWords(certain.name if certain else "", found[0].name)


def place_of_title(lines: Sequence[str]) -> PlaceWords:
    """The one prefecture, and the one municipality, that the lines above a list name; empty where none or several are named."""
    text = comparable("".join(lines))
    # One after the other, because 「東京都府中市」 holds the letters of 京都府.
    names = re.findall("|".join(prefecture.name for prefecture in prefectures()), text)
    named = {prefecture for name in names if (prefecture := prefecture_named(name))}
    prefecture = next(iter(named)) if len(named) == 1 else None
    pattern = _all_municipalities()
    places = {
        place for match in pattern.findall(comparable_place(text)) for place in _municipalities(match, prefecture)
    }
    if len(named) > 1 or len({place.name for place in places}) != 1:
        return PlaceWords(prefecture.name if prefecture else "")
    certain = prefecture or (next(iter(places)).prefecture if len(places) == 1 else None)
    return PlaceWords(certain.name if certain else "", next(iter(places)).name)


def prefecture_of_cell(text: str) -> Prefecture | None:
    """The prefecture that a cell names: in full, without its last character (「大阪」), or after its code (「27 大阪府」)."""
    plain = _ORDINAL.sub("", re.sub(_MARKS, "", _COUNT.sub("", comparable(text))))
    return prefecture_named(plain) or next(
        (one for one in prefectures() if one.name[:-1] == plain and one.name != "北海道"), None
    )


def municipality_of_cell(text: str, prefecture: Prefecture) -> str | None:
    """Who runs a programme of ``prefecture``, as a cell gives it; None: the prefecture itself (「大阪府」「大阪」「府」).

    The prefecture's own name before a municipality's is left out (「大阪府堺市」).
    """
    plain = comparable(text)
    if prefecture_of_cell(plain) == prefecture or plain in {prefecture.name[-1], "都道府県"}:
        return None
    rest = plain.removeprefix(prefecture.name)
    return rest if rest != plain and _municipalities(rest, prefecture) else text


def place_rows(claims: Sequence[Claim], title: PlaceWords) -> list[Placed]:
    """The place of every row: by what itself and its section say, else by the title, else by its municipality's only
    prefecture, else by its numbers' area code, else by its neighbours.
    """
    placed = [_by_itself(claim, title) for claim in claims]
    decided = [one if one.evidence else _by_number(claim, one) for claim, one in zip(claims, placed, strict=True)]
    return [one if one.evidence else _by_neighbours(decided, index, claims[index]) for index, one in enumerate(decided)]


def _by_itself(claim: Claim, title: PlaceWords) -> Placed:
    body = comparable(claim.body)
    own, rest = _split(body)
    cell = prefecture_of_cell(claim.prefecture)
    for prefecture, evidence in (
        (cell, "prefecture cell"),
        (own, "body cell"),
        (prefecture_named(claim.section.prefecture), "section"),
        (prefecture_named(title.prefecture), "title"),
    ):
        if prefecture is None:
            continue
        said = rest or claim.section.municipality or (title.municipality if evidence == "title" or not body else "")
        if evidence == "title" and rest and not _municipalities(rest, prefecture):
            continue
        return _within(prefecture, said, evidence, body)
    if claim.prefecture.strip():
        return Placed("", rest or None, "", body)
    found = _municipalities(rest or claim.section.municipality or title.municipality, None)
    if len(found) == 1:
        return Placed(found[0].prefecture.name, found[0].name, "only one of this name")
    return Placed("", found[0].name if found else rest or None, "", body)


def _within(prefecture: Prefecture, said: str, evidence: str, body: str) -> Placed:
    if not said or prefecture_of_cell(said) == prefecture:
        return Placed(prefecture.name, None, evidence)
    found = _municipalities(said, prefecture)
    if found:
        return Placed(prefecture.name, found[0].name, evidence)
    return Placed(prefecture.name, body or said, evidence, body or said)


def _by_number(claim: Claim, placed: Placed) -> Placed:
    found = _municipalities(placed.municipality or "", None)
    reached = {code for number in claim.numbers for code in prefectures_of_number(number)}
    left = [place for place in found if place.prefecture.code in reached]
    if len(left) == 1:
        return Placed(left[0].prefecture.name, left[0].name, "area code")
    return placed


def _by_neighbours(rows: Sequence[Placed], index: int, claim: Claim) -> Placed:
    """Between two rows of one prefecture, or between two prefectures in a list that follows their order."""
    placed = rows[index]
    found = _municipalities(placed.municipality or "", None)
    if not found or claim.prefecture.strip():
        return placed
    before = next((_code(row) for row in reversed(rows[:index]) if row.evidence), "")
    after = next((_code(row) for row in rows[index + 1 :] if row.evidence), "")
    codes = [_code(row) for row in rows if row.evidence]
    if not (before and after) or (before != after and codes != sorted(codes)):
        return placed
    left = [place for place in found if before <= place.prefecture.code <= after]
    if len(left) != 1:
        return placed
    return replace(
        placed, prefecture=left[0].prefecture.name, municipality=left[0].name, evidence="neighbouring rows", body=""
    )


def _code(placed: Placed) -> str:
    prefecture = prefecture_named(placed.prefecture)
    return prefecture.code if prefecture else ""


def _split(body: str) -> tuple[Prefecture | None, str]:
    """The prefecture that a body's cell names itself, and the rest: 「大阪府堺市」「堺市（大阪府）」「大阪府」."""
    inside = _IN_BRACKETS.match(body)
    if inside:
        prefecture = prefecture_of_cell(inside["prefecture"])
        if prefecture and _municipalities(inside["name"], prefecture):
            return prefecture, inside["name"]
    prefecture, rest = _leading_prefecture(body)
    if prefecture and (not rest or _municipalities(rest, prefecture)):
        return prefecture, rest
    return None, body


def _leading_prefecture(text: str) -> tuple[Prefecture | None, str]:
    for prefecture in prefectures():
        if text.startswith(prefecture.name):
            return prefecture, text.removeprefix(prefecture.name)
    return None, text


def _municipalities(name: str, prefecture: Prefecture | None) -> tuple[Municipality, ...]:
    """The municipalities of a name, with or without its county (「蒲生郡日野町」), and without 役所 or 役場 after it."""
    if not name:
        return ()
    for one in (name, re.sub(r"(?<=[市区町村])(?:役所|役場)$", "", name)):
        found = municipalities_named(one, prefecture) or municipalities_named(_COUNTY.sub("", one), prefecture)
        if found:
            return found
    return ()


@cache
def _all_municipalities() -> re.Pattern[str]:
    """Every municipality's name, the longest first, so that 津市 is not read in 「大津市」."""
    names = sorted({comparable_place(place.name) for place in municipalities()}, key=lambda name: -len(name))
    return re.compile("|".join(map(re.escape, names)))
