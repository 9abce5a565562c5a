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
#: A rule across that covers only some of the columns is the border of a row if those are so many, and this share of all columns.
_FEWEST_COVERED = 2
_COVERED = 0.5
#: A column is covered where a rule lies above or below this share of its width.
_UNDER_RULE = 0.7
#: Up to so many parts between rules are those of a header, of a body and of its foot, and not rows.
_FEW_BANDS = 3
#: Lines of one cell stand no further apart than this (em).
_LEADING = 0.8
#: A heading of several columns stands no further above theirs than this, and is no larger than this many times their text; titles are.
_HEADING_DISTANCE = 1.0
_HEADING_SIZE = 1.15


@dataclass(frozen=True, slots=True)
class _Border:
    """Rules across at one height: where, and which columns they cover. A cell beside them goes on below them."""

    top: float
    columns: frozenset[int]


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
    first, last = _to_rules(lines, (first, last), region.gutters, loose, em)
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


def _to_rules(
    lines: Sequence[list[Piece]], part: tuple[int, int], gutters: Sequence[Span], loose: Sequence[Object], em: float
) -> tuple[int, int]:
    """From where to where a table goes if rules across close it further up or down: a cell that is taller than those beside it.

    What it then has more are lines that stand in its columns, each close to the next. ``part``: its first line and its last.
    """
    first, last = part
    left, right = (
        min(line[0].x0 for line in lines[first : last + 1]),
        max(line[-1].x1 for line in lines[first : last + 1]),
    )
    tops = [
        rule["top"] for rule in loose if min(rule["x1"], right) - max(rule["x0"], left) >= _COVERED * (right - left)
    ]
    start, end = min(piece.top for piece in lines[first]), max(piece.bottom for piece in lines[last])
    head, foot = (
        max((top for top in tops if top <= start), default=start),
        min((top for top in tops if top >= end), default=end),
    )

    def fits(line: Sequence[Piece]) -> bool:
        return all(
            left - em <= piece.x0
            and piece.x1 <= right + em
            and head <= (piece.top + piece.bottom) / 2 <= foot
            and not any(piece.x0 < stop and begin < piece.x1 for begin, stop in gutters)
            for piece in line
        )

    while first > 0 and fits(lines[first - 1]) and distance(lines[first - 1], lines[first]) <= _LEADING * em:
        first -= 1
    while last + 1 < len(lines) and fits(lines[last + 1]) and distance(lines[last], lines[last + 1]) <= _LEADING * em:
        last += 1
    return first, last


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
    near = [rule for rule in loose if top - 2 * em <= rule["top"] <= bottom + 2 * em]
    whole = [rule for rule in near if rule["x0"] <= left + em and rule["x1"] >= right - em]
    borders = _below_headings(_borders(near, whole, columns, settings.snap), every, gutters)
    lines_of = [marks(own, em) for own in columns]
    for piece in crossing:
        lines_of[_column(piece, gutters)].append((piece.top, piece.bottom, False))
    rows = _ruled_rows(lines_of, borders, em, settings) or row_spans(lines_of, em, settings)
    heading = [piece for piece in crossing if rows[0][0] - 0.1 <= piece.top and piece.bottom <= rows[0][1] + 0.1]
    rows = _split_heading(rows, heading, columns, gutters)
    if not is_table(columns, rows, gutters, rules=len(whole), em=em, settings=settings):
        return None
    ends = [left - 1, *((start + end) / 2 for start, end in gutters), right + 1]
    edges = _row_edges(rows, borders)
    going_on = _going_on(edges, borders, len(columns))
    return _Draft(_boxes(edges, ends, every, crossing, gutters, going_on=going_on), near)


def _borders(
    rules: Sequence[Object], whole: Sequence[Object], columns: Sequence[Sequence[Piece]], snap: float
) -> list[_Border]:
    """The borders of rows among some rules, from the top: those over the whole table, and those that stop short of a merged cell.

    Args:
        rules: rules across, within the table's height.
        whole: those of them that reach from its one side to its other.
        columns: the text of each column.
        snap: rules closer than this stand at one height (points).
    """
    extents = [(min(piece.x0 for piece in own), max(piece.x1 for piece in own)) for own in columns]
    heights: list[list[Object]] = []
    for rule in sorted(rules, key=lambda rule: rule["top"]):
        if heights and rule["top"] - heights[-1][0]["top"] <= snap:
            heights[-1].append(rule)
        else:
            heights.append([rule])
    borders = []
    for some in heights:
        is_whole = [rule for rule in some if any(rule is one for one in whole)]
        covered = frozenset(range(len(columns))) if is_whole else _covered(some, extents)
        if len(covered) >= max(_FEWEST_COVERED, _COVERED * len(columns)):
            borders.append(_Border((is_whole or some)[0]["top"], covered))
    return borders


