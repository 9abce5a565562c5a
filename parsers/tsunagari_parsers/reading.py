"""From a PDF's bytes to the text and tables of its pages: the one place that opens PDFs."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
from PIL import Image

from tsunagari_parsers.cmaps import complete_narrow_maps
from tsunagari_parsers.errors import (
    DamagedPdfError,
    EncryptedPdfError,
    NoTextLayerError,
    TruncatedPdfError,
    UnreadableDocumentError,
)
from tsunagari_parsers.lean_page import LeanPage
from tsunagari_parsers.ocr import Ocr, Word, placed, recognise
from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.tables import PageTables, TableSettings, read_page
from tsunagari_parsers.tables.settling import settle
from tsunagari_parsers.textlayer import text_layer

#: Where ISO 32000-1 lets the end-of-file marker stand, as readers accept it (bytes from the end).
_END_WITHIN = 2048

#: A page whose character count differs from PDFium's by more than this share, and this many, must be looked at.
_LOSS_SHARE = 0.02
_LOSS_CHARACTERS = 5
#: How much of a text a message shows (characters).
_SHOWN = 60
#: What is stamped across a paper that does not hold, or not yet.
_VOID = ("廃止", "無効", "取消", "終了", "失効", "見本", "案", "旧")

#: So many characters beside a picture are no page of text.
_CHARACTERS_BESIDE = 20


@dataclass(frozen=True, slots=True)
class ReadPages:
    """The pages of a PDF in their order, and what reading them found.

    ``recognised`` has the words of pages that were read from a picture, by the pages' numbers.
    """

    pages: tuple[PageTables, ...]
    findings: tuple[Finding, ...]
    recognised: Mapping[int, tuple[Word, ...]] = field(default_factory=dict)


#: Reads the bytes of a PDF; the text is what messages call the document.
PageReader = Callable[[bytes, str], ReadPages]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page as it was read.

    ``second_count`` is how many characters PDFium finds (spaces are not counted), None if it has no such page. ``is_picture``: the
    page shows a picture, and its text was not read. ``words`` is what was recognised in the picture, None if nobody has tried.
    """

    tables: PageTables
    second_count: int | None
    is_picture: bool = False
    words: tuple[Word, ...] | None = None


def read_pages(content: bytes, name: str, settings: TableSettings | None = None, ocr: Ocr | None = None) -> ReadPages:
    """The tables and text of every page, one page in memory at a time. Pictures of pages are read where ``ocr`` is given.

    Raises:
        UnreadableDocumentError: the file is cut off, damaged, encrypted, or holds pictures only.
    """
    check_complete(content, name)
    with OpenedPdf(content, name, settings) as pdf:
        pages = []
        for number in range(1, pdf.pages + 1):
            page = pdf.read(number)
            pages.append(pdf.recognise(page, ocr) if ocr and page.is_picture else page)
        return together(pages, pdf.second_pages, name, settings)


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
        count = _second_count(self._second, number, self._name) if number <= self.second_pages else None
        with _pdf_errors(self._name, number):
            page = LeanPage.of(self._pdf.pages[number - 1])
            with _collector_paused():
                tables = read_page(page, self._settings)
                is_picture = _is_picture(page, tables)
                page.close()
        return ReadPage(tables, count, is_picture)

    def recognise(self, page: ReadPage, ocr: Ocr) -> ReadPage:
        """The same page, read from its picture.

        Raises:
            UnreadableDocumentError: the picture cannot be drawn or read.
        """
        number = page.tables.page
        width, height, scale, picture = self._picture(number, ocr)
        found = recognise(picture, scale, ocr, name=self._name, page=number)
        characters = [one for line in found.lines for one in placed(line)]
        with pdfplumber.open(io.BytesIO(text_layer(width, height, characters, found.rules))) as pdf:
            pdf.pages[0].page_number = number
            tables = read_page(pdf.pages[0], self._settings)
        words = tuple(word for line in found.lines for word in line)
        return ReadPage(replace(tables, pictures=page.tables.pictures), None, words=words)

    def _picture(self, number: int, ocr: Ocr) -> tuple[float, float, float, Image.Image]:
        try:
            page = self._second[number - 1]
            width, height = page.get_size()
            scale = ocr.scale(width, height)
            picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
            page.close()
        except pypdfium2.PdfiumError as error:
            raise DamagedPdfError(self._name, f"ページを描けません（{error}）", page=number) from error
        return width, height, scale, picture


