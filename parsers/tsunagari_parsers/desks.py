"""Desks and lines that help today, whatever a list of some year says.

The data files are ``data/desks.toml`` (one permanent desk of each prefecture) and ``data/lines.toml`` (national lines). A desk
is shown only with two sources of which neither is a copy of the other, or with one that is the ministry's, the police's or the
operator's own word; a national line also with a prefecture's or city's. What rests on less is a proposal for an administrator. Hours stand twice: as text
in a source's words, for people, and as an :class:`~tsunagari_parsers.opening.Opening`, for what answers now. Who may call, and which need a desk answers, is
data as well, each need with the words of the entry that say so: nothing is concluded from a name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from tsunagari_parsers.desk_types import (
    Answered,
    Desk,
    DeskKind,
    DeskPhone,
    DeskSource,
    Matter,
    SilentWay,
    Standing,
    Way,
)
from tsunagari_parsers.errors import DeskDataError
from tsunagari_parsers.opening import read_opening
from tsunagari_parsers.phones import is_dialable
from tsunagari_parsers.records import Provenance, Rect

__all__ = [
    "Answered",
    "Desk",
    "DeskKind",
    "DeskPhone",
    "DeskSource",
    "Matter",
    "SilentWay",
    "Standing",
    "Way",
    "desk_from_json",
    "desks_for",
    "known_desks",
    "load_desks",
]

#: A language tag as the data files use it: language, script, region (RFC 5646, the plain forms).
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
#: Values that are true or false: any text, 「no」 too, would count as true.
_FLAGS = ("always_open", "any_gender", "for_children", "never_first", "proposal", "check_first")
_PART_FLAGS = ("free", "own_hours", "registration")


def desks_for(desks: Iterable[Desk], matter: Matter) -> tuple[Desk, ...]:
    """The desks that answer a need: those that name it, then those for any trouble, each in the order given."""
    fitting = [desk for desk in desks if desk.answers(matter)]
    return tuple(sorted(fitting, key=lambda desk: all(one.matter is not matter for one in desk.matters)))


def load_desks(text: str, *, where: str) -> tuple[Desk, ...]:
    """Read a data file of desks (TOML, array of tables ``desk``), in its order.

    Raises:
        DeskDataError: a value is missing, malformed or unknown; a phone number that cannot be dialled; two desks of one
            id; a desk to be shown without the sources that showing needs; hours that cannot be read; a language that is no
            BCP 47 code or stands at no phone or way; a need whose reason is not in the entry's words. It names file, desk and value.
    """
    try:
        entries = tomllib.loads(text)["desk"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise DeskDataError(f"{where}：窓口のデータとして読めません（{error}）") from error
    desks = tuple(_desk(entry, where) for entry in entries)
    seen: set[str] = set()
    for desk in desks:
        if desk.id in seen:
            raise DeskDataError(f"{where}：窓口「{desk.id}」が2回あります")
        seen.add(desk.id)
    return desks


def desk_from_json(values: Mapping[str, Any]) -> Desk:
    """A desk read from a list, from plain values as :func:`dataclasses.asdict` gives them. Such a desk has no sources."""
    at = values["provenance"]
    rect = Rect(**at["rect"]) if at and at["rect"] else None
    return Desk(
        **{
            **values,
            "kind": DeskKind(values["kind"]),
            "sources": (),
            "phones": tuple(
                DeskPhone(**{**phone, "languages": tuple(phone.get("languages", ()))}) for phone in values["phones"]
            ),
            "languages": tuple(values["languages"]),
            "silent_ways": (),
            "matters": (),
            "notes": tuple(values["notes"]),
            # A desk shows where it begins, and no more is kept of it.
            "provenance": Provenance(**{**at, "rect": rect, "further": ()}) if at else None,
        }
    )


@cache
def known_desks() -> tuple[Desk, ...]:
    """Every desk and line of the data files, proposals included."""
    data = files("tsunagari_parsers") / "data"
    return tuple(
        desk
        for name in ("lines.toml", "desks.toml")
        for desk in load_desks((data / name).read_text(encoding="utf-8"), where=name)
    )


def _desk(entry: Mapping[str, Any], where: str) -> Desk:
    at = f"{where}「{entry.get('id', '?')}」"
    try:
        desk = Desk(
            **{
                **_values(entry),
                "kind": DeskKind(entry["kind"]),
                "sources": tuple(
                    DeskSource(**{**source, "standing": Standing(source["standing"])}) for source in entry["sources"]
                ),
                "phones": tuple(DeskPhone(**_values(phone)) for phone in entry.get("phones", ())),
                "silent_ways": tuple(
                    SilentWay(**{**_values(way), "way": Way(way["way"])}) for way in entry.get("silent_ways", ())
                ),
                "notes": tuple(entry.get("notes", ())),
                "matters": tuple(Answered(Matter(matter), why) for matter, why in _table(entry, "matters")),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DeskDataError(f"{at}：読めません（{error}）") from error
    for fault in chain(_faults_of_reaching(desk), _faults_of_who(desk)):
        raise DeskDataError(f"{at}：{fault}")
    return desk


def _values(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a desk, phone or way, checked for their types; its hours read from ``opening``, ``closed`` and ``opening_dated``."""
    for flag in (*_FLAGS, *_PART_FLAGS):
        if not isinstance(entry.get(flag, False), bool):
            raise ValueError(f"{flag} は true か false です：「{entry[flag]}」")
    for texts in ("opening", "closed", "languages"):
        given = entry.get(texts, [])
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            raise ValueError(f"{texts} は文字の並びです：「{given}」")
    if not isinstance(entry.get("up_to_age", 0), int):
        raise ValueError(f"up_to_age は数です：「{entry['up_to_age']}」")
    values = {key: value for key, value in entry.items() if key not in {"closed", "opening_dated"}}
    values["languages"] = tuple(entry.get("languages", ()))
    if {"opening", "closed", "opening_dated"} & set(entry):
        values["opening"] = read_opening(
            entry.get("opening", ()), entry.get("closed", ()), entry.get("opening_dated", "")
        )
    return values


