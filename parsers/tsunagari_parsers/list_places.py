"""The prefecture of a list's rows where its column has come loose from them: by the body's name, else by what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.area_codes import prefectures_of_number
from tsunagari_parsers.places import municipalities_named, prefecture_named


@dataclass(frozen=True, slots=True)
class RowPlace:
    """What a row gives to go by: the prefecture's cell where it stands on the row's own line, the body, its numbers.

    ``page_labels`` are the prefectures that stand on the row's page.
    """

    label: str
    body: str
    numbers: tuple[str, ...]
    page_labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decided:
    """A prefecture (empty: undecided), what decided it in an administrator's words, and which ones could be meant.

    ``kind`` is what decided it as :attr:`tsunagari_parsers.records.Program.place_evidence` calls it. ``is_shared``: the body's name stands in more than one prefecture.
    """

    prefecture: str
    evidence: str
    candidates: tuple[str, ...] = ()
    is_shared: bool = False
    kind: str = ""


def decide_prefectures(rows: Sequence[RowPlace]) -> list[Decided]:
    """The prefecture of each row.

    In this order: the row's own cell, the body's name, the telephone's area code, the labels of its page, and the rows before and
    after it: a list goes through the prefectures in the order of their codes (JIS X 0401).
    """
    first = [_alone(row) for row in rows]
    return [
        one if one.prefecture else _by_neighbours(one, _known(first[:index][::-1]), _known(first[index + 1 :]))
        for index, one in enumerate(first)
    ]


def _alone(row: RowPlace) -> Decided:
    if prefecture_named(row.body):
        return Decided(row.body, "実施主体が都道府県", (row.body,), kind="body cell")
    if row.label:
        return Decided(row.label, "都道府県の欄", (row.label,), kind="prefecture cell")
    places = municipalities_named(row.body)
    names = tuple(place.prefecture.name for place in places)
    if len(names) == 1:
        return Decided(names[0], "市区町村名", names, kind="only one of this name")
    codes = {code for number in row.numbers for code in prefectures_of_number(number)}
    near = [place.prefecture.name for place in places if place.prefecture.code in codes]
    is_shared = len(names) > 1
    if len(near) == 1:
        return Decided(near[0], f"市外局番（{row.numbers[0]}）", names, is_shared, "area code")
    labelled = [name for name in near or names if name in row.page_labels]
    if len(labelled) == 1:
        return Decided(labelled[0], "同じページの都道府県の欄", names, is_shared, "prefecture cell")
    return Decided("", "", tuple(near or names), is_shared)


def _known(rows: Sequence[Decided]) -> str:
    return next((one.prefecture for one in rows if one.prefecture), "")


def _by_neighbours(row: Decided, before: str, after: str) -> Decided:
    """The one candidate that lies between the prefectures of the rows around it, if there is one only."""
    low, high = prefecture_named(before), prefecture_named(after)
    if low is None or high is None or low.code > high.code:
        return row
    between = [
        name
        for name in row.candidates
        if (one := prefecture_named(name)) is not None and low.code <= one.code <= high.code
    ]
    if len(between) != 1:
        return row
    return Decided(between[0], f"前後の行（{before}、{after}）", row.candidates, row.is_shared, "neighbouring rows")
