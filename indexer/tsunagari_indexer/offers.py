"""Offers: what a programme offers, each with the words of the description that say so.

The rules are data (``data/offers.toml``); the code knows only how patterns, blocks and marks work together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tsunagari_indexer.errors import DataFileError
from tsunagari_parsers.text import fold_width


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a programme offers. ``start`` and ``end`` are offsets in the description; ``marks`` say more (``example``)."""

    kind: str
    start: int
    end: int
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferKind:
    """A kind of offer: its id, the code that stands in addresses, its Japanese name, and how descriptions say it."""

    id: str
    code: str
    label: str
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Stretches of a description with a meaning of their own: blocks and marks. ``kinds`` empty: every kind."""

    name: str
    kinds: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class OfferRules:
    """All kinds of offers, what is none, and what is one with a mark."""

    kinds: tuple[OfferKind, ...]
    blocks: tuple[_Scope, ...]
    marks: tuple[_Scope, ...]

    def find(self, description: str) -> tuple[Offer, ...]:
        """The offers of a description: of each kind the first mention, an unmarked one before a marked one."""
        text = fold_width(description)
        marks = [(scope, _spans(scope.patterns, text)) for scope in self.marks]
        found = []
        for kind in self.kinds:
            blocked = [
                span
                for scope in self.blocks
                if not scope.kinds or kind.id in scope.kinds
                for span in _spans(scope.patterns, text)
            ]
            mentions = sorted(
                (
                    Offer(
                        kind.id,
                        start,
                        end,
                        tuple(scope.name for scope, spans in marks if _overlaps(spans, start, end)),
                    )
                    for start, end in _spans(kind.patterns, text)
                    if not _overlaps(blocked, start, end)
                ),
                key=lambda offer: (bool(offer.marks), offer.start),
            )
            found += mentions[:1]
        return tuple(found)


def load_offer_rules(text: str, *, where: str) -> OfferRules:
    """Read a file of rules.

    Raises:
        DataFileError: not TOML, an expression that is none, a kind that does not exist or exists twice.
    """
    try:
        data = tomllib.loads(text)
        kinds = tuple(
            OfferKind(entry["id"], entry["code"], entry["label"], _compiled(entry["patterns"]))
            for entry in data["offer"]
        )
        ids = [kind.id for kind in kinds]
        blocks = tuple(_scope(entry, entry["reason"], ids) for entry in data.get("block", ()))
        marks = tuple(_scope(entry, entry["id"], ids) for entry in data.get("mark", ()))
    except (tomllib.TOMLDecodeError, KeyError, re.error, ValueError) as error:
        raise DataFileError(f"{where}：提供内容の規則として読めません（{error}）") from error
    if len(set(ids)) < len(ids) or len({kind.code for kind in kinds}) < len(kinds):
        raise DataFileError(f"{where}：id か code が重なっています")
    return OfferRules(kinds, blocks, marks)


@cache
def known_offer_rules() -> OfferRules:
    """The rules of ``data/offers.toml``."""
    return load_offer_rules(
        (files("tsunagari_indexer") / "data" / "offers.toml").read_text(encoding="utf-8"), where="offers.toml"
    )


def offer_kinds() -> tuple[OfferKind, ...]:
    """The kinds of offers that the public pages show, in their order."""
    return known_offer_rules().kinds


def _scope(entry: dict[str, list[str]], name: object, ids: Sequence[str]) -> _Scope:
    kinds = frozenset(entry.get("offers", ()))
    if unknown := kinds - set(ids):
        raise ValueError(f"offers: {sorted(unknown)}")
    return _Scope(str(name), kinds, _compiled(entry["patterns"]))


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _spans(patterns: Sequence[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in spans)
