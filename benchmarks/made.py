"""Large lists for measuring: listings made of the paragraphs of real ones, at random municipalities, one at a time.

Each paragraph, name, department and place is analysed once; a record joins the terms of its parts. So a million records are made with
little memory, and the time to build an index is that of a list whose terms are known. What such a list does not have is a larger vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import overload

from tsunagari_indexer.engine import FIELDS, EngineRecord
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import Indexed, Listing, index_listing, surfaces_of
from tsunagari_indexer.offers import Offer, OfferRules
from tsunagari_parsers.places import Municipality, municipalities


class MadeListings(Sequence[Listing]):
    """``count`` listings, each made anew whenever it is asked for; the same for the same seed."""

    def __init__(self, real: Sequence[Listing], count: int, rules: OfferRules) -> None:
        self._model, self._count, self._rules = replace(real[0], picture=None), count, rules
        self._paragraphs = sorted({line for listing in real for line in listing.description.split("\n") if line})
        self._names = sorted({listing.program_name for listing in real})
        self._departments = sorted({listing.department for listing in real})
        self._towns = municipalities()
        self._offers: dict[str, tuple[Offer, ...]] = {}
        self._parts: dict[tuple[str, str], Indexed] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, order: int) -> Listing: ...
    @overload
    def __getitem__(self, order: slice) -> Sequence[Listing]: ...
    def __getitem__(self, order: int | slice) -> Listing | Sequence[Listing]:
        if isinstance(order, slice):
            return [self[one] for one in range(*order.indices(self._count))]
        if not 0 <= order < self._count:
            raise IndexError(order)
        choose = random.Random(order * 1_000_003 + self._count)  # noqa: S311 - test data, not secrets
        town = choose.choice(self._towns)
        paragraphs = choose.sample(self._paragraphs, choose.randint(3, 6))
        return replace(
            self._model,
            id=f"p{order}",
            order=order,
            prefecture=town.prefecture.name,
            prefecture_code=town.prefecture.code,
            municipality=town.name,
            municipality_code=town.code,
            program_name=choose.choice(self._names),
            department=choose.choice(self._departments),
            description="\n".join(paragraphs),
            offers=self._offers_of(paragraphs),
        )

    def records(self) -> Iterator[EngineRecord]:
        """What the engines hold of them."""
        by_code: dict[str | None, Municipality] = {town.code: town for town in self._towns}
        for listing in self:
            parts = [self._part("description", line) for line in listing.description.split("\n")]
            parts += [self._part("program_name", listing.program_name), self._part("department", listing.department)]
            parts.append(self._place(by_code[listing.municipality_code]))
            yield EngineRecord(
                order=listing.order,
                id=listing.id,
                fields={field: frozenset().union(*(part.record.fields[field] for part in parts)) for field in FIELDS},
                facets={
                    "kind": ("program",),
                    "prefecture": (listing.prefecture_code,),
                    "municipality": (listing.municipality_code or "",),
                    "offer": tuple(sorted({offer for part in parts for offer in part.record.facets["offer"]})),
                    "year": (str(listing.fiscal_year),),
                    "confirmed": (),
                },
            )

    @cached_property
    def surfaces(self) -> dict[str, set[str]]:
        """The words of all terms, of every part that a record may have."""
        parts = [self._part("description", line) for line in self._paragraphs]
        parts += [self._part("program_name", name) for name in self._names]
        parts += [self._part("department", name) for name in self._departments]
        return surfaces_of([*parts, *map(self._place, self._towns)])

    def _part(self, field: str, text: str) -> Indexed:
        """The index of a listing that has this one text and nothing else."""
        if (field, text) not in self._parts:
            texts = {"program_name": "", "description": "", "department": "", "prefecture": "", "municipality": None}
            offers = self._rules.find(text) if field == "description" else ()
            blank = replace(self._model, **(texts | {field: text}), offers=offers)  # type: ignore[arg-type]
            self._parts[field, text] = index_listing(blank, known_lexicon())
        return self._parts[field, text]

    def _place(self, town: Municipality) -> Indexed:
        key = ("place", town.code)
        if key not in self._parts:
            blank = replace(self._model, program_name="", description="", department="", offers=())
            placed = replace(blank, prefecture=town.prefecture.name, municipality=town.name)
            self._parts[key] = index_listing(placed, known_lexicon())
        return self._parts[key]

    def _offers_of(self, paragraphs: Sequence[str]) -> tuple[Offer, ...]:
        """Of each kind the first, at its place in the paragraphs joined by line ends."""
        found: dict[str, Offer] = {}
        at = 0
        for text in paragraphs:
            if text not in self._offers:
                self._offers[text] = self._rules.find(text)
            for offer in self._offers[text]:
                found.setdefault(offer.kind, replace(offer, start=at + offer.start, end=at + offer.end))
            at += len(text) + 1
        return tuple(found.values())
