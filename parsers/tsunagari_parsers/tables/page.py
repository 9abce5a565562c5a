"""One page: its characters, its rules, and the tables that they make. This package knows nothing of what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pdfplumber.page import Page

from tsunagari_parsers.boxes import Box, Piece, find_boxes, find_pieces
from tsunagari_parsers.glyphs import signs
from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.aligned import aligned_tables, outside_pieces
from tsunagari_parsers.tables.characters import assign, dedupe, text_lines
from tsunagari_parsers.tables.folios import without_page_numbers
from tsunagari_parsers.tables.frame import (
    OBLIQUE,
    Object,
    displayed,
    placed,
    placed_outlines,
    reading_turn,
    turn_of,
    within,
)
from tsunagari_parsers.tables.grid import grid, outline
from tsunagari_parsers.tables.model import Line, PageTables, Table, TableSettings
from tsunagari_parsers.tables.parted import parted
from tsunagari_parsers.tables.rules import CellGroup, ruling
from tsunagari_parsers.tables.stripes import with_white_rows

#: So many columns make a table of coloured rows, and of the text in a frame; a sheet's box may hold a short list of its own.
_FEWEST_ON_FILLS = 3
_FEWEST_IN_FRAME = 4
#: Characters across the page that are larger than this many times its text are a mark on it.
_MARK_SIZE = 2.0
#: How far below coloured cells (em) text goes on with them.
_BELOW = 2.0
#: What is typed and cannot be seen; full-width spaces indent, and are characters.
_BLANKS = " \t\r\n\N{NO-BREAK SPACE}"
_SPACES = (" ", "\N{NO-BREAK SPACE}")

#: A page of which this share of the characters stands in tables of this many cells is a list, and not made of boxes.
_TABLE_SHARE = 0.6
_GRID = 24
#: A table of no more columns is a form.
_FORM_COLUMNS = 2


def read_page(page: Page, settings: TableSettings | None = None) -> PageTables:
    """Every table of ``page``, and what stands outside them, in the page's reading frame (see :mod:`tsunagari_parsers.tables.model`)."""
    settings = settings or TableSettings()
    shown = displayed(page)
    on_page = within(page.chars, shown)
    every = _without_blanks(on_page)
    frame = replace(shown, turned=reading_turn(every))
    chars = _with_turns(placed(dedupe(every), frame), frame.turned)
    rules = ruling(page, frame, settings)
    blanks = placed((char for char in on_page if not char["text"].strip(_BLANKS)), frame)
    every_group = with_white_rows(rules.groups, chars, settings)
    stripes = [group for group in every_group if _is_stripes(group, chars)]
    while True:
        groups = [group for group in every_group if group not in stripes]
        tables, outside = _ruled_tables(page.page_number, groups, chars, settings)
        free, numbers = without_page_numbers(outside, chars, frame.size[1], settings) if outside else ([], [])
        obstacles = [(table.rect.x0, table.rect.top, table.rect.x1, table.rect.bottom) for table in tables]
        loose = [*rules.loose, *(rule for group in stripes for rule in group.drawn)]
        aligned, left = (
            aligned_tables(page.page_number, free, blanks=blanks, obstacles=obstacles, loose=loose, settings=settings)
            if free
            else ([], [])
        )
        # Stripes that no table of several columns lies on are boxes with text.
        kept = [group for group in stripes if _lie_under(group, aligned, left)]
        if len(kept) == len(stripes):
            break
        stripes = kept
    cut = outside_pieces(left, blanks, settings)
    order = {id(char): at for at, char in enumerate(chars)}
    left = sorted([*left, *numbers], key=lambda char: order[id(char)])
    # A word across the page (「取扱注意」) is no text of it.
    size = median(char["size"] for char in chars) if chars else 0.0
    mark = [char for char in left if char.get("turn") == OBLIQUE and char["size"] > _MARK_SIZE * size]
    left = [char for char in left if char not in mark] if mark else left
    tables = sorted([*tables, *aligned], key=lambda table: (table.rect.top, table.rect.x0))
    width, height = frame.size
    rest, _ = text_lines(left, Rect(0.0, 0.0, width, height), settings)
    lines = tuple(replace(line, is_full=False) for line in rest)
    boxes: tuple[Box, ...] = ()
    pieces: tuple[Piece, ...] = ()
    if len(outside) == len(chars) or _in_grids(tables) < _TABLE_SHARE * len(chars):
        shapes = placed(within(page.rects, shown), frame)
        curves = placed_outlines(within(page.curves, shown), frame)
        cells = (Rect(*cell) for group in rules.groups for cell in group.cells)
        boxes = find_boxes(shapes, curves, cells, width * height)
        pieces = find_pieces(chars, boxes)
    return PageTables(
        page=page.page_number,
        width=width,
        height=height,
        tables=tuple(tables),
        outside=lines,
        characters=len(chars),
        drawn=sum(1 for char in every if char["text"].strip()),
        pictures=len(page.images) + rules.drawings,
        turned=frame.turned,
        across=("".join(char["text"] for char in mark),) if mark else (),
        cut_lines=cut,
        stray=tuple(line for line in lines if _is_stray(line, tables)),
        boxes=boxes,
        pieces=pieces,
    )


