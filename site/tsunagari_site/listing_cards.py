"""A listing as it stands in a list: its offers, where things were given out, why it was found, and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tsunagari_indexer.confirmations import PROGRAM_GOOD_FOR, Outcome
from tsunagari_indexer.highlights import Reason
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.offers import OfferKind, main_offer_kinds, offer_kinds
from tsunagari_indexer.outdated import is_outdated
from tsunagari_indexer.venues import venue_kinds
from tsunagari_parsers import Phone
from tsunagari_site.calendar import day_in_japan, fiscal_year_at

#: What the paper of each kind of listing is called.
PAPERS = {"program": "一覧", "sheet": "事業の資料", "measure": "計画", "network": "資料"}
#: A piece of a description is so long, and begins so far before its first mark (characters).
_SNIPPET = 80
_BEFORE = 25
_FREE = re.compile(r"無料|無償")
_NAMELESS = re.compile(r"匿名(?!化)|名前を(?:言わ|名乗ら)な(?:い|く)|名乗らなくて")
_SENTENCE_ENDS = "。\n"
#: A sentence is quoted so far to each side (characters).
_QUOTE = 60


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer or a venue of a programme: its name, the words of the paper that say so, and whether they give it as an example only,
    or tell of something past. ``for_pupils``: it is for pupils of the schools only.
    """

    label: str
    evidence: str
    example: bool
    past: bool = False
    for_pupils: bool = False


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Whom to ask about a listing: the department, its numbers, the year of the paper that gives them.

    ``borrowed``: the listing's own paper has no number, and these are the newest of the same body.
    """

    department: str
    phones: tuple[Phone, ...]
    fiscal_year: int
    borrowed: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A programme in a list. ``token`` opens it.

    ``answers`` are (what was typed, the other word that answers it); ``snippet`` is a piece of the description, cut into (text,
    whether it is marked). ``venues`` stand where the need is for things. ``is_confirmed``: somebody has found within a year that it goes on.
    """

    listing: Listing
    offers: tuple[ShownOffer, ...]
    token: str
    is_current: bool
    enquiry: Enquiry | None
    answers: tuple[tuple[str, str], ...] = ()
    snippet: tuple[tuple[str, bool], ...] = ()
    venues: tuple[ShownOffer, ...] = ()
    is_confirmed: bool = False

    @property
    def paper(self) -> str:
        """What kind of paper it stands on."""
        return PAPERS[self.listing.kind]


def card(
    listing: Listing,
    token: str,
    now: datetime,
    enquiry: Enquiry | None,
    reasons: Sequence[Reason] = (),
    *,
    with_venues: bool = False,
) -> Card:
    """A listing as it stands in a list, with why it was found."""
    return Card(
        listing,
        offers_of(listing, main_offer_kinds()),
        token,
        is_current(listing, now),
        enquiry,
        tuple(dict.fromkeys((reason.surface, reason.label) for reason in reasons if reason.label)),
        _snippet(listing.description, [span for reason in reasons for span in reason.spans]),
        venues_of(listing) if with_venues else (),
        is_confirmed(listing, now),
    )


def old_years(cards: Iterable[Card], now: datetime) -> tuple[int, ...]:
    """The fiscal years of lists older than 18 months from which any of these come that nobody has confirmed, newest first."""
    today = day_in_japan(now)
    years = {one.listing.fiscal_year for one in cards if not is_answered(one.listing, now)}
    return tuple(sorted((year for year in years if is_outdated(year, today)), reverse=True))


def is_current(listing: Listing, now: datetime) -> bool:
    """Whether it stands on a list of this fiscal year, and nobody has found that it has ended."""
    return listing.fiscal_year >= fiscal_year_at(now) and not listing.has_ended


def is_confirmed(listing: Listing, now: datetime) -> bool:
    """Whether somebody has found that it goes on, and not too long ago."""
    word = listing.confirmation
    if word is None or word.outcome is not Outcome.CONTINUES:
        return False
    return not word.is_due(day_in_japan(now), PROGRAM_GOOD_FOR)


