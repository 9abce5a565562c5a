"""What each page shows, as plain dataclasses: a template reads nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tsunagari_crawler import LICENCES
from tsunagari_indexer.highlights import Reason
from tsunagari_indexer.lexicon import known_lexicon
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.offers import OfferKind, main_offer_kinds, offer_kinds
from tsunagari_indexer.suggestions import Suggestion
from tsunagari_indexer.venues import venue_kinds
from tsunagari_parsers import Desk, known_desks
from tsunagari_parsers.places import Municipality, Prefecture, prefecture_of
from tsunagari_site.calendar import JAPAN, ended_period, era_year, fiscal_year_at
from tsunagari_site.looking import Looking

#: The lines of the strip on every page: at any hour, for anybody or for violence at home.
_STRIP = ("line-yorisoi", "line-soudan-plus", "line-110")
#: Prefectures in parts of which #8778 does not connect (facts of June 2024, as the line's own note says).
_GAPS_OF_8778 = frozenset({"03", "15", "26", "28", "40", "44", "47"})
#: Where no desk of the prefecture is known, and below every list.
_ANYWHERE = ("line-8778", "line-8008")
#: A piece of a description is so long, and begins so far before its first mark (characters).
_SNIPPET = 80
_BEFORE = 25
#: What the paper of each kind of listing is called.
PAPERS = {"program": "一覧", "sheet": "事業の資料", "measure": "計画", "network": "資料"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter: one that is set, or one that can be, with how many listings it would leave."""

    name: str
    value: str
    label: str
    count: int


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
class Card:
    """A programme in a list. ``token`` opens it.

    ``answers`` are (what was typed, the other word that answers it); ``snippet`` is a piece of the description, cut into (text,
    whether it is marked).
    """

    listing: Listing
    offers: tuple[ShownOffer, ...]
    token: str
    is_current: bool
    answers: tuple[tuple[str, str], ...] = ()
    snippet: tuple[tuple[str, bool], ...] = ()

    @property
    def paper(self) -> str:
        """What kind of paper it stands on."""
        return PAPERS[self.listing.kind]


