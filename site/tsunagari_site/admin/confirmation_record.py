"""All confirmations, newest first: what the ledger keeps of them, with who asked and what they noted."""

from __future__ import annotations

from dataclasses import dataclass

from tsunagari_indexer.confirmations import Asked, Subject
from tsunagari_indexer.confirming import subject_called
from tsunagari_indexer.errors import ReviewError
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.review import ledger_of, newest_if_any
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Desk
from tsunagari_site.admin.confirmation_pages import page_number
from tsunagari_site.admin.to_confirm import EntryView, entry_view

_ON_A_PAGE = 50
_KINDS = {Subject.DESK: "窓口", Subject.PROGRAM: "事業"}


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line; ``name`` is empty where the newest generation has no such desk or programme."""

    subject: str
    kind: str
    name: str
    entry: EntryView


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of the lines. ``subject`` (an id, with its name if it has one) and ``kind`` are what was chosen, or empty."""

    lines: tuple[RecordLine, ...]
    subject: str
    subject_name: str
    kind: str
    kinds: tuple[tuple[str, str], ...]
    count: int
    number: int
    pages: int


def record_page(workspace: Workspace, subject: str, kind: str, asked: str) -> RecordPage:
    """The confirmations of a subject (the id of any of its years) or of one kind; of all where neither is named."""
    chosen = next((one for one in Subject if one == kind), None)
    with ledger_of(workspace) as ledger:
        entries = [one for one in reversed(ledger.confirmations()) if chosen in {None, one.kind}]
    with newest_if_any(workspace) as generation:
        about = _found(generation, subject) if subject else None
        if subject:
            ids = about.ids if isinstance(about, Listing) else {subject}
            entries = [one for one in entries if one.subject in ids]
        number, pages = page_number(asked, len(entries), _ON_A_PAGE)
        shown = entries[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
        lines = tuple(_line(generation, one) for one in shown)
    return RecordPage(
        lines=lines,
        subject=subject if about or entries else "",
        subject_name=_name(about),
        kind=str(chosen or ""),
        kinds=tuple((str(one), label) for one, label in _KINDS.items()),
        count=len(entries),
        number=number,
        pages=pages,
    )


def _line(generation: Generation | None, one: Asked) -> RecordLine:
    return RecordLine(one.subject, _KINDS[one.kind], _name(_found(generation, one.subject)), entry_view(one))


def _found(generation: Generation | None, subject: str) -> Listing | Desk | None:
    try:
        return subject_called(generation, subject)
    except ReviewError:
        return None


def _name(found: Listing | Desk | None) -> str:
    if found is None:
        return ""
    return found.name if isinstance(found, Desk) else found.program_name