def is_answered(listing: Listing, now: datetime) -> bool:
    """Whether somebody's answer stands in place of the doubt: for a year, and for good where it has ended."""
    word = listing.confirmation
    if word is None:
        return False
    if word.outcome is Outcome.ENDED:
        return listing.has_ended
    return not word.is_due(day_in_japan(now), PROGRAM_GOOD_FOR)


def enquiry_of(listing: Listing, others: Sequence[Listing]) -> Enquiry | None:
    """Whom to ask: the listing's own numbers, else the newest enquiry numbers of the same body among ``others``."""
    if listing.phones:
        return Enquiry(listing.department, listing.phones, listing.fiscal_year)
    same = [
        other
        for other in others
        if other.phones
        and other.prefecture_code == listing.prefecture_code
        and other.municipality_code == listing.municipality_code
    ]
    if not same:
        return None
    newest = max(same, key=lambda other: (other.fiscal_year, -other.order))
    return Enquiry(newest.department, newest.phones, newest.fiscal_year, borrowed=True)


def offers_of(listing: Listing, kinds: tuple[OfferKind, ...] | None = None) -> tuple[ShownOffer, ...]:
    """A listing's public offers in the order of the pages; of some kinds only, where they are given."""
    by_kind = {offer.kind: offer for offer in listing.offers}
    return tuple(
        ShownOffer(
            kind.label,
            listing.description[offer.start : offer.end],
            "example" in offer.marks,
            "past" in offer.marks,
        )
        for kind in (offer_kinds() if kinds is None else kinds)
        if (offer := by_kind.get(kind.id))
    )


def venues_of(listing: Listing) -> tuple[ShownOffer, ...]:
    """Where a listing says that something is given or said, in the order of its text."""
    labels = {kind.id: kind.label for kind in venue_kinds()}
    return tuple(
        ShownOffer(
            labels[venue.kind],
            venue.name or listing.description[venue.start : venue.end],
            "example" in venue.marks,
            "past" in venue.marks,
            venue.users == "pupils",
        )
        for venue in sorted(listing.venues, key=lambda venue: venue.start)
    )


def says_free(listing: Listing) -> str:
    """The sentence in which the paper says that something costs nothing, or empty."""
    return _sentence(listing.description, _FREE)


def says_nameless(listing: Listing) -> str:
    """The sentence in which the paper says that no name is needed, or empty."""
    return _sentence(listing.description, _NAMELESS)


def _sentence(text: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(text)
    if not found:
        return ""
    start = max(text.rfind(end, 0, found.start()) for end in _SENTENCE_ENDS) + 1
    ends = [at for end in _SENTENCE_ENDS if (at := text.find(end, found.end())) >= 0]
    end = min(ends, default=len(text))
    left, right = max(start, found.start() - _QUOTE), min(end, found.end() + _QUOTE)
    return f"{'…' if left > start else ''}{text[left:right].strip()}{'…' if right < end else ''}"


def _snippet(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """The piece of a text around its first mark, with the marks that lie in it."""
    if not spans:
        return ()
    first = min(spans)
    start = max(0, text.rfind("\n", 0, first[0]) + 1, first[0] - _BEFORE)
    end = min(len(text), max(first[1], start + _SNIPPET))
    line_end = text.find("\n", first[1], end)
    end = line_end if line_end >= 0 else end
    pieces: list[tuple[str, bool]] = [("…", False)] if start and text[start - 1] != "\n" else []
    at = start
    for left, right in sorted(set(spans)):
        if left >= at and right <= end:
            pieces += [(text[at:left], False), (text[left:right], True)]
            at = right
    pieces.append((text[at:end], False))
    if end < len(text) and text[end] != "\n":
        pieces.append(("…", False))
    return tuple(piece for piece in pieces if piece[0])
