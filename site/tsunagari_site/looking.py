"""What somebody is looking for: the words and filters of a search, as they are sealed into an address and taken out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from tsunagari_indexer.confirmations import days_good
from tsunagari_indexer.lexicon import Lexicon, urgent_in
from tsunagari_indexer.listings import OTHER_KINDS, PROGRAM_KINDS
from tsunagari_indexer.offers import offer_kinds
from tsunagari_indexer.search import MAX_PER_PAGE, MAX_QUERY, SearchRequest
from tsunagari_parsers.places import Municipality, PlaceError, municipality_of, prefecture_of
from tsunagari_site.errors import SealError
from tsunagari_site.needs import Need, known_needs

PER_PAGE = 20
#: The kind of offer, and the concept, of what is given out for periods.
_GOODS = "period_products"
#: Measures and networks are never counted as programmes: a page rather shows none.
_KEEP = frozenset({"kind"})


@dataclass(frozen=True, slots=True)
class Looking:
    """A search on the pages: one value for each filter.

    ``need`` is the id of a tile. ``cut``: the words were longer than is read; ``urgent``: the urgent concepts of all of them, joined
    by spaces. ``towns`` are the codes of the municipalities among which a typed name leaves the choice, joined by spaces;
    ``place_problem`` says why what was given is none: ``unknown``, ``postal`` or ``outside``. ``by_position``: the municipality is that of
    the office nearest to a position. ``pupils`` is ``no`` where what only pupils may use is left out, ``confirmed`` is ``yes``
    where only what somebody has confirmed is looked for.
    """

    text: str = ""
    need: str = ""
    prefecture: str = ""
    municipality: str = ""
    offer: str = ""
    year: str = ""
    page: int = 1
    cut: bool = False
    urgent: str = ""
    towns: str = ""
    place_problem: str = ""
    by_position: bool = False
    pupils: str = ""
    confirmed: str = ""

    def to_payload(self) -> dict[str, Any]:
        """For sealing; empty values are left out."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) not in ("", False)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """What :meth:`to_payload` wrote.

        Raises:
            SealError: an older version of the site wrote it.
        """
        try:
            return cls(**payload)
        except TypeError as error:
            raise SealError("not a search") from error

    @classmethod
    def from_fields(cls, fields: Mapping[str, str], lexicon: Lexicon) -> Self:
        """From what a person sent; a value that is none is left out: the nearest sensible search."""
        text = fields.get("q", "").strip()
        # What is dangerous is looked for in all that was written, however much of it is searched with.
        urgent = " ".join(sorted(urgent_in(text, lexicon)))
        return cls(text=text[:MAX_QUERY], cut=len(text) > MAX_QUERY, urgent=urgent).changed(fields)

    def changed(self, fields: Mapping[str, str]) -> Self:
        """This search with some filters set (an empty one is taken away); anything but the page begins at page 1."""
        new = self
        if "need" in fields:
            new = replace(new, need=fields["need"] if fields["need"] in known_needs() else "")
        if "prefecture" in fields:
            code = fields["prefecture"]
            new = replace(new, prefecture=code if _is_prefecture(code) else "", municipality="")
        if "municipality" in fields:
            code = fields["municipality"]
            new = replace(new, municipality=code if _is_municipality(code) else "")
        if "town" in fields and _is_municipality(fields["town"]):
            # The answer to which of several towns of one name was meant: it stands for the name in the text.
            place = municipality_of(fields["town"])
            new = replace(new, prefecture=place.prefecture.code, municipality=place.code, by_position=False)
        if "pupils" in fields:
            new = replace(new, pupils="no" if fields["pupils"] == "no" else "")
        if "confirmed" in fields:
            new = replace(new, confirmed="yes" if fields["confirmed"] == "yes" else "")
        if "offer" in fields:
            known = {kind.id for kind in offer_kinds()}
            new = replace(new, offer=fields["offer"] if fields["offer"] in known else "")
        if "year" in fields:
            year = fields["year"]
            new = replace(new, year=year if year.isascii() and year.isdigit() and len(year) == 4 else "")
        page = fields.get("page", "1")
        # Of a longer number the first digits say enough; the conversion of thousands of them is refused (CPython's limit).
        return replace(new, page=min(int(page[:6]), 10_000) or 1 if page.isascii() and page.isdigit() else 1)

    def without_place_questions(self) -> Self:
        """This search with nothing asked back about its place."""
        return replace(self, towns="", place_problem="")

    def asking_among(self, towns: Sequence[Municipality]) -> Self:
        """This search with the question which of several municipalities is meant."""
        return replace(self, towns=" ".join(town.code for town in towns))

    def asking_again(self, problem: str) -> Self:
        """This search with a place that is none, and why."""
        return replace(self, place_problem=problem)

    def at_position_of(self, town: Municipality) -> Self:
        """This search at the municipality whose office is nearest to a position."""
        return replace(self.changed({"town": town.code}), by_position=True)

    @property
    def chosen_need(self) -> Need | None:
        """The tile that was chosen."""
        return known_needs().get(self.need)

    @property
    def asks_programs(self) -> bool:
        """Whether the lists are asked: a need that leads to desks alone, without words, asks nothing of them."""
        need = self.chosen_need
        return not (need and not need.offers and not self.text and not self.offer)

    def is_about_goods(self, lexicon: Lexicon) -> bool:
        """Whether things are looked for that are given out."""
        need = self.chosen_need
        if (need and need.goods) or self.offer == _GOODS:
            return True
        return any(match.concept.id == _GOODS for match in lexicon.find(self.text))

    def to_request(self, today: date) -> SearchRequest:
        """What the index is asked. ``today`` says which confirmations are still good."""
        filters = {"kind": PROGRAM_KINDS}
        if self.chosen_need and self.chosen_need.offers:
            filters["offer"] = self.chosen_need.offers
        for name in ("prefecture", "municipality", "offer", "year"):
            if value := getattr(self, name):
                filters[name] = frozenset({value})
        if self.confirmed:
            filters["confirmed"] = days_good(today)
        return SearchRequest(self.text, filters, self.page, PER_PAGE, keep=_KEEP)

    def to_request_of_the_prefecture(self, today: date) -> SearchRequest:
        """The same of the whole prefecture of the chosen municipality."""
        return replace(replace(self, municipality="", page=1).to_request(today), per_page=MAX_PER_PAGE)

    def to_request_of_others(self) -> SearchRequest:
        """What else the chosen municipality has: measures of its plan, its network; not by words, of which they have few."""
        filters = {"kind": OTHER_KINDS, "municipality": frozenset({self.municipality})}
        return SearchRequest("", filters, per_page=MAX_PER_PAGE, keep=frozenset(filters))


def _is_prefecture(code: str) -> bool:
    try:
        prefecture_of(code)
    except PlaceError:
        return False
    return True


def _is_municipality(code: str) -> bool:
    try:
        municipality_of(code)
    except PlaceError:
        return False
    return True
