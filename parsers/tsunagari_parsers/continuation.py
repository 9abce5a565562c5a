"""Whether a row goes on over a page break: the evidence, for layouts that join such rows. Tables themselves stay as each page has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tsunagari_parsers.tables import Cell, Table, TableSettings


def continues(upper: Table, lower: Table, keys: Collection[int] = (0,), settings: TableSettings | None = None) -> bool:
    """Whether the last row of ``upper`` goes on in the first row of ``lower``, the next table on a later page.

    Both must have the same columns: as many, and each beginning within ``settings.same_column`` points of the other. Then it goes on

    - where no cell of the last row has a rule at its foot, or no cell of the first row one at its head, and so for a cell above that
      is open where the one below has text: Word leaves both out, Excel the lower one;
    - or where some cells are open and the ``keys`` of the first row are empty beside text: Excel draws the rule at the foot of a page
      under some columns only, so that an open edge alone is no evidence;
    - or, in tables whose rows no rules part, where the keys of the first row are empty beside text.

    A row whose edges are all drawn ends on its page, whatever is empty below: an empty key there is the paper's own gap.

    Args:
        upper: a table that is the last one of its page.
        lower: the first one of the next page, below its repeated header if it has one: cut such a header off before.
        keys: columns of the grid that every row has text in (a name, a number).
        settings: geometry.
    """
    settings = settings or TableSettings()
    if not same_columns(upper, lower, settings):
        return False
    foot = [cell for cell in upper.cells if cell.last_row == len(upper.row_tops) - 1]
    head = [cell for cell in lower.cells if cell.row == 0]
    if not any(cell.lines for cell in head):
        return False
    keyless = not any(cell.lines for cell in head for key in keys if cell.column <= key <= cell.last_column)
    if not (upper.is_ruled and lower.is_ruled):
        return keyless
    if _all_open(foot, "bottom_drawn") or _all_open(head, "top_drawn"):
        return True
    return keyless and not all(cell.bottom_drawn for cell in foot)


def same_columns(upper: Table, lower: Table, settings: TableSettings) -> bool:
    """Whether two tables have as many columns, beginning at the same places."""
    lefts, others = upper.column_lefts, lower.column_lefts
    return len(lefts) == len(others) and all(
        abs(left - other) <= settings.same_column for left, other in zip(lefts, others, strict=True)
    )


def _all_open(cells: Sequence[Cell], edge: str) -> bool:
    return bool(cells) and not any(getattr(cell, edge) for cell in cells)
