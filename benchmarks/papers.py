"""The files that readers are compared on, and how much of each a reader recovers."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pypdfium2
from benchmarks.readers import Row
from fixtures.generate import program_list_truth
from fixtures.national import FOLDER, VARIANTS, Programme, truth
from reportlab.pdfgen.canvas import Canvas

from tsunagari_parsers.glyphs import without_radicals

#: Public documents of many producers, which are no part of the project.
REAL = FOLDER.parent.parent / "shared" / "real-pdfs"
#: The list with 780 serial numbers that its publisher gives as data too. It is read whole.
SERIALS = "yamaguchi-patients-excel2013"
#: The papers that are made for this from the list: without rules, turned, and with rows that go on over the page.
MADE = ("no-rules", "rotate-90", "over-pages")
LIST = "national-list-r3.pdf"


@dataclass(frozen=True, slots=True)
class Recovered:
    """How much a reader recovered of how much there is. ``what``: records, serial numbers or characters."""

    found: int
    of: int
    what: str

    def __add__(self, other: Recovered) -> Recovered:
        return Recovered(self.found + other.found, self.of + other.of, self.what)

    def __str__(self) -> str:
        if self.what == "characters":
            return f"{self.found / self.of:.1%} of characters" if self.of else "no characters"
        return f"{self.found} of {self.of} {self.what}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file, how many pages it has (of how many, where only its first ones are read), and what tells how much of it is recovered."""

    name: str
    content: bytes
    pages: int
    of_pages: int
    recovered: Callable[[Sequence[Row]], Recovered]


@dataclass(frozen=True, slots=True)
class Known:
    """A record that a paper is known to hold: a name, and the digits of its numbers."""

    name: str
    phones: tuple[str, ...]


def fixtures() -> Iterator[Paper]:
    """The project's own papers."""
    programmes = known_programmes(truth())
    yield _listed(FOLDER / "national_list_r3" / LIST, programmes)
    yield _listed(FOLDER / "variants" / "printed-by-chromium.pdf", programmes)
    yield _listed(FOLDER / "program_list_example" / "program-list-example.pdf", known_programmes(program_list_truth()))
    yield _listed(FOLDER / "desk_list_example" / "desk-list-example.pdf", _known_desks())
    yield _free(FOLDER / "sheet_gunma_r7" / "sheet-gunma-r7.pdf", None)
    for name in MADE:
        content = VARIANTS[name]()
        pages = page_count(content)
        yield Paper(f"{name}.pdf", content, pages, pages, partial(found_records, programmes))


def real(folder: Path, most_pages: int) -> Iterator[Paper]:
    """The documents beside the project, the first ``most_pages`` pages of each; none if the folder is not there."""
    for path in sorted(folder.glob("*.pdf")):
        if path.stem == SERIALS:
            with path.with_suffix(".csv").open(encoding="utf-8-sig") as file:
                numbers = frozenset(row["No"] for row in csv.DictReader(file))
            content = path.read_bytes()
            pages = page_count(content)
            yield Paper(path.name, content, pages, pages, partial(found_serials, numbers))
        else:
            yield _free(path, most_pages)


def warm_up() -> bytes:
    """A page with a box and a letter in it."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(200, 200), invariant=1)
    canvas.rect(50, 50, 100, 100)
    canvas.drawString(95, 95, "A")
    canvas.showPage()
    canvas.save()
    return made.getvalue()


def page_count(content: bytes) -> int:
    """How many pages PDFium finds; 0 if it cannot open the file."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return 0
    try:
        return len(document)
    finally:
        document.close()


def first_pages(content: bytes, pages: int) -> bytes:
    """The file's first pages as a file."""
    whole, part = pypdfium2.PdfDocument(content), pypdfium2.PdfDocument.new()
    part.import_pages(whole, range(pages))
    made = io.BytesIO()
    part.save(made)
    part.close()
    whole.close()
    return made.getvalue()


def comparable(text: str) -> str:
    """A text without white space, in compatibility form (NFKC); radicals, the two waves and the two middle dots are one character each.

    Readers are compared by what stands in which row, not by how they write a character that a file writes wrongly.
    """
    folded = "".join(unicodedata.normalize("NFKC", without_radicals(text)).split())
    return folded.replace("\N{WAVE DASH}", "~").replace("\N{HYPHENATION POINT}", "\N{KATAKANA MIDDLE DOT}")


def found_records(known: Sequence[Known], rows: Iterable[Row]) -> Recovered:
    """How many records have a row of their own that holds the name, and the digits of every number in a cell.

    A row that holds several, such as a whole page in one cell, counts for one.
    """
    free = [("".join(map(comparable, cells)), [_digits(cell) for cell in cells]) for _, cells in rows]
    found = 0
    for one in known:
        name = comparable(one.name)
        for place, (text, digits) in enumerate(free):
            if name in text and all(any(phone in cell for cell in digits) for phone in one.phones):
                del free[place]
                found += 1
                break
    return Recovered(found, len(known), "records")


def found_serials(numbers: frozenset[str], rows: Iterable[Row]) -> Recovered:
    """How many serial numbers begin a row that holds more than the number."""
    begun = set()
    for _, cells in rows:
        filled = [text for cell in cells if (text := comparable(cell))]
        if len(filled) > 1:
            begun.add(filled[0])
    return Recovered(len(numbers & begun), len(numbers), "serial numbers")


def found_characters(pages: Sequence[str], rows: Iterable[Row]) -> Recovered:
    """How many of each page's characters stand in a cell; a character that is in more cells than it is on the page counts no more."""
    cells = [Counter[str]() for _ in pages]
    for page, texts in rows:
        cells[page - 1].update(comparable("".join(texts)))
    drawn = [Counter(comparable(page)) for page in pages]
    found = sum((have & want).total() for have, want in zip(cells, drawn, strict=True))
    return Recovered(found, sum(page.total() for page in drawn), "characters")


def known_programmes(programmes: Iterable[Programme]) -> list[Known]:
    """Name and number of each programme."""
    return [Known(one.program_name, (_digits(one.phone),)) for one in programmes]


def _known_desks() -> list[Known]:
    desks = json.loads((FOLDER / "desk_list_example" / "expected.json").read_text(encoding="utf-8"))
    return [Known(desk["name"], tuple(map(_digits, desk["phones"]))) for desk in desks]


def _digits(text: str) -> str:
    return "".join(character for character in comparable(text) if character in "0123456789")


def _listed(path: Path, known: Sequence[Known]) -> Paper:
    content = path.read_bytes()
    pages = page_count(content)
    return Paper(path.name, content, pages, pages, partial(found_records, known))


def _free(path: Path, most_pages: int | None) -> Paper:
    """A paper of which nothing is known but PDFium's characters."""
    content = path.read_bytes()
    of_pages = page_count(content)
    pages = min(of_pages, most_pages or of_pages)
    if pages < of_pages:
        content = first_pages(content, pages)
    texts = _texts(content) if pages else []
    return Paper(path.name, content, pages, of_pages, partial(found_characters, texts))


def _texts(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
