"""One programme of the review with all that can be decided of it: its fields, its years, who else it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tsunagari_indexer.changes import ListingChange
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import Review, ledger_of, opened, review
from tsunagari_indexer.review_words import CHANGE_WORDS, CORRECTED_WORDS, FIELD_WORDS
from tsunagari_indexer.workspace import Workspace
from tsunagari_site.admin.jobs import Jobs
from tsunagari_site.admin.publishing import WaitingView, number_of, waiting_of, waiting_view
from tsunagari_site.admin.review_rows import CardView, Rows, RowView, asked_about, asks, place_of


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value that can be corrected. ``also`` other programmes of the document have the same value, and change with it."""

    key: str
    field: str
    label: str
    value: str
    also: int
    is_long: bool


@dataclass(frozen=True, slots=True)
class YearView:
    """One year in which the programme was seen, what connects it with the year before, and the fields that changed."""

    fiscal_year: int
    evidence: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One programme with all that can be decided of it. ``change`` is what became of it, if anything; ``can_split`` from which years."""

    id: str
    place: str
    name: str
    number: int
    document: str
    document_sha256: str
    kind: str
    change_title: str
    change: RowView | None
    card: CardView
    years: tuple[YearView, ...]
    values: tuple[ValueView, ...]
    can_split: tuple[int, ...]
    candidates: tuple[CardView, ...]
    waiting: WaitingView
    typed: Mapping[str, str] = field(default_factory=dict)


def listing_page(
    workspace: Workspace, jobs: Jobs | None, listing_id: str, typed: Mapping[str, str]
) -> ListingPage | None:
    """What stands on its page; None: the newest generation has no such programme. ``typed`` was sent with one of its forms, and refused.

    Raises:
        GenerationError: there is no generation to read.
    """
    found = review(workspace)
    with opened(workspace, found.name) as now:
        listing = now.listing(listing_id)
        if listing is None:
            return None
        if found.published and found.published != found.name:
            with opened(workspace, found.published) as then:
                rows = Rows(workspace.pictures, now, then)
                change, row = _change(found, listing, rows)
        else:
            rows = Rows(workspace.pictures, now, None)
            change, row = None, None
        with ledger_of(workspace) as ledger:
            waits = waiting_view(waiting_of(ledger, now), jobs, now)
        document = now.documents.get(listing.document)
        return ListingPage(
            id=listing.id,
            place=place_of(listing),
            name=listing.program_name,
            number=number_of(found.name),
            document=document.name if document else listing.document[:8],
            document_sha256=listing.document,
            kind=listing.kind,
            change_title=CHANGE_WORDS[change.kind] if change else "",
            change=row,
            card=rows.card(listing),
            years=tuple(
                YearView(one.fiscal_year, one.evidence, tuple(FIELD_WORDS[each.field] for each in one.changes))
                for one in listing.history
            ),
            # A measure or a network has no fields that corrections know.
            values=_value_views(listing, now) if listing.is_program else (),
            can_split=tuple(
                sorted({one.fiscal_year for one in listing.history} - {listing.history[0].fiscal_year})
                if listing.history
                else ()
            ),
            candidates=_candidates(found, listing, now, rows),
            waiting=waits,
            typed=typed,
        )


def _change(found: Review, listing: Listing, rows: Rows) -> tuple[ListingChange | None, RowView | None]:
    change = next((one for one in found.changes.changes if one.after and one.after.id == listing.id), None)
    return change, rows.row(change, asked_about(found)) if change else None


def _candidates(found: Review, listing: Listing, now: Generation, rows: Rows) -> tuple[CardView, ...]:
    """Who it may be, as the findings have it."""
    named = {
        one_id
        for one in found.findings
        if asks(one.found.finding.code) and listing.ids & set(one.found.finding.value.split())
        for one_id in one.found.finding.value.split()
    }
    others = (now.listing(one) for one in sorted(named - listing.ids))
    return tuple(rows.card(one) for one in others if one)


def values_of(listing: Listing) -> list[tuple[str, str]]:
    """What can be corrected: the field's name and exactly what it has now."""
    found = []
    for phone in listing.phones:
        found += [("phone", phone.number), ("extension", phone.extension or "")]
    found += [
        ("program_name", listing.program_name),
        ("department", listing.department),
        ("description", listing.description),
        ("prefecture", listing.prefecture),
        ("municipality", listing.municipality or ""),
    ]
    return list(dict.fromkeys(found))


def _value_views(listing: Listing, now: Generation) -> tuple[ValueView, ...]:
    others = [
        set(values_of(one))
        for one in now.all_listings()
        if one.document == listing.document and one.id != listing.id and one.is_program
    ]
    return tuple(
        ValueView(
            str(number),
            name,
            CORRECTED_WORDS[name],
            value,
            sum((name, value) in each for each in others),
            name == "description",
        )
        for number, (name, value) in enumerate(values_of(listing))
    )
