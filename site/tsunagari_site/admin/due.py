"""What is due: desks and programmes to be confirmed, and lists of which a newer edition is to be looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tsunagari_indexer.confirming import Heard, area_counts, desks_to_confirm, must_be_opened
from tsunagari_indexer.outdated import outdated
from tsunagari_indexer.review import ledger_of, newest_if_any
from tsunagari_indexer.workspace import Workspace
from tsunagari_parsers import Desk


@dataclass(frozen=True, slots=True)
class OldListView:
    """A list that is older than 18 months and has no newer edition."""

    title: str
    publisher: str
    fiscal_year: int


@dataclass(frozen=True, slots=True)
class DueView:
    """The numbers for the overview. ``first`` of the ``desks`` must be opened before anything else; those of lists are counted in ``desks``."""

    desks: int
    first: int
    due: int
    programs: int
    lists: tuple[OldListView, ...]


def due(workspace: Workspace, today: date) -> DueView:
    """What is due today, in the newest generation.

    Raises:
        GenerationError: it cannot be read.
    """
    with ledger_of(workspace) as ledger:
        heard = Heard(ledger.confirmations())
    with newest_if_any(workspace) as generation:
        desks = [
            one.subject
            for one in desks_to_confirm(generation, heard, today)
            if one.is_due and isinstance(one.subject, Desk)
        ]
        areas = area_counts(generation, heard, today)
        old = outdated(generation.documents.values(), today) if generation else ()
    return DueView(
        desks=len(desks),
        first=sum(must_be_opened(one) and one.provenance is None for one in desks),
        due=sum(one.due for one in areas),
        programs=sum(one.programs for one in areas),
        lists=tuple(OldListView(one.title or one.name, one.publisher, one.fiscal_year) for one in old),
    )
