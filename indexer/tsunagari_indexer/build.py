"""Building a generation: from parsed documents and what the ledger remembers to listings in their order. Pure: what was decided comes
in, and the ids that were given go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsunagari_indexer.build_findings import asked, duplicates, left_out, lost, not_kept, united
from tsunagari_indexer.chains import Chain
from tsunagari_indexer.confirmations import Asked, Confirmation, Subject, latest
from tsunagari_indexer.corrections import CORRECTED, Correction, corrected, of_replaced
from tsunagari_indexer.decisions import Decision, Decisions
from tsunagari_indexer.entries import Entry, entries_of
from tsunagari_indexer.history import Facts, YearSeen, field_changes, without_long_texts
from tsunagari_indexer.identity import Linked, link
from tsunagari_indexer.imported import DocumentFinding, ImportedDocument, Record
from tsunagari_indexer.listings import Listing, SourceDocument
from tsunagari_indexer.offers import OfferRules
from tsunagari_indexer.row_pictures import RowPicture
from tsunagari_indexer.short_lists import shortened
from tsunagari_indexer.sightings import GivenId, Sighting, give_ids
from tsunagari_indexer.successors import known_successors
from tsunagari_indexer.venues import known_venue_rules
from tsunagari_parsers import Desk, known_desks
from tsunagari_parsers.text import comparable

__all__ = ["Contents", "Decided", "DocumentFinding", "ImportedDocument", "assemble"]


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided, as the ledger has it, each oldest first."""

    decisions: tuple[Decision, ...] = ()
    corrections: tuple[Correction, ...] = ()
    confirmations: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a generation holds. ``given`` are the ids of every year's records, ``aliases`` the listing that each other id leads to."""

    documents: tuple[SourceDocument, ...]
    listings: Sequence[Listing]
    findings: tuple[DocumentFinding, ...]
    given: tuple[GivenId, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    desks: tuple[Desk, ...] = ()
    desk_confirmations: Mapping[str, Confirmation] = field(default_factory=dict)


def assemble(
    documents: Sequence[ImportedDocument],
    known: Iterable[GivenId],
    rules: OfferRules,
    decided: Decided | None = None,
    successors: Mapping[str, str] | None = None,
) -> Contents:
    """The listings of all documents, in the order of search results: newest edition first, then place, then the paper; what has
    ended last.

    The same documents and decisions give the same contents, in whatever order the documents come.

    Args:
        documents: all that the generation shall hold.
        known: the ids that were published.
        rules: what offers are known by.
        decided: what people decided.
        successors: the codes of municipalities that became part of others; those of the project's table if None.
    """
    decided = decided or Decided()
    known = tuple(known)
    ordered = [
        replace(one, parsed=corrected(one.parsed, decided.corrections))
        for one in sorted(documents, key=_document_order)
    ]
    records = _records(ordered, known)
    by_id = {one.given.id: one for one in records}
    judged = Decisions(decided.decisions)
    shown = [(one.given.id, one.sighting) for one in records if not judged.left_out(one.given.id)]
    linked = link(shown, decided.decisions, known_successors() if successors is None else successors)
    newest = _newest(records)
    listings = _in_order(
        [_chain_listing(chain, by_id, rules, newest, decided.confirmations) for chain in linked.chains], by_id, linked
    )
    findings = [
        DocumentFinding(document.fetched.sha256, document.fetched.name, finding)
        for document in ordered
        for finding in (
            *document.parsed.report.findings,
            *of_replaced(document.parsed, document.edition.key, decided.corrections),
        )
    ]
    findings += [*duplicates(records), *(left_out(one) for one in records if judged.left_out(one.given.id))]
    findings += asked(linked.questions, by_id)
    findings += [*not_kept(judged, linked, by_id), *united(judged, linked, by_id)]
    findings += lost(listings, ordered, records)
    findings += shortened(ordered, records, linked, known, judged)
    desks = tuple(desk for document in ordered for desk in document.parsed.desks)
    return Contents(
        documents=tuple(_source(document) for document in ordered),
        listings=listings,
        findings=tuple(findings),
        given=tuple(one.given for one in records),
        aliases=_aliases(listings, known, by_id),
        desks=desks,
        desk_confirmations={
            desk.id: word
            for desk in (*known_desks(), *desks)
            if (word := latest(decided.confirmations, Subject.DESK, (desk.id,)))
        },
    )


def _document_order(document: ImportedDocument) -> tuple[int, tuple[str, int, str], str]:
    return document.edition.fiscal_year, document.edition.key, document.fetched.sha256


def _records(documents: Sequence[ImportedDocument], known: Iterable[GivenId]) -> list[Record]:
    found = []
    for document in documents:
        series, year, _ = document.edition.key
        found += [(document, entry, _sighting(entry, series, year)) for entry in entries_of(document.parsed)]
    given = give_ids(known, [sighting for _, _, sighting in found])
    return [Record(*one, given_id) for one, given_id in zip(found, given, strict=True)]


def _newest(records: Sequence[Record]) -> dict[tuple[str, str], int]:
    """The year of the newest edition of each paper."""
    newest: dict[tuple[str, str], int] = {}
    for one in records:
        paper, year = _paper(one.entry, one.sighting.series), one.sighting.year
        newest[paper] = max(year, newest.get(paper, year))
    return newest


def _chain_listing(
    chain: Chain,
    by_id: Mapping[str, Record],
    rules: OfferRules,
    newest: Mapping[tuple[str, str], int],
    confirmations: Sequence[Asked],
) -> Listing:
    """A programme as its newest paper has it, with its years."""
    history: list[YearSeen] = []
    before: Entry | None = None
    for seen in chain.seen:
        record = by_id[seen.id]
        at = record.entry.provenance
        changes = without_long_texts(field_changes(_facts(before), _facts(record.entry))) if before else ()
        history.append(
            YearSeen(record.sighting.year, seen.id, at.document_sha256, at.page, at.row, seen.evidence, changes)
        )
        before = record.entry
    record = by_id[chain.seen[-1].id]
    listing = _listing(record.entry, chain.id, record.sighting.year, chain.seen[0].sighting.year, rules)
    return replace(
        listing,
        picture=_picture(record),
        newest_year=newest[_paper(record.entry, record.sighting.series)],
        history=tuple(history),
        confirmation=latest(confirmations, Subject.PROGRAM, chain.ids),
    )


def _facts(entry: Entry) -> Facts:
    return Facts(
        entry.name,
        entry.prefecture,
        entry.municipality,
        entry.description,
        entry.department,
        entry.phones,
        entry.budget,
        entry.grant,
        entry.sections,
        entry.goals,
    )


def _picture(record: Record) -> RowPicture | None:
    """The picture of its row; none of a corrected row: it would show what is wrong, perhaps a number to call."""
    row = record.entry.provenance.row
    was_corrected = any(one.code == CORRECTED and one.row == row for one in record.document.parsed.report.findings)
    return record.document.pictures.get(row) if record.entry.provenance.rect and not was_corrected else None


def _in_order(listings: Sequence[Listing], by_id: Mapping[str, Record], linked: Linked) -> tuple[Listing, ...]:
    last = {chain.id: by_id[chain.seen[-1].id] for chain in linked.chains}

    def position(one: Listing) -> tuple[bool, int, tuple[str, str, str], str, str, int]:
        record = last[one.id]
        at = record.entry.provenance
        return one.has_ended, -one.fiscal_year, _place_order(one), record.sighting.series, at.document_sha256, at.row

    return tuple(replace(one, order=order) for order, one in enumerate(sorted(listings, key=position)))


def _aliases(listings: Sequence[Listing], known: Iterable[GivenId], by_id: Mapping[str, Record]) -> dict[str, str]:
    """The listing that each id of another year leads to.

    An id that was published and that no record has any more (its paper was given another year, or was taken back) leads to the
    programme of exactly that place, name and number, where there is one: an address that was given does not die.
    """
    aliases = {one.id: listing.id for listing in listings for one in listing.history if one.id != listing.id}
    standing: dict[tuple[str, str, str, str], set[str]] = {}
    for listing in listings:
        for year in listing.history:
            one = by_id[year.id].sighting
            standing.setdefault((one.kind, one.place_code, one.name, one.phone), set()).add(listing.id)
    for given in known:
        if given.id not in by_id:
            found = standing.get((given.kind, given.place_code, given.name, given.phone), set())
            if len(found) == 1:
                (aliases[given.id],) = found
    return aliases


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


def _sighting(entry: Entry, series: str, year: int) -> Sighting:
    return Sighting(
        kind=entry.kind,
        place_code=entry.place_code,
        name=comparable(entry.name),
        series=series,
        year=year,
        phones=tuple(phone.number for phone in entry.phones),
        department=entry.department,
        description=entry.description,
    )


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
        rows_seen=document.parsed.report.rows_seen,
        records=document.parsed.report.records,
        skipped=len(document.parsed.report.skips),
    )
