"""A dump of slides as Markdown with HTML tables: its lines, what kind each is, and the rows of its tables.

Such a dump writes a table as lines of cells parted by tabs or pipes, or as HTML, and an HTML table may stand within a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser

_LIST_MARK = re.compile(r"^\s*[-*+]\s+")
_HEADING_MARK = re.compile(r"^\s*#{1,6}\s*")
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_PIPES_RULE = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$")
_TABLE_BEGIN = re.compile(r"<table\b", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
#: Elements that end a line of what they hold.
_BREAKING = frozenset({"br", "li", "p", "div", "ul", "ol", "tr"})


class Kind(StrEnum):
    """What a line is."""

    ROW = "row"
    RULE = "rule"
    ITEM = "item"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SlideLine:
    """A line with something on it: its number in the file (from 1), what kind it is, its text without marks, and a row's cells."""

    number: int
    kind: Kind
    text: str
    cells: tuple[str, ...] = ()


def slide_lines(text: str) -> tuple[SlideLine, ...]:
    """The lines of the dump that have something on them; the lines of an HTML table of its own are its rows."""
    found: list[SlideLine] = []
    table: list[tuple[int, str]] = []
    for number, raw in enumerate(text.replace("\f", "").split("\n"), start=1):
        if table or (_TABLE_BEGIN.match(raw.strip()) and "\t" not in raw):
            table.append((number, raw))
            if _TABLE_END.search(raw):
                found += _table_lines(table)
                table = []
        elif raw.strip(" \t　"):
            found.append(_line(number, raw))
    # A table that is never closed is text like any other.
    found += [_line(number, raw) for number, raw in table if raw.strip()]
    return tuple(found)


def plain(text: str) -> str:
    """Without emphasis, headings' and lists' marks, and tags; lines of HTML parted by ``\\n``."""
    if _TAG.search(text):
        text = "\n".join(line for cells in html_rows(f"<table><tr><td>{text}</td></tr></table>") for line in cells)
    return _EMPHASIS.sub(lambda match: match[1] or match[2], _HEADING_MARK.sub("", _LIST_MARK.sub("", text))).strip(
        " \t"
    )


def html_rows(html: str) -> list[list[str]]:
    """The rows of the innermost tables of some HTML: the text of each cell, its lines parted by ``\\n``."""
    reader = _Tables()
    reader.feed(html)
    reader.close()
    return [row for row in reader.rows if any(row)]


def _line(number: int, raw: str) -> SlideLine:
    if _PIPES_RULE.match(raw) and "|" in raw:
        return SlideLine(number, Kind.RULE, raw.strip())
    if "\t" in raw.strip(" "):
        return SlideLine(number, Kind.ROW, raw.strip(), tuple(cell.strip() for cell in raw.split("\t")))
    if raw.strip().startswith("|") and raw.count("|") > 1:
        cells = raw.strip().removeprefix("|").removesuffix("|").split("|")
        return SlideLine(number, Kind.ROW, raw.strip(), tuple(cell.strip() for cell in cells))
    kind = Kind.ITEM if _LIST_MARK.match(raw) else Kind.TEXT
    return SlideLine(number, kind, plain(raw))


def _table_lines(table: Sequence[tuple[int, str]]) -> Iterator[SlideLine]:
    """One line for each row of an HTML table; each has the number of the table's first line, the others are kept as its rule."""
    rows = html_rows("\n".join(raw for _, raw in table))
    for cells in rows:
        yield SlideLine(table[0][0], Kind.ROW, " ".join(cells), tuple(cells))
    for number, raw in table[1:]:
        if raw.strip():
            yield SlideLine(number, Kind.RULE, raw.strip())


class _Tables(HTMLParser):
    """Collects cells; a table within a cell gives rows of its own, and its text stays out of the cell around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._open_rows: list[list[str]] = []
        self._open_cells: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "tr":
            # A row stands before the rows of a table within it: its label says what they are.
            row: list[str] = []
            self.rows.append(row)
            self._open_rows.append(row)
        elif tag in {"td", "th"}:
            self._open_cells.append([])
        elif tag in _BREAKING:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._open_rows:
            self._open_rows.pop()
        elif tag in {"td", "th"} and self._open_cells:
            lines = (" ".join(line.split()) for line in "".join(self._open_cells.pop()).split("\n"))
            text = "\n".join(line for line in lines if line)
            if self._open_rows:
                self._open_rows[-1].append(text)
        elif tag in _BREAKING:
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        if self._open_cells:
            self._open_cells[-1].append(data)
