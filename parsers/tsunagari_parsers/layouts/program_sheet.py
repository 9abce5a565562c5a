"""Programme sheets (個票) as PDF: titled boxes, drawn in any order, one sheet on one page or over several.

What a heading stands over is decided by geometry: the box whose upper edge its own box lies on, the box below or beside it,
the box that it stands in; where nothing is drawn, what stands below it in its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tsunagari_parsers.layouts.base import Layout, LayoutResult, Source
from tsunagari_parsers.records import Goal, PlaceOnPage, Program, Rect
from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.sheet_page import PagePart, SheetPage, is_sheet_page, read_sheet_page
from tsunagari_parsers.sheets import NO_HEADING, Part, Sheet, assemble, headless_finding
from tsunagari_parsers.text import comparable

#: So many headings that a sheet has already begin another one, whatever the title says.
_REPEATED = 2
#: A page that begins a sheet has at least so many of its headings.
_FEWEST_OF_PAGE = 2


@dataclass(slots=True)
class _Pages:
    """The pages of one sheet."""

    title: str
    place: str
    pages: list[SheetPage] = field(default_factory=list)

    @property
    def marks(self) -> set[str]:
        return {key for page in self.pages for key in page.marks}


def recognises(source: Source) -> bool:
    """Whether enough of a sheet's headings stand on one page, and not beside one another as a list's columns do."""
    return any(is_sheet_page(page) for page in source.pages)


def read(source: Source) -> LayoutResult:
    """Every sheet of the document, in the order of its pages."""
    sheets, findings = _sheets([read_sheet_page(page) for page in source.pages])
    programs: list[Program] = []
    for row, pages in enumerate(sheets, start=1):
        program, own = assemble(_sheet(pages, row), row=row, sha256=source.sha256, names=source.names)
        programs.append(program)
        findings += own
    return LayoutResult(len(sheets), tuple(programs), findings=tuple(findings))


LAYOUT = Layout(name="program_sheet", rank=10, series="program_sheet", recognises=recognises, read=read)


def _sheets(pages: Sequence[SheetPage]) -> tuple[list[_Pages], list[Finding]]:
    """The pages by sheet, and the pages that belong to none."""
    sheets: list[_Pages] = []
    findings: list[Finding] = []
    # A document that begins with an overview has each sheet's overview before it.
    is_overview_first = bool(pages) and _is_overview(pages[0])
    waiting: list[SheetPage] = []
    for page in pages:
        if is_overview_first and _is_overview(page):
            waiting.append(page)
        elif _begins(page, sheets[-1] if sheets else None):
            own = [one for one in waiting if not _is_foreign(one, _Pages(page.title, page.place))]
            sheets.append(_Pages(page.title, page.place, [page, *own]))
            waiting = [one for one in waiting if one not in own]
        elif sheets and not _is_foreign(page, sheets[-1]):
            sheets[-1].pages.append(page)
        elif page.extent:
            findings.append(_without_sheet(page))
    overviews = sum(map(_is_overview, pages)) if is_overview_first else len(sheets)
    if overviews < len(sheets):
        message = "はじめの概要のページは、すぐあとの個票のものとして読みました"
        findings.append(Finding(Level.MUST_LOOK, "overview-uncertain", message, pages[0].page))
    return sheets, [*findings, *map(_without_sheet, waiting)]


def _is_overview(page: SheetPage) -> bool:
    """Whether a page is an overview and no sheet of its own."""
    return page.has_overview and len(page.marks) < _FEWEST_OF_PAGE


def _without_sheet(page: SheetPage) -> Finding:
    message = "このページは、どの個票のものか分かりません"
    return Finding(Level.MUST_LOOK, "page-without-sheet", message, page.page)


def _begins(page: SheetPage, sheet: _Pages | None) -> bool:
    """Whether a page begins a sheet: by a title that is not that of the sheet before, or by headings that it has already."""
    is_new = sheet is None or (
        bool(page.place or page.title)
        and (comparable(page.title), comparable(page.place)) != (comparable(sheet.title), comparable(sheet.place))
    )
    if len(page.marks) >= _FEWEST_OF_PAGE and sheet is not None and len(page.marks & sheet.marks) >= _REPEATED:
        return True
    if not is_new:
        return False
    if sheet is None:
        return len(page.marks) >= _FEWEST_OF_PAGE or (page.has_overview and bool(page.place))
    return bool(page.place) and (len(page.marks) >= _FEWEST_OF_PAGE or (page.has_overview and _is_foreign(page, sheet)))


def _is_foreign(page: SheetPage, sheet: _Pages) -> bool:
    """Whether a page names another body as its own."""
    return bool(page.place and sheet.place) and comparable(page.place) != comparable(sheet.place)


def _sheet(pages: _Pages, row: int) -> Sheet:
    parts: list[Part] = []
    goals: list[Goal] = []
    rows: set[str] = set()
    findings: list[Finding] = []
    first = pages.pages[0]
    for page in pages.pages:
        if page is not first and page.title_text and not _is_title(page, pages):
            overview = next((part.kind for part in page.parts if part.kind and part.kind.key == "overview"), None)
            heading = next((part.heading for part in page.parts if part.kind is overview), NO_HEADING)
            parts = _with(parts, PagePart(overview, heading, (page.title_text,)))
        for part in page.parts:
            goals += part.goals
            rows |= part.rows
            parts = _with(parts, part)
    findings += [
        Finding(
            Level.NOTE,
            "section-unknown",
            "知らない見出しの欄があります。事業の内容としては公開しません",
            first.page,
            row,
            part.heading[:30],
        )
        for part in parts
        if part.kind is None and part.heading != NO_HEADING
    ]
    findings += [
        Finding(Level.NOTE, "section-empty", f"「{part.heading}」の欄が空です", first.page, row, part.heading[:30])
        for part in parts
        if part.kind and not part.paragraphs
    ]
    findings += [headless_finding(part, first.page, row) for part in parts if part.heading == NO_HEADING]
    return Sheet(
        pages.title,
        pages.place,
        tuple(parts),
        first.page,
        rect=_rounded(first.extent),
        further=tuple(
            PlaceOnPage(page.page, page.extent.rounded()) for page in pages.pages[1:] if first.extent and page.extent
        ),
        goals=tuple(goals),
        rows=frozenset(rows),
        findings=tuple(findings),
    )


def _is_title(page: SheetPage, pages: _Pages) -> bool:
    """Whether a later page repeats its sheet's title; any other title of a page is text of the sheet."""
    return comparable(page.title) in {comparable(pages.title), ""}


def _with(parts: Sequence[Part], part: PagePart) -> list[Part]:
    """The parts with one more; a part of the same heading on a later page goes on."""
    for index, known in enumerate(parts):
        if comparable(known.heading) == comparable(part.heading) and known.kind is part.kind:
            joined = Part(known.kind, known.heading, (*known.paragraphs, *part.paragraphs), known.remark)
            return [*parts[:index], joined, *parts[index + 1 :]]
    return [*parts, Part(part.kind, part.heading, part.paragraphs, part.remark)]


def _rounded(rect: Rect | None) -> Rect | None:
    return rect.rounded() if rect else None
