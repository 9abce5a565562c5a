"""Offers: what a programme offers, each with the words of the description that say so. What counts is in ``docs/offers.md``.

The rules are data (``data/offers.toml``); the code knows only how mentions, blocks and marks work together (:mod:`tsunagari_indexer.mentions`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from tsunagari_indexer.errors import DataFileError
from tsunagari_indexer.mentions import Scope, ScopeReader, compiled, matchable, read_scope, spans


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a programme offers. ``start`` and ``end`` are offsets in the description; ``marks`` say more (``example``, ``past``)."""

    kind: str
    start: int
    end: int
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferKind:
    """A kind of offer: its id, the code that stands in addresses, its Japanese name, and how descriptions say it.

    ``is_public``: it may be shown, filtered and counted; a kind that is not has no code. ``is_main``: it stands on the home page.
    ``parent``: the kind that its words prove as well.
    """

    id: str
    code: str
    label: str
    patterns: tuple[re.Pattern[str], ...]
    group: str = ""
    is_public: bool = True
    is_main: bool = False
    parent: str = ""


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Public kinds of offers that stand together in a list of filters, in their order."""

    id: str
    label: str
    kinds: tuple[OfferKind, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OfferRules:
    """All kinds of offers, what is none, and what is one with a mark. ``groups`` holds the public kinds that name a group.

    Rules are equal to themselves alone, so that what they find can be kept.
    """

    kinds: tuple[OfferKind, ...]
    blocks: tuple[Scope, ...]
    marks: tuple[Scope, ...]
    groups: tuple[OfferGroup, ...] = ()

    def find(self, description: str) -> tuple[Offer, ...]:
        """The offers of a description: of each kind the first mention, an unmarked one before a marked one."""
        return _found(self, description)


@lru_cache(maxsize=1 << 13)
def _found(rules: OfferRules, description: str) -> tuple[Offer, ...]:
    """As :meth:`OfferRules.find`; a build asks of each text several times (its picture, its offers, its venues, its other years)."""
    prepared = matchable(description)
    text = prepared.text
    reader = ScopeReader(text)
    found: dict[str, list[Offer]] = {kind.id: [] for kind in rules.kinds}
    for kind in rules.kinds:
        for start, end in spans(kind.patterns, text):
            if any(reader.holds(block, kind.id, start, end) for block in rules.blocks):
                continue
            marks = tuple(mark.name for mark in rules.marks if reader.holds(mark, kind.id, start, end))
            for proven in filter(None, (kind.id, kind.parent)):
                found[proven].append(Offer(proven, *prepared.span(start, end), marks))
    firsts = (min(offers, key=_worth) for offers in found.values() if offers)
    return tuple(firsts)


def load_offer_rules(text: str, *, where: str) -> OfferRules:
    """Read a file of rules.

    Raises:
        DataFileError: not TOML, an expression that is none, a kind or group that does not exist or exists twice, a public kind
            without a code.
    """
    try:
        data = tomllib.loads(text)
        words: dict[str, str] = data.get("words", {})
        kinds = tuple(_kind(entry, words) for entry in data["offer"])
        ids = [kind.id for kind in kinds]
        by_group: dict[str, list[str]] = {}
        for kind in kinds:
            by_group.setdefault(kind.group, []).append(kind.id)
        if unknown := {kind.parent for kind in kinds} - {"", *ids}:
            raise ValueError(f"parent: {sorted(unknown)}")
        blocks = tuple(_scope(entry, entry["reason"], ids, by_group, words) for entry in data.get("block", ()))
        marks = tuple(_scope(entry, entry["id"], ids, by_group, words) for entry in data.get("mark", ()))
        groups = tuple(
            OfferGroup(
                entry["id"],
                entry["label"],
                tuple(kind for kind in kinds if kind.group == entry["id"] and kind.is_public),
            )
            for entry in data.get("group", ())
        )
        if unknown := {kind.group for kind in kinds if kind.is_public} - {"", *(group.id for group in groups)}:
            raise ValueError(f"group: {sorted(unknown)}")
    except (tomllib.TOMLDecodeError, KeyError, TypeError, re.error, ValueError) as error:
        raise DataFileError(f"{where}：提供内容の規則として読めません（{error}）") from error
    codes = [kind.code for kind in kinds if kind.is_public]
    if len(set(ids)) < len(ids) or len(set(codes)) < len(codes):
        raise DataFileError(f"{where}：id か code が重なっています")
    return OfferRules(kinds, blocks, marks, groups)


@cache
def known_offer_rules() -> OfferRules:
    """The rules of ``data/offers.toml``."""
    return load_offer_rules(
        (files("tsunagari_indexer") / "data" / "offers.toml").read_text(encoding="utf-8"), where="offers.toml"
    )


def offer_kinds() -> tuple[OfferKind, ...]:
    """The kinds of offers that the public pages show, in their order. What is for staff, and stays, are not among them."""
    return tuple(kind for kind in known_offer_rules().kinds if kind.is_public)


def main_offer_kinds() -> tuple[OfferKind, ...]:
    """The few kinds that stand on the home page."""
    return tuple(kind for kind in offer_kinds() if kind.is_main)


def offer_groups() -> tuple[OfferGroup, ...]:
    """The public kinds, in the groups in which a list of filters shows them."""
    return known_offer_rules().groups


def public_offers(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """Those that may be shown, filtered by and counted: DESIGN.md, rule 9, and what is for staff."""
    public = _public_ids()
    return tuple(offer for offer in offers if offer.kind in public)


@cache
def _public_ids() -> frozenset[str]:
    return frozenset(kind.id for kind in offer_kinds())


def _worth(offer: Offer) -> tuple[bool, int, int]:
    """The lower, the better: without a mark, then the first; of two that begin together the one that says more."""
    return bool(offer.marks), offer.start, -offer.end


def _kind(entry: Mapping[str, object], words: Mapping[str, str]) -> OfferKind:
    is_public = bool(entry.get("public", True))
    patterns = entry["patterns"]
    if not isinstance(patterns, list):
        raise TypeError(f"patterns: {entry['id']}")
    return OfferKind(
        str(entry["id"]),
        str(entry["code"] if is_public else ""),
        str(entry["label"]),
        compiled(patterns, words),
        str(entry.get("group", "")),
        is_public,
        bool(entry.get("main", False)),
        str(entry.get("parent", "")),
    )


def _scope(
    entry: Mapping[str, list[str]],
    name: object,
    ids: Sequence[str],
    by_group: Mapping[str, Sequence[str]],
    words: Mapping[str, str],
) -> Scope:
    named = entry.get("offers", ())
    groups = entry.get("groups", ())
    if unknown := set(named) - set(ids) | set(groups) - set(by_group):
        raise ValueError(f"offers, groups: {sorted(unknown)}")
    kinds = frozenset(named) | {kind for group in groups for kind in by_group[group]}
    return read_scope(entry, str(name), kinds - frozenset(entry.get("except", ())), words)