@dataclass(frozen=True, slots=True)
class Region:
    """Prefectures that stand together on the home page."""

    label: str
    prefectures: tuple[Prefecture, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """The way in: a search box, what is offered, and the prefectures."""

    offers: tuple[OfferKind, ...]
    regions: tuple[Region, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """What a search found, after the desks that help now."""

    looking: Looking
    token: str
    total: int
    page: int
    pages: int
    current: tuple[Card, ...]
    earlier: tuple[Card, ...]
    others: tuple[Card, ...]
    candidates: tuple[Municipality, ...]
    suggestions: tuple[Suggestion, ...]
    relaxed: tuple[tuple[str, str, str], ...]
    urgent: tuple[Desk, ...]
    desks: tuple[Desk, ...]
    prefecture_page: Desk | None
    gap_of_8778: bool
    chosen: tuple[Choice, ...]
    facets: tuple[tuple[str, tuple[tuple[str, tuple[Choice, ...]], ...]], ...]
    prefecture: Prefecture | None


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """One programme, measure or network: all that its paper says, and where that stands. ``paper`` is what kind of paper that is."""

    listing: Listing
    paper: str
    offers: tuple[ShownOffer, ...]
    venues: tuple[ShownOffer, ...]
    document: SourceDocument
    licence_name: str
    licence_url: str
    era_year: str
    is_current: bool
    ended: str | None
    desks: tuple[Desk, ...]
    prefecture: Prefecture
    prefecture_page: Desk | None
    gap_of_8778: bool


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """The desks and lines that help now."""

    always: tuple[Desk, ...]
    others: tuple[Desk, ...]
    by_prefecture: tuple[Desk, ...]
    pages: tuple[tuple[Prefecture, str], ...]


@dataclass(frozen=True, slots=True)
class AboutPage:
    """Where the information comes from."""

    documents: tuple[SourceDocument, ...]
    licences: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page that says one thing: an error, or an address that has ended. ``bare`` leaves out all but the way out."""

    status: int
    heading: str
    text: str
    bare: bool = False


def shown_desks() -> tuple[Desk, ...]:
    """Every desk and line that may be shown."""
    return tuple(desk for desk in known_desks() if not desk.proposal)


def strip_desks() -> tuple[Desk, ...]:
    """The lines that stand on every page; each answers at any hour."""
    return desks_named(_STRIP)


def desks_for(prefecture_code: str | None) -> tuple[Desk, ...]:
    """The desk of a prefecture, if one is known well enough, before the numbers that lead to the nearest one."""
    own = tuple(desk for desk in shown_desks() if prefecture_code and desk.prefecture == prefecture_code)
    return own + desks_named(_ANYWHERE)


def prefecture_page(prefecture_code: str | None) -> Desk | None:
    """The entry of a prefecture of which only the own page may be shown: no number of it has a second source."""
    return next(
        (desk for desk in known_desks() if desk.proposal and desk.url and desk.prefecture == prefecture_code), None
    )


def has_gap_of_8778(prefecture_code: str | None) -> bool:
    """Whether #8778 is said not to connect in parts of a prefecture."""
    return prefecture_code in _GAPS_OF_8778


def desks_named(ids: Iterable[str]) -> tuple[Desk, ...]:
    """The desks and lines of these ids that may be shown, in this order."""
    by_id = {desk.id: desk for desk in shown_desks()}
    return tuple(by_id[name] for name in ids if name in by_id)


def urgent_desks(urgent: Iterable[str]) -> tuple[Desk, ...]:
    """The lines for urgent concepts, each once, in the order of the lexicon: what is most dangerous first."""
    wanted = set(urgent)
    concepts = [concept for concept in known_lexicon().concepts.values() if concept.id in wanted]
    return desks_named(dict.fromkeys(desk for concept in concepts for desk in concept.desks))


def contacts_page() -> ContactsPage:
    """All desks and lines: what is known to answer at any hour first."""
    national = [desk for desk in shown_desks() if desk.prefecture is None]
    return ContactsPage(
        always=tuple(desk for desk in national if desk.always_open),
        others=tuple(desk for desk in national if not desk.always_open),
        by_prefecture=tuple(desk for desk in shown_desks() if desk.prefecture),
        pages=tuple(
            (prefecture_of(desk.prefecture), desk.url)
            for desk in known_desks()
            if desk.proposal and desk.prefecture and desk.url
        ),
    )


def card(listing: Listing, token: str, now: datetime, reasons: Sequence[Reason] = ()) -> Card:
    """A listing as it stands in a list, with why it was found."""
    return Card(
        listing,
        offers_of(listing, main_offer_kinds()),
        token,
        listing.fiscal_year >= fiscal_year_at(now),
        tuple(dict.fromkeys((reason.surface, reason.label) for reason in reasons if reason.label)),
        _snippet(listing.description, [span for reason in reasons for span in reason.spans]),
    )


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


def program_page(listing: Listing, document: SourceDocument, now: datetime) -> ProgramPage:
    """A listing as it stands on its own page."""
    licence = LICENCES.get(document.licence)
    return ProgramPage(
        listing=listing,
        paper=PAPERS[listing.kind],
        offers=offers_of(listing),
        venues=venues_of(listing),
        document=document,
        licence_name=licence.name if licence else "",
        licence_url=licence.url if licence else "",
        era_year=era_year(listing.fiscal_year),
        is_current=listing.fiscal_year >= fiscal_year_at(now),
        ended=ended_period(listing.description, now.astimezone(JAPAN).date()),
        desks=desks_for(listing.prefecture_code),
        prefecture=prefecture_of(listing.prefecture_code),
        prefecture_page=prefecture_page(listing.prefecture_code),
        gap_of_8778=has_gap_of_8778(listing.prefecture_code),
    )


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
