"""Reading of the published documents: bytes in, records and a report out.

Importing this package does not load pdfplumber; only :mod:`tsunagari_parsers.document` and what it uses do.
"""

from tsunagari_parsers.desks import Desk, DeskKind, known_desks
from tsunagari_parsers.records import (
    Answer,
    ExcludedArea,
    Goal,
    Measure,
    Network,
    Phone,
    PhoneRole,
    PlaceOnPage,
    Program,
    Provenance,
    Rect,
    Section,
    SourceKind,
)
from tsunagari_parsers.report import Finding, Level, ParsedDocument, ParseReport, Skip

__all__ = [
    "Answer",
    "Desk",
    "DeskKind",
    "ExcludedArea",
    "Finding",
    "Goal",
    "Level",
    "Measure",
    "Network",
    "ParseReport",
    "ParsedDocument",
    "Phone",
    "PhoneRole",
    "PlaceOnPage",
    "Program",
    "Provenance",
    "Rect",
    "Section",
    "Skip",
    "SourceKind",
    "known_desks",
]
