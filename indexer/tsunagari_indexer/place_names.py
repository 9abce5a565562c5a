"""Places as people type them: whole names, names without their ending, kana, romaji, and names that several places share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tsunagari_indexer.analysis import to_katakana
from tsunagari_indexer.romaji import romaji_to_katakana
from tsunagari_parsers.places import Municipality, Prefecture, comparable_place, municipalities, prefectures

#: The endings of municipalities' names and their readings; a name without its ending means the city before the town (横浜).
_ENDINGS = ("市", "区", "町", "村")
_KANA_ENDINGS = {"市": ("シ",), "区": ("ク",), "町": ("チョウ", "マチ"), "村": ("ムラ", "ソン")}
_PREFECTURE_ENDINGS = {"都": "ト", "府": "フ", "県": "ケン"}
#: 和歌山県 has four characters.
_PREFECTURE_LENGTHS = (3, 4)
#: Shorter names in kana are words of their own far more often than places (いえ, かみ, ひの).
_SHORTEST_KANA = 3


#: Regions as they are commonly named (JIS X 0401 codes); 三重 is counted to 東海 and to 近畿 alike. 中国 alone is a country.
_REGIONS = {
    "東北": range(2, 8),
    "関東": range(8, 15),
    "甲信越": (15, 19, 20),
    "北陸": range(16, 19),
    "中部": range(15, 24),
    "東海": range(21, 25),
    "近畿": range(24, 31),
    "関西": range(25, 31),
    "四国": range(36, 40),
    "九州": range(40, 47),
}
_REGION_ENDING = "地方"
_REGIONS_ONLY_WITH_ENDING = {"中国": range(31, 36)}


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What a name means: one prefecture, or the municipalities that it may be (several where they share the name), or a ``region``."""

    prefecture: Prefecture | None
    municipalities: tuple[Municipality, ...]
    region: tuple[Prefecture, ...] = ()

    @property
    def named(self) -> tuple[Prefecture, ...]:
        """The prefectures that the name itself means."""
        return self.region or ((self.prefecture,) if self.prefecture else ())

    @property
    def prefectures(self) -> tuple[Prefecture, ...]:
        """The prefectures among which the name leaves the choice, in the order of their codes."""
        if self.named:
            return self.named
        return tuple({place.prefecture.code: place.prefecture for place in self.municipalities}.values())


def place_named(name: str) -> PlaceMatch | None:
    """What a name means (「札幌」「さっぽろ」「sapporo」「大阪府」「日野町」「滋賀県日野町」「東北」), or None.

    A prefecture's short name means the prefecture (大阪 is 大阪府, not 大阪市), a region's the region (東北 is not 東北町).
    """
    found = _regions().get(name) or _names().get(_form(name)) or _within_prefecture(name)
    if found is None and name.isascii():
        kana = romaji_to_katakana(name)
        # Long vowels are left out in romaji (Osaka, Kobe).
        found = _names().get(kana) or _short_vowels().get(_shortened(kana)) if kana else None
    return found


def _within_prefecture(name: str) -> PlaceMatch | None:
    """A municipality after its prefecture's whole name, as addresses have it."""
    for length in _PREFECTURE_LENGTHS:
        prefecture = _prefectures_by_name().get(name[:length])
        found = _names().get(_form(name[length:])) if prefecture else None
        places = tuple(place for place in found.municipalities if place.prefecture == prefecture) if found else ()
        if places:
            return PlaceMatch(None, places)
    return None


@cache
def _prefectures_by_name() -> Mapping[str, Prefecture]:
    return {prefecture.name: prefecture for prefecture in prefectures()}


@cache
def _regions() -> Mapping[str, PlaceMatch]:
    by_code = {int(prefecture.code): prefecture for prefecture in prefectures()}
    regions = {name + _REGION_ENDING: codes for name, codes in {**_REGIONS, **_REGIONS_ONLY_WITH_ENDING}.items()}
    return {
        name: PlaceMatch(None, (), tuple(by_code[code] for code in codes))
        for name, codes in {**_REGIONS, **regions}.items()
    }


@cache
def neighbouring_prefectures(prefecture: Prefecture) -> tuple[Prefecture, ...]:
    """The other prefectures, the nearest first: by the shortest way between any two offices of municipalities."""
    own = [place for place in municipalities() if place.prefecture == prefecture]
    nearest: dict[str, float] = {}
    for other in municipalities():
        if other.prefecture != prefecture:
            squared = min(_squared(place, other) for place in own)
            nearest[other.prefecture.code] = min(squared, nearest.get(other.prefecture.code, squared))
    by_code = {one.code: one for one in prefectures()}
    return tuple(by_code[code] for code in sorted(nearest, key=lambda code: nearest[code]))


def _squared(one: Municipality, other: Municipality) -> float:
    """The square of a distance in degrees of latitude; a degree of longitude is shorter by the cosine of about 36 degrees."""
    return (one.latitude - other.latitude) ** 2 + ((one.longitude - other.longitude) * 0.81) ** 2


def names_of_places() -> Mapping[str, PlaceMatch]:
    """Every name that is known, in comparable form."""
    return _names()


@cache
def _names() -> Mapping[str, PlaceMatch]:
    names: dict[str, PlaceMatch] = {}
    for prefecture in prefectures():
        kana = to_katakana(prefecture.kana)
        ending = _PREFECTURE_ENDINGS.get(prefecture.name[-1], "")
        forms = {prefecture.name, kana}
        if ending:
            forms |= {prefecture.name[:-1], kana.removesuffix(ending)}
        for form in forms:
            names[_form(form)] = PlaceMatch(prefecture, ())
    whole: dict[str, list[Municipality]] = defaultdict(list)
    for place in municipalities():
        whole[_form(place.name)].append(place)
        whole[to_katakana(place.kana)].append(place)
    for form, places in whole.items():
        names.setdefault(form, PlaceMatch(None, tuple(places)))
    for ending in _ENDINGS:
        short: dict[str, list[Municipality]] = defaultdict(list)
        for place in municipalities():
            if place.name.endswith(ending):
                for form in _short_forms(place, ending):
                    short[form].append(place)
        for form, places in short.items():
            names.setdefault(form, PlaceMatch(None, tuple(places)))
    return names


def _short_forms(place: Municipality, ending: str) -> set[str]:
    forms = {_form(place.name[:-1])} if len(place.name) > 2 else set()
    kana = to_katakana(place.kana)
    for reading in _KANA_ENDINGS[ending]:
        stem = kana.removesuffix(reading)
        if stem != kana and len(stem) >= _SHORTEST_KANA:
            forms.add(stem)
    return forms


@cache
def _short_vowels() -> Mapping[str, PlaceMatch]:
    """The kana names with their long vowels shortened, as romaji leaves them out; the first of those that then meet."""
    shortened: dict[str, PlaceMatch] = {}
    for form, match in _names().items():
        if all("ァ" <= char <= "ヺ" or char == "ー" for char in form):
            shortened.setdefault(_shortened(form), match)
    return shortened


def _shortened(kana: str) -> str:
    """オオサカ as オサカ, コウベ as コベ."""
    kept: list[str] = []
    for char in kana:
        before = kept[-1] if kept else ""
        if (
            char == "ー"
            or (char == "ウ" and before in "オコソトノホモヨロゴゾドボポョウクスツヌフムユルグズブプュ")
            or (char == "オ" and before in "オコソトノホモヨロゴゾドボポ")
        ):
            continue
        kept.append(char)
    return "".join(kept)


def _form(name: str) -> str:
    return comparable_place(to_katakana(name))
