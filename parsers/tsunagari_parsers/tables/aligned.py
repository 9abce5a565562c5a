"""Tables with rules one way only, or with none: what the rules do not say, the alignment of the text does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.bands import Mark, Span, row_spans
from tsunagari_parsers.tables.characters import assign, line_rows, line_text
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.grid import grid
from tsunagari_parsers.tables.model import Line, Table, TableSettings
from tsunagari_parsers.tables.rules import Box
from tsunagari_parsers.tables.verdict import is_table
from tsunagari_parsers.tables.white import Piece, best_region, distance, marks, pieces

#: Fewer lines that are cut by wide gaps are no table.
_FEWEST_LINES = 2
#: A heading of several columns stands no further above theirs than this, and is no larger than this many times their text; titles are.
_HEADING_DISTANCE = 1.0
_HEADING_SIZE = 1.15


@dataclass(frozen=True, slots=True)
class _Draft:
    """A table that is not yet numbered: its cells, which may have no text."""

    boxes: list[Box]
    drawn: list[Object]


def aligned_tables(
    page: int,
    chars: Sequence[Object],
    *,
    blanks: Sequence[Object],
    obstacles: Iterable[Box],
    loose: Sequence[Object],
    settings: TableSettings,
) -> tuple[list[Table], list[Object]]:
    """Tables among the characters that are in no ruled cell, and the characters that are in none of them either.

    Args:
        page: the page's number, from 1.
        chars: what stands in no cell, in the order of the file.
        blanks: the page's typed spaces.
        obstacles: the ruled tables, which no other table reaches over.
        loose: rules across that touch no other rule.
        settings: geometry.
    """
    level = [char for char in chars if not char.get("turn")]
    if len(level) < 2 * _FEWEST_LINES:
        return [], list(chars)
    em = median(char["size"] for char in level)
    lines = [pieces(line, blanks, em, settings) for line in line_rows(level, settings)]
    if sum(1 for line in lines if len(line) > 1) < _FEWEST_LINES:
        return [], list(chars)
    barriers = list(obstacles)
    drafts = [draft for part in _between(lines, barriers) for draft in _drafts(part, loose, em, settings)]
    if not drafts:
        return [], list(chars)
    assigned, outside = assign(chars, [box for draft in drafts for box in draft.boxes])
    tables = []
    start = 0
    for draft in drafts:
        own = assigned[start : start + len(draft.boxes)]
        start += len(draft.boxes)
        tables.append(grid(page, draft.boxes, own, draft.drawn, settings, is_ruled=False))
    return tables, outside


def outside_pieces(chars: Sequence[Object], blanks: Sequence[Object], settings: TableSettings) -> tuple[Line, ...]:
    """Text that is in no table, each line cut at its wide gaps, from the top."""
    level = [char for char in chars if not char.get("turn")]
    if not level:
        return ()
    em = median(char["size"] for char in level)
    return tuple(
        Line(line_text(piece.chars), Rect(piece.x0, piece.top, piece.x1, piece.bottom), is_full=False)
        for line in line_rows(level, settings)
        for piece in pieces(line, blanks, em, settings)
    )


def _between(lines: Sequence[list[Piece]], obstacles: Sequence[Box]) -> list[list[list[Piece]]]:
    """The lines in runs that no ruled table interrupts; lines beside one are left out."""
    runs: list[list[list[Piece]]] = [[]]
    for line in lines:
        middle = (line[0].top + line[0].bottom) / 2
        if any(box[1] <= middle <= box[3] for box in obstacles):
            runs.append([])
        elif runs[-1] and any(runs[-1][-1][0].bottom <= box[1] and box[3] <= line[0].top for box in obstacles):
            runs.append([line])
        else:
            runs[-1].append(line)
    return [run for run in runs if len(run) > 1]


def _drafts(lines: Sequence[list[Piece]], loose: Sequence[Object], em: float, settings: TableSettings) -> list[_Draft]:
    """The tables of some lines from the top; what lies above and below the best one is looked through again."""
    if len(lines) < 2:
        return []
    region = best_region(lines, em, settings)
    if region is None:
        return []
    first, last = _with_centred(lines, region.first, region.gutters, em), region.last
    first = _with_heading(lines, first, region.gutters, em)
    draft = _draft(lines[first : last + 1], region.gutters, loose, em, settings)
    if draft is None:
        first, last = region.first, region.first
    return [
        *_drafts(lines[:first], loose, em, settings),
        *([draft] if draft else []),
        *_drafts(lines[last + 1 :], loose, em, settings),
    ]


def _with_centred(lines: Sequence[list[Piece]], first: int, gutters: Sequence[Span], em: float) -> int:
    """Where a table begins if text of its first row stands above that row's shorter cells: in a column that goes on below."""
    while first > 0:
        (above, below) = lines[first - 1], lines[first]
        own = {_column(piece, gutters) for piece in above}
        fits = len(above) == 1 and own <= {
            _column(piece, gutters) for piece in lines[first + (len(below) > 1)] if first + 1 < len(lines)
        }
        if not fits or own & {_column(piece, gutters) for piece in below if len(below) > 1} or 0 in own:
            return first
        if any(piece.x0 < end and start < piece.x1 for piece in above for start, end in gutters):
            return first
        if distance(above, below) > 0.6 * em:
            return first
        first -= 1
    return first


