"""Reading of the published documents: bytes in, records and a report out.

Importing this package does not load pdfplumber; only :mod:`tsunagari_parsers.document` and what it uses do.
"""

from tsunagari_parsers.desks import Desk, DeskKind, known_desks
from tsunagari_parsers.records import Phone, PhoneRole, Program, Provenance, Rect, SourceKind
from tsunagari_parsers.report import Finding, Level, ParsedDocument, ParseReport, Skip

__all__ = [
    "Desk",
    "DeskKind",
    "Finding",
    "Level",
    "ParseReport",
    "ParsedDocument",
    "Phone",
    "PhoneRole",
    "Program",
    "Provenance",
    "Rect",
    "Skip",
    "SourceKind",
    "known_desks",
]
