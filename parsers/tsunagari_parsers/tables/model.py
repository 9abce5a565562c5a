"""What the table reader gives: the tables of a page as grids of cells, and the settings of its geometry.

Coordinates are PDF points in the *reading frame* of the page: origin at the top left corner of the crop box of the page as it is displayed
(its ``/Rotate`` applied, ISO 32000-1, 7.7.3.3), then, where the text of the whole page is drawn turned, turned by
:attr:`PageTables.turned` degrees so that the text runs from left to right. Almost every page has ``turned == 0``: there, both are the
same. :meth:`PageTables.displayed` gives the rectangle to draw on a picture of the displayed page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tsunagari_parsers.boxes import Box, Piece
from tsunagari_parsers.records import Rect

#: What each setting may be, inclusive; points for the lengths, else a number without a unit.
_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "snap": (0, 50),
        "join": (0, 50),
        "min_rule": (0, 50),
        "sliver": (0, 50),
        "full_line_gap": (0, 50),
        "same_column": (0, 50),
        "gutter": (0.1, 10),
        "lone_gutter": (0.1, 10),
        "row_distance": (0.1, 20),
        "row_gap": (1, 10),
        "max_crossings": (0, 100_000_000),
    }
)
_SHARES = ("page_share", "line_overlap", "overlap", "flowing")


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Geometry, in PDF points unless said otherwise; an em is the usual size of the page's characters.

    Attributes:
        snap: rules closer than this are one rule; double rules stand 1 to 3 points apart.
        join: gaps in a rule up to this are bridged.
        min_rule: shorter pieces of rules are dropped after joining (dashes are joined first).
        sliver: a row or column that is no wider than this holds no text and is the room between two rules.
        page_share: a rectangle that covers more than this share of the page is paper, not a table (0 to 1).
        line_overlap: two characters stand on one line when they share this part of the smaller one's height (0 to 1).
        full_line_gap: a line is full when fewer than this many of its characters would still fit in its cell.
        overlap: two characters of a line that share more than this part of the narrower one's width were not written
            for one cell (0 to 1).
        max_crossings: a set of rules with more pairs of a horizontal and a vertical one is a picture, not a table.
        same_column: columns of two pages whose edges lie no further apart are one column.
        gutter: white between two columns without a rule, at least (em).
        lone_gutter: the same where there are two columns only, which running text can have by chance (em).
        row_distance: lines further apart than this belong to no common table without rules (em).
        row_gap: rows stand apart where the white between them is this many times the white between the lines of a cell.
        flowing: text whose lines fill their columns in more than this share is running text, not a table (0 to 1).
    """

    snap: float = 3.0
    join: float = 2.0
    min_rule: float = 3.0
    sliver: float = 4.5
    page_share: float = 0.95
    line_overlap: float = 0.5
    full_line_gap: float = 1.6
    overlap: float = 0.3
    max_crossings: int = 2_000_000
    same_column: float = 3.0
    gutter: float = 0.6
    lone_gutter: float = 1.5
    row_distance: float = 4.0
    row_gap: float = 1.5
    flowing: float = 0.5

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be between {least:g} and {most:g}, not {getattr(self, name)}")
        for name in _SHARES:
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} must be above 0 and at most 1, not {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a cell. ``is_full``: the next character would not have fitted.

    A line that is written from top to bottom is one line too, its text in the order of reading.
    """

    text: str
    rect: Rect
    is_full: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``row`` and ``column`` are its first ones in the grid, ``last_*`` the last ones that it spans (inclusive).

    ``top_drawn`` and ``bottom_drawn``: a rule is drawn on that edge; never in a table without rules across.
    ``is_overwritten``: characters stand on one another, so that text of another cell has run into it.
    """

    rect: Rect
    row: int
    last_row: int
    column: int
    last_column: int
    lines: tuple[Line, ...]
    top_drawn: bool
    bottom_drawn: bool
    is_overwritten: bool = False

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table on one page (numbered from 1): its outline and its cells, from the top left, row by row.

    ``is_ruled``: rules made its rows and its columns; else the alignment of its text made at least one of the two.
    """

    page: int
    rect: Rect
    row_tops: tuple[float, ...]
    column_lefts: tuple[float, ...]
    cells: tuple[Cell, ...]
    is_ruled: bool = True

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers this place of the grid, or None where the rules leave none."""
        for cell in self.cells:
            if cell.row <= row <= cell.last_row and cell.column <= column <= cell.last_column:
                return cell
        return None


@dataclass(frozen=True, slots=True)
class PageTables:
    """The tables of one page, its size, and the lines of text that stand in no table.

    ``width`` and ``height`` are those of the reading frame. ``characters`` counts what was read, ``drawn`` every character of the
    crop box but spaces, doubled ones included; ``pictures`` counts images, and sets of rules that are too many for a table.
    ``turned`` is by how many degrees, clockwise, the displayed page was turned so that its text runs from left to right (0, 90, 180
    or 270). ``across`` are words in large letters aslant over the page (「取扱注意」), which are no text of it. ``stray`` are those lines of ``outside`` that stand within the outline of a ruled table and in none of its cells. ``boxes``
    and ``pieces`` are the page's text once more, as it stands in boxes (:mod:`tsunagari_parsers.boxes`), where most of it is in no table.
    ``cut_lines`` are the lines of ``outside`` cut at their wide gaps, if there are any: from them,
    :func:`~tsunagari_parsers.tables.settling.settle` makes the rows of tables without rules that begin on another page; then they are gone.
    """

    page: int
    width: float
    height: float
    tables: tuple[Table, ...]
    outside: tuple[Line, ...]
    characters: int
    drawn: int
    pictures: int
    turned: int = 0
    across: tuple[str, ...] = ()
    stray: tuple[Line, ...] = ()
    boxes: tuple[Box, ...] = ()
    pieces: tuple[Piece, ...] = ()
    cut_lines: tuple[Line, ...] = ()

    def displayed(self, rect: Rect) -> Rect:
        """A rectangle of this page's reading frame as it lies on the displayed page: points from the crop box's top left."""
        if self.turned == 90:
            return Rect(rect.top, self.width - rect.x1, rect.bottom, self.width - rect.x0)
        if self.turned == 180:
            return Rect(self.width - rect.x1, self.height - rect.bottom, self.width - rect.x0, self.height - rect.top)
        if self.turned == 270:
            return Rect(self.height - rect.bottom, rect.x0, self.height - rect.top, rect.x1)
        return rect
