"""From a PDF's bytes to the text and tables of its pages: the one place that opens PDFs."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

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


def read_pages(content: bytes, name: str, settings: TableSettings | None = None) -> ReadPages:
    """The tables and text of every page, one page in memory at a time.

    Raises:
        UnreadableDocumentError: the file is cut off, damaged, encrypted, or holds pictures only.
    """
    check_complete(content, name)
    counts = second_opinion(content, name)
    pages = settle(tuple(iterate_pages(content, name, settings)), settings)
    check_pages(pages, name)
    return ReadPages(pages, (*_loss_findings(pages, counts), *_stray_findings(pages), *_unknown_findings(pages)))


def check_complete(content: bytes, name: str) -> None:
    """Whether the file has its end.

    Raises:
        TruncatedPdfError: it has not.
    """
    if b"%%EOF" not in content[-_END_WITHIN:]:
        raise TruncatedPdfError(name, f"PDFが途中で切れています（{len(content):,}バイトで終わっています）")


def iterate_pages(content: bytes, name: str, settings: TableSettings | None = None) -> Iterator[PageTables]:
    """The pages one by one.

    Raises:
        UnreadableDocumentError: the file is damaged or encrypted.
    """
    complete_narrow_maps()
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            for page in pdf.pages:
                with _collector_paused():
                    read = read_page(page, settings)
                page.close()
                yield read
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


def second_opinion(content: bytes, name: str) -> list[int]:
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


def _open_error(error: PdfminerException, name: str) -> DamagedPdfError | EncryptedPdfError:
    cause = error.args[0] if error.args else error
    if isinstance(cause, PDFPasswordIncorrect):
        return EncryptedPdfError(name, "パスワードで保護されています")
    return DamagedPdfError(name, f"PDFの中身が壊れています（{type(cause).__name__}：{cause}）")
