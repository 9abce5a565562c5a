"""The text of a sheet's part in reading order, from where its pieces stand; and its tables of goals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from tsunagari_parsers.boxes import Box, Piece, contains, shared
from tsunagari_parsers.records import Goal, Rect
from tsunagari_parsers.sheet_goals import goals_of_rows
from tsunagari_parsers.sheet_headings import find_headings, sheet_words
from tsunagari_parsers.sheet_lines import LONG_LINE, ends_sentence, is_open, join_flagged, width_of
from tsunagari_parsers.tables import Cell, PageTables, Table
from tsunagari_parsers.text import comparable, join_name, remove_layout_spaces

#: Stretches that overlap by less than this are apart (points).
_TOUCH = 1.0
#: Columns without a rule between them: the gap, in characters; how many lines each has, and how long they are at least.
_GUTTER, _COLUMN_LINES, _COLUMN_WIDTH = 1.5, 3, 8.0
#: A box that covers more than this share of the page is a frame and groups nothing (0 to 1).
_FRAME_SHARE = 0.6
#: A line is full if less than this many characters would fit before the edge of the text.
_ROOM = 1.6
#: A line of so many pieces is the row of a table, ruled or not.
_ROW_CELLS = 3
#: Text keeps the same distance from both sides of its box, up to this many characters.
_PADDING = 2.0
#: A box laid over the upper edge of another is its title if it is no higher than this (points).
_TITLE_HEIGHT = 40.0


@dataclass(frozen=True, slots=True)
class GoalTable:
    """A table of goals: where its header and rows stand, each row as a paragraph, and the goals."""

    rect: Rect
    rows: tuple[str, ...]
    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """``cells`` are the pieces that stand beside one another in it."""

    text: str
    rect: Rect
    size: float
    cells: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Paragraphs that stand together; ``root`` is the index of the box that groups them, or None."""

    rect: Rect
    paragraphs: tuple[str, ...]
    root: int | None


@dataclass(frozen=True, slots=True)
class _Group:
    rect: Rect
    blocks: tuple[_Block, ...]


_Placed = TypeVar("_Placed", _Block, _Group, Piece)


def paragraphs_of_pieces(
    page: PageTables, pieces: Sequence[Piece], tables: Sequence[GoalTable], *, body: int | None, is_prose: bool
) -> list[str]:
    """The paragraphs of the ``pieces`` of one part, from the top left; columns one after the other.

    ``body`` is the box that is wholly the part's; ``is_prose`` False: a list of names, of which none goes on in the next line.
    """
    by_box: dict[int | None, list[Piece]] = {}
    for piece in pieces:
        by_box.setdefault(piece.box, []).append(piece)
    _take_overflow(by_box)
    extents = {box: union([piece.rect for piece in own]) for box, own in by_box.items()}
    blocks = [_Block(table.rect, table.rows, _root(page, table.rect, body)) for table in tables]
    for box, own in by_box.items():
        others = [extent for other, extent in extents.items() if other != box] + [table.rect for table in tables]
        root = None if box is None or box == body else _root(page, page.boxes[box].rect, body)
        for together in _columns(own):
            for lines in _cut(_lines(together), others):
                rect = union([line.rect for line in lines])
                edge = page.boxes[box].rect if box is not None else None
                flags = _flags(lines, edge, is_prose=is_prose)
                texts = join_flagged(zip((line.text for line in lines), flags, strict=True))
                blocks.append(_Block(rect, tuple(text.strip(" 　") for text in texts), root))
    grouped: dict[tuple[int | None, int], list[_Block]] = {}
    for at, block in enumerate(blocks):
        grouped.setdefault((block.root, at if block.root is None else -1), []).append(block)
    groups = [_Group(union([block.rect for block in own]), tuple(own)) for own in grouped.values()]
    ordered = [block for group in _in_order(groups) for block in _in_order(group.blocks)]
    return [text for block in ordered for text in block.paragraphs if text]


def goal_tables(page: PageTables) -> list[GoalTable]:
    """The tables of the page whose header names goals with their targets and what was reached."""
    found = []
    for table in page.tables:
        for first in range(len(table.row_tops) - 1):
            header = _goal_header(table, first)
            rows = _rows_below(table, first, header) if header else []
            goals = goals_of_rows([[_one_line(cell) for cell in row] for row in rows])
            if goals:
                cells = [cell for row in rows for cell in row]
                last = first + len(rows) - 1
                bottom = table.row_tops[last + 1] if last + 1 < len(table.row_tops) else table.rect.bottom
                extent = union([cell.rect for cell in cells])
                rect = Rect(extent.x0, table.row_tops[first], extent.x1, bottom)
                texts = tuple(_row_text(row, first + at) for at, row in enumerate(rows))
                found.append(GoalTable(rect, texts, goals))
                break
    return found


