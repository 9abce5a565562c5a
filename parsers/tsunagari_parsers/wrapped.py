"""Which lines of a cell were broken for lack of room only, and go on in the next one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from tsunagari_parsers.dumps import width
from tsunagari_parsers.tables import Cell, Line
from tsunagari_parsers.text import NOT_AT_LINE_START

#: A line of a cell may end so many of its characters before the cell's longest line and still be full.
_RAGGED = 1.2
_FEWEST_LINES = 3
#: Lines that reach the end of a column's text are at least so many, within this many of their characters, and at least this share of
#: the column's width: elsewhere the longest line says nothing.
_REACH = 1.2
_WIDE = 0.6
#: Letters and figures are of many widths; this much (in characters) is allowed for that.
_SLACK = 0.3
#: What a line's end never parts: a word of half-width signs, an opening bracket and what follows, a character and what may not begin a line.
_WORD = re.compile(r"[!-~]+")
_OPENING = frozenset("（［｛〔〈《「『【“‘")


def column_limit(cells: Iterable[Cell]) -> float | None:
    """How far to the right the lines of a column go (points), or None where too few of them go equally far.

    ``cells`` are those of one column of a list, over all its pages.
    """
    known = list(dict.fromkeys(cells))
    lines = [line for cell in known for line in cell.lines]
    if not lines:
        return None
    left, right = min(cell.rect.x0 for cell in known), max(cell.rect.x1 for cell in known)
    longest = max(line.rect.x1 for line in lines)
    reach = [line for cell in known for line in cell.lines[:-1] if longest - line.rect.x1 < _REACH * _size(line)]
    is_wide = longest - left > _WIDE * (right - left)
    return longest if is_wide and len(reach) >= _FEWEST_LINES else None


def wrapped_lines(cell: Cell, limit: float | None = None) -> list[tuple[str, bool]]:
    """The lines of a cell with whether each goes on in the next one.

    A line is full when the next character would not have fitted in the cell, or, in a cell with wide margins, when it ends
    where the longest lines end. Where the whole column's lines say how far they go (``limit``), a line is full too if what begins
    the next one would not have fitted before that.
    """
    longest = max((line.rect.x1 for line in cell.lines), default=0.0)
    breadth = cell.rect.x1 - cell.rect.x0
    reach = [line for line in cell.lines if longest - line.rect.x1 < _RAGGED * _size(line)]
    has_margin = len(reach) >= _FEWEST_LINES and longest - cell.rect.x0 > 0.7 * breadth
    too_long = _without_room(cell.lines, limit) if limit is not None else frozenset()
    return [
        (line.text, line.is_full or (has_margin and line in reach) or index in too_long)
        for index, line in enumerate(cell.lines)
    ]


def _without_room(lines: Sequence[Line], limit: float) -> frozenset[int]:
    """The lines after which the head of the next one had no room."""
    return frozenset(
        index
        for index, (line, following) in enumerate(pairwise(lines))
        if limit - line.rect.x1 < (width(_unit(following.text)) + _SLACK) * _size(line)
    )


def _unit(text: str) -> str:
    """What cannot be parted at the head of a line (JIS X 4051, 4.3)."""
    text = text.lstrip(" \u3000")
    word = _WORD.match(text)
    end = word.end() if word else min(1, len(text))
    while 0 < end < len(text) and (text[end] in NOT_AT_LINE_START or text[end - 1] in _OPENING):
        end += 1
    return text[:end]


def _size(line: Line) -> float:
    return line.rect.bottom - line.rect.top
