"""What stands on the papers: the records that this stage hands on, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The kind of paper a programme stands on."""

    NATIONAL_LIST = "national_list"
    PROGRAM_SHEET = "program_sheet"


class PhoneRole(StrEnum):
    """Who answers a number. What decided it is :attr:`Phone.role_evidence`."""

    ENQUIRY = "enquiry"
    """The office that answers questions about the programme; not a help line."""
    CONSULTATION = "consultation"
    """Somebody who counsels."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on a page: PDF points, origin at the top left of the page's crop box."""

    x0: float
    top: float
    x1: float
    bottom: float

    def rounded(self) -> Rect:
        """To a hundredth of a point, so that stored rectangles do not carry floating noise."""
        return Rect(round(self.x0, 2), round(self.top, 2), round(self.x1, 2), round(self.bottom, 2))


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as the paper gives it.

    ``number`` is half-width with hyphens where the paper has them; ``raw`` is the cell's own text.
    """

    number: str
    raw: str
    extension: str | None = None
    note: str | None = None
    role: PhoneRole = PhoneRole.UNKNOWN
    role_evidence: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record stands: document, page (from 1), the row's rectangle, and its number among the document's rows (from 1)."""

    document_sha256: str
    page: int
    rect: Rect
    row: int


@dataclass(frozen=True, slots=True)
class Program:
    """One row of one year's list, or one programme sheet, as it stands on the paper.

    ``fiscal_year`` is the Gregorian year in which the fiscal year starts, None where nobody has given it. ``municipality``
    None means that the prefecture runs it. ``description`` has a line for each paragraph.
    """

    source_kind: SourceKind
    prefecture: str
    municipality: str | None
    program_name: str
    description: str
    department: str
    phones: tuple[Phone, ...]
    provenance: Provenance
    fiscal_year: int | None = None
    era_year: str | None = None
