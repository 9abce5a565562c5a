"""From a PDF's bytes to the text and tables of its pages: the one place that opens PDFs."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from tsunagari_parsers.cmaps import complete_narrow_maps
from tsunagari_parsers.errors import (
    DamagedPdfError,
    EncryptedPdfError,
    NoTextLayerError,
    TruncatedPdfError,
    UnreadableDocumentError,
)
from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.tables import PageTables, TableSettings, read_page
from tsunagari_parsers.tables.settling import settle

#: Where ISO 32000-1 lets the end-of-file marker stand, as readers accept it (bytes from the end).
_END_WITHIN = 2048

#: A page whose character count differs from PDFium's by more than this share, and this many, must be looked at.
_LOSS_SHARE = 0.02
_LOSS_CHARACTERS = 5
#: How much of a text a message shows (characters).
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ReadPages:
    """The pages of a PDF in their order, and what reading them found."""

    pages: tuple[PageTables, ...]
    findings: tuple[Finding, ...]


#: Reads the bytes of a PDF; the text is what messages call the document.
PageReader = Callable[[bytes, str], ReadPages]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page as it was read, and how many characters PDFium finds on it (spaces are not counted); None if it has no such page."""

    tables: PageTables
    second_count: int | None


def read_pages(content: bytes, name: str, settings: TableSettings | None = None) -> ReadPages:
    """The tables and text of every page, one page in memory at a time.

    Raises:
        UnreadableDocumentError: the file is cut off, damaged, encrypted, or holds pictures only.
    """
    check_complete(content, name)
    with OpenedPdf(content, name, settings) as pdf:
        return together([pdf.read(number) for number in range(1, pdf.pages + 1)], pdf.second_pages, name, settings)


def check_complete(content: bytes, name: str) -> None:
    """Whether the file has its end.

    Raises:
        TruncatedPdfError: it has not.
    """
    if b"%%EOF" not in content[-_END_WITHIN:]:
        raise TruncatedPdfError(name, f"PDFが途中で切れています（{len(content):,}バイトで終わっています）")


class OpenedPdf:
    """A PDF, opened by two readers. ``pages`` is how many pages the first one finds, ``second_pages`` the second.

    Raises:
        UnreadableDocumentError: the file is damaged or encrypted.
    """

    def __init__(self, content: bytes, name: str, settings: TableSettings | None = None) -> None:
        complete_narrow_maps()
        self._name = name
        self._settings = settings
        self._second = _second_reader(content, name)
        self.second_pages = len(self._second)
        try:
            with _pdf_errors(name):
                self._pdf = pdfplumber.open(io.BytesIO(content))
                self.pages = len(self._pdf.pages)
        except UnreadableDocumentError:
            self._second.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._second.close()

    def read(self, number: int) -> ReadPage:
        """One page, numbered from 1.

        Raises:
            UnreadableDocumentError: it is damaged.
        """
        count = self._second_count(number) if number <= self.second_pages else None
        with _pdf_errors(self._name, number):
            page = self._pdf.pages[number - 1]
            with _collector_paused():
                tables = read_page(page, self._settings)
            page.close()
        return ReadPage(tables, count)

    def _second_count(self, number: int) -> int:
        try:
            page = self._second[number - 1]
            text = page.get_textpage()
            try:
                return len("".join(text.get_text_bounded().split()))
            finally:
                text.close()
                page.close()
        except pypdfium2.PdfiumError as error:
            raise DamagedPdfError(self._name, f"PDFの中身が壊れています（{error}）", page=number) from error


def together(
    pages: Sequence[ReadPage], second_pages: int, name: str, settings: TableSettings | None = None
) -> ReadPages:
    """All pages of a document with the columns that they agree on, and what they say of each other.

    Raises:
        UnreadableDocumentError: there is no page, or no character on any.
    """
    tables = settle([page.tables for page in pages], settings)
    check_pages(tables, name)
    findings = (
        *_page_count_findings(len(pages), second_pages),
        *_loss_findings(pages),
        *_stray_findings(tables),
        *_unknown_findings(tables),
    )
    return ReadPages(tables, findings)


