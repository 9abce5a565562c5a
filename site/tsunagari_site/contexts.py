"""What each page shows, as plain dataclasses: a template reads nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tsunagari_crawler import LICENCES
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.offers import OfferKind, main_offer_kinds, offer_kinds
from tsunagari_parsers import Desk, known_desks
from tsunagari_parsers.places import Prefecture, prefecture_of
from tsunagari_site.calendar import JAPAN, ended_period, era_year, fiscal_year_at
from tsunagari_site.looking import Looking

#: The lines of the strip on every page: at any hour, for anybody or for violence at home.
_STRIP = ("line-yorisoi", "line-soudan-plus", "line-110")
#: Prefectures in parts of which #8778 does not connect (facts of June 2024, as the line's own note says).
_GAPS_OF_8778 = frozenset({"03", "15", "26", "28", "40", "44", "47"})
#: Where no desk of the prefecture is known, and below every list.
_ANYWHERE = ("line-8778", "line-8008")
#: What the paper of each kind of listing is called.
PAPERS = {"program": "一覧", "sheet": "事業の資料", "measure": "計画", "network": "資料"}
#: In the order in which they stand on the page; what answers at any hour first.
_BY_URGENCY = {
    "danger": ("line-110", "line-yorisoi", "line-soudan-plus", "line-119"),
    "sexual_violence": ("line-8891", "line-8103", "line-cure-time", "line-110"),
    "violence": ("line-110", "line-soudan-plus", "line-8008", "line-8778"),
    "want_to_die": ("line-yorisoi", "line-kokoro", "line-119"),
    "child_abuse": ("line-189", "line-24h-kodomo-sos", "line-childline", "line-110"),
    "stay_tonight": ("line-yorisoi", "line-soudan-plus", "line-8778", "line-110"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter: one that is set, or one that can be, with how many listings it would leave."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer of a programme: its name, the words of the paper that say so, and whether those give it as an example only."""

    label: str
    evidence: str
    example: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A programme in a list. ``token`` opens it."""

    listing: Listing
    offers: tuple[ShownOffer, ...]
    token: str
    is_current: bool

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
    relaxed: tuple[tuple[str, str], ...]
    urgent: tuple[Desk, ...]
    desks: tuple[Desk, ...]
    prefecture_page: Desk | None
    gap_of_8778: bool
    chosen: tuple[Choice, ...]
    facets: tuple[tuple[str, tuple[Choice, ...]], ...]
    prefecture: Prefecture | None


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """One programme, measure or network: all that its paper says, and where that stands. ``paper`` is what kind of paper that is."""

    listing: Listing
    paper: str
    offers: tuple[ShownOffer, ...]
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
    return _named(_STRIP)


def desks_for(prefecture_code: str | None) -> tuple[Desk, ...]:
    """The desk of a prefecture, if one is known well enough, before the numbers that lead to the nearest one."""
    own = tuple(desk for desk in shown_desks() if prefecture_code and desk.prefecture == prefecture_code)
    return own + _named(_ANYWHERE)


def prefecture_page(prefecture_code: str | None) -> Desk | None:
    """The entry of a prefecture of which only the own page may be shown: no number of it has a second source."""
    return next(
        (desk for desk in known_desks() if desk.proposal and desk.url and desk.prefecture == prefecture_code), None
    )


def has_gap_of_8778(prefecture_code: str | None) -> bool:
    """Whether #8778 is said not to connect in parts of a prefecture."""
    return prefecture_code in _GAPS_OF_8778


def urgent_desks(urgent: frozenset[str]) -> tuple[Desk, ...]:
    """The lines for what a search speaks of, each once."""
    return _named(
        tuple(dict.fromkeys(name for concept, names in _BY_URGENCY.items() if concept in urgent for name in names))
    )


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


def card(listing: Listing, token: str, now: datetime) -> Card:
    """A listing as it stands in a list."""
    return Card(listing, offers_of(listing, main_offer_kinds()), token, listing.fiscal_year >= fiscal_year_at(now))


def program_page(listing: Listing, document: SourceDocument, now: datetime) -> ProgramPage:
    """A listing as it stands on its own page."""
    licence = LICENCES.get(document.licence)
    return ProgramPage(
        listing=listing,
        paper=PAPERS[listing.kind],
        offers=offers_of(listing),
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
        ShownOffer(kind.label, listing.description[offer.start : offer.end], "example" in offer.marks)
        for kind in (offer_kinds() if kinds is None else kinds)
        if (offer := by_kind.get(kind.id))
    )


def _named(ids: tuple[str, ...]) -> tuple[Desk, ...]:
    by_id = {desk.id: desk for desk in shown_desks()}
    return tuple(by_id[name] for name in ids)
