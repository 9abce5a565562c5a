"""The body that runs a sheet's programme: the place in its title's brackets, or beside its title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tsunagari_parsers.places import Prefecture, municipalities_named, prefecture_named, prefectures

_BRACKETED = re.compile(r"[【［\[〔(（]\s*([^】］\]〕)）【（(]{2,24}?)\s*[】］\]〕)）]")
_LIKE_A_PLACE = re.compile(r"[^のをにはがで、。]{1,14}[都道府県市区町村]$")
#: 「上川郡東川町」: the county before a town's name.
_COUNTY = re.compile(r"^[^市区町村]{1,6}郡(?=.+[町村]$)")


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Who runs a programme: prefecture, and municipality or None. ``candidates`` are prefectures that share the name."""

    prefecture: str
    municipality: str | None
    candidates: tuple[str, ...] = ()


def find_place(text: str) -> tuple[str, str]:
    """(title, place) of a line that names its body in brackets (「…事業【群馬県】」); place "" where no brackets do.

    Brackets that hold a place that does not exist count only where they look like one and stand at an end of the line.
    """
    for match in _BRACKETED.finditer(text):
        inside = match[1].strip()
        at_end = not text[match.end() :].strip() or not text[: match.start()].strip()
        if resolve(inside) or (at_end and match[0][0] in "【［[〔" and _LIKE_A_PLACE.fullmatch(inside)):
            return " ".join((text[: match.start()] + " " + text[match.end() :]).split(" ")).strip(" 　"), inside
    return text.strip(" 　"), ""


def leading_place(title: str) -> tuple[str, str]:
    """(title, place) of a title that begins or ends with its body and a space (「群馬県　つながり事業」); else place ""."""
    words = re.split(r"[\s:：]+", title.strip())
    for place, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        if rest and resolve(place):
            return " ".join(rest), place
    return title, ""


def resolve(name: str) -> SheetPlace | None:
    """The place of this name: 「群馬県」「国立市」「東京都国立市」「国立市（東京都）」; None if there is no such place."""
    text = re.sub(r"[\s・()（）]+", "", name)
    prefecture = prefecture_named(text)
    if prefecture:
        return SheetPlace(prefecture.name, None)
    for one in prefectures():
        for rest in (text.removeprefix(one.name), text.removesuffix(one.name)):
            if rest != text and (found := _named(rest, one)):
                return SheetPlace(one.name, found)
    municipalities = municipalities_named(text) or municipalities_named(_COUNTY.sub("", text))
    if len(municipalities) == 1:
        return SheetPlace(municipalities[0].prefecture.name, municipalities[0].name)
    if municipalities:
        return SheetPlace("", text, tuple(place.prefecture.name for place in municipalities))
    return None


def _named(rest: str, prefecture: Prefecture) -> str | None:
    for name in (rest, _COUNTY.sub("", rest)):
        if municipalities_named(name, prefecture):
            return name
    return None
