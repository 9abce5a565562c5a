"""What is another between two generations: new, changed field by field, moved, gone, back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tsunagari_indexer.history import Facts, FieldChange, field_changes
from tsunagari_indexer.listings import Listing


class ChangeKind(StrEnum):
    """What became of a programme, the gravest first."""

    PHONE = "phone"
    """It has another number now; other fields may have changed too."""
    GONE = "gone"
    """The newest edition lacks it; it stays readable."""
    REMOVED = "removed"
    """It is in no document any more: its file was replaced, or a person left it out."""
    MOVED = "moved"
    """Another prefecture or municipality stands in it."""
    CHANGED = "changed"
    BACK = "back"
    """The newest edition has it again."""
    NEW = "new"


@dataclass(frozen=True, slots=True)
class ListingChange:
    """One programme that changed. ``before`` or ``after`` is None where there is none; ``evidence`` says what connects the two."""

    kind: ChangeKind
    before: Listing | None
    after: Listing | None
    fields: tuple[FieldChange, ...] = ()
    evidence: str = ""

    @property
    def listing(self) -> Listing:
        """As it stands now, else as it was.

        Raises:
            ValueError: there is neither.
        """
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference of two generations. ``same`` listings have not changed; ``joined`` are ids that were a listing of their own before."""

    changes: tuple[ListingChange, ...]
    same: int
    joined: Mapping[str, str]

    def of(self, kind: ChangeKind) -> tuple[ListingChange, ...]:
        """Those of one kind."""
        return tuple(one for one in self.changes if one.kind is kind)


def diff(before: Iterable[Listing], after: Iterable[Listing]) -> Changes:
    """Every listing that is new, gone, back or another, the gravest changes first, each kind in the order of the listings.

    Listings are the same where they share the id of any year.
    """
    old, new = tuple(before), tuple(after)
    standing = {one.id for one in new}
    by_id = {one_id: one for one in old for one_id in one.ids}
    found: list[ListingChange] = []
    met: set[str] = set()
    joined: dict[str, str] = {}
    same = 0
    for now in new:
        partners = {
            partner.id: partner
            for one_id in now.ids
            # A listing that was parted goes on under its own id; the other half is new.
            if (partner := by_id.get(one_id)) and partner.id not in met and partner.id not in standing - {now.id}
        }
        was = partners.get(now.id) or max(partners.values(), key=lambda one: one.fiscal_year, default=None)
        met |= partners.keys()
        if was is None:
            found.append(ListingChange(ChangeKind.NEW, None, now, evidence=_evidence(now)))
            continue
        joined |= {partner: now.id for partner in partners if partner not in {was.id, now.id}}
        fields = field_changes(_facts(was), _facts(now))
        kind = _kind(was, now, fields)
        if kind is None:
            same += 1
        else:
            found.append(ListingChange(kind, was, now, fields, _evidence(now)))
    found += [ListingChange(ChangeKind.REMOVED, one, None) for one in old if one.id not in met]
    rank = {kind: number for number, kind in enumerate(ChangeKind)}
    return Changes(tuple(sorted(found, key=lambda one: rank[one.kind])), same, joined)


def _kind(was: Listing, now: Listing, fields: tuple[FieldChange, ...]) -> ChangeKind | None:
    names = {one.field for one in fields}
    if was.is_in_newest_edition and not now.is_in_newest_edition:
        return ChangeKind.GONE
    if "phones" in names:
        return ChangeKind.PHONE
    if "place" in names:
        return ChangeKind.MOVED
    if now.is_in_newest_edition and not was.is_in_newest_edition:
        return ChangeKind.BACK
    return ChangeKind.CHANGED if fields else None


def _evidence(listing: Listing) -> str:
    return listing.history[-1].evidence if listing.history else ""


def _facts(one: Listing) -> Facts:
    return Facts(
        one.program_name,
        one.prefecture,
        one.municipality,
        one.description,
        one.department,
        one.phones,
        one.budget,
        one.grant,
        one.sections,
        one.goals,
    )
