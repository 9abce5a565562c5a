"""Reading one document: bytes in, records and a report out. No network, no clock, no writes."""

from __future__ import annotations

import gc
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from tsunagari_parsers.cmaps import complete_narrow_maps
from tsunagari_parsers.columns import header_texts
from tsunagari_parsers.errors import (
    AmbiguousLayoutError,
    DamagedPdfError,
    EmptyFileError,
    EncryptedPdfError,
    LostRowsError,
    NoRecordsError,
    NoTableError,
    NotAPdfError,
    NoTextLayerError,
    TruncatedPdfError,
    UnknownLayoutError,
)
from tsunagari_parsers.layouts import LAYOUTS, Layout, Source
from tsunagari_parsers.report import Finding, Level, ParsedDocument, ParseReport
from tsunagari_parsers.tables import PageTables, read_page
from tsunagari_parsers.text import fold_width

#: Where ISO 32000-1 lets the header begin and the end-of-file marker stand, as readers accept them (bytes).
_HEADER_WITHIN = 1024
_END_WITHIN = 2048

#: A page whose character count differs from PDFium's by more than this share, and this many, must be looked at.
_LOSS_SHARE = 0.02
_LOSS_CHARACTERS = 5

#: Lines of up to so many characters are page numbers (「- 12 -」).
_PAGE_NUMBER = 6

_ERAS = {"令和": 2018, "平成": 1988}
_ERA_YEAR = re.compile(r"(令和|平成)\s*(元|\d{1,2})\s*年\s*度")


def parse_document(
    content: bytes, *, name: str, fiscal_year: int | None = None, layouts: Sequence[Layout] = LAYOUTS
) -> ParsedDocument:
    """Read one PDF.

    Args:
        content: the file's bytes, as stored.
        name: what messages call the document.
        fiscal_year: the Gregorian year in which the list's fiscal year starts, if somebody has said it. It goes on each
            record as it is; a title that states another year is a finding.
        layouts: the layouts to choose from.

    Raises:
        UnreadableDocumentError: nothing can be read from the document; the subclass says why.
    """
    _check_file(content, name)
    counts = _second_opinion(content, name)
    pages = _read_pages(content, name)
    if not any(page.tables for page in pages):
        raise NoTableError(name, "表のあるページがありません")
    source = Source(name, hashlib.sha256(content).hexdigest(), pages)
    layout = _choose(source, layouts)
    result = layout.read(source)
    if not result.programs:
        raise NoRecordsError(name, f"「{layout.name}」の一覧と分かりましたが、事業が1つも読み取れませんでした")
    title = _title(pages)
    era = _ERA_YEAR.search(fold_width(title))
    report = ParseReport(
        document_sha256=source.sha256,
        name=name,
        layout=layout.name,
        series=layout.series,
        title=title,
        era_year=title[era.start() : era.end()] if era else None,
        pages=len(pages),
        rows_seen=result.rows_seen,
        records=len(result.programs),
        skips=result.skips,
        findings=(*_year_findings(title, fiscal_year), *_loss_findings(pages, counts), *result.findings),
    )
    if not report.is_complete:
        raise LostRowsError(
            name,
            f"{report.rows_seen}行のうち{report.rows_seen - report.records - len(report.skips)}行の行方が分かりません",
        )
    programs = tuple(replace(program, fiscal_year=fiscal_year, era_year=report.era_year) for program in result.programs)
    return ParsedDocument(programs, report)


