"""Pages with tables as the table reader gives them, for what comes after it: no PDF is made and none is read."""

from __future__ import annotations

from collections.abc import Sequence

from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables import Cell, Line, PageTables, Table

LEFT, ABOVE = "<", "^"
FULL = "↩"
_WIDTH, _HEIGHT = 100.0, 20.0


def grid_page(
    *tables: Sequence[Sequence[str]],
    page: int = 1,
    above: Sequence[str] = (),
    open_above: bool = False,
    open_below: bool = False,
    is_ruled: bool = True,
    overwritten: Sequence[str] = (),
) -> PageTables:
    """A page with tables below one another, given as rows of texts.

    ``<`` and ``^`` continue the cell on the left and above; a line that ends in ``↩`` is full. ``above`` are the lines over
    each table. ``open_above`` and ``open_below``: no rule is drawn at the table's head or foot; ``overwritten``: texts of
    cells into which other text has run.
    """
    made, outside, top = [], [], 100.0
    for number, rows in enumerate(tables):
        if number < len(above) and above[number]:
            outside.append(Line(above[number], Rect(10, top - 15, 200, top - 5), is_full=False))
        made.append(
            _table(rows, top, page=page, is_open=(open_above, open_below), is_ruled=is_ruled, overwritten=overwritten)
        )
        top += _HEIGHT * len(rows) + 60
    characters = sum(len(cell.text) for table in made for cell in table.cells) + sum(len(one.text) for one in outside)
    return PageTables(page, 842.0, 595.0, tuple(made), tuple(outside), characters, characters, 0)


def _table(
    rows: Sequence[Sequence[str]],
    top: float,
    *,
    page: int,
    is_open: tuple[bool, bool],
    is_ruled: bool,
    overwritten: Sequence[str],
) -> Table:
    cells = []
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if text in {LEFT, ABOVE}:
                continue
            last_column = column
            while last_column + 1 < len(texts) and texts[last_column + 1] == LEFT:
                last_column += 1
            last_row = row
            while last_row + 1 < len(rows) and rows[last_row + 1][column] == ABOVE:
                last_row += 1
            rect = Rect(
                column * _WIDTH, top + row * _HEIGHT, (last_column + 1) * _WIDTH, top + (last_row + 1) * _HEIGHT
            )
            cells.append(
                Cell(
                    rect,
                    row,
                    last_row,
                    column,
                    last_column,
                    tuple(_line(line, rect, at) for at, line in enumerate(text.split("\n"))) if text else (),
                    top_drawn=not (is_open[0] and row == 0),
                    bottom_drawn=not (is_open[1] and last_row == len(rows) - 1),
                    is_overwritten=text in overwritten,
                )
            )
    columns = max(len(texts) for texts in rows)
    outline = Rect(0.0, top, columns * _WIDTH, top + len(rows) * _HEIGHT)
    tops = tuple(top + row * _HEIGHT for row in range(len(rows)))
    return Table(page, outline, tops, tuple(column * _WIDTH for column in range(columns)), tuple(cells), is_ruled)


def _line(text: str, rect: Rect, at: int) -> Line:
    is_full = text.endswith(FULL)
    place = Rect(rect.x0 + 2, rect.top + 10 * at, rect.x1 - 2 if is_full else rect.x0 + 40, rect.top + 10 * at + 9)
    return Line(text.removesuffix(FULL), place, is_full)
