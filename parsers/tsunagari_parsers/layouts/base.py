"""What a layout is: a recogniser and a reader of one kind of document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tsunagari_parsers.columns import ColumnNames, known_column_names
from tsunagari_parsers.desks import Desk
from tsunagari_parsers.records import Measure, Network, Program
from tsunagari_parsers.report import Finding, Skip
from tsunagari_parsers.tables import PageTables


class Medium(StrEnum):
    """What a document is made of."""

    PDF = "pdf"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a layout reads: the name for messages, the hash for provenance, and its pages or its text.

    A PDF has ``pages`` and no ``text``; a text has ``text`` (line ends as ``\\n``, nothing else changed) and no ``pages``.
    ``names`` say what columns mean: the known names, and what an administrator has added for this document.
    """

    name: str
    sha256: str
    pages: Sequence[PageTables] = ()
    text: str = ""
    names: ColumnNames = field(default_factory=known_column_names)


@dataclass(frozen=True, slots=True)
class LayoutResult:
    """What a layout made of a document; ``rows_seen`` must equal records plus skips."""

    rows_seen: int
    programs: tuple[Program, ...] = ()
    measures: tuple[Measure, ...] = ()
    networks: tuple[Network, ...] = ()
    desks: tuple[Desk, ...] = ()
    skips: tuple[Skip, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def records(self) -> int:
        """How many records of all kinds."""
        return len(self.programs) + len(self.measures) + len(self.networks) + len(self.desks)


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of document.

    ``rank`` orders layouts that both recognise a document: the higher, more specific one reads it, and two of the same rank
    are an error. ``series`` is what such papers are called where nobody says otherwise.
    """

    name: str
    rank: int
    series: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], LayoutResult]
    medium: Medium = Medium.PDF
