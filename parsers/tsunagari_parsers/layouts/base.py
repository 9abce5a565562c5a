"""What a layout is: a recogniser and a reader of one kind of document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tsunagari_parsers.records import Program
from tsunagari_parsers.report import Finding, Skip
from tsunagari_parsers.tables import PageTables


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a layout reads: the name for messages, the hash for provenance, the pages."""

    name: str
    sha256: str
    pages: Sequence[PageTables]


@dataclass(frozen=True, slots=True)
class LayoutResult:
    """What a layout made of a document; ``rows_seen`` must equal programmes plus skips."""

    programs: tuple[Program, ...]
    rows_seen: int
    skips: tuple[Skip, ...]
    findings: tuple[Finding, ...]


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
