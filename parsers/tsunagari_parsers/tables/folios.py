"""Page numbers: the line that stands apart at the foot or the head of a page and is no part of what stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from tsunagari_parsers.tables.characters import extent, line_rows
from tsunagari_parsers.tables.frame import Object
from tsunagari_parsers.tables.model import TableSettings
from tsunagari_parsers.tables.white import pieces
from tsunagari_parsers.text import fold_width

#: 「12」「- 12 -」「12/15」「(12)」「P.12」「12ページ」「第12頁」「Page 1 of 3」, its width folded and its spaces gone.
_DASH = r"[-\u2010-\u2015\u2212\u2500\u30fc~\u301c\uff5e\u30fb]"
_NUMBER = r"(?:page|p\.?|第)?\d{1,4}(?:(?:/|of)\d{1,4})?(?:ページ|頁)?(?:(?:/|[(])?(?:全|計)\d{1,4}(?:ページ|頁)[)]?)?"
_FOLIO = re.compile(rf"{_NUMBER}|({_DASH}+){_NUMBER}{_DASH}+|[(<\[〈《]{_NUMBER}[)>\]〉》]", re.IGNORECASE)
#: What stands in a column of numbers.
_COUNTED = re.compile(r"[^\w\s]?\d{1,4}[^\w\s]?")
#: A page number stands in this part of a page's height, at its foot or its head.
_MARGIN = 1 / 8
#: It stands at least this far (em) from all other text; the lines of a text stand closer.
_APART = 1.0
#: Numbers below one another begin, end or have their middle at places that differ by no more than this (em).
_ASTRAY = 0.4
#: So many other numbers below one another are a column of them.
_FEWEST_COUNTED = 2


def without_page_numbers(
    chars: Sequence[Object], every: Sequence[Object], height: float, settings: TableSettings
) -> tuple[list[Object], list[Object]]:
    """The characters that may be a table's, and those of page numbers.

    A page number is all that its line has, the first or the last line of the page, in its margin, apart from all other text, and not
    one more of a column of numbers.

    Args:
        chars: what stands in no ruled cell.
        every: all characters of the page.
        height: the page's, in points.
        settings: geometry.
    """
    level = [char for char in every if not char.get("turn")]
    lines = line_rows(level, settings)
    if len(lines) < 2:
        return list(chars), []
    em = median(char["size"] for char in level)
    ends = []
    for line, others, is_head in ((lines[0], lines[1:], True), (lines[-1], lines[:-1], False)):
        place = extent(line)
        middle = (place.top + place.bottom) / 2
        in_margin = middle <= height * _MARGIN if is_head else middle >= height * (1 - _MARGIN)
        if in_margin and _is_number(line, others, em, settings):
            ends.append(line)
    # What a ruled cell holds is that cell's.
    own = {id(char) for char in chars}
    numbers = {id(char) for line in ends if all(id(char) in own for char in line) for char in line}
    return [char for char in chars if id(char) not in numbers], [char for char in chars if id(char) in numbers]


def _is_number(line: Sequence[Object], others: Sequence[Sequence[Object]], em: float, settings: TableSettings) -> bool:
    if not _FOLIO.fullmatch(_said(line)):
        return False
    place = extent(line)
    whites = [max(place.top - at.bottom, at.top - place.bottom) for at in map(extent, others)]
    if min(whites) < _APART * em:
        return False
    return not _COUNTED.fullmatch(_said(line)) or _counted_beside(line, others, em, settings) < _FEWEST_COUNTED


def _counted_beside(
    line: Sequence[Object], others: Sequence[Sequence[Object]], em: float, settings: TableSettings
) -> int:
    """How many numbers stand above or below a number, each alone in its part of its line."""
    at = extent(line)
    numbers = [
        piece for other in others for piece in pieces(other, (), em, settings) if _COUNTED.fullmatch(_said(piece.chars))
    ]
    return sum(
        min(abs(at.x0 - one.x0), abs(at.x1 - one.x1), abs(at.x0 + at.x1 - one.x0 - one.x1) / 2) <= _ASTRAY * em
        for one in numbers
    )


def _said(line: Sequence[Object]) -> str:
    return "".join(fold_width("".join(char["text"] for char in line)).split())