def _with_heading(lines: Sequence[list[Piece]], first: int, gutters: Sequence[Span], em: float) -> int:
    """Where a table begins if the line above it has headings for several of its columns together."""
    if first == 0 or distance(lines[first - 1], lines[first]) > _HEADING_DISTANCE * em:
        return first
    spans = [_spanned(piece, gutters) for piece in lines[first - 1]]
    sizes = [char["size"] for piece in lines[first - 1] for char in piece.chars]
    is_heading = (
        any(1 < stop - start <= len(gutters) for start, stop in spans)
        and all(before[1] <= after[0] for before, after in pairwise(spans))
        and max(sizes) <= _HEADING_SIZE * em
    )
    return first - 1 if is_heading else first


def _column(piece: Piece, gutters: Sequence[Span]) -> int:
    return bisect_right([start for start, _ in gutters], (piece.x0 + piece.x1) / 2)


def _draft(
    lines: Sequence[list[Piece]], gutters: Sequence[Span], loose: Sequence[Object], em: float, settings: TableSettings
) -> _Draft | None:
    """The cells of a table whose columns are known; None where it is running text in the form of one."""
    every = [piece for line in lines for piece in line]
    crossing = [piece for piece in every if any(piece.x0 < end and start < piece.x1 for start, end in gutters)]
    columns: list[list[Piece]] = [[] for _ in range(len(gutters) + 1)]
    for piece in every:
        if piece not in crossing:
            columns[_column(piece, gutters)].append(piece)
    if not all(columns):
        return None
    left, right = min(piece.x0 for piece in every), max(piece.x1 for piece in every)
    top, bottom = min(piece.top for piece in every), max(piece.bottom for piece in every)
    rules = [
        rule
        for rule in loose
        if rule["x0"] <= left + em and rule["x1"] >= right - em and top - 2 * em <= rule["top"] <= bottom + 2 * em
    ]
    lines_of = [marks(own, em) for own in columns]
    for piece in crossing:
        lines_of[_column(piece, gutters)].append((piece.top, piece.bottom, False))
    rows = _ruled_rows(lines_of, rules, em, settings) or row_spans(lines_of, em, settings)
    heading = [piece for piece in crossing if rows[0][0] - 0.1 <= piece.top and piece.bottom <= rows[0][1] + 0.1]
    rows = _split_heading(rows, heading, columns, gutters)
    if not is_table(columns, rows, gutters, rules=len(rules), em=em, settings=settings):
        return None
    ends = [left - 1, *((start + end) / 2 for start, end in gutters), right + 1]
    edges = _row_edges(rows, rules)
    return _Draft(_boxes(edges, ends, every, crossing, gutters), rules)


