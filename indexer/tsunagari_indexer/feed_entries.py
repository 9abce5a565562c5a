"""What changed in what is listed, as entries of a feed: from the history of the listings and from what somebody found out.

Everything stands in the generation, so that the same generation gives the same entries at every request, and the same papers and
decisions the same entries in every generation built of them. A paper's changes are dated by the moment at which the paper was received
(the day on which it was published stands in no paper), a confirmation by its day.

No number and no text stands in an entry: a reader keeps what it fetched, and a number that is corrected later would stay in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from uuid import UUID, uuid5
from weakref import WeakKeyDictionary

from tsunagari_indexer.confirmations import Confirmation
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing, SourceDocument

_JAPAN = timezone(timedelta(hours=9), "JST")
#: Under this the names of entries become UUIDs (RFC 9562, version 5). It never changes: an entry's id must not.
_NAMESPACE = UUID("0b0f6a3e-6f0c-5d0e-9f0a-5a1d3c7e2b41")
#: The fields whose change is told. Of long texts and budgets a reader of the feed learns nothing by it.
_TOLD = frozenset({"phones", "department", "program_name", "place"})


class EntryKind(StrEnum):
    """What is told."""

    PAPER = "paper"
    """A paper was read from which nothing earlier is known."""
    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. ``id`` is an absolute IRI that never changes, ``updated`` has its time zone.

    ``year`` is the fiscal year of the paper that says so. ``listing`` is None for a paper, of which ``programs`` stand here.
    ``fields`` are those that changed.
    """

    id: str
    kind: EntryKind
    updated: datetime
    prefecture_code: str
    year: int
    document: SourceDocument
    listing: Listing | None = None
    fields: frozenset[str] = frozenset()
    word: Confirmation | None = None
    programs: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a prefecture, or with an empty code of the whole country, newest first. ``updated`` changes with them."""

    id: str
    prefecture_code: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


_KNOWN: WeakKeyDictionary[Generation, tuple[FeedEntry, ...]] = WeakKeyDictionary()


def feed_of(generation: Generation, prefecture_code: str, most: int) -> Feed:
    """The newest entries of a prefecture, or of the whole country. The first feed of a generation reads all of its listings.

    Raises:
        GenerationError: the generation cannot be read.
    """
    entries = _KNOWN.get(generation)
    if entries is None:
        entries = _KNOWN[generation] = tuple(sorted(_entries(generation), key=lambda one: (one.updated, one.id)))[::-1]
    own = [
        one
        for one in entries
        # Of a paper there is one entry for each prefecture in it, and one for the whole country.
        if one.prefecture_code == prefecture_code or (not prefecture_code and one.kind is not EntryKind.PAPER)
    ][:most]
    received = [_moment(one.fetched_at) for one in generation.documents.values()]
    updated = own[0].updated if own else max(received, default=_moment(generation.meta["built_at"]))
    return Feed(_urn("feed", prefecture_code), prefecture_code, updated, tuple(own))


def is_ready(generation: Generation) -> bool:
    """Whether :func:`feed_of` answers at once."""
    return generation in _KNOWN


def _entries(generation: Generation) -> Iterator[FeedEntry]:
    documents = generation.documents
    first: dict[str, int] = {}
    received: dict[tuple[str, int], SourceDocument] = {}
    for one in sorted(documents.values(), key=lambda one: (one.fetched_at, one.sha256)):
        first[one.series] = min(one.fiscal_year, first.get(one.series, one.fiscal_year))
        received[one.series, one.fiscal_year] = one
    counted: dict[tuple[str, str], int] = {}
    for listing in generation.all_listings():
        if not listing.is_program:
            continue
        yield from _of_listing(listing, documents, first, received)
        for seen in listing.history:
            for area in (listing.prefecture_code, ""):
                counted[seen.document, area] = counted.get((seen.document, area), 0) + 1
    for (sha256, area), programs in counted.items():
        paper = documents[sha256]
        if paper.fiscal_year == first[paper.series]:
            name = _urn(EntryKind.PAPER, paper.series, str(paper.fiscal_year), paper.part, area)
            at = _moment(paper.fetched_at)
            yield FeedEntry(name, EntryKind.PAPER, at, area, paper.fiscal_year, paper, programs=programs)


def _of_listing(
    listing: Listing,
    documents: Mapping[str, SourceDocument],
    first: dict[str, int],
    received: dict[tuple[str, int], SourceDocument],
) -> Iterator[FeedEntry]:
    area = listing.prefecture_code
    newest = documents[listing.document]
    for number, seen in enumerate(listing.history):
        paper = documents[seen.document]
        at = _moment(paper.fetched_at)
        year = seen.fiscal_year
        if number == 0:
            if year > first[paper.series]:
                name = _urn(EntryKind.NEW, seen.id)
                yield FeedEntry(name, EntryKind.NEW, at, area, year, paper, listing)
            continue
        fields = frozenset(one.field for one in seen.changes) & _TOLD
        if fields:
            name = _urn(EntryKind.CHANGED, seen.id)
            yield FeedEntry(name, EntryKind.CHANGED, at, area, year, paper, listing, fields)
    if not listing.is_in_newest_edition:
        lacking = received.get((newest.series, listing.newest_year), newest)
        name = _urn(EntryKind.GONE, listing.id, str(listing.newest_year))
        yield FeedEntry(name, EntryKind.GONE, _moment(lacking.fetched_at), area, listing.newest_year, lacking, listing)
    if word := listing.confirmation:
        at = datetime.combine(date.fromisoformat(word.on), time(), _JAPAN)
        name = _urn(EntryKind.CONFIRMED, listing.id, word.on, word.outcome)
        yield FeedEntry(name, EntryKind.CONFIRMED, at, area, listing.fiscal_year, newest, listing, word=word)


def _urn(*parts: str) -> str:
    return uuid5(_NAMESPACE, "\0".join(parts)).urn


def _moment(text: str) -> datetime:
    """A moment in ISO 8601; one that says no zone is in UTC, as all that is kept."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
