"""Building a generation: from parsed documents and what the ledger remembers to listings in their order. Pure but for the ids,
which the caller reads from the ledger before and saves after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tsunagari_crawler import Edition, FetchedDocument
from tsunagari_indexer.errors import GenerationError
from tsunagari_indexer.identity import Candidate, Identity, identify
from tsunagari_indexer.listings import KINDS, Listing, SourceDocument
from tsunagari_indexer.offers import OfferRules
from tsunagari_parsers import Finding, Level, ParsedDocument, Program
from tsunagari_parsers.places import Municipality, municipalities_named, prefecture_named
from tsunagari_parsers.text import comparable


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """A stored document with its settled edition and what parsing gave."""

    fetched: FetchedDocument
    parsed: ParsedDocument

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
    listings: tuple[Listing, ...]
    findings: tuple[DocumentFinding, ...]
    identities: tuple[Identity, ...]


def assemble(documents: Sequence[ImportedDocument], known: Iterable[Identity], rules: OfferRules) -> Contents:
    """The listings of all documents, in the order of search results: newest edition first, then place, then the paper."""
    identities = {one.id: one for one in known}
    newest: dict[str, int] = {}
    by_id: dict[str, Listing] = {}
    findings: list[DocumentFinding] = []
    positions: dict[str, tuple[object, ...]] = {}
    used: dict[int, set[str]] = defaultdict(set)
    for document in sorted(documents, key=lambda one: (one.edition.fiscal_year, one.edition.key, one.fetched.sha256)):
        edition = document.edition
        series, year, _ = edition.key
        newest[series] = max(year, newest.get(series, year))
        findings += [
            DocumentFinding(document.fetched.sha256, document.fetched.name, finding)
            for finding in document.parsed.report.findings
        ]
        programs = document.parsed.programs
        places = [_place(program) for program in programs]
        candidates = [
            _candidate(program, prefecture, place, series, year)
            for program, (prefecture, place, _) in zip(programs, places, strict=True)
        ]
        findings += _duplicates(document, candidates)
        given = identify(identities.values(), candidates, used[year])
        for program, (prefecture_code, place, evidence), identity in zip(programs, places, given, strict=True):
            identities[identity.id] = identity
            used[year].add(identity.id)
            at = program.provenance
            by_id[identity.id] = Listing(
                id=identity.id,
                kind=KINDS[program.source_kind],
                order=0,
                fiscal_year=year,
                era_year=program.era_year,
                first_year=by_id[identity.id].first_year if identity.id in by_id else year,
                newest_year=year,
                prefecture=program.prefecture,
                prefecture_code=prefecture_code,
                municipality=program.municipality,
                municipality_code=place.code if place else None,
                place_evidence=evidence,
                program_name=program.program_name,
                description=program.description,
                department=program.department,
                phones=program.phones,
                offers=rules.find(program.description),
                document=at.document_sha256,
                page=at.page,
                rect=at.rect,
                row=at.row,
            )
            positions[identity.id] = (series, at.document_sha256, at.row)
    ordered = sorted(by_id.values(), key=lambda one: (-one.fiscal_year, _place_order(one), positions[one.id]))
    listings = tuple(
        replace(listing, order=order, newest_year=newest[str(positions[listing.id][0])])
        for order, listing in enumerate(ordered)
    )
    return Contents(
        documents=tuple(_source(document) for document in documents),
        listings=listings,
        findings=tuple(findings),
        identities=tuple(identities.values()),
    )


def _place(program: Program) -> tuple[str, Municipality | None, str]:
    """(prefecture code, municipality, what decided). Codes stay empty where the paper's names are no place of Japan."""
    prefecture = prefecture_named(program.prefecture)
    if prefecture is None:
        return "", None, ""
    if program.municipality is None:
        return prefecture.code, None, "prefecture cell"
    found = municipalities_named(program.municipality, prefecture)
    return prefecture.code, found[0] if len(found) == 1 else None, "prefecture cell"


def _candidate(program: Program, prefecture_code: str, place: Municipality | None, series: str, year: int) -> Candidate:
    # A body that is no known place keeps its name, so that two such programmes are not taken for one.
    where = place.code if place else prefecture_code + comparable(program.municipality or "")
    phone = program.phones[0].number if program.phones else ""
    return Candidate(KINDS[program.source_kind], where, comparable(program.program_name), phone, series, year)


def _duplicates(document: ImportedDocument, candidates: Sequence[Candidate]) -> list[DocumentFinding]:
    counts = Counter((one.place_code, one.name) for one in candidates)
    return [
        DocumentFinding(
            document.fetched.sha256,
            document.fetched.name,
            Finding(
                Level.MUST_LOOK,
                "same-name-twice",
                f"同じ実施主体の同じ名前の事業が{count}行あります",
                page=program.provenance.page,
                row=program.provenance.row,
                value=program.program_name,
            ),
        )
        for program, one in zip(document.parsed.programs, candidates, strict=True)
        if (count := counts.pop((one.place_code, one.name), 1)) > 1
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
