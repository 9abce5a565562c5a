"""Areas that a programme's text says it does not serve (「県内を仙台市（仙台市は別途実施）以外について」), each with the words that say so.

Only municipalities of the programme's own prefecture are areas; 「土日祝日を除く」 and 「就業先や就学先以外」 are none. 「仙台市以外でも」
adds places and takes none away, and is left alone.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from tsunagari_parsers.places import Municipality, comparable_place, municipalities, prefecture_named
from tsunagari_parsers.records import ExcludedArea
from tsunagari_parsers.text import fold_width

#: Ranks of cities that texts name together, with the words for them.
_RANKS = {"designated": r"政令(?:指定)?(?:都)?市|指定都市", "core": r"中核市"}
_ASIDE = r"(?:\([^()]*\))?"
_AND = r"\s*(?:[、，,・/]|及び|および|並びに|ならびに|と|や)\s*"
_EXCEPT = r"\s*(?:を|は)?除(?:く|き|いた|外)|を除外|\s*以外(?!に?も|でも|にて?も)|(?:は|が)?(?:対象外|対象と(?:しない|なりません)|含まない|含まれない)|を含まない"
_APART = r"(?:は|では|については|においては|が)\s*(?:別途|独自に?|別に|単独で)[^。、()]{0,8}(?:実施|行)"


def find_excluded_areas(description: str, prefecture: str) -> tuple[ExcludedArea, ...]:
    """The municipalities of ``prefecture`` that ``description`` leaves out, in the order of the text.

    「政令指定都市を除く」 stands for the prefecture's own designated cities. The span runs from the first name to the end of the
    words that leave it out. Empty where the prefecture is not known.
    """
    pattern = _pattern(prefecture)
    if pattern is None:
        return ()
    folded = fold_width(comparable_place(description))
    areas: dict[str, ExcludedArea] = {}
    for match in pattern.finditer(folded):
        for name in _names(match["names"], match.start("names"), folded, prefecture):
            areas.setdefault(name, ExcludedArea(name, match.start(), match.end()))
    return tuple(areas.values())


def _names(text: str, start: int, folded: str, prefecture: str) -> list[str]:
    """The municipalities of a list of names; the first may be the end of a longer word (津市 of 「大津市」) and is then none."""
    found: list[str] = []
    by_name = _by_name(prefecture)
    one = re.compile("|".join((*map(re.escape, by_name), *_RANKS.values())))
    for match in one.finditer(re.sub(r"\([^()]*\)", lambda aside: " " * len(aside[0]), text)):
        name = match[0]
        if name in by_name:
            if not _ends_another(folded, start + match.start(), start + match.end()):
                found.append(by_name[name].name)
            continue
        rank = next(rank for rank, words in _RANKS.items() if re.fullmatch(words, name))
        found += [place.name for place in by_name.values() if place.name in _ranked()[rank]]
    return found


def _ends_another(folded: str, start: int, end: int) -> bool:
    """Whether a longer name of a municipality, of any prefecture, ends here."""
    return any(folded[begin:end] in _all_names() for begin in range(max(0, start - 6), start))


@cache
def _pattern(prefecture: str) -> re.Pattern[str] | None:
    by_name = _by_name(prefecture)
    if not by_name:
        return None
    one = "|".join((*map(re.escape, by_name), *_RANKS.values()))
    names = rf"(?P<names>(?:{one}){_ASIDE}(?:{_AND}(?:{one}){_ASIDE})*)"
    return re.compile(rf"{names}(?:{_EXCEPT}|{_APART})")


@cache
def _by_name(prefecture: str) -> dict[str, Municipality]:
    """The prefecture's municipalities by comparable name, the longest names first."""
    known = prefecture_named(prefecture)
    own = [place for place in municipalities() if place.prefecture == known]
    return {comparable_place(place.name): place for place in sorted(own, key=lambda place: -len(place.name))}


@cache
def _all_names() -> frozenset[str]:
    return frozenset(comparable_place(place.name) for place in municipalities())


@cache
def _ranked() -> dict[str, frozenset[str]]:
    text = (files("tsunagari_parsers") / "data" / "cities.toml").read_text(encoding="utf-8")
    return {rank: frozenset(names) for rank, names in tomllib.loads(text).items()}