def _read_pages(content: bytes, name: str) -> list[PageTables]:
    """The tables of every page, one page in memory at a time.

    Raises:
        UnreadableDocumentError: the file is damaged, encrypted, or holds pictures only.
    """
    complete_narrow_maps()
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages = []
            for page in pdf.pages:
                with _collector_paused():
                    pages.append(read_page(page))
                page.close()
    except PdfminerException as error:
        raise _open_error(error, name) from error
    except (
        MalformedPDFException,
        PDFException,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        # pdfminer has no error of its own for most of what a broken file can hold.
        raise DamagedPdfError(name, f"PDFの中身が壊れています（{type(error).__name__}：{error}）") from error
    if not pages:
        raise DamagedPdfError(name, "ページが1つもありません")
    if not any(page.characters for page in pages):
        what = (
            "画像だけのPDFで、文字の情報がありません"
            if any(page.pictures for page in pages)
            else "どのページにも文字がありません"
        )
        raise NoTextLayerError(name, what)
    return pages


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A page makes some hundred thousand objects and no garbage before it is closed: the collector would only look at them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check_file(content: bytes, name: str) -> None:
    if not content:
        raise EmptyFileError(name, "ファイルが空です（0バイト）")
    if b"%PDF-" not in content[:_HEADER_WITHIN]:
        head = content[:16].decode("ascii", errors="replace")
        raise NotAPdfError(name, f"PDFではありません（先頭：{head!r}）")
    if b"%%EOF" not in content[-_END_WITHIN:]:
        raise TruncatedPdfError(name, f"PDFが途中で切れています（{len(content):,}バイトで終わっています）")


def _second_opinion(content: bytes, name: str) -> list[int]:
    """How many characters PDFium, another reader, finds on each page; spaces are not counted.

    Raises:
        UnreadableDocumentError: PDFium cannot open the file, or asks for a password.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedPdfError(name, "パスワードで保護されています") from error
        raise DamagedPdfError(name, f"PDFとして開けません（{error}）") from error
    try:
        return [len("".join(page.get_textpage().get_text_bounded().split())) for page in document]
    except pypdfium2.PdfiumError as error:
        raise DamagedPdfError(name, f"PDFの中身が壊れています（{error}）") from error
    finally:
        document.close()


def _loss_findings(pages: Sequence[PageTables], counts: Sequence[int]) -> list[Finding]:
    """Pages of which the two readers see a different amount of text."""
    return [
        Finding(
            Level.MUST_LOOK,
            "text-lost",
            f"文字が読み落とされているかもしれません（読めた文字{page.drawn}、別の方法では{count}）",
            page=page.page,
        )
        for page, count in zip(pages, counts, strict=False)
        if abs(page.drawn - count) > max(_LOSS_CHARACTERS, _LOSS_SHARE * count)
    ]


def _open_error(error: PdfminerException, name: str) -> DamagedPdfError | EncryptedPdfError:
    cause = error.args[0] if error.args else error
    if isinstance(cause, PDFPasswordIncorrect):
        return EncryptedPdfError(name, "パスワードで保護されています")
    return DamagedPdfError(name, f"PDFの中身が壊れています（{type(cause).__name__}：{cause}）")


def _choose(source: Source, layouts: Sequence[Layout]) -> Layout:
    matching = [layout for layout in layouts if layout.recognises(source)]
    if not matching:
        headers = [
            f"{page.page}ページ「{'／'.join(header_texts(table))}」" for page in source.pages for table in page.tables
        ]
        raise UnknownLayoutError(source.name, f"知らない形の表です。見出し：{'、'.join(headers[:3])}")
    best = max(layout.rank for layout in matching)
    top = [layout for layout in matching if layout.rank == best]
    if len(top) > 1:
        raise AmbiguousLayoutError(
            source.name, f"2つ以上の形に当てはまります：{'、'.join(layout.name for layout in top)}"
        )
    return top[0]


def _title(pages: Sequence[PageTables]) -> str:
    """The line of the first page outside its tables that states a year, else the first one that is more than a page number."""
    lines = [line.text for line in pages[0].outside if len(line.text) > _PAGE_NUMBER]
    return next((line for line in lines if _ERA_YEAR.search(fold_width(line))), next(iter(lines), ""))


def _year_findings(title: str, fiscal_year: int | None) -> list[Finding]:
    match = _ERA_YEAR.search(fold_width(title))
    if fiscal_year is None or match is None:
        return []
    stated = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
    if stated == fiscal_year:
        return []
    message = f"表題は「{match[0]}」（{stated}年度）ですが、{fiscal_year}年度として取り込まれます"
    return [Finding(Level.MUST_LOOK, "year-differs-from-title", message, page=1, value=title)]
