"""What reading a document found, and the account of every row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tsunagari_parsers.desks import Desk
from tsunagari_parsers.records import Measure, Network, Program, Rect

#: What a document gives.
Record = Program | Measure | Network | Desk


class Level(StrEnum):
    """How much a finding matters. A generation with an open ``must look`` is not published without a stated reason."""

    NOTE = "note"
    MUST_LOOK = "must look"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know of a document. ``code`` is stable; ``message`` is for an administrator.

    ``rect`` is where on the page it is, where that is less than the row.
    """

    level: Level
    code: str
    message: str
    page: int | None = None
    row: int | None = None
    value: str = ""
    rect: Rect | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that is not a record, and why."""

    page: int
    row: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class ParseReport:
    """The account of one document: records + skips = rows seen."""

    document_sha256: str
    name: str
    layout: str
    series: str
    title: str
    era_year: str | None
    pages: int
    rows_seen: int
    records: int
    skips: tuple[Skip, ...]
    findings: tuple[Finding, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every row is accounted for."""
        return self.rows_seen == self.records + len(self.skips)


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What one document gave: its records in the order of the paper, and its report."""

    programs: tuple[Program, ...]
    report: ParseReport
    measures: tuple[Measure, ...] = ()
    networks: tuple[Network, ...] = ()
    desks: tuple[Desk, ...] = ()

    @property
    def in_order(self) -> tuple[Record, ...]:
        """The records of all kinds in the order of the paper; one that does not say where it stands comes last."""
        kinds = [kind for kind in (self.programs, self.measures, self.networks, self.desks) if kind]
        if len(kinds) == 1:
            return tuple(kinds[0])
        return tuple(sorted((record for kind in kinds for record in kind), key=_place))

    @property
    def has_restricted(self) -> bool:
        """Whether a part of it stays with administrators; the document's own pages and text show that part too."""
        return any(section.is_restricted for program in self.programs for section in program.sections)


def _place(record: Record) -> tuple[bool, int, int]:
    at = record.provenance
    return (False, at.page, at.row) if at else (True, 0, 0)
