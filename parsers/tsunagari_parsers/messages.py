"""What the processes that read a document and the program say to each other; a page is told as :class:`~tsunagari_parsers.reading.ReadPage`."""

from __future__ import annotations

from dataclasses import dataclass

from tsunagari_parsers.drawn_rows import RowToDraw
from tsunagari_parsers.errors import UnreadableDocumentError
from tsunagari_parsers.limits import Limits
from tsunagari_parsers.ocr import Ocr
from tsunagari_parsers.reading import ReadPage
from tsunagari_parsers.tables import TableSettings


@dataclass(frozen=True, slots=True)
class Job:
    """The document's name for messages, and how to read it; ``ocr`` if pictures of pages are to be read."""

    name: str
    limits: Limits
    settings: TableSettings | None = None
    ocr: Ocr | None = None


@dataclass(frozen=True, slots=True)
class DrawJob:
    """Draw these rows of the document, one by one; each is answered by a :class:`~tsunagari_parsers.drawn_rows.DrawnRow`."""

    limits: Limits
    rows: tuple[RowToDraw, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Read this page; ``picture`` is what was read of it before, if its picture is to be read now."""

    page: int
    picture: ReadPage | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The document is open; ``pages`` is how many pages it has, ``second_pages`` how many PDFium finds."""

    pages: int
    second_pages: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Reading ended with ``error``, at ``page`` or, if that is None, when opening the document."""

    page: int | None
    error: UnreadableDocumentError
