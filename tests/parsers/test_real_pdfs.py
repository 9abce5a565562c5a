"""What real producers emit: public documents that stand beside the project, and are no part of it."""

from __future__ import annotations

import csv
import os
from itertools import pairwise
from pathlib import Path

import pytest
from tests.conftest import ROOT

from tsunagari_parsers.errors import NoTextLayerError, TruncatedPdfError
from tsunagari_parsers.raw import raw_rows
from tsunagari_parsers.reading import OpenedPdf, ReadPages, read_pages
from tsunagari_parsers.report import Level
from tsunagari_parsers.tables import PageTables

FOLDER = Path(os.environ.get("TSUNAGARI_REAL_PDFS", ROOT.parent / "shared" / "real-pdfs"))
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="the documents are no part of the project; put them into ../shared/real-pdfs, or name their folder in TSUNAGARI_REAL_PDFS",
)

#: File, pages, and how many of its characters stand in cells at least; the others are titles, notes, and text in coloured areas.
FILES = (
    ("aichi-docuworks-kangxi.pdf", 47, 71_191),
    ("kobe-facilities-1go.pdf", 7, 14_038),
    ("kobe-teikijunkai-rot90-kangxi.pdf", 1, 873),
    ("meti-kisoku-shinkyu-word365.pdf", 9, 9_570),
    ("mhlw-jinzai-pamphlet.pdf", 6, 5_433),
    ("mhlw-online-hokkaido.pdf", 32, 64_150),
    ("osaka-criteria-skypdf.pdf", 4, 3_938),
    ("osaka-faq-skypdf.pdf", 1, 1_211),
    ("osaka-yodogawa-skypdf.pdf", 67, 32_102),
    ("yamaguchi-patients-excel2013.pdf", 40, 30_586),
)
#: Lines with a character that the file maps to nothing: a line end that Excel has printed after an address on the web.
WITHOUT_MEANING = {"mhlw-online-hokkaido.pdf": 2}
_read: dict[str, ReadPages] = {}


def read(name: str) -> ReadPages:
    if name not in _read:
        _read[name] = read_pages((FOLDER / name).read_bytes(), name)
    return _read[name]


def in_cells(page: PageTables) -> int:
    return sum(len("".join(line.text.split())) for table in page.tables for cell in table.cells for line in cell.lines)


@pytest.mark.parametrize(("name", "pages", "least"), FILES)
def test_no_character_within_a_table_is_lost_and_another_reader_sees_no_more(name: str, pages: int, least: int) -> None:
    document = read(name)
    assert len(document.pages) == pages
    findings = [finding.code for finding in document.findings if finding.level is Level.MUST_LOOK]
    assert findings == ["unknown-character"] * WITHOUT_MEANING.get(name, 0)
    assert [line.text for page in document.pages for line in page.stray] == []
    assert sum(map(in_cells, document.pages)) >= least
    assert not any(row.lost for row in raw_rows(document.pages))


@pytest.mark.parametrize("name", [name for name, _, _ in FILES])
def test_each_character_is_read_once_in_a_cell_or_outside(name: str) -> None:
    """None of these files imitates bold by drawing twice, so that what is drawn is what is read."""
    for page in read(name).pages:
        outside = sum(len("".join(line.text.split())) for line in page.outside)
        assert (page.page, in_cells(page) + outside) == (page.page, page.drawn)


def test_every_serial_number_of_the_open_data_is_found_in_its_column() -> None:
    """The prefecture published the same list as data: 780 numbers that were not taken from the PDF."""
    with (FOLDER / "yamaguchi-patients-excel2013.csv").open(encoding="utf-8-sig") as file:
        numbers = {row["No"] for row in csv.DictReader(file)}
    assert len(numbers) == 780
    found = [row.cells[0].strip() for row in raw_rows(read("yamaguchi-patients-excel2013.pdf").pages) if row.cells[0]]
    assert numbers <= set(found)
    assert all(found.count(number) == 1 for number in numbers)


@pytest.mark.parametrize("name", ["osaka-criteria-skypdf.pdf", "osaka-faq-skypdf.pdf", "osaka-yodogawa-skypdf.pdf"])
def test_files_with_the_narrow_map_are_read_to_the_last_character(name: str) -> None:
    with OpenedPdf((FOLDER / name).read_bytes(), name) as pdf:
        pages = [pdf.read(number) for number in range(1, pdf.pages + 1)]
    assert [page.tables.drawn for page in pages] == [page.second_count for page in pages]


def test_the_columns_of_a_long_list_are_the_same_on_every_page() -> None:
    for name, columns in (("aichi-docuworks-kangxi.pdf", 7), ("yamaguchi-patients-excel2013.pdf", 10)):
        tables = [max(page.tables, key=lambda table: len(table.cells)) for page in read(name).pages]
        assert {len(table.column_lefts) for table in tables} == {columns}


def test_a_row_of_a_comparison_of_versions_goes_on_over_its_pages() -> None:
    from tsunagari_parsers.continuation import continues

    tables = [page.tables[0] for page in read("meti-kisoku-shinkyu-word365.pdf").pages]
    assert [continues(upper, lower) for upper, lower in pairwise(tables)] == [
        True, True, False, True, True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "error"),
    [("osaka-form-truncated.pdf", TruncatedPdfError), ("poster-imageprint-scan.pdf", NoTextLayerError)],
)
def test_a_file_that_cannot_be_read_says_why(name: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=Path(name).stem):
        read(name)
