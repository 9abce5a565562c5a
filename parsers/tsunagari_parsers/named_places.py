"""Whose paper it is: the municipality that a title names, and its prefecture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tsunagari_parsers.places import Municipality, municipalities, prefecture_named, prefectures
from tsunagari_parsers.report import Finding, Level

_KANJI = re.compile(r"[\u3400-\u9fff々]")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A municipality as a paper names it. ``prefecture`` is empty where the name is shared and nothing decides.

    ``candidates`` are the prefectures that have a municipality of this name; ``evidence`` is what decided, for an administrator.
    ``is_in_title`` is False where only the text below names it: it may be another municipality that the paper tells of.
    """

    prefecture: str
    municipality: str
    candidates: tuple[str, ...]
    evidence: str
    is_in_title: bool = True


def place_of(titles: Iterable[str], lines: Iterable[str]) -> NamedPlace | None:
    """The municipality that the first of ``titles`` with any names, else the first of ``lines``; None if none of them does.

    A name that several prefectures have is decided by the prefecture's name before it, else by the prefectures that the lines
    name, if they name one of them only.
    """
    below = list(lines)
    text = "\n".join(below)
    found = _first([*titles], text)
    if found is None and (found := _first(below, text)) is not None:
        found = replace(found, is_in_title=False)
    return found


def _first(titles: Iterable[str], text: str) -> NamedPlace | None:
    for title in titles:
        named = list(_named(title))
        if not named:
            continue
        # A name that stands free is surer than one with a character before it that might belong to it.
        _, _, place, before = min(named, key=lambda one: (one[0], one[1]))
        return _decide(place.name, before, text)
    return None


def _named(text: str) -> Iterator[tuple[bool, int, Municipality, str]]:
    """Each municipality named in ``text``: whether something precedes it directly, where, which, and the prefecture before it."""
    spans = [(match.start(), match.end()) for one in prefectures() for match in re.finditer(re.escape(one.name), text)]
    for place in municipalities():
        for match in re.finditer(re.escape(place.name), text):
            if any(start < match.start() < end for start, end in spans):
                continue  # 「東京都市部」 names no 京都市.
            before = next((text[start:end] for start, end in spans if end == match.start()), "")
            if any(
                other.name != place.name and place.name in other.name and other.name in text
                for other in municipalities()
            ):
                continue  # A longer name holds this one.
            if before and before != place.prefecture.name:
                continue
            tied = not before and bool(_KANJI.match(text[match.start() - 1 : match.start()]))
            yield tied, match.start(), place, before


def _decide(name: str, before: str, text: str) -> NamedPlace:
    candidates = tuple(place.prefecture.name for place in municipalities() if place.name == name)
    if before:
        return NamedPlace(before, name, candidates, "表題の都道府県名")
    if len(candidates) == 1:
        return NamedPlace(candidates[0], name, candidates, "市区町村名")
    told = _prefectures_in(text, candidates)
    if len(told) == 1:
        return NamedPlace(told[0], name, candidates, f"文中の「{told[0]}」")
    return NamedPlace("", name, candidates, "")


def _prefectures_in(text: str, candidates: Sequence[str]) -> list[str]:
    counts = Counter({name: text.count(name) for name in candidates if prefecture_named(name)})
    return [name for name, count in counts.items() if count]


def place_findings(place: NamedPlace | None, what: str) -> list[Finding]:
    """What a person should know of how the place was found; ``what`` is the paper (計画, ネットワーク)."""
    if place is None:
        return [Finding(Level.MUST_LOOK, "no-municipality", f"どの市区町村の{what}か、文章から分かりません")]
    name, candidates = place.municipality, "、".join(place.candidates)
    findings = []
    if not place.is_in_title:
        message = f"表題に市区町村がなく、文中の「{name}」の{what}としました"
        findings.append(Finding(Level.MUST_LOOK, "place-not-in-title", message, value=name))
    if not place.prefecture:
        message = f"「{name}」は{candidates}にあり、どれか決められません"
        findings.append(Finding(Level.MUST_LOOK, "place-undecided", message, value=name))
    elif len(place.candidates) > 1:
        message = f"「{name}」は{candidates}にあります。{place.evidence}から{place.prefecture}としました"
        findings.append(Finding(Level.NOTE, "place-decided", message, value=name))
    return findings