def union(rects: Sequence[Rect]) -> Rect:
    """The smallest rectangle around some."""
    return Rect(
        min(rect.x0 for rect in rects),
        min(rect.top for rect in rects),
        max(rect.x1 for rect in rects),
        max(rect.bottom for rect in rects),
    )


def is_title_of(title: Box, body: Box) -> bool:
    """Whether a box is laid over the upper edge of another, as a title is."""
    return (
        title.area < body.area
        and title.rect.bottom - title.rect.top <= _TITLE_HEIGHT
        and title.rect.top - _TOUCH <= body.rect.top <= title.rect.bottom + _TOUCH
        and shared(title.rect.x0, title.rect.x1, body.rect.x0, body.rect.x1) >= 0.5
        and not contains(body.rect, title.rect)
    )


def _take_overflow(by_box: dict[int | None, list[Piece]]) -> None:
    """Put text outside all boxes that goes on right below a box's last line to that box: it has run over the edge."""
    outside = by_box.pop(None, [])
    for piece in sorted(outside, key=lambda piece: piece.rect.top):
        into = next((box for box, own in by_box.items() if box is not None and _runs_on(own, piece)), None)
        by_box.setdefault(into, []).append(piece)


def _runs_on(own: Sequence[Piece], piece: Piece) -> bool:
    last = max(own, key=lambda one: one.rect.bottom)
    left = min(one.rect.x0 for one in own)
    gap = piece.rect.top - last.rect.bottom
    return gap < 0.8 * piece.size and gap > -0.5 * piece.size and abs(piece.rect.x0 - left) < piece.size


def _goal_header(table: Table, row: int) -> list[Cell]:
    """The cells of a row that are headers of goals, and those beside them; a form's own cells, which begin above, are none of them."""
    cells = sorted((cell for cell in table.cells if cell.row == row), key=lambda cell: cell.column)
    known = [
        at
        for at, cell in enumerate(cells)
        if any(comparable(cell.text) in spellings for spellings in sheet_words().goals.values())
    ]
    if len(known) < 2:
        return []
    begin, end = known[0], known[-1]
    while begin and _is_beside(cells[begin - 1], cells[begin]) and not find_headings(_one_line(cells[begin - 1])):
        begin -= 1
    while end + 1 < len(cells) and _is_beside(cells[end], cells[end + 1]) and cells[end + 1].text.strip():
        end += 1
    return cells[begin : end + 1]


def _is_beside(left: Cell, right: Cell) -> bool:
    return left.last_column + 1 == right.column


def _rows_below(table: Table, first: int, header: Sequence[Cell]) -> list[list[Cell]]:
    """The header and the rows with its columns: a heading below, or other columns, are no goals."""
    rows = [list(header)]
    for row in range(first + 1, len(table.row_tops)):
        cells = [cell for above in header if (cell := _innermost(table, row, above.column)) and cell.row > first]
        if len({id(cell) for cell in cells}) < len(header) or any(find_headings(cell.text) for cell in cells):
            break
        rows.append(cells)
    return rows


def _innermost(table: Table, row: int, column: int) -> Cell | None:
    """The smallest cell at this place of the grid: of a table within a cell, the inner one's."""
    cells = [
        cell for cell in table.cells if cell.row <= row <= cell.last_row and cell.column <= column <= cell.last_column
    ]
    return min(cells, key=lambda cell: (cell.rect.x1 - cell.rect.x0) * (cell.rect.bottom - cell.rect.top), default=None)


def _one_line(cell: Cell) -> str:
    return join_name(cell.text.split("\n"))


def _row_text(cells: Sequence[Cell], row: int) -> str:
    """The cells that begin in a row, as one paragraph."""
    return "　".join(_one_line(cell) for cell in cells if cell.row == row and cell.text.strip())


def _root(page: PageTables, rect: Rect, body: int | None) -> int | None:
    """The largest box that holds ``rect`` within the part, or that has it as a title; frames group nothing."""
    limit = _FRAME_SHARE * page.width * page.height
    for index in range(len(page.boxes) - 1, -1, -1):
        box = page.boxes[index]
        if index == body or box.area >= limit or (body is not None and box.area >= page.boxes[body].area):
            continue
        if contains(box.rect, rect) or (box.rect != rect and is_title_of(Box(rect, is_filled=False), box)):
            return index
    return None


