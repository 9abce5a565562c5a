"""Desks and lines that help today, whatever a list of some year says.

The data files are ``data/desks.toml`` (one permanent desk of each prefecture) and ``data/lines.toml`` (national lines). A desk
is shown only with two sources of which neither is a copy of the other, or with one that is the ministry's, the police's or the
operator's own word; a national line also with a prefecture's or city's. What rests on less is a proposal for an administrator. Hours are text as a source states them:
only ``always_open`` says that somebody answers at any hour.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from tsunagari_parsers.errors import DeskDataError
from tsunagari_parsers.phones import is_dialable
from tsunagari_parsers.records import Provenance, Rect


class Standing(StrEnum):
    """Who says it."""

    OFFICIAL = "official"
    """The ministry, the police or the operator itself."""
    LOCAL = "local"
    """A prefecture or city that repeats it."""
    LIST = "list"
    """A transcript of the Cabinet Office's list of centres."""
    SECOND_HAND = "second_hand"
    """Anybody else."""


class DeskKind(StrEnum):
    """What sort of desk it is."""

    EMERGENCY = "emergency"
    WOMEN = "women"
    VIOLENCE = "violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    POLICE = "police"
    CHILDREN = "children"
    MIND = "mind"
    ANYBODY = "anybody"
    RIGHTS = "rights"
    LAW = "law"
    RESIDENCE = "residence"
    MONEY = "money"
    RELAY = "relay"
    PORTAL = "portal"


class Way(StrEnum):
    """A way of reaching a desk without speaking."""

    CHAT = "chat"
    MAIL = "mail"
    FORM = "form"
    FAX = "fax"
    RELAY = "relay"
    APP = "app"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class DeskSource:
    """Where something about a desk was read. ``seen`` is the day it was looked at; ``dated`` the source's own date, as text."""

    name: str
    standing: Standing
    seen: date
    url: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class DeskPhone:
    """A number that somebody who counsels answers (role ``consultation``). ``free`` None: not known."""

    number: str
    note: str = ""
    free: bool | None = None


@dataclass(frozen=True, slots=True)
class SilentWay:
    """One way without voice. ``url`` is empty where none was found in a source."""

    way: Way
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk or line that helps today.

    ``prefecture`` is the JIS X 0401 code of the area it serves, or None for the whole country; ``municipality`` the name of the
    municipality whose own desk it is. ``hours`` and ``hours_seen`` are a source's words and its date; ``always_open`` is True
    only where a source of standing says 24 hours. A desk read from a list has its ``provenance`` and is a proposal until
    somebody has confirmed it; its id is its place in that list, and it has no address: such a column is not kept.
    """

    id: str
    name: str
    kind: DeskKind
    summary: str
    sources: tuple[DeskSource, ...]
    prefecture: str | None = None
    phones: tuple[DeskPhone, ...] = ()
    who: str = ""
    cost: str = ""
    hours: str = ""
    hours_seen: str = ""
    always_open: bool = False
    languages: tuple[str, ...] = ()
    silent_ways: tuple[SilentWay, ...] = ()
    notes: tuple[str, ...] = ()
    url: str = ""
    any_gender: bool = False
    proposal: bool = False
    check_first: bool = False
    municipality: str = ""
    provenance: Provenance | None = None

    @property
    def seen(self) -> date | None:
        """The day on which any of its sources was last looked at; None for a desk read from a list, which has none yet."""
        return max((source.seen for source in self.sources), default=None)


def load_desks(text: str, *, where: str) -> tuple[Desk, ...]:
    """Read a data file of desks (TOML, array of tables ``desk``), in its order.

    Raises:
        DeskDataError: a value is missing, malformed or unknown; a phone number that cannot be dialled; two desks of one
            id; a desk to be shown without the sources that showing needs.
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
            "phones": tuple(DeskPhone(**phone) for phone in values["phones"]),
            "languages": tuple(values["languages"]),
            "silent_ways": (),
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
        values = dict(entry)
        desk = Desk(
            **{
                **values,
                "kind": DeskKind(values["kind"]),
                "sources": tuple(
                    DeskSource(**{**source, "standing": Standing(source["standing"])}) for source in values["sources"]
                ),
                "phones": tuple(DeskPhone(**phone) for phone in values.get("phones", ())),
                "silent_ways": tuple(
                    SilentWay(**{**way, "way": Way(way["way"])}) for way in values.get("silent_ways", ())
                ),
                "languages": tuple(values.get("languages", ())),
                "notes": tuple(values.get("notes", ())),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DeskDataError(f"{at}：読めません（{error}）") from error
    for phone in desk.phones:
        if not is_dialable(phone.number):
            raise DeskDataError(f"{at}：電話番号「{phone.number}」はかけられる形ではありません")
    if not desk.sources:
        raise DeskDataError(f"{at}：出典がありません")
    if not desk.proposal and desk.phones and not _may_be_shown(desk):
        raise DeskDataError(f"{at}：載せるには、公式の出典か、互いに写しでない2つの出典が必要です")
    return desk


def _may_be_shown(desk: Desk) -> bool:
    standings = {source.standing for source in desk.sources}
    if Standing.OFFICIAL in standings or (desk.prefecture is None and Standing.LOCAL in standings):
        return True
    return len({source.name for source in desk.sources}) >= 2
