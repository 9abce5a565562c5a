"""Tables with rules one way only, or with none: what the rules do not say, the alignment of the text does."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.bands import Mark, row_spans
from tsunagari_parsers.tables.characters import assign, extent, line_rows, line_text
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.grid import grid
from tsunagari_parsers.tables.model import Line, Table, TableSettings
from tsunagari_parsers.tables.rules import Box
from tsunagari_parsers.tables.white import Piece, Span, best_region, distance, pieces

#: What stands before the items of a list: figures, single letters and marks. A column of them makes no table of running text.
_ITEM = re.compile(
    r"[（(〈]?([0-9０-９]{1,3}|[一二三四五六七八九十]{1,2}|[a-zA-Zａ-ｚア-ン①-⑳❶-❿])[)）〉]?[.．、]?"
    r"|[・･●○◎■□◆◇▲△▼▽※＊*★☆•✓→⇒▶►⚫-]+|※\s*[0-9０-９]{1,2}|注\s*[0-9０-９]{0,2}"
)
#: A column narrower than this (em) holds no running text, however well its lines fill it.
_NARROW = 12.0
#: Fewest rows with text in most columns, by how many columns there are beside those of items: two columns can be a letter's list of
#: date and place, five are no accident.
_FEWEST_ROWS = {2: 4, 3: 3}
_FEWEST_ROWS_OF_MANY = 2
#: A line with less room than this at its end (em) may go on in the next one.
_ROOM = 2.5
#: A heading of several columns stands no further above theirs than this, and is no larger than this many times their text; titles are.
_HEADING_DISTANCE = 1.0
_HEADING_SIZE = 1.15
#: Two columns after one of items are how letters are written (「１　日時　…」): so many rows are a list all the same.
_FEWEST_ROWS_OF_ITEMS = 6
#: So many rows, and text in most columns of this share of them, make a table of columns with rules between them.
_FEWEST_PARTED = 3
_PARTED = 0.75
#: Share of a table's lines that begin (or end) at the same place in a second and last column.
_ALIGNED = 0.7
#: How far such places may differ (em).
_ASTRAY = 0.4


@dataclass(frozen=True, slots=True)
class _Draft:
    """A table that is not yet numbered: its cells, which may have no text."""

    boxes: list[Box]
    drawn: list[Object]


def aligned_tables(
    page: int,
    chars: Sequence[Object],
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
    if len(level) < 2 * _FEWEST_ROWS_OF_MANY:
        return [], list(chars)
    em = median(char["size"] for char in level)
    lines = [pieces(line, blanks, em, settings) for line in line_rows(level, settings)]
    if sum(1 for line in lines if len(line) > 1) < _FEWEST_ROWS_OF_MANY:
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


def parted(
    page: int, cells: Sequence[Box], chars: Sequence[Sequence[Object]], drawn: Sequence[Object], settings: TableSettings
) -> Table | None:
    """The table of columns that have rules between them and none across, or one below the header only; None if they are one row.

    They are one row, as in a row that is higher than its page or a comparison of two versions, unless they are three columns at least,
    most of them have text in almost every row, and two of those are too narrow for running text.
    """
    tops = sorted({cell[1] for cell in cells})
    lefts = sorted({cell[0] for cell in cells})
    if len(tops) > 2 or len(lefts) < _FEWEST_PARTED or len(cells) != len(tops) * len(lefts):
        return None
    body = [(cell, own) for cell, own in zip(cells, chars, strict=True) if cell[1] == tops[-1]]
    level = [[char for char in own if not char.get("turn")] for _, own in body]
    level = [own for own in level if own]
    if len(level) < _FEWEST_PARTED:
        return None
    em = median(char["size"] for own in level for char in own)
    columns = [[_whole(line) for line in line_rows(own, settings)] for own in level]
    rows = row_spans([_marks(own, em) for own in columns], em, settings)
    filled = [_filled(columns, row) for row in rows]
    good = sum(1 for row in filled if sum(row) * 2 > len(row))
    narrow = [
        column
        for column, own in enumerate(columns)
        if max(piece.x1 for piece in own) - min(piece.x0 for piece in own) < _NARROW * em
        and sum(row[column] for row in filled) >= _PARTED * len(rows)
    ]
    if len(rows) < _FEWEST_PARTED or good < _PARTED * len(rows) or len(narrow) < 2:
        return None
    rules = [(above[1] + below[0]) / 2 for above, below in pairwise(rows)]
    boxes = [cell for cell in cells if cell[1] != tops[-1]]
    boxes += [
        (x0, start, x1, end)
        for start, end in pairwise([tops[-1], *rules, body[0][0][3]])
        for x0, _, x1, _ in (cell for cell, _ in body)
    ]
    assigned, _ = assign([char for own in chars for char in own], boxes)
    return grid(page, boxes, assigned, drawn, settings, is_ruled=False)


def _whole(line: Sequence[Object]) -> Piece:
    place = extent(line)
    return Piece(tuple(line), place.x0, place.x1, place.top, place.bottom)


def _filled(columns: Sequence[Sequence[Piece]], row: Span) -> list[bool]:
    return [any(row[0] - 0.1 <= (piece.top + piece.bottom) / 2 <= row[1] + 0.1 for piece in own) for own in columns]


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
    marks = [_marks(own, em) for own in columns]
    for piece in crossing:
        marks[_column(piece, gutters)].append((piece.top, piece.bottom, False))
    rows = _ruled_rows(marks, rules, em, settings) or row_spans(marks, em, settings)
    heading = [piece for piece in crossing if rows[0][0] - 0.1 <= piece.top and piece.bottom <= rows[0][1] + 0.1]
    rows = _split_heading(rows, heading, columns, gutters)
    if not _is_table(columns, rows, gutters, len(rules), em, settings):
        return None
    ends = [left - 1, *((start + end) / 2 for start, end in gutters), right + 1]
    edges = _row_edges(rows, rules)
    return _Draft(_boxes(edges, ends, every, crossing, gutters), rules)


def _marks(own: Sequence[Piece], em: float) -> list[Mark]:
    """The lines of one column; pieces of one line are one."""
    right = max(piece.x1 for piece in own)
    marks: list[Mark] = []
    for piece in sorted(own, key=lambda piece: piece.top):
        full = right - piece.x1 < _ROOM * em
        if marks and piece.top < marks[-1][1] - 0.5 * (piece.bottom - piece.top):
            marks[-1] = (marks[-1][0], max(marks[-1][1], piece.bottom), full or marks[-1][2])
        else:
            marks.append((piece.top, piece.bottom, full))
    return marks


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


def _is_table(
    columns: Sequence[Sequence[Piece]],
    rows: Sequence[Span],
    gutters: Sequence[Span],
    rules: int,
    em: float,
    settings: TableSettings,
) -> bool:
    """Whether columns and rows are a table's, and not what letters, lists of items and pages in two columns look like."""
    items = [all(_ITEM.fullmatch("".join(char["text"] for char in piece.chars)) for piece in own) for own in columns]
    words = items.count(False)
    if words < 2 or _is_flowing(columns, em, settings):
        return False
    filled = [_filled(columns, row) for row in rows]
    good = sum(1 for row in filled if sum(row) * 2 > len(row))
    if rules >= 3:
        return good >= 2
    if words > 2:
        # A header and one row are a table if nothing else is there; a picture's labels may stand so, among others.
        most = len(rows) if good < _FEWEST_PARTED else len(rows) / 2
        return good >= max(_FEWEST_ROWS.get(words, _FEWEST_ROWS_OF_MANY), most)
    both = [row for row in filled if all(full for full, is_item in zip(row, items, strict=True) if not is_item)]
    enough = _FEWEST_ROWS_OF_ITEMS if True in items else _FEWEST_ROWS[2]
    last = max(index for index, is_item in enumerate(items) if not is_item)
    gutter = gutters[last - 1]
    return (
        len(both) >= max(enough, _ALIGNED * len(rows))
        and gutter[1] - gutter[0] >= settings.lone_gutter * em
        and sum(piece.after_spaces for piece in columns[last]) * 2 < len(columns[last])
        and _are_aligned(columns[last], em)
    )


def _are_aligned(own: Sequence[Piece], em: float) -> bool:
    return any(
        sum(1 for place in places if abs(place - median(places)) <= _ASTRAY * em) >= _ALIGNED * len(places)
        for places in ([piece.x0 for piece in own], [piece.x1 for piece in own])
    )


def _is_flowing(columns: Sequence[Sequence[Piece]], em: float, settings: TableSettings) -> bool:
    """Whether the text runs on in columns, as in a newsletter: wide columns, and most lines as long as they can be."""
    flowing = total = 0
    for own in columns:
        right = max(piece.x1 for piece in own)
        wide = right - min(piece.x0 for piece in own) >= _NARROW * em
        full = sum(1 for piece in own if right - piece.x1 < 2 * em)
        size = sum(len(piece.chars) for piece in own)
        total += size
        if wide and len(own) > 2 and full > settings.flowing * len(own):
            flowing += size
    return flowing > 0.8 * total