def _below_headings(borders: Sequence[_Border], every: Sequence[Piece], gutters: Sequence[Span]) -> list[_Border]:
    """The borders without the first one that stops short, if all that stands above it in its columns is one heading of them all."""
    for at, border in enumerate(borders):
        if len(border.columns) <= len(gutters):
            start = borders[at - 1].top if at else float("-inf")
            above = [piece for piece in every if start <= (piece.top + piece.bottom) / 2 < border.top]
            texts = [piece for piece in above if border.columns & set(range(*_spanned(piece, gutters)))]
            is_first = all(piece in above for piece in every if (piece.top + piece.bottom) / 2 < border.top)
            return [*borders[:at], *borders[at + (is_first and len(texts) == 1) :]]
    return list(borders)


def _covered(rules: Sequence[Object], extents: Sequence[Span]) -> frozenset[int]:
    """The columns along whose text, from its left to its right, rules of one height lie."""
    return frozenset(
        column
        for column, (x0, x1) in enumerate(extents)
        if sum(max(0.0, min(x1, rule["x1"]) - max(x0, rule["x0"])) for rule in rules) >= _UNDER_RULE * (x1 - x0)
    )


def _going_on(edges: Sequence[float], borders: Sequence[_Border], columns: int) -> set[tuple[int, int]]:
    """The places, by row and column, that go on with the cell above: the border between them stops short of it."""
    on = {border.top: border.columns for border in borders}
    return {
        (row, column)
        for row, edge in enumerate(edges[1:-1], start=1)
        if edge in on
        for column in range(columns)
        if column not in on[edge]
    }


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
    columns: Sequence[Sequence[Mark]], borders: Sequence[_Border], em: float, settings: TableSettings
) -> list[Span]:
    """The rows between rules across. Where there are only a few rules, as above and below a header, the text between them is parted.

    Text of a cell that goes on above or below a rule says nothing of where a row begins or ends, unless it is all there is.
    """
    if len(borders) < 2:
        return []
    every = frozenset(range(len(columns)))
    bands = []
    outer = [_Border(float("-inf"), every), *borders, _Border(float("inf"), every)]
    for above, below in pairwise(outer):
        within = [[span for span in own if above.top <= (span[0] + span[1]) / 2 < below.top] for own in columns]
        whole = [own if at in above.columns & below.columns else [] for at, own in enumerate(within)]
        if any(within):
            bands.append((within, whole))
    first, last = min(span[0] for own in columns for span in own), max(span[1] for own in columns for span in own)
    if len(bands) <= _FEW_BANDS and all(border.columns == every for border in borders if first < border.top < last):
        return [span for within, _ in bands for span in _parted(within, em, settings)]
    rows = []
    for within, whole in bands:
        spans = [span for own in (whole if any(whole) else within) for span in own]
        rows.append((min(span[0] for span in spans), max(span[1] for span in spans)))
    return rows


def _parted(columns: Sequence[Sequence[Mark]], em: float, settings: TableSettings) -> list[Span]:
    """The rows between two rules; only one if no two of them have text in most columns: a row, and lines of its tallest cell."""
    spans = [span for own in columns for span in own]
    rows = row_spans(columns, em, settings)
    used = sum(1 for own in columns if own)
    counts = [
        sum(any(top - 0.1 <= (mark[0] + mark[1]) / 2 <= bottom + 0.1 for mark in own) for own in columns)
        for top, bottom in rows
    ]
    filled = [count for count in counts if count > 1 and 2 * count > used]
    return rows if len(filled) > 1 else [(min(span[0] for span in spans), max(span[1] for span in spans))]


def _row_edges(rows: Sequence[Span], borders: Sequence[_Border]) -> list[float]:
    """The edges between rows: a rule where one lies there, else the middle of the white."""
    edges = []
    for above, below in zip([None, *rows], [*rows, None], strict=True):
        start = above[1] if above else (below[0] - 12.0 if below else 0.0)
        end = below[0] if below else (above[1] + 12.0 if above else 0.0)
        # Rules at the head and the foot may lie further off: short cells stand in the middle of a high row.
        on = [
            border.top
            for border in borders
            if (not above or start - 1 <= border.top) and (not below or border.top <= end + 1)
        ]
        if on:
            edges.append(on[0 if above else -1])
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
    *,
    going_on: set[tuple[int, int]],
) -> list[Box]:
    """A cell for each place, or for those that go on with one above (``going_on``). Text that runs out of its place makes that cell span
    those beside it; in the first row, such a text is a heading, and the cells beside it go down to the foot of the row below."""
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
    #: Where in ``boxes`` the last cell of each column is; none for one that spans columns.
    last: dict[int, int] = {}
    for row, (top, bottom) in enumerate(pairwise(tops)):
        column = 0
        while column < len(lefts) - 1:
            end = max((stop for start, stop in spans[row] if start <= column < stop), default=column + 1)
            if (row, column) in going_on and end == column + 1 and column in last:
                boxes[last[column]] = (*boxes[last[column]][:3], bottom)
            elif not (row == 1 and column in tall):
                for at in range(column, end):
                    last.pop(at, None)
                if end == column + 1:
                    last[column] = len(boxes)
                boxes.append((lefts[column], top, lefts[end], tops[2] if row == 0 and column in tall else bottom))
            column = end
    return boxes
