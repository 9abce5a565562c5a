"""What stands on the papers: the records that this stage hands on, and where each of them stands.

A desk is a record too; it has a module of its own (:mod:`tsunagari_parsers.desks`), because most desks come from data files.
"""

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
class PlaceOnPage:
    """A rectangle and the page (from 1) on which it lies."""

    page: int
    rect: Rect


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
    """Where a record stands: document, page (from 1), its row's rectangle, and its number among the document's rows (from 1).

    A text has no rectangles: ``rect`` is None, ``line`` the line on which the record begins (from 1), and ``page`` counts the
    text's page marks. ``further`` is where a record goes on over page breaks.
    """

    document_sha256: str
    page: int
    rect: Rect | None
    row: int
    line: int | None = None
    further: tuple[PlaceOnPage, ...] = ()

    @property
    def places(self) -> tuple[PlaceOnPage, ...]:
        """All that the record takes up on the paper, in its order; nothing for a text."""
        return (PlaceOnPage(self.page, self.rect), *self.further) if self.rect else ()


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a sheet, as it stands there.

    ``is_restricted``: it says who runs a short stay, or where. Such a part stays with administrators and goes into no output
    that is public.
    """

    heading: str
    text: str
    is_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of a sheet, in the sheet's own words (「20%（アウトカム）」「7件」). ``kind`` is what it calls the goal (事業目標, 事業KPI)."""

    kind: str
    name: str
    target: str
    actual: str = ""
    rate: str = ""


@dataclass(frozen=True, slots=True)
class ExcludedArea:
    """An area that a programme's text says it does not serve (「仙台市は別途実施」).

    ``name`` is the municipality's; ``start`` and ``end`` are the offsets in the description of the words that say so.
    """

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Program:
    """One row of one year's list, or one programme sheet, as it stands on the paper.

    ``fiscal_year`` is the Gregorian year in which the fiscal year starts, None where nobody has given it. ``municipality``
    None means that the prefecture runs it. ``description`` has a line for each paragraph. ``number`` is the paper's own (番号,
    事業番号); ``budget`` and ``grant`` are in thousands of yen, where stated (個別事業費, 交付金額). ``confidence`` is that of the worst word
    (0 to 100) where the text was read by OCR, else None. ``place_evidence`` is what decided the prefecture: ``prefecture cell``,
    ``section``, ``body cell``, ``title``, ``only one of this name``, ``area code`` or ``neighbouring rows``; empty: nothing did.
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
    number: str = ""
    budget: int | None = None
    grant: int | None = None
    sections: tuple[Section, ...] = ()
    goals: tuple[Goal, ...] = ()
    excluded_areas: tuple[ExcludedArea, ...] = ()
    confidence: float | None = None
    place_evidence: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One 主な取組 of a municipality's plan: what it says it does. It has no phone, and is never counted as a programme.

    ``number`` is 13 for ⑬. ``issue`` and ``policy`` are the headings above it (課題, 施策) without their numbers' layout;
    ``related`` are its 関連事項, one by one.
    """

    prefecture: str
    municipality: str
    number: int
    heading: str
    issue: str
    policy: str
    departments: tuple[str, ...]
    action: str
    related: tuple[str, ...]
    provenance: Provenance
    fiscal_year: int | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of a network's Q&A with the points of its answer."""

    question: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """A municipality's support network: whom a person reaches there, and who stands behind. Never counted as a programme.

    ``one_stop_desk`` is the desk that takes all questions; ``departments`` are the municipality's own, ``partners`` the other bodies.
    """

    prefecture: str
    municipality: str
    name: str
    one_stop_desk: str
    purpose: str
    departments: tuple[str, ...]
    partners: tuple[str, ...]
    activities: tuple[str, ...]
    answers: tuple[Answer, ...]
    provenance: Provenance
    background: str = ""
    fiscal_year: int | None = None
    confidence: float | None = None
