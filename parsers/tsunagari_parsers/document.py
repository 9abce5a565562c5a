"""Reading one document: bytes in, records and a report out. No network, no clock, no writes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from tsunagari_parsers.columns import ColumnNames, header_texts, known_column_names
from tsunagari_parsers.confidence import with_confidence
from tsunagari_parsers.errors import (
    AmbiguousLayoutError,
    EmptyFileError,
    LostRowsError,
    NoRecordsError,
    NoTableError,
    UnknownLayoutError,
    UnreadableDocumentError,
)
from tsunagari_parsers.layouts import LAYOUTS, Layout, LayoutResult, Medium, Source
from tsunagari_parsers.plain_text import plain_text
from tsunagari_parsers.reading import PageReader, read_pages
from tsunagari_parsers.records import Provenance
from tsunagari_parsers.report import Finding, Level, ParsedDocument, ParseReport
from tsunagari_parsers.tables import PageTables
from tsunagari_parsers.text import fold_width

#: Where ISO 32000-1 lets the header begin, as readers accept it (bytes).
_HEADER_WITHIN = 1024
#: Lines of up to so many characters are page numbers (「- 12 -」).
_PAGE_NUMBER = 6
_SHOWN_LINES = 3

_ERAS = {"令和": 2018, "平成": 1988}
_ERA_YEAR = re.compile(r"(令和|平成)\s*(元|\d{1,2})\s*年\s*度")


def parse_document(
    content: bytes,
    *,
    name: str,
    fiscal_year: int | None = None,
    names: ColumnNames | None = None,
    reader: PageReader = read_pages,
    layouts: Sequence[Layout] = LAYOUTS,
) -> ParsedDocument:
    """Read one document: a PDF, or a text in UTF-8.

    Args:
        content: the file's bytes, as stored.
        name: what messages call the document.
        fiscal_year: the Gregorian year in which the list's fiscal year starts, if somebody has said it. It goes on each
            record as it is; a title that states another year is a finding.
        names: what columns mean; the known names where nothing is given.
        reader: what reads a PDF's pages (:func:`tsunagari_parsers.worker.page_reader` does so in processes of their own).
        layouts: the layouts to choose from.

    Raises:
        UnreadableDocumentError: nothing can be read from the document; the subclass says why.
    """
    medium, text = _medium(content, name)
    read = reader(content, name) if medium is Medium.PDF else None
    pages = read.pages if read else ()
    sha256 = hashlib.sha256(content).hexdigest()
    source = Source(name, sha256, pages, text, names or known_column_names())
    layout = _choose(source, [layout for layout in layouts if layout.medium is medium])
    result, doubts = with_confidence(layout.read(source), read.recognised if read else {})
    result = _as_displayed(result, pages)
    if not result.records:
        raise NoRecordsError(name, f"「{layout.name}」の文書と分かりましたが、1件も読み取れませんでした")
    title = _title(pages) if pages else _text_title(text)
    era = _ERA_YEAR.search(fold_width(title))
    report = ParseReport(
        document_sha256=sha256,
        name=name,
        layout=layout.name,
        series=layout.series,
        title=title,
        era_year=title[era.start() : era.end()] if era else None,
        pages=len(pages) or 1 + text.rstrip("\f\n ").count("\f"),
        rows_seen=result.rows_seen,
        records=result.records,
        skips=result.skips,
        findings=(*_year_findings(title, fiscal_year), *(read.findings if read else ()), *result.findings, *doubts),
    )
    if not report.is_complete:
        raise LostRowsError(
            name,
            f"{report.rows_seen}行のうち{report.rows_seen - report.records - len(report.skips)}行の行方が分かりません",
        )
    return _with_year(result, report, fiscal_year)


def is_pdf(content: bytes) -> bool:
    """Whether the bytes begin as a PDF does; else they are a text, or nothing that can be read."""
    return b"%PDF-" in content[:_HEADER_WITHIN]


def _as_displayed(result: LayoutResult, pages: Sequence[PageTables]) -> LayoutResult:
    """The result with the rectangles of turned pages as these pages are displayed; layouts work in the reading frame."""
    turned = {page.page: page for page in pages if page.turned}
    if not turned:
        return result

    def placed(at: Provenance) -> Provenance:
        page = turned.get(at.page)
        further = tuple(
            replace(one, rect=turned[one.page].displayed(one.rect).rounded()) if one.page in turned else one
            for one in at.further
        )
        rect = page.displayed(at.rect).rounded() if page and at.rect else at.rect
        return replace(at, rect=rect, further=further)

    def found(finding: Finding) -> Finding:
        page = turned.get(finding.page) if finding.page else None
        return replace(finding, rect=page.displayed(finding.rect)) if page and finding.rect else finding

    return replace(
        result,
        programs=tuple(replace(one, provenance=placed(one.provenance)) for one in result.programs),
        measures=tuple(replace(one, provenance=placed(one.provenance)) for one in result.measures),
        networks=tuple(replace(one, provenance=placed(one.provenance)) for one in result.networks),
        desks=tuple(replace(one, provenance=placed(one.provenance)) if one.provenance else one for one in result.desks),
        findings=tuple(found(finding) for finding in result.findings),
    )


def _with_year(result: LayoutResult, report: ParseReport, fiscal_year: int | None) -> ParsedDocument:
    return ParsedDocument(
        programs=tuple(replace(one, fiscal_year=fiscal_year, era_year=report.era_year) for one in result.programs),
        report=report,
        measures=tuple(replace(one, fiscal_year=fiscal_year) for one in result.measures),
        networks=tuple(replace(one, fiscal_year=fiscal_year) for one in result.networks),
        desks=result.desks,
    )


def _medium(content: bytes, name: str) -> tuple[Medium, str]:
    """What the document is, and its text if that is all it is."""
    if not content:
        raise EmptyFileError(name, "ファイルが空です（0バイト）")
    if is_pdf(content):
        return Medium.PDF, ""
    return Medium.TEXT, plain_text(content, name)


def _choose(source: Source, layouts: Sequence[Layout]) -> Layout:
    matching = [layout for layout in layouts if layout.recognises(source)]
    if not matching:
        raise _unknown(source)
    best = max(layout.rank for layout in matching)
    top = [layout for layout in matching if layout.rank == best]
    if len(top) > 1:
        raise AmbiguousLayoutError(
            source.name, f"2つ以上の形に当てはまります：{'、'.join(layout.name for layout in top)}"
        )
    return top[0]


def _unknown(source: Source) -> UnreadableDocumentError:
    """The error for a document that no layout knows, with what it had instead."""
    headers = [
        f"{page.page}ページ「{'／'.join(header_texts(table))}」" for page in source.pages for table in page.tables
    ]
    if headers:
        return UnknownLayoutError(source.name, f"知らない形の表です。見出し：{'、'.join(headers[:_SHOWN_LINES])}")
    lines = [line.text for page in source.pages for line in page.outside] or source.text.split("\n")
    begin = " / ".join([line.strip() for line in lines if line.strip()][:_SHOWN_LINES])[:120]
    if source.pages:
        return NoTableError(source.name, f"表のあるページがありません。はじめの行：「{begin}」")
    return UnknownLayoutError(source.name, f"知らない形の文章です。はじめの行：「{begin}」")


def _title(pages: Sequence[PageTables]) -> str:
    """The line of the first page outside its tables that states a year, else the first one that is more than a page number."""
    lines = [line.text for line in pages[0].outside if len(line.text) > _PAGE_NUMBER]
    return next((line for line in lines if _ERA_YEAR.search(fold_width(line))), next(iter(lines), ""))


def _text_title(text: str) -> str:
    """The first line of a text that is more than a page number."""
    lines = (line.strip() for line in text.split("\n"))
    return next((line for line in lines if len(line) > _PAGE_NUMBER), "")


def _year_findings(title: str, fiscal_year: int | None) -> list[Finding]:
    match = _ERA_YEAR.search(fold_width(title))
    if fiscal_year is None or match is None:
        return []
    stated = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
    if stated == fiscal_year:
        return []
    message = f"表題は「{match[0]}」（{stated}年度）ですが、{fiscal_year}年度として取り込まれます"
    return [Finding(Level.MUST_LOOK, "year-differs-from-title", message, page=1, value=title)]