def _table(entry: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    table = entry.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ValueError(f"{key} は表ではありません：「{table}」")
    yield from table.items()


def _faults_of_reaching(desk: Desk) -> Iterator[str]:
    """What is wrong with an entry's numbers, sources and hours, the gravest first."""
    for phone in desk.phones:
        if not is_dialable(phone.number):
            yield f"電話番号「{phone.number}」はかけられる形ではありません"
        if phone.own_hours and phone.opening:
            yield f"電話番号「{phone.number}」の受付時間が、わからないことにも、わかっていることにもなっています"
    standings = {source.standing for source in desk.sources}
    if not desk.sources:
        yield "出典がありません"
    elif not desk.proposal and desk.phones and not _may_be_shown(desk):
        yield "載せるには、公式の出典か、互いに写しでない2つの出典が必要です"
    elif desk.always_open and not standings & {Standing.OFFICIAL, Standing.LOCAL}:
        yield "24時間と言うには、公式か自治体の出典が必要です"
    if desk.always_open and desk.opening:
        yield "24時間の窓口に、受付時間（opening）があります"


def _faults_of_who(desk: Desk) -> Iterator[str]:
    """What is wrong with what an entry says of age, languages and needs."""
    if desk.up_to_age is not None and not (desk.for_children and f"{desk.up_to_age}歳" in desk.who):
        yield f"年齢「{desk.up_to_age}」が、使える人（who）に書かれていません"
    parts: tuple[DeskPhone | SilentWay, ...] = (*desk.phones, *desk.silent_ways)
    in_parts = {code for part in parts for code in part.languages}
    for code in sorted({*desk.languages, *in_parts}):
        if not _LANGUAGE.fullmatch(code):
            yield f"言語「{code}」はBCP 47の形ではありません"
    if odd := sorted(in_parts ^ set(desk.languages)):
        yield f"言語「{'、'.join(odd)}」が、窓口と、電話・方法の片方にしかありません"
    words = (desk.summary, desk.who, *desk.notes, *(part.note for part in parts))
    for why in (*(one.because for one in desk.matters), *((desk.any_matter,) if desk.any_matter else ())):
        if not why or not any(why in text for text in words):
            yield f"困りごとの理由「{why}」が、窓口の説明に書かれていません"


def _may_be_shown(desk: Desk) -> bool:
    standings = {source.standing for source in desk.sources}
    if Standing.OFFICIAL in standings or (desk.prefecture is None and Standing.LOCAL in standings):
        return True
    return len({source.name for source in desk.sources}) >= 2