def second_opinion(content: bytes, name: str) -> list[int]:
    """How many characters PDFium, another reader, finds on each page; spaces are not counted.

    Raises:
        UnreadableDocumentError: PDFium cannot open the file or a page, or asks for a password.
    """
    document = _second_reader(content, name)
    try:
        return [_second_count(document, number, name) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def _second_count(document: pypdfium2.PdfDocument, number: int, name: str) -> int:
    try:
        page = document[number - 1]
        text = page.get_textpage()
        try:
            return len("".join(text.get_text_bounded().split()))
        finally:
            text.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise DamagedPdfError(name, f"PDFの中身が壊れています（{error}）", page=number) from error


def together(
    pages: Sequence[ReadPage], second_pages: int, name: str, settings: TableSettings | None = None
) -> ReadPages:
    """All pages of a document with the columns that they agree on, and what they say of each other.

    Raises:
        UnreadableDocumentError: there is no page, or no text on any.
    """
    check_pages(pages, name)
    tables = settle([page.tables for page in pages], settings)
    findings = (
        *_page_count_findings(len(pages), second_pages),
        *_loss_findings(pages),
        *_picture_findings(pages),
        *_stray_findings(tables),
        *_across_findings(tables),
        *_unknown_findings(tables),
    )
    return ReadPages(tables, findings, {page.tables.page: page.words for page in pages if page.words is not None})


def _is_picture(page: Page, tables: PageTables) -> bool:
    """Whether a page is a picture with hardly a character beside it, such as a page number that a copier adds."""
    if not tables.pictures or tables.characters > _CHARACTERS_BESIDE:
        return False
    paper = float(page.width) * float(page.height)
    covered = max((float(image["width"]) * float(image["height"]) for image in page.images), default=0.0)
    return tables.characters == 0 or covered > paper / 2


def _picture_findings(pages: Sequence[ReadPage]) -> list[Finding]:
    message = "このページは画像で、文字を読み取っていません。--ocr を付けると、文字認識（OCR）で読みます"
    return [
        Finding(Level.MUST_LOOK, "page-is-picture", message, page=one.tables.page) for one in pages if one.is_picture
    ]


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


def check_pages(pages: Sequence[ReadPage], name: str) -> None:
    """Whether there is text to read.

    Raises:
        UnreadableDocumentError: no page, or no text on any.
    """
    if not pages:
        raise DamagedPdfError(name, "ページが1つもありません")
    if any(page.tables.characters and not page.is_picture for page in pages):
        return
    if any(page.words is not None for page in pages):
        raise NoTextLayerError(name, "画像だけのPDFで、文字認識（OCR）でも文字が見つかりません")
    pictures = any(page.tables.pictures for page in pages)
    raise NoTextLayerError(
        name, "画像だけのPDFで、文字の情報がありません" if pictures else "どのページにも文字がありません"
    )


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
        if (count := page.second_count) is not None and not _agree(page.tables, count)
    ]


def _agree(page: PageTables, count: int) -> bool:
    """Whether another reader's count is that of the characters drawn, with those that imitate bold or without them, give or take a few."""
    slack = max(_LOSS_CHARACTERS, _LOSS_SHARE * count)
    return min(page.characters, page.drawn) - slack <= count <= page.drawn + slack


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


def _across_findings(pages: Sequence[PageTables]) -> list[Finding]:
    """A word in large letters over the page: told once; one that says that the paper does not hold is looked at by somebody."""
    first: dict[str, int] = {}
    for page in pages:
        for word in page.across:
            first.setdefault(word, page.page)
    return [
        Finding(
            Level.MUST_LOOK if any(void in word for void in _VOID) else Level.NOTE,
            "word-across-page",
            f"ページに重ねて、大きな字で「{word[:_SHOWN]}」とあります",
            page=page_number,
            value=word,
        )
        for word, page_number in first.items()
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
