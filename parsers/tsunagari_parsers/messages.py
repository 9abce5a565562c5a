"""What the processes that read a document and the program say to each other; a page is told as :class:`~tsunagari_parsers.reading.ReadPage`."""

from __future__ import annotations

from dataclasses import dataclass

from tsunagari_parsers.errors import UnreadableDocumentError
from tsunagari_parsers.limits import Limits
from tsunagari_parsers.tables import TableSettings


@dataclass(frozen=True, slots=True)
class Job:
    """The document's name for messages, and how to read it."""

    name: str
    limits: Limits
    settings: TableSettings | None = None


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
