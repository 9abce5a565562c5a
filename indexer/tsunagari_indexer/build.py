"""Building a generation: from parsed documents and what the ledger remembers to listings in their order. Pure but for the ids,
which the caller reads from the ledger before and saves after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsunagari_crawler import Edition, FetchedDocument
from tsunagari_indexer.entries import Entry, entries_of
from tsunagari_indexer.errors import GenerationError
from tsunagari_indexer.identity import Candidate, Identity, identify
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.offers import OfferRules
from tsunagari_indexer.row_pictures import RowPicture
from tsunagari_indexer.venues import known_venue_rules
from tsunagari_parsers import Desk, Finding, Level, ParsedDocument
from tsunagari_parsers.text import comparable


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """A stored document with its settled edition and what parsing gave.

    ``pictures`` are those of its rows, by the row's number; of ``withheld`` rows there is none because it must not be public.
    """

    fetched: FetchedDocument
    parsed: ParsedDocument
    pictures: Mapping[int, RowPicture] = field(default_factory=dict)
    withheld: int = 0

    @property
    def edition(self) -> Edition:
        """The edition, which an import always settles.

        Raises:
            GenerationError: it did not.
        """
        if self.fetched.edition is None:
            raise GenerationError(f"{self.fetched.name}：どの年度の一覧か決まっていません")
        return self.fetched.edition


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """A finding with the document that it is about."""

    document: str
    name: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a generation holds."""

    documents: tuple[SourceDocument, ...]
    listings: Sequence[Listing]
    findings: tuple[DocumentFinding, ...]
    identities: tuple[Identity, ...]
    desks: tuple[Desk, ...] = ()


def assemble(documents: Sequence[ImportedDocument], known: Iterable[Identity], rules: OfferRules) -> Contents:
    """The listings of all documents, in the order of search results: newest edition first, then place, then the paper."""
    identities = {one.id: one for one in known}
    newest: dict[tuple[str, str], int] = {}
    by_id: dict[str, Listing] = {}
    findings: list[DocumentFinding] = []
    positions: dict[str, tuple[tuple[str, str], tuple[object, ...]]] = {}
    used: dict[int, set[str]] = defaultdict(set)
    for document in sorted(documents, key=lambda one: (one.edition.fiscal_year, one.edition.key, one.fetched.sha256)):
        series, year, _ = document.edition.key
        findings += [
            DocumentFinding(document.fetched.sha256, document.fetched.name, finding)
            for finding in document.parsed.report.findings
        ]
        entries = entries_of(document.parsed)
        candidates = [_candidate(entry, series, year) for entry in entries]
        findings += _duplicates(document, entries, candidates)
        given = identify(identities.values(), candidates, used[year])
        for entry, identity in zip(entries, given, strict=True):
            identities[identity.id] = identity
            used[year].add(identity.id)
            first = by_id[identity.id].first_year if identity.id in by_id else year
            by_id[identity.id] = replace(
                _listing(entry, identity.id, year, first, rules),
                picture=document.pictures.get(entry.provenance.row) if entry.provenance.rect else None,
            )
            paper = _paper(entry, series)
            newest[paper] = max(year, newest.get(paper, year))
            positions[identity.id] = paper, (series, entry.provenance.document_sha256, entry.provenance.row)
        if any(entry.kind == "program" for entry in entries):
            newest[series, ""] = max(year, newest.get((series, ""), year))
    ordered = sorted(by_id.values(), key=lambda one: (-one.fiscal_year, _place_order(one), positions[one.id][1]))
    listings = tuple(
        replace(listing, order=order, newest_year=newest[positions[listing.id][0]])
        for order, listing in enumerate(ordered)
    )
    return Contents(
        documents=tuple(_source(document) for document in documents),
        listings=listings,
        findings=tuple(findings),
        identities=tuple(identities.values()),
        desks=tuple(desk for document in documents for desk in document.parsed.desks),
    )


def _paper(entry: Entry, series: str) -> tuple[str, str]:
    """Which newer paper could lack this entry: a list's next edition, or the next sheet or plan of the same place.

    One municipality's newer sheet says nothing of another's.
    """
    return (series, "") if entry.kind == "program" else (series, entry.place_code)


def _listing(entry: Entry, listing_id: str, year: int, first_year: int, rules: OfferRules) -> Listing:
    at = entry.provenance
    return Listing(
        id=listing_id,
        kind=entry.kind,
        order=0,
        fiscal_year=year,
        era_year=entry.era_year,
        first_year=first_year,
        newest_year=year,
        prefecture=entry.prefecture,
        prefecture_code=entry.prefecture_code,
        municipality=entry.municipality,
        municipality_code=entry.place.code if entry.place else None,
        place_evidence=entry.place_evidence,
        program_name=entry.name,
        description=entry.description,
        department=entry.department,
        phones=entry.phones,
        offers=rules.find(entry.description),
        document=at.document_sha256,
        page=at.page,
        rect=at.rect,
        row=at.row,
        line=at.line,
        number=entry.number,
        budget=entry.budget,
        grant=entry.grant,
        sections=entry.sections,
        goals=entry.goals,
        excluded=entry.excluded,
        venues=known_venue_rules().find(entry.description),
    )


def _candidate(entry: Entry, series: str, year: int) -> Candidate:
    phone = entry.phones[0].number if entry.phones else ""
    return Candidate(entry.kind, entry.place_code, comparable(entry.name), phone, series, year)


def _duplicates(
    document: ImportedDocument, entries: Sequence[Entry], candidates: Sequence[Candidate]
) -> list[DocumentFinding]:
    counts = Counter((one.kind, one.place_code, one.name) for one in candidates)
    return [
        DocumentFinding(
            document.fetched.sha256,
            document.fetched.name,
            Finding(
                Level.MUST_LOOK,
                "same-name-twice",
                f"同じ実施主体の同じ名前の事業が{count}行あります",
                page=entry.provenance.page,
                row=entry.provenance.row,
                value=entry.name,
            ),
        )
        for entry, one in zip(entries, candidates, strict=True)
        # A plan's measures may well share a heading (関係機関との連携): the policies above them tell them apart.
        if one.kind != "measure" and (count := counts.pop((one.kind, one.place_code, one.name), 1)) > 1
    ]


def _place_order(listing: Listing) -> tuple[str, str, str]:
    """By prefecture's code, the prefecture's own programmes first, then by municipality's code."""
    return listing.prefecture_code or "99", listing.municipality_code or "", listing.municipality or ""


def _source(document: ImportedDocument) -> SourceDocument:
    edition, fetched = document.edition, document.fetched
    series, year, part = edition.key
    return SourceDocument(
        sha256=fetched.sha256,
        name=fetched.name,
        series=series,
        fiscal_year=year,
        part=part,
        publisher=edition.publisher,
        title=edition.title or document.parsed.report.title,
        url=edition.url or fetched.url,
        licence=edition.licence,
        origin=str(edition.origin),
        fetched_at=fetched.fetched_at,
        pages=document.parsed.report.pages,
    )