def _columns(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces of one box by the columns of text in it; one column where no gap runs through all lines."""
    ordered = sorted(pieces, key=lambda piece: piece.rect.x0)
    reach = float("-inf")
    for at, piece in enumerate(ordered):
        if at and piece.rect.x0 - reach >= _GUTTER * piece.size:
            sides = ordered[:at], ordered[at:]
            if all(len(side) >= _COLUMN_LINES and _is_text(side) for side in sides):
                return [column for side in sides for column in _columns(side)]
        reach = max(reach, piece.rect.x1)
    return [list(pieces)]


def _is_text(pieces: Sequence[Piece]) -> bool:
    return sum(width_of(piece.text) for piece in pieces) / len(pieces) >= _COLUMN_WIDTH


def _lines(pieces: Sequence[Piece]) -> list[_Line]:
    """Pieces that stand beside one another as one line, from the top."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.rect.top + piece.rect.bottom, piece.rect.x0)):
        if rows and shared(rows[-1][0].rect.top, rows[-1][0].rect.bottom, piece.rect.top, piece.rect.bottom) >= 0.6:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines = []
    for row in rows:
        row.sort(key=lambda piece: piece.rect.x0)
        text = "　".join(remove_layout_spaces(piece.text) for piece in row)
        lines.append(_Line(text, union([piece.rect for piece in row]), max(piece.size for piece in row), len(row)))
    return lines


def _cut(lines: Sequence[_Line], others: Sequence[Rect]) -> list[list[_Line]]:
    """Lines in stretches between which nothing else stands."""
    stretches = [[lines[0]]]
    for before, line in pairwise(lines):
        between = any(
            before.rect.bottom - _TOUCH <= (other.top + other.bottom) / 2 <= line.rect.top + _TOUCH
            and shared(line.rect.x0, line.rect.x1, other.x0, other.x1) > 0
            for other in others
        )
        if between:
            stretches.append([line])
        else:
            stretches[-1].append(line)
    return stretches


def _flags(lines: Sequence[_Line], box: Rect | None, *, is_prose: bool) -> list[bool]:
    """For each line whether the next one goes on with it."""
    left, right = min(line.rect.x0 for line in lines), max(line.rect.x1 for line in lines)
    size = max(line.size for line in lines)
    # The edge of the text is where several lines end; else as far from the box's right side as from its left one.
    full = [line for line in lines if right - line.rect.x1 < line.size and width_of(line.text) >= _COLUMN_WIDTH]
    edge = right if len(full) > 1 else None
    if box is not None:
        padding = min(max(left - box.x0, 0.0), _PADDING * size)
        edge = edge if edge is not None and edge < box.x1 - padding - _ROOM * size else box.x1 - padding
    flags = []
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else None
        if after is None or max(line.cells, after.cells) >= _ROW_CELLS:
            flags.append(False)
            continue
        indented = after.text.startswith("　") or after.rect.x0 - left >= 0.8 * after.size
        # A list of names goes on where it parts them with commas.
        may_wrap = is_prose or "、" in line.text
        is_full = may_wrap and edge is not None and edge - line.rect.x1 < _ROOM * line.size
        if ends_sentence(line.text):
            flags.append(is_full and not indented)
        else:
            # A long line that ends no sentence goes on, wherever its column ends.
            is_long = is_prose and right - line.rect.x1 < _ROOM * line.size and width_of(line.text) >= LONG_LINE
            flags.append(is_full or is_long or is_open(line.text))
    return flags


def _in_order(placed: Sequence[_Placed]) -> list[_Placed]:
    """In reading order: bands from the top, in each band columns from the left, and so on within."""
    if len(placed) < 2:
        return list(placed)
    bands = _split(placed, lambda one: (one.rect.top, one.rect.bottom))
    if len(bands) > 1:
        return [one for band in bands for one in _in_order(band)]
    columns = _split(placed, lambda one: (one.rect.x0, one.rect.x1))
    if len(columns) > 1:
        return [one for column in columns for one in _in_order(column)]
    return sorted(placed, key=lambda one: (round(one.rect.top), one.rect.x0))


def _split(placed: Sequence[_Placed], extent: Callable[[_Placed], tuple[float, float]]) -> list[list[_Placed]]:
    parts: list[list[_Placed]] = []
    reach = float("-inf")
    for one in sorted(placed, key=extent):
        start, end = extent(one)
        if start >= reach - _TOUCH:
            parts.append([])
        parts[-1].append(one)
        reach = max(reach, end)
    return parts
