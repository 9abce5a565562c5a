"""Characters: without those drawn twice, each in its cell, and the lines that they make, whichever way these run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from tsunagari_parsers.glyphs import without_radicals
from tsunagari_parsers.records import Rect
from tsunagari_parsers.tables.frame import OBLIQUE, Object, turned
from tsunagari_parsers.tables.model import Line, TableSettings
from tsunagari_parsers.tables.rules import Box
from tsunagari_parsers.text import first_unit

#: Characters one below the other whose middles differ by more than this share of their width stand in no vertical line.
_ASIDE = 0.35
#: The next character of a vertical line begins at most so many of its heights below (titles are spread over their cell).
_SPREAD = 4.0
#: A gap of more than this share of a character's size is a space; beside a space of the file's own, of more than the second.
_GAP, _GAP_OF_SPACE = 0.33, 0.12
#: Readings above characters are at most this large (share of the size of those).
_RUBY = 0.6
_KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff\u3000]+")
#: So many steps downwards from one character to the next in the file make text of several vertical lines.
_FEWEST_STEPS = 3


def dedupe(chars: Sequence[Object]) -> list[Object]:
    """Without the second drawing of a character in almost the same place, by which producers imitate bold.

    pdfplumber's own ``dedupe_chars`` does the same at five times the cost on a page of 2,000 characters. A page where no two
    equal characters share a square of a point, on either of two grids half a point apart, has no such text.
    """
    if all(
        len({(char["text"], int(char["x0"] + shift), int(char["top"] + shift)) for char in chars}) == len(chars)
        for shift in (0.0, 0.5)
    ):
        return list(chars)
    kept: list[Object] = []
    seen: set[tuple[str, int, int]] = set()
    for char in chars:
        text, x, y = char["text"], round(char["x0"]), round(char["top"])
        if any((text, x + dx, y + dy) in seen for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            continue
        seen.add((text, x, y))
        kept.append(char)
    return kept


def assign(chars: Sequence[Object], cells: Sequence[Box]) -> tuple[list[list[Object]], list[Object]]:
    """Each character to the smallest cell that holds its midpoint; the others apart, and marks across the page with them."""
    order = sorted(range(len(cells)), key=lambda index: _area(cells[index]))
    by_band: dict[int, list[int]] = {}
    for index in order:
        for band in range(int(cells[index][1] // 32), int(cells[index][3] // 32) + 1):
            by_band.setdefault(band, []).append(index)
    assigned: list[list[Object]] = [[] for _ in cells]
    outside = []
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        for index in by_band.get(int(y // 32), ()):
            x0, top, x1, bottom = cells[index]
            if x0 <= x <= x1 and top <= y <= bottom and char.get("turn") != OBLIQUE:
                assigned[index].append(char)
                break
        else:
            outside.append(char)
    return assigned, outside


def _area(cell: Box) -> float:
    return (cell[2] - cell[0]) * (cell[3] - cell[1])


def text_lines(chars: Sequence[Object], rect: Rect, settings: TableSettings) -> tuple[tuple[Line, ...], bool]:
    """The lines of the text in ``rect``, and whether characters stand on one another.

    ``chars`` in the order of the file. Text that runs in another direction than the page's is read in its own; one character below the
    other, as in narrow cells and in vertical writing, is read from top to bottom, its lines from the right.
    """
    if not chars:
        return (), False
    by_turn: dict[int, list[Object]] = {}
    for char in chars:
        by_turn.setdefault(char.get("turn", 0), []).append(char)
    upright = by_turn.pop(0, [])
    if is_vertical(upright):
        # In vertical text, Latin letters and figures lie on their side.
        return _vertical_lines([*upright, *by_turn.pop(270, [])], rect), False
    lines: list[Line] = []
    overwritten = False
    if upright:
        rows = _without_readings(line_rows(upright, settings))
        lines = [_line(row, rect, settings, after) for row, after in zip(rows, [*rows[1:], []], strict=True)]
        overwritten = any(_overlaps(row, settings.overlap) for row in rows)
    for turn, own in by_turn.items():
        lines += _turned_lines(own, turn, rect, settings)
    return tuple(lines), overwritten


def _without_readings(rows: list[list[Object]]) -> list[list[Object]]:
    """The lines without small kana that stand close above the characters whose reading they are (ルビ)."""
    sizes = [max(char["size"] for char in row) for row in rows]
    if len(rows) < 2 or max(sizes) * _RUBY < min(sizes):
        return rows
    return [row for index, row in enumerate(rows) if not (index + 1 < len(rows) and _is_reading(row, rows[index + 1]))]


def _is_reading(row: Sequence[Object], below: Sequence[Object]) -> bool:
    place, base = extent(row), extent(below)
    size = max(char["size"] for char in below)
    return (
        max(char["size"] for char in row) <= _RUBY * size
        and base.x0 - size <= place.x0
        and place.x1 <= base.x1 + size
        and -0.5 * size <= base.top - place.bottom <= 0.3 * size
        and all(_KANA.fullmatch(char["text"]) for char in row)
        and any(not _KANA.fullmatch(char["text"]) for char in below)
    )


def _turned_lines(chars: Sequence[Object], turn: int, rect: Rect, settings: TableSettings) -> list[Line]:
    """Lines that run another way than the page's text, from top to bottom of their own direction; rectangles are the page's."""
    if turn == OBLIQUE:
        return [Line(without_radicals("".join(char["text"] for char in chars)), extent(chars), is_full=False)]
    width, height = rect.x1 - rect.x0, rect.bottom - rect.top
    size = (height, width) if turn in (90, 270) else (width, height)
    own = Rect(0.0, 0.0, *size)
    lines = []
    for row in line_rows([turned(char, turn, (rect.x0, rect.top, width, height)) for char in chars], settings):
        line = _line(row, own, settings)
        box = {"x0": line.rect.x0, "x1": line.rect.x1, "top": line.rect.top, "bottom": line.rect.bottom}
        back = turned(box, -turn % 360, (0.0, 0.0, *size))
        shown = Rect(rect.x0 + back["x0"], rect.top + back["top"], rect.x0 + back["x1"], rect.top + back["bottom"])
        lines.append(Line(line.text, shown, line.is_full))
    return lines


def is_vertical(chars: Sequence[Object]) -> bool:
    """Whether these characters, in the order of the file, are written from top to bottom: letters of Japanese text, one below the other."""
    if len(chars) < 2:
        return False
    first, second = chars[0], chars[1]
    # Almost every cell of almost every paper ends here.
    if second["top"] < first["bottom"] - 0.5 * (first["bottom"] - first["top"]):
        return False
    if sum(map(_is_letter, chars)) * 2 < len(chars):
        return False
    if _is_one_column(chars):
        return True
    down = right = 0
    for one, other in pairwise(chars):
        width, height = one["x1"] - one["x0"], one["bottom"] - one["top"]
        aside = (other["x0"] + other["x1"] - one["x0"] - one["x1"]) / 2
        below = (other["top"] + other["bottom"] - one["top"] - one["bottom"]) / 2
        if abs(aside) <= _ASIDE * width and 0.5 * height <= below <= 2 * height:
            down += 1
        elif aside > 0 and abs(below) <= 0.5 * height:
            right += 1
    return down >= _FEWEST_STEPS and down > 2 * right


def _is_one_column(chars: Sequence[Object]) -> bool:
    middles = [(char["x0"] + char["x1"]) / 2 for char in chars]
    if max(middles) - min(middles) > _ASIDE * max(char["x1"] - char["x0"] for char in chars):
        return False
    ordered = sorted(chars, key=lambda char: char["top"])
    return all(
        0.5 <= (other["top"] - one["top"]) / max(one["bottom"] - one["top"], 0.1) <= _SPREAD
        for one, other in pairwise(ordered)
    )


def _is_letter(char: Object) -> bool:
    """Kana and ideographs, full-width and half-width: not figures, and not the marks (○, ―) of which lists are made."""
    return unicodedata.category(char["text"][0]) in ("Lo", "Lm")


def _vertical_lines(chars: Sequence[Object], rect: Rect) -> tuple[Line, ...]:
    """Lines from the right, each from the top. The spaces of text that is spread over its cell mean nothing."""
    columns: list[list[Object]] = []
    for char in sorted(chars, key=lambda char: -(char["x0"] + char["x1"])):
        middle = (char["x0"] + char["x1"]) / 2
        if columns and columns[-1][0]["x0"] <= middle <= columns[-1][0]["x1"]:
            columns[-1].append(char)
        else:
            columns.append([char])
    lines = []
    for column in columns:
        column.sort(key=lambda char: char["top"])
        place = extent(column)
        height = max(char["bottom"] - char["top"] for char in column)
        text = without_radicals("".join(char["text"] for char in column))
        lines.append(Line(text, place, is_full=rect.bottom - place.bottom < height))
    return tuple(lines)


def line_rows(chars: Sequence[Object], settings: TableSettings) -> list[list[Object]]:
    """The characters in lines from the top, each line from the left."""
    lines: list[list[Object]] = []
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        if lines and _on_line(lines[-1][-1], char, settings.line_overlap):
            lines[-1].append(char)
        else:
            lines.append([char])
    for line in lines:
        line.sort(key=lambda char: char["x0"])
    return lines


def _on_line(one: Object, other: Object, overlap: float) -> bool:
    shared = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(shared >= overlap * min(one["bottom"] - one["top"], other["bottom"] - other["top"]))


def _line(line: Sequence[Object], rect: Rect, settings: TableSettings, after: Sequence[Object] = ()) -> Line:
    """One line; it is full when what begins the line ``after`` it would not have fitted: a character, or a word that is not parted."""
    size = max(char["x1"] - char["x0"] for char in line)
    place = extent(line)
    room = settings.full_line_gap * size
    if after and rect.x1 - place.x1 >= room:
        unit = after[: len(first_unit(line_text(after)).replace(" ", ""))]
        if len(unit) > 1:
            room += unit[-1]["x1"] - unit[0]["x0"] - size
    return Line(line_text(line), place, is_full=rect.x1 - place.x1 < room)


def extent(chars: Sequence[Object]) -> Rect:
    """The smallest rectangle around some characters."""
    return Rect(
        min(char["x0"] for char in chars),
        min(char["top"] for char in chars),
        max(char["x1"] for char in chars),
        max(char["bottom"] for char in chars),
    )


def _overlaps(line: Sequence[Object], share: float) -> bool:
    """Whether two neighbours of a line, given from the left, stand on one another.

    Marks and brackets, which producers set closer than their glyphs are wide (JIS X 4051, 4.2), tell nothing.
    """
    return any(
        before["x1"] - char["x0"] > share * min(before["x1"] - before["x0"], char["x1"] - char["x0"])
        for before, char in pairwise(line)
        if char["x1"] > char["x0"] and before["x1"] > before["x0"] and _is_solid(before) and _is_solid(char)
    )


def _is_solid(char: Object) -> bool:
    """A letter, an ideograph or a figure."""
    return unicodedata.category(char["text"][0])[0] in "LN"


def line_text(line: Sequence[Object]) -> str:
    """The characters of a line; a gap of more than a third of a character's width is a space, and a narrower one where the file has one."""
    parts: list[str] = []
    for index, char in enumerate(line):
        if index:
            before = line[index - 1]
            gap = char["x0"] - before["x1"]
            least = _GAP_OF_SPACE if "spaced" in before else _GAP
            if gap > least * min(char["size"], before["size"]) and parts[-1] != "\u3000":
                parts.append(" ")
        parts.append(char["text"])
    return without_radicals("".join(parts).strip(" "))