def _split_heading(
    rows: Sequence[Span], heading: Sequence[Piece], columns: Sequence[Sequence[Piece]], gutters: Sequence[Span]
) -> list[Span]:
    """The rows, the first one in two where a heading of several columns stands above theirs and cells beside them lie between."""
    for piece in heading:
        under = [
            other
            for column in range(*_spanned(piece, gutters))
            for other in columns[column]
            if piece.bottom - 1 <= other.top and other.bottom <= rows[0][1] + 0.1
        ]
        if under:
            middle = min(other.top for other in under)
            return [(rows[0][0], min(piece.bottom, middle)), (middle, rows[0][1]), *rows[1:]]
    return list(rows)


def _spanned(piece: Piece, gutters: Sequence[Span]) -> tuple[int, int]:
    """The first column in which a piece of text stands, and the one after the last."""
    return sum(piece.x0 >= end for _, end in gutters), 1 + sum(piece.x1 > start for start, _ in gutters)


def _ruled_rows(
    columns: Sequence[Sequence[Mark]], rules: Sequence[Object], em: float, settings: TableSettings
) -> list[Span]:
    """The rows between rules across. Where there are only a few rules, as above and below a header, the text between them is parted."""
    if len(rules) < 2:
        return []
    ys = sorted(rule["top"] for rule in rules)
    bands = []
    for start, end in pairwise([float("-inf"), *ys, float("inf")]):
        within = [[span for span in own if start <= (span[0] + span[1]) / 2 < end] for own in columns]
        if any(within):
            bands.append(within)
    rows = []
    for within in bands:
        spans = [span for own in within for span in own]
        parted = row_spans(within, em, settings) if len(bands) <= 3 else []
        rows += parted or [(min(span[0] for span in spans), max(span[1] for span in spans))]
    return rows


def _row_edges(rows: Sequence[Span], rules: Sequence[Object]) -> list[float]:
    """The edges between rows: a rule where one lies there, else the middle of the white."""
    edges = []
    for above, below in zip([None, *rows], [*rows, None], strict=True):
        start = above[1] if above else (below[0] - 12.0 if below else 0.0)
        end = below[0] if below else (above[1] + 12.0 if above else 0.0)
        on = [rule["top"] for rule in rules if start - 1 <= rule["top"] <= end + 1]
        if on:
            edges.append(on[0])
        elif above and below:
            edges.append((start + end) / 2)
        else:
            edges.append(start + 11.0 if below else end - 11.0)
    return edges


def _boxes(
    tops: Sequence[float],
    lefts: Sequence[float],
    every: Sequence[Piece],
    crossing: Sequence[Piece],
    gutters: Sequence[Span],
) -> list[Box]:
    """A cell for each place. Text that runs out of its place makes that cell span those beside it; in the first row, such a text is a
    heading, and the cells beside it go down to the foot of the row below."""
    spans = [
        {_spanned(piece, gutters) for piece in crossing if top <= (piece.top + piece.bottom) / 2 < bottom}
        for top, bottom in pairwise(tops)
    ]
    used = [
        {_column(piece, gutters) for piece in every if top <= (piece.top + piece.bottom) / 2 < bottom}
        for top, bottom in pairwise(tops)
    ]
    tall: set[int] = set()
    if len(spans) > 1 and spans[0] and not spans[1]:
        beside = set(range(len(lefts) - 1)) - {column for span in spans[0] for column in range(*span)}
        tall = {column for column in beside if not (column in used[0] and column in used[1])}
        if not beside - tall and not all(column in used[0] | used[1] for column in tall):
            tall = {column for column in tall if column in used[0] | used[1]}
    boxes: list[Box] = []
    for row, (top, bottom) in enumerate(pairwise(tops)):
        column = 0
        while column < len(lefts) - 1:
            end = max((stop for start, stop in spans[row] if start <= column < stop), default=column + 1)
            if not (row == 1 and column in tall):
                boxes.append((lefts[column], top, lefts[end], tops[2] if row == 0 and column in tall else bottom))
            column = end
    return boxes
