"""Listings: programmes made findable, with their place, their offers and the document that they stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Self

from tsunagari_indexer.analysis import analyse
from tsunagari_indexer.confirmations import Confirmation, Outcome
from tsunagari_indexer.engine import FIELDS, EngineRecord
from tsunagari_indexer.history import YearSeen
from tsunagari_indexer.lexicon import Lexicon, fold
from tsunagari_indexer.offers import Offer, public_offers
from tsunagari_indexer.row_pictures import RowPicture
from tsunagari_indexer.venues import Venue
from tsunagari_parsers import Goal, Phone, PhoneRole, Rect, Section
from tsunagari_parsers.text import comparable

#: How a programme's kind is called in the API and in filters, by the kind of paper.
KINDS = {"national_list": "program", "program_sheet": "sheet"}
#: Dashes and waves that people and papers use for one another.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−－~〜", "-"))
#: The kinds that are programmes: what is counted, and shown unless another kind is asked for.
PROGRAM_KINDS = frozenset(KINDS.values())
#: What tells that a municipality has support, without being a programme.
OTHER_KINDS = frozenset({"measure", "network"})


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document of a generation: which paper it is a copy of, how it came, and the account of its rows. Dates are ISO 8601 in UTC."""

    sha256: str
    name: str
    series: str
    fiscal_year: int
    part: str
    publisher: str
    title: str
    url: str
    licence: str
    origin: str
    fetched_at: str
    pages: int
    rows_seen: int = 0
    records: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ExcludedPlace:
    """A municipality that a programme's text says it does not serve; ``start`` and ``end`` are offsets in the description."""

    code: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A programme, a measure of a plan or a support network made findable.

    ``prefecture_code`` is JIS X 0401 (two digits), ``municipality_code`` JIS X 0402 (six digits); ``place_evidence`` says what
    decided them. ``fiscal_year`` is that of the newest list it stands on; ``newest_year`` that of the newest edition of the
    same series, so that a programme which that edition lacks can say so. ``sections`` are the headed parts of its paper that are
    public: what a sheet says of who runs a short stay, and where, is not among them. ``budget`` and ``grant`` are in thousands of yen.
    ``line`` is where it begins in a text, which has no rectangles. ``picture`` is that of its row, which anybody may see; None where
    there is none, and always where it offers a stay. ``history`` has every year in which it was seen, oldest first; the ids of those
    years lead to it. ``confirmation`` is the last answer to somebody who asked whether it stands.
    """

    id: str
    kind: str
    order: int
    fiscal_year: int
    era_year: str | None
    first_year: int
    newest_year: int
    prefecture: str
    prefecture_code: str
    municipality: str | None
    municipality_code: str | None
    place_evidence: str
    program_name: str
    description: str
    department: str
    phones: tuple[Phone, ...]
    offers: tuple[Offer, ...]
    document: str
    page: int
    rect: Rect | None
    row: int
    line: int | None = None
    number: str = ""
    budget: int | None = None
    grant: int | None = None
    sections: tuple[Section, ...] = ()
    goals: tuple[Goal, ...] = ()
    excluded: tuple[ExcludedPlace, ...] = ()
    venues: tuple[Venue, ...] = ()
    picture: RowPicture | None = None
    history: tuple[YearSeen, ...] = ()
    confirmation: Confirmation | None = None

    def __post_init__(self) -> None:
        if any(section.is_restricted for section in self.sections):
            raise ValueError(f"{self.id}: a restricted section must not be served")
        if self.picture and any(offer.kind == "stay" for offer in self.offers):
            raise ValueError(f"{self.id}: the picture of a row that offers a stay must not be served")

    @property
    def is_program(self) -> bool:
        """Whether it is counted as a programme."""
        return self.kind in PROGRAM_KINDS

    @property
    def ids(self) -> frozenset[str]:
        """Its id and those of all its years."""
        return frozenset((self.id, *(one.id for one in self.history)))

    @property
    def is_in_newest_edition(self) -> bool:
        """Whether the newest edition of its series still has it."""
        return self.fiscal_year >= self.newest_year

    @property
    def has_ended(self) -> bool:
        """Whether somebody found that it has ended, and no list of a year that began later has it."""
        word = self.confirmation
        return bool(word and word.outcome is Outcome.ENDED and word.on >= f"{self.fiscal_year}-04-01")

    @property
    def goes_on_since(self) -> str:
        """The day (ISO 8601) on which somebody found that it goes on, if that is the last answer; else empty."""
        word = self.confirmation
        return word.on if word and word.outcome is Outcome.CONTINUES else ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, as :meth:`from_json` takes them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The listing that :meth:`to_json` wrote."""
        return cls(
            **{
                **values,
                "phones": tuple(Phone(**{**phone, "role": PhoneRole(phone["role"])}) for phone in values["phones"]),
                "offers": tuple(Offer(**{**offer, "marks": tuple(offer["marks"])}) for offer in values["offers"]),
                "rect": Rect(**values["rect"]) if values["rect"] else None,
                "sections": tuple(Section(**section) for section in values["sections"]),
                "goals": tuple(Goal(**goal) for goal in values["goals"]),
                "venues": tuple(Venue(**{**venue, "marks": tuple(venue["marks"])}) for venue in values["venues"]),
                "excluded": tuple(ExcludedPlace(**place) for place in values["excluded"]),
                # Generations of before have none.
                "picture": RowPicture.from_json(values["picture"]) if values.get("picture") else None,
                "history": tuple(YearSeen.from_json(one) for one in values.get("history", ())),
                "confirmation": Confirmation.from_json(word) if (word := values.get("confirmation")) else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the engines hold of a listing, and the words from which each of its terms was made."""

    record: EngineRecord
    surfaces: Mapping[str, frozenset[str]]


def index_listing(listing: Listing, lexicon: Lexicon) -> Indexed:
    """The terms and facets of a listing."""
    place = " ".join(filter(None, (listing.prefecture, listing.municipality)))
    name, where, department, body = map(analyse, (listing.program_name, place, listing.department, listing.description))
    surfaces: dict[str, frozenset[str]] = {}
    for analysed in (name, where, department, body):
        for term, found in analysed.surfaces.items():
            surfaces[term] = surfaces.get(term, frozenset()) | found
    fields: dict[str, frozenset[str]] = {
        "concepts": _concepts(listing, lexicon),
        "name": name.words,
        "place": where.words | _exact(filter(None, (listing.prefecture, listing.municipality))),
        "department": department.words,
        "body": body.words,
        "readings": body.readings | name.readings | where.readings,
    }
    if listing.has_ended:
        # With all its terms in the last field, and with the last order numbers, it stands behind all others in every engine.
        fields = dict.fromkeys(FIELDS, frozenset()) | {FIELDS[-1]: frozenset().union(*fields.values())}
    record = EngineRecord(
        order=listing.order,
        id=listing.id,
        fields=fields,
        facets={
            "kind": (listing.kind,),
            "prefecture": (listing.prefecture_code,),
            "municipality": (listing.municipality_code,) if listing.municipality_code else (),
            "offer": tuple(offer.kind for offer in public_offers(listing.offers)),
            "year": (str(listing.fiscal_year),),
            "confirmed": (listing.goes_on_since,) if listing.goes_on_since else (),
        },
    )
    return Indexed(record, surfaces)


def engine_record(listing: Listing, lexicon: Lexicon) -> EngineRecord:
    """What the engines hold of a listing."""
    return index_listing(listing, lexicon).record


def surfaces_of(indexed: Iterable[Indexed]) -> dict[str, set[str]]:
    """The words of all listings by term."""
    merged: dict[str, set[str]] = defaultdict(set)
    for one in indexed:
        for term, found in one.surfaces.items():
            merged[term] |= found
    return merged


def labels_of(listing: Listing) -> frozenset[tuple[int, str]]:
    """What a listing is called by, folded, with its sort (0 the best): its name, its venues as they are written, its department."""
    labels = [
        (0, listing.program_name),
        *((1, listing.description[venue.start : venue.end]) for venue in listing.venues),
        *((1, venue.name) for venue in listing.venues),
        (2, listing.department),
    ]
    return frozenset((level, folded) for level, text in labels if (folded := _folded_once(text)))


def fold_label(text: str) -> str:
    """A label, or a piece of one, for comparing: without white space, width, case, and hiragana's difference from katakana."""
    return fold(comparable(text)).translate(_HYPHENS)


#: For building alone, where the same departments come again and again; what visitors type is not kept.
_folded_once = lru_cache(maxsize=1 << 12)(fold_label)
_folded_word = lru_cache(maxsize=1 << 12)(fold)


def _concepts(listing: Listing, lexicon: Lexicon) -> frozenset[str]:
    """The public offers, and the concepts whose own words stand in the name or the description."""
    text = fold(f"{listing.program_name}\n{listing.description}")
    found = {offer.kind for offer in public_offers(listing.offers)}
    found |= {
        concept.id for concept in lexicon.concepts.values() if any(_folded_word(word) in text for word in concept.body)
    }
    return frozenset(f"c:{concept}" for concept in found)


def _exact(names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"w:{name}" for name in names)