@contextmanager
def _pdf_errors(name: str, page: int | None = None) -> Iterator[None]:
    """What pdfminer raises, as errors of this stage; it has no error of its own for most of what a broken file can hold."""
    try:
        yield
    except PdfminerException as error:
        raise _open_error(error, name, page) from error
    except (
        MalformedPDFException,
        PDFException,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        RecursionError,
    ) as error:
        raise _damaged(error, name, page) from error


def check_pages(pages: Sequence[PageTables], name: str) -> None:
    """Whether there is text to read.

    Raises:
        UnreadableDocumentError: no page, or no character on any.
    """
    if not pages:
        raise DamagedPdfError(name, "ページが1つもありません")
    if not any(page.characters for page in pages):
        what = (
            "画像だけのPDFで、文字の情報がありません"
            if any(page.pictures for page in pages)
            else "どのページにも文字がありません"
        )
        raise NoTextLayerError(name, what)


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


def _second_reader(content: bytes, name: str) -> pypdfium2.PdfDocument:
    """The document, opened by PDFium, which refuses cut-off files that pdfminer reads as empty.

    Raises:
        UnreadableDocumentError: PDFium cannot open the file, or asks for a password.
    """
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        # PDFium's reason may be that of the document before: for a file without pages it sets none.
        if "password" in str(error).lower() and b"/Encrypt" in content:
            raise EncryptedPdfError(name, "パスワードで保護されています") from error
        raise DamagedPdfError(name, "PDFとして開けません") from error


def _page_count_findings(pages: int, second_pages: int) -> list[Finding]:
    if pages == second_pages:
        return []
    message = f"ページが読み落とされているかもしれません（読めたページ{pages}、別の方法では{second_pages}）"
    return [Finding(Level.MUST_LOOK, "pages-lost", message)]


def _loss_findings(pages: Sequence[ReadPage]) -> list[Finding]:
    """Pages of which the two readers see a different amount of text."""
    return [
        Finding(
            Level.MUST_LOOK,
            "text-lost",
            f"文字が読み落とされているかもしれません（読めた文字{page.tables.drawn}、別の方法では{count}）",
            page=page.tables.page,
        )
        for page in pages
        if (count := page.second_count) is not None
        and abs(page.tables.drawn - count) > max(_LOSS_CHARACTERS, _LOSS_SHARE * count)
    ]


def _stray_findings(pages: Sequence[PageTables]) -> list[Finding]:
    """Text within the outline of a ruled table and in none of its cells: part of a row that nobody would read."""
    return [
        Finding(
            Level.MUST_LOOK,
            "text-in-no-cell",
            f"表の中に、どの欄にも入らない文字があります：「{line.text[:_SHOWN]}」",
            page=page.page,
            value=line.text,
            rect=page.displayed(line.rect).rounded(),
        )
        for page in pages
        for line in page.stray
    ]


def _unknown_findings(pages: Sequence[PageTables]) -> list[Finding]:
    """Characters of which the file has the shape and not the meaning; in a table they may be part of a name or a number."""
    return [
        Finding(
            level,
            "unknown-character",
            f"何の文字か分からない字（\N{REPLACEMENT CHARACTER}）があります：「{line.text[:_SHOWN]}」",
            page=page.page,
            value=line.text,
            rect=page.displayed(line.rect).rounded(),
        )
        for page in pages
        for level, lines in (
            (Level.MUST_LOOK, [line for table in page.tables for cell in table.cells for line in cell.lines]),
            (Level.NOTE, page.outside),
        )
        for line in lines
        if "\N{REPLACEMENT CHARACTER}" in line.text
    ]


def _open_error(error: PdfminerException, name: str, page: int | None) -> UnreadableDocumentError:
    cause = error.args[0] if error.args else error
    if isinstance(cause, MemoryError):
        # Not the file's fault alone: whoever set the limit says so.
        raise cause
    if isinstance(cause, PDFPasswordIncorrect):
        return EncryptedPdfError(name, "パスワードで保護されています")
    return _damaged(cause, name, page)


def _damaged(cause: Exception, name: str, page: int | None) -> DamagedPdfError:
    return DamagedPdfError(name, f"PDFの中身が壊れています（{type(cause).__name__}：{cause}）", page=page)
