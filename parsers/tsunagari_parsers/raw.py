"""The rows of tables as they stand on each page, before anybody asks what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tsunagari_parsers.report import Finding, Level
from tsunagari_parsers.tables import PageTables, Table


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a table's grid. ``page``, ``table`` and ``row`` count from 1; tables count anew on each page.

    ``cells`` has one entry for each column of the grid: the text of the cell that begins there ("" if it is empty), or None where a cell
    that begins further left or further up covers the place. ``lost`` are the columns (from 0) that no cell covers: None stands there
    too, and the row is not to be trusted.
    """

    page: int
    table: int
    row: int
    cells: tuple[str | None, ...]
    lost: tuple[int, ...] = ()


def raw_rows(pages: Iterable[PageTables]) -> Iterator[RawRow]:
    """Every row of every table, in the order of the pages."""
    for page in pages:
        for number, table in enumerate(page.tables, start=1):
            yield from _rows(table, page.page, number)


def _rows(table: Table, page: int, number: int) -> Iterator[RawRow]:
    width = len(table.column_lefts)
    texts: list[list[str | None]] = [[None] * width for _ in table.row_tops]
    covered: list[set[int]] = [set() for _ in table.row_tops]
    for cell in table.cells:
        texts[cell.row][cell.column] = cell.text
        for row in range(cell.row, cell.last_row + 1):
            covered[row].update(range(cell.column, cell.last_column + 1))
    for row, (cells, known) in enumerate(zip(texts, covered, strict=True), start=1):
        lost = tuple(column for column in range(width) if column not in known)
        yield RawRow(page, number, row, tuple(cells), lost)


def lost_places(row: RawRow) -> list[Finding]:
    """A finding for each place of the row that no cell covers: rules that end too early, or a table that is no rectangle."""
    return [
        Finding(
            Level.MUST_LOOK,
            "no-cell-here",
            f"表{row.table}の{row.row}行目の{column + 1}列目は、どの欄にも当たりません（けい線が足りない）",
            page=row.page,
            row=row.row,
        )
        for column in row.lost
    ]
