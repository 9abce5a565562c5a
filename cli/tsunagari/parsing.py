"""Reading one document as the command line and an import do: within limits, with an administrator's columns, with or without OCR."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from tsunagari.parse_cache import ParseCache, ParseKey
from tsunagari_parsers.columns import known_column_names, load_column_names
from tsunagari_parsers.document import parse_document
from tsunagari_parsers.drawn_rows import RowDrawer
from tsunagari_parsers.errors import ColumnDataError
from tsunagari_parsers.reading import PageReader, ReadPages, read_pages
from tsunagari_parsers.report import ParsedDocument
from tsunagari_parsers.row_drawing import draw_rows


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What an administrator said of reading a document; it is kept with the document, so that reading it again gives the same.

    ``columns`` is the text of a file of column names (:func:`tsunagari_parsers.columns.load_column_names`), or empty; ``ocr`` whether
    pictures are read.
    """

    columns: str = ""
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Reads documents. ``pages`` reads a PDF's text, ``pictures`` reads its pictures where it has no text, ``rows`` draws its rows.

    ``cache`` keeps what was read; not of pictures, for it knows nothing of the program that recognises characters. ``at_once`` is of how many documents
    the rows may be drawn at the same time: more than one only where ``rows`` draws in processes of their own, for PDFium has one thread.
    """

    pages: PageReader = read_pages
    pictures: PageReader | None = None
    rows: RowDrawer = draw_rows
    cache: ParseCache | None = None
    at_once: int = 1

    def read(self, content: bytes, *, name: str, fiscal_year: int | None, how: HowToRead) -> ParsedDocument:
        """The records and the report of a document.

        Raises:
            UnreadableDocumentError: nothing can be read from it.
            ColumnDataError: the columns' names cannot be used.
        """
        cache = None if how.ocr else self.cache
        key = ParseKey(hashlib.sha256(content).hexdigest(), name, fiscal_year, how.columns)
        if cache and (known := cache.find(key)):
            return known
        parsed = self._read(content, key, how)
        if cache:
            cache.store(key, parsed)
        return parsed

    def in_turn(self) -> DocumentReader:
        """The same reader for several threads: the pages of one document are read at a time, by all processes, while records of another are made."""
        turn = Lock()
        pictures = _in_turn(self.pictures, turn) if self.pictures else None
        return replace(self, pages=_in_turn(self.pages, turn), pictures=pictures)

    def _read(self, content: bytes, key: ParseKey, how: HowToRead) -> ParsedDocument:
        names = None
        if how.columns:
            names = known_column_names().merged_with(load_column_names(how.columns, where=f"{key.name} の見出しの表"))
        reader = self.pictures if how.ocr and self.pictures else self.pages
        return parse_document(content, name=key.name, fiscal_year=key.fiscal_year, names=names, reader=reader)


def _in_turn(reader: PageReader, turn: Lock) -> PageReader:
    def read(content: bytes, name: str) -> ReadPages:
        with turn:
            return reader(content, name)

    return read


def columns_of(path: Path | None) -> str:
    """The text of an administrator's file of column names, checked; empty without one.

    Raises:
        ColumnDataError: the file cannot be read or used.
    """
    if path is None:
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8ではありません"
        raise ColumnDataError(f"{path}：ファイルを読めません（{reason}）") from error
    load_column_names(text, where=str(path))
    return text
