"""Rows, and cells beside several rows, that a page break cuts in two: what joins them is evidence, never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsunagari_parsers.list_rows import UNJOINED, ListRow
from tsunagari_parsers.phones import find_numbers
from tsunagari_parsers.places import municipalities_named, prefecture_named
from tsunagari_parsers.records import PlaceOnPage
from tsunagari_parsers.report import Skip
from tsunagari_parsers.text import comparable

#: What a row that goes on never has again; a second one of these is another row.
_ONCE = ("program_name", "name", "number", "phone", "contact", "implementing_body")


def join_over_pages(items: Sequence[ListRow | Skip], key: str) -> list[ListRow | Skip]:
    """The rows with those joined that a page break cut in two, as far as open edges show that it did."""
    joined: list[ListRow | Skip] = []
    feet_tell = any(isinstance(item, ListRow) and item.is_last_of_page and _is_closed(item) for item in items)
    for item in items:
        before = joined[-1] if joined else None
        if not (
            isinstance(item, ListRow)
            and isinstance(before, ListRow)
            and item.is_first_of_page
            and before.is_last_of_page
            and before.last_page < item.page
        ):
            joined.append(item)
            continue
        could_go_on = _could_go_on(before, item, key)
        if (could_go_on and _is_open_between(before, item)) or (feet_tell and _is_torn(before, item)):
            joined[-1] = _as_one(before, item)
        elif could_go_on and _has_no_key(item):
            joined.append(Skip(item.page, 0, UNJOINED, " / ".join(item.texts())))
        else:
            joined.append(item)
    return joined


def _is_closed(row: ListRow) -> bool:
    """Whether rules are drawn at the foot of all cells of a row."""
    return all(cell.bottom_drawn for cell in row.cells.values())


def _is_torn(before: ListRow, after: ListRow) -> bool:
    """Whether a page break runs through the lines of a row: no cell above it is closed, and what stands below is no row of its own.

    Tells only in a list that closes the rows at the foot of its pages. Names, departments and numbers may then have lines on both
    pages, but not two numbers that can be dialled, two places, or two serial numbers.
    """
    if any(cell.bottom_drawn for cell in before.cells.values()):
        return False
    if all(row.text("number").strip() for row in (before, after)):
        return False
    place = comparable(after.text("implementing_body")), comparable(after.text("prefecture"))
    if before.text("implementing_body").strip() and any(
        prefecture_named(one) or municipalities_named(one) for one in place if one
    ):
        return False
    if any(all(find_numbers(row.text(field)) for row in (before, after)) for field in ("phone", "contact")):
        return False
    filled = [field for field, cell in before.cells.items() if cell.text.strip()]
    return any(not after.text(field).strip() for field in filled)


def _could_go_on(before: ListRow, after: ListRow, key: str) -> bool:
    """Whether two rows on both sides of a page break have no more than one row has together."""
    if all(row.text(key).strip() for row in (before, after)) or not any(
        row.text(key).strip() for row in (before, after)
    ):
        return False
    once = [
        field
        for field in _ONCE
        if before.text(field).strip() and after.text(field).strip() and not _is_rest_of_number(field, after)
    ]
    said = after.text("prefecture").strip(), before.text("prefecture").strip()
    return not once and not (all(said) and comparable(said[0]) != comparable(said[1]))


def _is_rest_of_number(field: str, after: ListRow) -> bool:
    """Whether what stands in a cell of numbers is none by itself: the end of one, or its extension."""
    return field in {"phone", "contact"} and not find_numbers(after.text(field))


def _is_open_between(before: ListRow, after: ListRow) -> bool:
    """Whether no rule closes the row above, or none begins the row below, in every column that goes on."""
    cells = [
        (before.cells[field], cell)
        for field, cell in after.cells.items()
        if cell.text.strip() and field in before.cells and field != "prefecture"
    ]
    return bool(cells) and all(not upper.bottom_drawn or not lower.top_drawn for upper, lower in cells)


def _has_no_key(row: ListRow) -> bool:
    return not any(row.text(field).strip() for field in (*_ONCE, "prefecture"))


def _as_one(before: ListRow, after: ListRow) -> ListRow:
    cells = dict(before.cells)
    for field, cell in after.cells.items():
        if field in cells:
            overwritten = cells[field].is_overwritten or cell.is_overwritten
            lines = cells[field].lines + cell.lines
            cells[field] = replace(
                cells[field], lines=lines, bottom_drawn=cell.bottom_drawn, is_overwritten=overwritten
            )
        else:
            cells[field] = cell
    return replace(
        before,
        last_page=after.last_page,
        cells=cells,
        is_last_of_page=after.is_last_of_page,
        further=(*before.further, PlaceOnPage(after.page, after.rect), *after.further),
    )


def with_carried(rows: Sequence[ListRow]) -> list[ListRow]:
    """The rows with the prefecture and the body of the cell that spans them, over page breaks too."""
    prefectures = _carried(rows, "prefecture", needs_opening=False)
    bodies = _carried(rows, "implementing_body", needs_opening=True)
    return [
        replace(row, prefecture=prefecture, body=body)
        for row, prefecture, body in zip(rows, prefectures, bodies, strict=True)
    ]


def _carried(rows: Sequence[ListRow], field: str, *, needs_opening: bool) -> list[str]:
    """Each row's text of a field: its own cell's, or that of the other half of a cell that a page break cut in two.

    An empty cell at the head of a page goes on from the page before (``needs_opening``: only if no rule closes it); an empty
    one at its foot, if its lower edge is not drawn, goes on on the next page. An empty cell anywhere else stays empty:
    nothing is filled forward without a span.
    """
    known = [row.name(field) for row in rows]
    for index, row in enumerate(rows):
        if not known[index] and index and _same_cell(rows[index - 1], row, known[index - 1], field, needs_opening):
            known[index] = known[index - 1]
    for index in reversed(range(len(rows) - 1)):
        row, after = rows[index], rows[index + 1]
        if known[index]:
            continue
        within = row.last_page == after.page and row.cells.get(field) == after.cells.get(field)
        over = row.last_page != after.page and _open_below(row, field)
        if within or over:
            known[index] = known[index + 1]
    return known


def _same_cell(before: ListRow, row: ListRow, text: str, field: str, needs_opening: bool) -> bool:
    if before.last_page == row.page:
        return bool(text) and before.cells.get(field) == row.cells.get(field)
    if not (row.is_first_of_page and before.is_last_of_page):
        return False
    if needs_opening:
        lower = row.cells.get(field)
        return _open_below(before, field) or (lower is not None and not lower.top_drawn)
    return not (_open_below(before, field) and not before.text(field))


def _open_below(row: ListRow, field: str) -> bool:
    cell = row.cells.get(field)
    return cell is not None and not cell.bottom_drawn