def _in_grids(tables: Sequence[Table]) -> int:
    """How many characters stand in the rows of lists: in cells of one column each, of tables of many.

    Titled boxes make tables of a few cells; a form has two columns, and a table within its right one makes that several.
    """
    return sum(
        len(line.text)
        for table in tables
        if len(table.cells) >= _GRID and len(table.column_lefts) > _FORM_COLUMNS
        for cell in table.cells
        if cell.column == cell.last_column
        for line in cell.lines
    )


def _ruled_tables(
    page: int, groups: Sequence[CellGroup], chars: Sequence[Object], settings: TableSettings
) -> tuple[list[Table], list[Object]]:
    """The tables of some sets of cells, and the characters that are in none of them."""
    assigned, outside = assign(chars, [cell for group in groups for cell in group.cells])
    tables = []
    start = 0
    for group in groups:
        own = assigned[start : start + len(group.cells)]
        start += len(group.cells)
        if any(own):
            tables.append(
                parted(page, group.cells, own, group.drawn, settings)
                or grid(page, group.cells, own, group.drawn, settings)
            )
    return tables, outside


def _is_stripes(group: CellGroup, chars: Sequence[Object]) -> bool:
    """Whether cells may be the ground of a table without rules down, and not its cells.

    They lie in one column: coloured rows, or a frame with a rule below its header. Or they are coloured, and text goes on below them.
    """
    sides = {(round(cell[0]), round(cell[2])) for cell in group.cells}
    if len(sides) == 1:
        return group.is_fill or len(group.cells) > 1
    place = outline(group.cells)
    return group.is_fill and any(
        place.x0 <= (char["x0"] + char["x1"]) / 2 <= place.x1 and 0 < char["top"] - place.bottom < _BELOW * char["size"]
        for char in chars
    )


def _lie_under(group: CellGroup, tables: Sequence[Table], left: Sequence[Object]) -> bool:
    """Whether stripes are the ground of a table: it has enough columns, and no text on the stripes is left over."""
    place = outline(group.cells)
    least = _FEWEST_ON_FILLS if group.is_fill else _FEWEST_IN_FRAME
    return any(
        len(table.column_lefts) >= least and table.rect.top < place.bottom and place.top < table.rect.bottom
        for table in tables
    ) and not any(
        place.x0 <= (char["x0"] + char["x1"]) / 2 <= place.x1
        and place.top <= (char["top"] + char["bottom"]) / 2 <= place.bottom
        for char in left
    )


def _without_blanks(chars: Sequence[Object]) -> list[Object]:
    """The characters that are drawn; one after which the file has a space is marked, because a narrow one is hardly a gap."""
    kept: list[Object] = []
    for char in chars:
        if char["text"].strip(_BLANKS):
            kept.append(_known(char))
        elif kept and char["text"] in _SPACES:
            kept[-1] = {**kept[-1], "spaced": True}
    return kept


def _known(char: Object) -> Object:
    """The character that is meant, or U+FFFD for one that the file gives no meaning: pdfminer writes its number (「(cid:10)」) in its place."""
    text: str = char["text"]
    if text.startswith("(cid:"):
        return {**char, "text": "\N{REPLACEMENT CHARACTER}"}
    return {**char, "text": signs()[text]} if text in signs() else char


def _with_turns(chars: list[Object], page_turn: int) -> list[Object]:
    """The characters, those that run another way than the page's text marked with the turn that they still need."""
    turns = [turn_of(char) for char in chars]
    if all(turn == page_turn for turn in turns):
        return chars
    return [
        char if turn == page_turn else {**char, "turn": turn if turn < 0 else (turn - page_turn) % 360}
        for char, turn in zip(chars, turns, strict=True)
    ]


def _is_stray(line: Line, tables: Sequence[Table]) -> bool:
    """Whether a line that is in no cell stands within the outline of a ruled table."""
    x, y = (line.rect.x0 + line.rect.x1) / 2, (line.rect.top + line.rect.bottom) / 2
    return any(
        table.is_ruled and table.rect.x0 <= x <= table.rect.x1 and table.rect.top <= y <= table.rect.bottom
        for table in tables
    )
