"""Whether text that stands in rows and columns is a table, and not what letters, lists of items and pages in two columns look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from tsunagari_parsers.tables.bands import Span
from tsunagari_parsers.tables.model import TableSettings
from tsunagari_parsers.tables.white import Piece

#: What stands before the items of a list: figures, single letters and marks. A column of them makes no table of running text.
_ITEM = re.compile(
    r"[（(〈]?([0-9０-９]{1,3}|[一二三四五六七八九十]{1,2}|[a-zA-Zａ-ｚア-ン①-⑳❶-❿])[)）〉]?[.．、]?"
    r"|[・･●○◎■□◆◇▲△▼▽※＊*★☆•✓→⇒▶►⚫-]+|※\s*[0-9０-９]{1,2}|注\s*[0-9０-９]{0,2}"
)
#: A column narrower than this (em) holds no running text, however well its lines fill it.
NARROW = 12.0
#: Fewest rows with text in most columns, by how many columns there are beside those of items: two columns can be a letter's list of
#: date and place, five are no accident.
_FEWEST_ROWS = {2: 4, 3: 3}
_FEWEST_ROWS_OF_MANY = 2
#: Two columns after one of items are how letters are written (「１　日時　…」): so many rows are a list all the same.
_FEWEST_ROWS_OF_ITEMS = 6
#: Share of a table's lines that begin (or end) at the same place in a second and last column.
_ALIGNED = 0.7
#: How far such places may differ (em).
_ASTRAY = 0.4
#: Fewer rows than this are a table only if nothing else stands among them.
_FEW = 3


def is_table(
    columns: Sequence[Sequence[Piece]],
    rows: Sequence[Span],
    gutters: Sequence[Span],
    *,
    rules: int,
    em: float,
    settings: TableSettings,
) -> bool:
    """Whether columns and rows are a table's, and not what letters, lists of items and pages in two columns look like."""
    items = [all(_ITEM.fullmatch("".join(char["text"] for char in piece.chars)) for piece in own) for own in columns]
    words = items.count(False)
    if words < 2 or _is_flowing(columns, em, settings):
        return False
    full = [filled(columns, row) for row in rows]
    good = sum(1 for row in full if sum(row) * 2 > len(row))
    if rules >= 3:
        return good >= 2
    if words > 2:
        # A header and one row are a table if nothing else is there; a picture's labels may stand so, among others.
        most = len(rows) if good < _FEW else len(rows) / 2
        return good >= max(_FEWEST_ROWS.get(words, _FEWEST_ROWS_OF_MANY), most)
    both = [row for row in full if all(has_text for has_text, is_item in zip(row, items, strict=True) if not is_item)]
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
        wide = right - min(piece.x0 for piece in own) >= NARROW * em
        full = sum(1 for piece in own if right - piece.x1 < 2 * em)
        size = sum(len(piece.chars) for piece in own)
        total += size
        if wide and len(own) > 2 and full > settings.flowing * len(own):
            flowing += size
    return flowing > 0.8 * total


def filled(columns: Sequence[Sequence[Piece]], row: Span) -> list[bool]:
    """Which columns have text in a row."""
    return [any(row[0] - 0.1 <= (piece.top + piece.bottom) / 2 <= row[1] + 0.1 for piece in own) for own in columns]
