"""The title of a sheet's page and the body that runs the programme, as 【○○県】 in the title, below it or beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsunagari_parsers.boxes import Piece, shared
from tsunagari_parsers.sheet_places import find_place, leading_place, resolve
from tsunagari_parsers.tables import PageTables
from tsunagari_parsers.text import comparable, join_name, remove_layout_spaces

#: The title of a sheet stands in this upper share of the page.
_UPPER = 0.35
#: Lines of one title have sizes that differ by no more than this share, and stand no further apart than this (in sizes).
_SAME_SIZE, _LINE_GAP = 0.08, 1.2
#: A line with its place in brackets is the title if it is no smaller than this share of the largest text above.
_SMALLEST = 0.8
#: A title is so many times as large as the text of its page.
_LARGER = 1.15


#: What a form is called, whatever programme it is filled in for.
_FORM_TITLE = re.compile(r"個票|様式|調書|報告書|計画書|交付金|シート$|事例集|実施状況|令和[0-9元]+年度$")


def is_form_title(title: str) -> bool:
    """Whether a title is that of a form, and no programme's name."""
    return bool(_FORM_TITLE.search(comparable(title)))


@dataclass(frozen=True, slots=True)
class PageTitle:
    """A page's title and body, as far as they stand there, and the pieces that say so."""

    title: str
    place: str
    pieces: frozenset[int]


def find_title(page: PageTables, taken: set[int], *, has_headings: bool) -> PageTitle:
    """The title of a page.

    The line that names a place in brackets is it, with the lines of its size above it; where the brackets stand alone, the
    largest line near them. Without brackets only a page with a sheet's headings has a title: the largest line at its top.
    """
    upper = {
        at: piece for at, piece in enumerate(page.pieces) if at not in taken and piece.rect.top < _UPPER * page.height
    }
    largest = max((piece.size for piece in upper.values()), default=0.0)
    found = {at: find_place(piece.text) for at, piece in upper.items()}
    # 「あおぞら会（国立市）」 in a box at the top is a partner; its letters are smaller than a title's.
    places = [
        at for at, (title, place) in found.items() if place and (not title or upper[at].size >= _SMALLEST * largest)
    ]
    if places:
        at = max(places, key=lambda at: (round(upper[at].size), -upper[at].rect.top))
        title, place = found[at]
        if title:
            lines = _with_lines(upper, at, without=set())
            above = [upper[index].text for index in lines if index != at]
            return PageTitle(_plain([*above, title]), place, frozenset(lines))
        return _beside(upper, at, place)
    alone = [at for at, piece in upper.items() if resolve(piece.text)]
    if not has_headings:
        return PageTitle("", "", frozenset())
    rest = {at: piece for at, piece in upper.items() if at not in alone[:1]}
    place = upper[alone[0]].text if alone else ""
    main = _largest(rest, page)
    if main is None:
        return PageTitle("", place, frozenset(alone[:1]))
    lines = _with_lines(rest, main, without=set())
    title = join_name([rest[at].text for at in lines])
    if not place:
        title, place = leading_place(title)
    return PageTitle(_plain([title]), place, frozenset([*lines, *alone[:1]]))


def _beside(upper: dict[int, Piece], at: int, place: str) -> PageTitle:
    """The title to which brackets on a line, or in a box, of their own belong."""
    mark = upper[at]
    others = {index: piece for index, piece in upper.items() if index != at and piece.rect.top <= mark.rect.bottom}
    if not others:
        return PageTitle("", place, frozenset([at]))
    # The largest text above or beside; of equals the nearest.
    main = max(others, key=lambda index: (round(others[index].size), others[index].rect.top))
    lines = _with_lines(others, main, without={at})
    return PageTitle(_plain([others[index].text for index in lines]), place, frozenset([*lines, at]))


def _largest(upper: dict[int, Piece], page: PageTables) -> int | None:
    """The largest line, if it is larger than most of the page's text."""
    if not upper:
        return None
    sizes = sorted(piece.size for piece in page.pieces for _ in piece.text)
    main = max(upper, key=lambda at: (round(upper[at].size), -upper[at].rect.top))
    return main if upper[main].size >= _LARGER * sizes[len(sizes) // 2] else None


def _with_lines(upper: dict[int, Piece], main: int, *, without: set[int]) -> list[int]:
    """A line of a title with the others of its size right above and below it, from the top."""
    lines = [main]
    grows = True
    while grows:
        grows = False
        for at, piece in upper.items():
            if at in lines or at in without or abs(piece.size / upper[main].size - 1) > _SAME_SIZE:
                continue
            if any(_is_next(upper[line], piece) for line in lines):
                lines.append(at)
                grows = True
    return sorted(lines, key=lambda at: (round(upper[at].rect.top), upper[at].rect.x0))


def _is_next(line: Piece, other: Piece) -> bool:
    """Whether two pieces of one size are lines of one text, or parts of one line."""
    if line.box != other.box:
        return False
    gap = max(line.rect.top, other.rect.top) - min(line.rect.bottom, other.rect.bottom)
    beside = shared(line.rect.top, line.rect.bottom, other.rect.top, other.rect.bottom) >= 0.6
    apart = max(line.rect.x0, other.rect.x0) - min(line.rect.x1, other.rect.x1)
    if beside:
        return apart <= 3 * line.size
    return gap <= _LINE_GAP * line.size and shared(line.rect.x0, line.rect.x1, other.rect.x0, other.rect.x1) > 0.3


def _plain(lines: Sequence[str]) -> str:
    return remove_layout_spaces(join_name(lines))
