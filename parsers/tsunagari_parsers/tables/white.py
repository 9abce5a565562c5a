"""Columns without rules: the white that runs down between pieces of text, line after line at the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from tsunagari_parsers.tables.bands import Mark, Span
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.model import TableSettings

#: A gap that is filled with typed spaces parts words, not columns, unless it is wider than this (em).
_TYPED_GAP = 2.5
#: One line in so many may cross the columns: text that is too long for its cell, or a heading between rows.
_CROSSING_SHARE = 8
#: A line with less room than this at its end (em) may go on in the next one.
_ROOM = 2.5
#: The fewest lines that say where columns are before one that crosses them is taken for an exception.
_FEWEST_LINES = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one line with no wide gap between them. ``after_spaces``: the gap before it was typed."""

    chars: tuple[Object, ...]
    x0: float
    x1: float
    top: float
    bottom: float
    after_spaces: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that have the same columns: where they begin and end in the list of lines, and the white between the columns."""

    first: int
    last: int
    gutters: tuple[Span, ...]
    score: float


def pieces(line: Sequence[Object], blanks: Sequence[Object], em: float, settings: TableSettings) -> list[Piece]:
    """A line cut at its wide gaps. ``blanks`` are the page's typed spaces."""
    cuts = [0]
    typed = {0: False}
    for index in range(1, len(line)):
        gap = line[index]["x0"] - line[index - 1]["x1"]
        if gap < settings.gutter * em:
            continue
        is_typed = _is_typed(line[index - 1], line[index], blanks)
        if not is_typed or gap > _TYPED_GAP * em:
            cuts.append(index)
            typed[index] = is_typed
    return [
        Piece(
            tuple(line[start:end]),
            line[start]["x0"],
            max(char["x1"] for char in line[start:end]),
            min(char["top"] for char in line[start:end]),
            max(char["bottom"] for char in line[start:end]),
            typed[start],
        )
        for start, end in zip(cuts, [*cuts[1:], len(line)], strict=True)
    ]


def _is_typed(before: Object, after: Object, blanks: Sequence[Object]) -> bool:
    """Whether typed spaces fill at least half of the gap between two characters."""
    filled = 0.0
    for blank in blanks:
        middle = (blank["top"] + blank["bottom"]) / 2
        if before["top"] <= middle <= before["bottom"]:
            filled += max(0.0, min(blank["x1"], after["x0"]) - max(blank["x0"], before["x1"]))
    return bool(filled * 2 >= after["x0"] - before["x1"])


def best_region(lines: Sequence[Sequence[Piece]], em: float, settings: TableSettings) -> Region | None:
    """The run of lines with the most columns that the most lines agree on; None where no two lines agree on any."""
    found = (_grown(lines, first, em, settings) for first, line in enumerate(lines) if len(line) > 1)
    return max((region for region in found if region), key=lambda region: region.score, default=None)


def _grown(lines: Sequence[Sequence[Piece]], first: int, em: float, settings: TableSettings) -> Region | None:
    """The best region that begins with this line: as long as white remains between all its lines."""
    white: list[Span] = [(-inf, inf)]
    kept: list[Sequence[Piece]] = []
    crossing = 0
    best: Region | None = None
    for last in range(first, len(lines)):
        line = lines[last]
        if last > first and distance(lines[last - 1], line) > settings.row_distance * em:
            break
        left = subtracted(white, line, settings.gutter * em)
        if _loses(white, left):
            after = lines[last + 1] if last + 1 < len(lines) else None
            goes_on = after is not None and not _loses(white, subtracted(white, after, settings.gutter * em))
            if (
                len(kept) >= _FEWEST_LINES
                and goes_on
                and (crossing + 1) * _CROSSING_SHARE <= len(kept) + _CROSSING_SHARE
            ):
                crossing += 1
                continue
            if len(left) <= 2:
                break
        white = left
        kept.append(line)
        gutters = tuple(white[1:-1])
        score = sum(_support(kept, gutter) - 1 for gutter in gutters)
        if score > 0 and (best is None or score >= best.score):
            best = Region(first, last, gutters, score)
    return best


def distance(above: Sequence[Piece], below: Sequence[Piece]) -> float:
    """The white between two lines, in points; negative where they overlap."""
    return min(piece.top for piece in below) - max(piece.bottom for piece in above)


def subtracted(white: Sequence[Span], line: Sequence[Piece], least: float) -> list[Span]:
    """The white that is left beside a line, without what is narrower than ``least``."""
    left = list(white)
    for piece in line:
        left = [
            part
            for start, end in left
            for part in (((start, min(end, piece.x0)), (max(start, piece.x1), end)) if piece.x1 > start and piece.x0 < end else ((start, end),))
            if part[1] - part[0] >= least
        ]  # fmt: skip
    return left


def _loses(white: Sequence[Span], left: Sequence[Span]) -> bool:
    """Whether one of the gutters has nothing left."""
    return any(
        not any(start < other_end and other_start < end for other_start, other_end in left)
        for start, end in white[1:-1]
    )


def _support(lines: Sequence[Sequence[Piece]], gutter: Span) -> int:
    """How many lines have text on both sides of a gutter."""
    return sum(1 for line in lines if line[0].x1 <= gutter[0] and line[-1].x0 >= gutter[1])


def marks(own: Sequence[Piece], em: float) -> list[Mark]:
    """The lines of one column; pieces of one line are one."""
    right = max(piece.x1 for piece in own)
    found: list[Mark] = []
    for piece in sorted(own, key=lambda piece: piece.top):
        full = right - piece.x1 < _ROOM * em
        if found and piece.top < found[-1][1] - 0.5 * (piece.bottom - piece.top):
            found[-1] = (found[-1][0], max(found[-1][1], piece.bottom), full or found[-1][2])
        else:
            found.append((piece.top, piece.bottom, full))
    return found
