"""The needs that stand as tiles on the first page: what each is called, which lines fit it, and which programmes.

The data file is ``data/needs.toml``. A need asks for programmes by what they offer, any one of its kinds; somewhere to sleep asks for
none (no public page singles out stays) and leads to desks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_indexer.offers import offer_kinds
from tsunagari_parsers import known_desks
from tsunagari_site.errors import SiteError

_WHERE = "needs.toml"
_FIELDS = frozenset({"id", "label", "offers", "desks", "urgent", "goods"})


class NeedDataError(SiteError):
    """The data file of needs cannot be used; the message names the need and the value."""


@dataclass(frozen=True, slots=True)
class Need:
    """One tile. ``offers`` are kinds of offers, of which a programme has at least one; ``desks`` ids of lines, the best fit first.

    ``urgent``: the box with the lines says first what to do in danger. ``goods``: the need is for things, so that the page says where
    they were given out.
    """

    id: str
    label: str
    offers: frozenset[str]
    desks: tuple[str, ...]
    urgent: bool = False
    goods: bool = False


@cache
def known_needs() -> Mapping[str, Need]:
    """The needs by id, in the order of the tiles.

    Raises:
        NeedDataError: the data file names a kind of offer or a desk that does not exist, or misses a value.
    """
    text = (files("tsunagari_site") / "data" / _WHERE).read_text(encoding="utf-8")
    return {need.id: need for need in load_needs(text)}


def load_needs(text: str) -> tuple[Need, ...]:
    """Read the data file of needs (TOML, array of tables ``need``).

    Raises:
        NeedDataError: see :func:`known_needs`.
    """
    kinds = {kind.id for kind in offer_kinds()}
    desks = {desk.id for desk in known_desks() if not desk.proposal}
    needs = []
    for entry in tomllib.loads(text).get("need", []):
        name = entry.get("id", "")
        if unknown := entry.keys() - _FIELDS:
            raise NeedDataError(f"{_WHERE}：{name}：知らない項目です（{'、'.join(sorted(unknown))}）")
        if not name or not entry.get("label") or not entry.get("desks"):
            raise NeedDataError(f"{_WHERE}：{name or '（idなし）'}：id・label・desks が要ります")
        if unknown := {*entry.get("offers", [])} - kinds:
            raise NeedDataError(f"{_WHERE}：{name}：公開する内容にありません（{'、'.join(sorted(unknown))}）")
        if unknown := {*entry["desks"]} - desks:
            raise NeedDataError(f"{_WHERE}：{name}：載せられる窓口にありません（{'、'.join(sorted(unknown))}）")
        needs.append(
            Need(
                name,
                entry["label"],
                frozenset(entry.get("offers", [])),
                tuple(entry["desks"]),
                entry.get("urgent") is True,
                entry.get("goods") is True,
            )
        )
    if len({need.id for need in needs}) != len(needs) or not needs:
        raise NeedDataError(f"{_WHERE}：id が重なっているか、ひとつもありません")
    return tuple(needs)
