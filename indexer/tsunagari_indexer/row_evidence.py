"""The picture of a listing's row for whoever reviews it, or why there is none. Pictures are those that anybody may see (rule 9)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from tsunagari_indexer.corrections import CORRECTED
from tsunagari_indexer.generation import Generation
from tsunagari_indexer.listings import Listing
from tsunagari_indexer.row_pictures import PictureCache

#: What an import says of a row that could not be drawn.
_NOT_DRAWN = "no-row-picture"


class NoPicture(StrEnum):
    """Why a row has no picture."""

    TEXT = "text"
    """It stands in a text, which has no rows to draw."""
    CORRECTED = "corrected"
    """It was corrected: the picture would show what is wrong."""
    FAILED = "failed"
    """It could not be drawn; a note of the import says why."""
    LOST = "lost"
    """It was drawn, and its file is away or damaged; building again draws it again."""
    KEPT_BACK = "kept back"
    """Nobody can say that it shows nothing of a stay or an address (:mod:`tsunagari_indexer.rows_to_draw`)."""


class RowEvidence:
    """Tells of a generation's listings whether their rows have pictures."""

    def __init__(self, generation: Generation, pictures: PictureCache) -> None:
        self._pictures = pictures
        self._corrected = _rows(generation, CORRECTED)
        self._failed = _rows(generation, _NOT_DRAWN)

    def missing(self, listing: Listing) -> NoPicture | None:
        """Why the listing's row has no picture; None: it has one."""
        if listing.picture is not None:
            return None if self._pictures.content(listing.picture) is not None else NoPicture.LOST
        at = (listing.document, listing.row)
        if listing.rect is None:
            return NoPicture.TEXT
        if at in self._corrected:
            return NoPicture.CORRECTED
        return NoPicture.FAILED if at in self._failed else NoPicture.KEPT_BACK


def _rows(generation: Generation, code: str) -> Collection[tuple[str, int]]:
    return frozenset(
        (one.document, one.finding.row)
        for one in generation.findings
        if one.finding.code == code and one.finding.row is not None
    )
