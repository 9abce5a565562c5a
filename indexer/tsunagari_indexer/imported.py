"""What building a generation works on: stored documents with what parsing gave, and each record of them with its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tsunagari_crawler import Edition, FetchedDocument
from tsunagari_indexer.entries import Entry
from tsunagari_indexer.errors import GenerationError
from tsunagari_indexer.row_pictures import RowPicture
from tsunagari_indexer.sightings import GivenId, Sighting
from tsunagari_parsers import Finding, ParsedDocument


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
class Record:
    """A record of a paper: its document, what it says, what is compared of it, and its id."""

    document: ImportedDocument
    entry: Entry
    sighting: Sighting
    given: GivenId
