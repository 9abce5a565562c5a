"""One page: its characters, its rules, and the tables that they make. This package knows nothing of what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pdfplumber.page import Page

from tsunagari_parsers.boxes import Box, Piece, find_boxes, find_pieces
from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.aligned import aligned_tables, outside_pieces
from tsunagari_parsers.tables.characters import assign, dedupe, text_lines
from tsunagari_parsers.tables.folios import without_page_numbers
from tsunagari_parsers.tables.frame import Object, displayed, placed, placed_outlines, reading_turn, turn_of, within
from tsunagari_parsers.tables.grid import grid
from tsunagari_parsers.tables.model import Line, PageTables, Table, TableSettings
from tsunagari_parsers.tables.parted import parted
from tsunagari_parsers.tables.rules import ruling

#: A page of which this share of the characters stands in tables of this many cells is a list, and not made of boxes.
_TABLE_SHARE = 0.6
_GRID = 24


def read_page(page: Page, settings: TableSettings | None = None) -> PageTables:
    """Every table of ``page``, and what stands outside them, in the page's reading frame (see :mod:`tsunagari_parsers.tables.model`)."""
    settings = settings or TableSettings()
    shown = displayed(page)
    every = _without_blanks(within(page.chars, shown))
    frame = replace(shown, turned=reading_turn(every))
    chars = _with_turns(placed(dedupe(every), frame), frame.turned)
    rules = ruling(page, frame, settings)
    assigned, outside = assign(chars, [cell for group in rules.groups for cell in group.cells])
    tables: list[Table] = []
    start = 0
    for group in rules.groups:
        own = assigned[start : start + len(group.cells)]
        start += len(group.cells)
        if any(own):
            tables.append(
                parted(page.page_number, group.cells, own, group.drawn, settings)
                or grid(page.page_number, group.cells, own, group.drawn, settings)
            )
    obstacles = [(table.rect.x0, table.rect.top, table.rect.x1, table.rect.bottom) for table in tables]
    aligned: list[Table] = []
    cut: tuple[Line, ...] = ()
    if outside:
        blanks = placed((char for char in within(page.chars, shown) if not char["text"].strip(" \t\r\n")), frame)
        outside, numbers = without_page_numbers(outside, chars, frame.size[1], settings)
        aligned, outside = aligned_tables(
            page.page_number,
            outside,
            blanks=blanks,
            obstacles=obstacles,
            loose=rules.loose,
            settings=settings,
        )
        cut = outside_pieces(outside, blanks, settings)
        order = {id(char): at for at, char in enumerate(chars)}
        outside = sorted([*outside, *numbers], key=lambda char: order[id(char)])
    tables = sorted([*tables, *aligned], key=lambda table: (table.rect.top, table.rect.x0))
    width, height = frame.size
    left, _ = text_lines(outside, Rect(0.0, 0.0, width, height), settings)
    lines = tuple(replace(line, is_full=False) for line in left)
    boxes: tuple[Box, ...] = ()
    pieces: tuple[Piece, ...] = ()
    if sum(map(len, assigned)) == 0 or _in_grids(tables) < _TABLE_SHARE * len(chars):
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
        cut_lines=cut,
        stray=tuple(line for line in lines if _is_stray(line, tables)),
        boxes=boxes,
        pieces=pieces,
    )


def _in_grids(tables: Sequence[Table]) -> int:
    """How many characters stand in tables of many cells; titled boxes make tables of a few."""
    return sum(
        len(line.text) for table in tables if len(table.cells) >= _GRID for cell in table.cells for line in cell.lines
    )


def _without_blanks(chars: Sequence[Object]) -> list[Object]:
    """The characters that are drawn; one after which the file has a space is marked, because a narrow one is hardly a gap."""
    kept: list[Object] = []
    for char in chars:
        if char["text"].strip(" \t\r\n"):
            kept.append(_known(char))
        elif kept and char["text"] == " ":
            kept[-1] = {**kept[-1], "spaced": True}
    return kept


def _known(char: Object) -> Object:
    """The character, or U+FFFD for one that the file gives no meaning: pdfminer writes its number (「(cid:10)」) in its place."""
    return {**char, "text": "\N{REPLACEMENT CHARACTER}"} if char["text"].startswith("(cid:") else char


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
