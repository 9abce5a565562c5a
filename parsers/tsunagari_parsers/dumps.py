"""Text dumps of papers: their lines with page and place, how wide they are, and where a line was broken only for lack of room.

A dump is what a tool drew out of a PDF as plain text. Two things survive of the pages: a mark where each begins, and the width
of the columns, in the lengths of the lines that fill them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: What may not begin a line in Japanese typesetting (JIS X 4051, 行頭禁則): it draws the character before it along.
NOT_AT_LINE_START = frozenset(
    "、。，．・：；？！ー々ゝゞヽヾ）］｝〕〉》」』】”’,.:;?!)]}ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％～〜…‥"
)
_NOT_AT_LINE_END = frozenset("（［｛〔〈《「『【“‘([{")

_PAIRS = {
    "（": "）",
    "(": ")",
    "「": "」",
    "『": "』",
    "［": "］",
    "[": "]",
    "【": "】",
    "〔": "〕",
    "〈": "〉",
    "《": "》",
    "“": "”",
}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
#: Half-width and full-width brackets close each other in these papers (「(周知を兼ねて…）」).
_SAME = {"(": "（", ")": "）", "[": "［", "]": "］"}

# A Japanese character or one of the marks that set items apart; beside one, an ASCII space comes from placing the text.
_WIDE = r"\u2010-\u2bff\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uffef"
_ITEM_MARK = r"\u2460-\u24ff\u25a0-\u25ff\u2605\u2606\u203b・"
_PLACING_SPACE = re.compile(rf"(?<=[{_WIDE}]) +(?=[^ \n{_ITEM_MARK}])|(?<=[^ \n]) +(?=(?![{_ITEM_MARK}])[{_WIDE}])")

_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with something on it: its number in the file and its page, both from 1, and its text without the ends' ASCII spaces.

    ``follows_directly``: no empty line stands before it. ``begins_page``: a page mark stands before it.
    ``indent``: the ASCII spaces that were before its text.
    """

    number: int
    page: int
    text: str
    follows_directly: bool
    begins_page: bool
    indent: int = 0

    @property
    def width(self) -> float:
        """In full-width characters."""
        return width(self.text)


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a dump that have something on them.

    A page begins after a form feed. A dump without form feeds that sets its lines apart with empty ones begins a page with a
    single space: such a line follows the last one of the page before it directly. A dump without either is one page.
    """
    # Some tools end each page with a feed, some begin each with one: a feed before everything marks no second page.
    raw = text.split("\n")
    empty = sum(not line.strip() for line in raw)
    is_spaced = "\f" not in text and empty * 3 >= len(raw)
    found: list[Line] = []
    page = 1
    begins = False
    before = ""
    for number, line in enumerate(raw, start=1):
        for is_after_feed, part in enumerate(line.split("\f")):
            if is_after_feed and found:
                page += 1
                begins = True
            content = part.strip(" \t")
            if not content.strip():
                continue
            indent = len(part) - len(part.lstrip(" "))
            if is_spaced and found and indent == 1 and before.strip():
                page += 1
                begins = True
            found.append(Line(number, page, content.rstrip(), bool(before.strip()), begins, indent))
            begins = False
        before = line
    return tuple(found)


def width(text: str) -> float:
    """In full-width characters: a half-width one counts half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)


def usual_width(lines: Iterable[str], *, least: float = 0.0) -> float:
    """The width at which lines of a column are broken: the commonest one among the widest third; 0 where there is no line.

    Lines narrower than ``least`` are of another column.
    """
    widths = [width(line) for line in lines if width(line) >= least]
    if not widths:
        return 0.0
    wide = [one for one in widths if one * 3 >= max(widths) * 2]
    counts = Counter(round(one) for one in wide)
    best = max(counts.values())
    return float(max(value for value, count in counts.items() if count == best))


def is_full(line: str, following: str, column: float, slack: float = 1.0) -> bool:
    """Whether what begins ``following`` would not have fitted into ``column`` after ``line``: so the line was broken for room.

    ``column`` and ``slack`` are in full-width characters; the slack is for letters and digits, whose widths a dump does not
    tell. A line that is indented with a full-width space begins a paragraph, however long the one before it is.
    """
    if following.startswith("　"):
        return False
    return width(line.strip(" ")) + width(_first_unit(following)) > column - slack


def _first_unit(text: str) -> str:
    """What cannot be parted at the head of a line: a word of Latin letters or a number, or a character with what may not begin a line."""
    text = text.lstrip(" 　")
    if not text:
        return ""
    word = _WORD.match(text)
    end = word.end() if word else 1
    while end < len(text) and (text[end] in NOT_AT_LINE_START or text[end - 1] in _NOT_AT_LINE_END):
        end += 1
    return text[:end]


def with_fullness(lines: Sequence[str], column: float) -> list[tuple[str, bool]]:
    """The lines with whether each was broken for room, as :func:`tsunagari_parsers.text.join_wrapped` takes them."""
    return [
        (line, index + 1 < len(lines) and is_full(line, lines[index + 1], column)) for index, line in enumerate(lines)
    ]


def remove_dump_spaces(text: str) -> str:
    """Without the ASCII spaces beside Japanese characters (「DV の根絶」 is 「DVの根絶」): dumps have them from the placing of the text.

    Before a mark that begins an item (「①相談会 ②居場所」) one space stays; full-width spaces and those between two Latin words stay.
    """
    return re.sub(r"(?<=\S) {2,}", " ", _PLACING_SPACE.sub("", text))


def open_brackets(text: str) -> int:
    """How many brackets are opened and not closed; below 0: closed without having been opened."""
    depth = 0
    for character in text:
        one = _SAME.get(character, character)
        if one in _PAIRS:
            depth += 1
        elif one in _CLOSING:
            depth -= 1
    return depth
